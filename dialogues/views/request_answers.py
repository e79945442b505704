"""Pages to answer a request for information line by line: by the ministry, or by an officer on its behalf."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect

from dialogues import permissions
from dialogues.actions.drafts import DraftPage
from dialogues.actions.request_answers import AnswerInput, Received, answer_request, describe_removed_line
from dialogues.actions.sent_forms import find_sent_version
from dialogues.choices import LineAnswerKind, ReceivedAs
from dialogues.forms.information_requests import AnswerForm, LineAnswerForm, PaperAnswerForm, PaperLineAnswerForm
from dialogues.models import InformationRequest, RequestLine, UpdateVersion
from dialogues.request_phrases import format_request_status
from dialogues.returned_parts import list_changes
from dialogues.views.drafts import read_draft_page
from dialogues.views.page_context import set_page_edition_for_subject
from dialogues.views.request_timeline import RequestTimeline, find_reading
from dialogues.views.sending_page import SendingPage, read_sent_form, sent_response
from dialogues.views.timeline import decision_on
from tiptracker import clock
from tiptracker.accounts.models import find_contact
from tiptracker.audit.append_only import REDACTED
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.web.form_pages import form_page
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.preserved_input import wants_json


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
    decision = decision_on(timeline.returned) if timeline.returned else None
    changes = list_changes(decision) if decision else {}
    for part in page.parts:
        part.changes = changes.get(part.prefix or "", ())
    context = {
        "number": pk,
        "heading": information_request.text,
        "maker": information_request.maker,
        "reason": information_request.reason,
        "standing": standing,
        "status_text": format_request_status(standing),
        "answered": [each for each in timeline.list_lines() if not standing.lines[each.pk].is_open],
        "entries": timeline.list_entries(),
        "returned_reason": decision.reason if decision else "",
        "is_withdrawn": timeline.version_to_resend is not None and timeline.returned is None,
        "changes": changes,
        "is_closed": timeline.waiting_version is not None or standing.is_settled,
        "contact": find_contact(information_request.country_id),
        **page.context(),
    }
    status = 422 if page.is_sent else 200
    response = render_page(request, "dialogues/information_request_answer.html", context, status=status)
    return page.uploads.with_retry_after(response)


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
        "number": pk,
        "heading": information_request.text,
        "maker": information_request.maker,
        "standing": standing,
        "status_text": format_request_status(standing),
        "answered": [each for each in timeline.list_lines() if not standing.lines[each.pk].is_open],
        "is_closed": timeline.waiting_version is not None or standing.is_settled,
        "is_only_officer": not permissions.has_other_officer(user, information_request.country),
        **page.context(),
    }
    status = 422 if page.is_sent else 200
    response = render_page(request, "dialogues/information_request_record_answer.html", context, status=status)
    return page.uploads.with_retry_after(response)


class _AnswerPage(SendingPage[LineAnswerForm]):
    """The form of an answer, with a part for each line that is still open."""

    line_form: type[LineAnswerForm] = LineAnswerForm

    def __init__(self, request: SignedInRequest, timeline: RequestTimeline, now: datetime) -> None:
        self.timeline = timeline
        last, to_resend = timeline.last_version, timeline.version_to_resend
        super().__init__(request, timeline.request, now, last=last, to_resend=to_resend)

    def build_forms(self, data: QueryDict | None) -> tuple[AnswerForm, Sequence[LineAnswerForm]]:
        last, today = self.to_resend, self.now.date()
        fills = last is not None and data is None
        initial = {"narrative": _unredacted(last.narrative)} if last and fills else None
        parts = [
            self.line_form(data, line=line, today=today, initial=_line_initial(line, last) if last and fills else None)
            for line in self.timeline.open_lines
        ]
        return self.build_form(data, initial), parts

    def build_form(self, data: QueryDict | None, initial: dict[str, Any] | None) -> AnswerForm:
        """Return the form for what concerns all lines."""
        return AnswerForm(data, initial=initial)

    def submit(self) -> UpdateVersion:
        return self._answer(page=read_draft_page(self.request))

    def _refuse_removed_lines(self) -> None:
        """Refuse if something was typed for a line that the embassy corrected after the form was opened."""
        for line in self.timeline.request.lines.all():
            names = [name for name in self.request.POST if name.startswith(f"line-{line.pk}-")]
            if line.removed_in and any(self.request.POST[name] for name in names):
                raise Refused("closed", describe_removed_line(line))

    def _answer(self, *, page: DraftPage | None = None, received: Received | None = None) -> UpdateVersion:
        self._refuse_removed_lines()
        return answer_request(
            information_request=self.timeline.request,
            answers=[read_answer(part) for part in self.parts if part.is_filled],
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
        return {**super().context(), "parts": self.parts}


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


def _line_initial(line: RequestLine, version: UpdateVersion) -> dict[str, Any]:
    """Return what a version said to a line as initial values, so that the ministry need not type it again."""
    answer = next((each for each in line.answers.all() if each.update_version_id == version.pk), None)
    if answer is None:
        return {}
    initial: dict[str, Any] = {"answer": answer.answer, "text": _unredacted(answer.text)}
    if reading := find_reading(version, line):
        figure = cast("Any", reading.figure)
        initial |= {"figure": f"{figure.normalize():f}", "through_on": reading.through_on}
    return initial


def _unredacted(text: str) -> str:
    """Return a text to start from. Redacted values must be entered again: the redaction mark must not be sent."""
    return "" if text == REDACTED else text
