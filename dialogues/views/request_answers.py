"""Pages to answer a request for information line by line: by the ministry, or by an officer on its behalf."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect

from dialogues import permissions
from dialogues.actions.drafts import DraftPage
from dialogues.actions.files import find_resendable_files
from dialogues.actions.request_answers import AnswerInput, Received, answer_request, write_answer_title
from dialogues.actions.sent_forms import find_sent_version
from dialogues.choices import LineAnswerKind, ReceivedAs
from dialogues.forms.information_requests import AnswerForm, LineAnswerForm, PaperAnswerForm, PaperLineAnswerForm
from dialogues.models import Draft, EvidenceFile, InformationRequest, LineAnswer, RequestLine, UpdateVersion
from dialogues.request_phrases import format_request_status
from dialogues.returned_parts import list_changes
from dialogues.views.drafts import format_typed, read_draft_page, read_posted_content
from dialogues.views.page_context import set_page_edition_for_subject
from dialogues.views.request_exchange import ReturnedAnswer, list_returned_answers
from dialogues.views.request_timeline import RequestTimeline, find_reading
from dialogues.views.sending_page import SendingPage, read_sent_form, sent_response
from dialogues.views.timeline import decision_on
from tiptracker import clock
from tiptracker.accounts.models import find_contact
from tiptracker.audit.append_only import MARKS
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.web.form_pages import form_page
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.preserved_input import TypedInput, wants_json


@login_required
def information_request_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer a request. The form starts from the draft, or from the last answer if it was returned or withdrawn.

    A refused form is saved as a draft. A form that was sent before is answered as at that time. The script gets JSON.
    """
    user = request.user
    information_request = get_object_or_404(InformationRequest.objects.visible_to(user).with_history(), pk=pk)
    set_page_edition_for_subject(request, information_request)
    if not permissions.can_send_update(user, information_request):
        raise PermissionDenied
    now = clock.now(information_request.country.time_zone)
    if before := find_sent_version(read_sent_form(request), information_request, user):
        return sent_response(request, before, now)
    standing = information_request.standing_on(now.date())
    if standing is None:
        raise Http404
    timeline = RequestTimeline(user, information_request, standing)
    page = _AnswerPage(request, timeline, now)
    if page.is_sent:
        if page.is_valid() and page.send():
            return sent_response(request, page.sent, now)
        page.keep()
        if wants_json(request):
            return page.refused_response()
    returned = list_returned_answers(information_request, standing)
    changes = _merge_changes(timeline, returned)
    for part in page.parts:
        part.changes = changes.get(part.prefix or "", ())
    context = {
        "reason": information_request.reason,
        "entries": timeline.list_entries(),
        "returned": returned,
        "is_withdrawn": any(version.withdrawn_at for version in timeline.versions_to_resend),
        "changes": changes,
        "contact": find_contact(information_request.country_id),
        **page.context(),
    }
    status = 422 if page.is_sent else 200
    response = render_page(request, "dialogues/information_request_answer.html", context, status=status)
    return page.uploads.with_retry_after(response)


def _merge_changes(timeline: RequestTimeline, returned: Sequence[ReturnedAnswer]) -> dict[str, list[str]]:
    """Return what the embassy asks to change, by part of the form, in all answers that it returned."""
    changes: dict[str, list[str]] = {}
    for answer in returned:
        version = timeline.find_version(answer.version)
        if version and (decision := decision_on(version)):
            for part, sentences in list_changes(decision).items():
                changes.setdefault(part, []).extend(sentences)
    return changes


@form_page
def information_request_record_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record an answer that a ministry handed over on paper, on its behalf. Another officer has to decide on it.

    The form starts from the last answer if it was returned or withdrawn. A form that was sent before is answered as at
    that time.
    """
    user = request.user
    rows = InformationRequest.objects.visible_to(user).with_history()
    information_request = get_object_or_404(rows, pk=pk)
    set_page_edition_for_subject(request, information_request)
    if not permissions.can_send_on_behalf(user, information_request):
        raise PermissionDenied
    now = clock.now(information_request.country.time_zone)
    before = find_sent_version(read_sent_form(request), information_request, user)
    standing = information_request.standing_on(now.date())
    if standing is None:
        raise Http404
    timeline = RequestTimeline(user, information_request, standing)
    page = _PaperAnswerPage(request, timeline, now)
    if before or (page.is_sent and page.is_valid() and page.send()):
        sentence = gettext(
            "The answer was recorded on behalf of the %(ministry)s, which sees it. Another officer has to decide on it."
        )
        messages.success(request, sentence % {"ministry": information_request.maker})
        return redirect("information_request_detail", pk)
    context = {
        "is_only_officer": not permissions.has_other_officer(user, information_request.country),
        **page.context(),
    }
    status = 422 if page.is_sent else 200
    response = render_page(request, "dialogues/information_request_record_answer.html", context, status=status)
    return page.uploads.with_retry_after(response)


class LostInput(NamedTuple):
    """What was typed for a line that can no longer be answered."""

    number: int
    description: str
    typed: Sequence[TypedInput]


class _AnswerPage(SendingPage[LineAnswerForm]):
    """The form of an answer, with a part for each line that can be answered now."""

    line_form: type[LineAnswerForm] = LineAnswerForm

    def __init__(self, request: SignedInRequest, timeline: RequestTimeline, now: datetime) -> None:
        self.timeline = timeline
        last, resent = timeline.last_version, timeline.versions_to_resend
        super().__init__(request, timeline.request, now, last=last, resent=resent)

    def build_forms(self, data: QueryDict | None) -> tuple[AnswerForm, Sequence[LineAnswerForm]]:
        today, fills = self.now.date(), data is None
        newest = self.resent[-1] if self.resent else None
        narrative = _unredacted(newest.narrative) if newest else ""
        is_own = narrative != write_answer_title(self.timeline.standing)
        initial = {"narrative": narrative} if fills and is_own else None
        parts = [
            self.line_form(data, line=line, today=today, initial=self._line_initial(line) if fills else None)
            for line in self.timeline.expected_lines
        ]
        return self.build_form(data, initial), parts

    def _line_initial(self, line: RequestLine) -> dict[str, Any] | None:
        """Return what the ministry said to a line last, if that was returned or withdrawn."""
        answer = line.newest_answer
        version = self.timeline.find_version(answer.update_version_id) if answer else None
        return _initial_values(answer, version) if answer and version else None

    def is_drafted(self, part: LineAnswerForm, draft: Draft) -> bool:
        """Return whether the draft fills the part of a line: unless the answer to the line came back after it."""
        answer = part.line.newest_answer
        return answer is None or not _was_returned_after(answer.update_version, draft)

    def _attached(self) -> list[EvidenceFile]:
        """Return the files of the draft, or those that are offered again; and those that came back after the draft."""
        attached = super()._attached()
        if self.draft and (later := [each for each in self.resent if _was_returned_after(each, self.draft)]):
            attached += [file for file in find_resendable_files(later, self.request.user) if file not in attached]
        return attached

    def build_form(self, data: QueryDict | None, initial: dict[str, Any] | None) -> AnswerForm:
        """Return the form for what concerns all lines."""
        return AnswerForm(data, initial=initial)

    def submit(self) -> UpdateVersion:
        return self._answer(page=read_draft_page(self.request))

    @property
    def lines_typed_elsewhere(self) -> list[RequestLine]:
        """The lines for which something was typed, and that can no longer be answered."""
        expected = {line.pk for line in self.timeline.expected_lines}
        others = (line for line in self.timeline.request.lines.all() if line.pk not in expected)
        return [line for line in others if self.is_sent and self._list_typed(line)]

    def _list_typed(self, line: RequestLine) -> dict[str, list[str]]:
        posted = read_posted_content(self.request)
        names = (f"line-{line.pk}-{name}" for name in ("answer", "figure", "text"))
        return {name: posted[name] for name in names if any(posted.get(name, ()))}

    def _answer(self, *, page: DraftPage | None = None, received: Received | None = None) -> UpdateVersion:
        answers = [read_answer(part) for part in self.parts if part.is_filled]
        answers += [AnswerInput(line, LineAnswerKind.ANSWERED) for line in self.lines_typed_elsewhere]
        return answer_request(
            information_request=self.timeline.request,
            answers=answers,
            narrative=self.form.cleaned_data["narrative"],
            files=self.uploads.files,
            page=page,
            form=self.sent_form,
            received=received,
            by=self.request.user,
            now=self.now,
        )

    def refusal_place(self, refusal: Refused) -> tuple[TrackerForm, str | None]:
        prefix, _, field = (refusal.field or "").rpartition("-")
        part = next((part for part in self.parts if part.prefix == prefix), None)
        return (part, field) if part else (self.form, refusal.field)

    def context(self) -> dict[str, Any]:
        request, standing = self.timeline.request, self.timeline.standing
        lines = self.timeline.list_lines()
        return {
            **super().context(),
            "number": request.pk,
            "heading": request.text,
            "maker": request.maker,
            "standing": standing,
            "status_text": format_request_status(standing),
            "waiting": [each for each in lines if standing.lines[each.pk].sent_on],
            "answered": [each for each in lines if standing.lines[each.pk].answered_on],
            "is_closed": not standing.is_expected,
            "parts": self.parts,
            "typed_elsewhere": [
                LostInput(
                    line.number,
                    line.description,
                    format_typed(self._list_typed(line), self.line_form(line=line, today=self.now.date())),
                )
                for line in self.lines_typed_elsewhere
            ],
        }


class _PaperAnswerPage(_AnswerPage):
    """The form of an answer on paper. An officer sees no draft of the ministry and leaves none."""

    line_form = PaperLineAnswerForm

    def build_form(self, data: QueryDict | None, initial: dict[str, Any] | None) -> AnswerForm:
        return PaperAnswerForm(data, initial=initial, today=self.now.date())

    def submit(self) -> UpdateVersion:
        data = self.form.cleaned_data
        return self._answer(received=Received(data["received_on"], ReceivedAs(data["received_as"])))


def read_answer(part: LineAnswerForm) -> AnswerInput:
    """Return what a valid and filled form says to its line."""
    data = part.cleaned_data
    kind = LineAnswerKind(data["answer"])
    is_figure = kind is LineAnswerKind.ANSWERED and "figure" in part.fields
    return AnswerInput(
        line=part.line,
        answer=kind,
        text=data["text"],
        figure=data["figure"] if is_figure else None,
        through_on=data["through_on"] if is_figure else None,
    )


def _was_returned_after(version: UpdateVersion, draft: Draft) -> bool:
    """Return whether a version was returned or withdrawn after a draft was saved, which so knows nothing of it."""
    return version.decided_at is not None and version.decided_at > draft.saved_at


def _initial_values(answer: LineAnswer, version: UpdateVersion) -> dict[str, Any]:
    """Return what a version said to a line as initial values, so that the ministry need not type it again."""
    initial: dict[str, Any] = {"answer": answer.answer, "text": _unredacted(answer.text)}
    if reading := find_reading(version, answer.line):
        figure = cast("Any", reading.figure)
        initial |= {"figure": f"{figure.normalize():f}", "through_on": reading.through_on}
    return initial


def _unredacted(text: str) -> str:
    """Return a text to start from. Redacted values must be entered again: the redaction mark must not be sent."""
    return "" if text in MARKS else text
