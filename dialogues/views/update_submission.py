"""The page of a ministry for one commitment: what was promised, earlier updates, and the form to send one."""

import json
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.http import require_GET

from dialogues import permissions
from dialogues.actions.files import find_resendable_files
from dialogues.actions.readings import ReadingPartInput
from dialogues.actions.sent_forms import SentForm, find_sent_version
from dialogues.actions.updates import FigureInput, send_update
from dialogues.choices import BreakdownDimension, EvidenceKind, UpdateDecision
from dialogues.commitment_phrases import format_status_detail
from dialogues.files.upload_rules import list_upload_rules
from dialogues.forms.fields import NO_DATA, to_direction
from dialogues.forms.updates import FigureForm, UpdateForm
from dialogues.models import Commitment, CommitmentEvent, Draft, EvidenceFile, Reading, UpdateVersion
from dialogues.returned_parts import list_changes
from dialogues.views.commitments import list_linked_benchmarks
from dialogues.views.drafts import (
    describe_draft,
    display_draft,
    draft_post_data,
    find_visible_draft,
    keep_as_draft,
    list_draft_files,
    read_draft_page,
    read_posted_content,
)
from dialogues.views.next_action import find_next_action
from dialogues.views.page_context import CommitmentHeading, set_page_edition_for_commitment
from dialogues.views.timeline import CommitmentTimeline, build_timeline, decision_on
from dialogues.views.timeline_entries import summarize_update
from dialogues.views.uploads import UploadResult, store_uploads
from recommendations.edition_context import default_edition_of_country, editions_of_page_country
from recommendations.models import Edition, Indicator
from tiptracker import clock
from tiptracker.accounts.models import User, find_contact
from tiptracker.accounts.sessions import BEGAN_AT
from tiptracker.audit.append_only import REDACTED
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext
from tiptracker.notifications.choices import NoticeKind
from tiptracker.notifications.preferences import wants_mails_about
from tiptracker.numbers import parse_whole_number
from tiptracker.validation import EditConflict, format_moment
from tiptracker.web.frontend.form_rows import add_refusal_at, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.preserved_input import wants_json

ANSWERS = (NoticeKind.UPDATE_RETURNED, NoticeKind.UPDATE_ACCEPTED)
"""The notices by which a ministry learns of the embassy's answer to an update."""


@login_required
def update_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send an update. The form starts from the draft, or from the last version if it was returned or withdrawn.

    A refused form is saved as a draft too, so that nothing is lost with the page. A form that was sent before is
    answered as at that time. The script of the page gets JSON.
    """
    user = request.user
    events = Prefetch("events", CommitmentEvent.objects.select_related("recorded_by"))
    rows = Commitment.objects.visible_to(user).select_related("country", "ministry", "dialogue")
    commitment = get_object_or_404(rows.prefetch_related(events), pk=pk)
    set_page_edition_for_commitment(request, commitment)
    if not permissions.can_send_update(user, commitment):
        raise PermissionDenied
    now = clock.now(commitment.country.time_zone)
    if before := find_sent_version(_read_sent_form(request), commitment, user):
        return _sent_response(request, before, now)
    timeline = build_timeline(user, commitment, now.date(), editions_of_page_country(request))
    if timeline is None:
        raise Http404
    page = _UpdatePage(request, timeline, default_edition_of_country(request, commitment.country), now)
    if page.is_sent:
        if page.is_valid() and page.send():
            return _sent_response(request, page.sent, now)
        page.keep()
        if wants_json(request):
            return page.refused_response()
    is_closed = bool(timeline.waiting_version) or timeline.standing.is_settled
    decision = decision_on(timeline.returned) if timeline.returned else None
    changes = list_changes(decision) if decision else {}
    for figure in page.figures:
        figure.changes = changes.get(figure.prefix or "", ())
    context = {
        "commitment": CommitmentHeading.of(commitment),
        "standing": timeline.standing,
        "status_text": format_status_detail(timeline.standing),
        "towards": list_linked_benchmarks(user, commitment),
        "exchange": timeline.exchange,
        "returned_reason": decision.reason if decision else "",
        "is_withdrawn": timeline.version_to_resend is not None and timeline.returned is None,
        "changes": changes,
        "next": find_next_action(user, timeline) if is_closed else None,
        "contact": find_contact(commitment.country_id),
        **page.context(),
    }
    response = render_page(request, "dialogues/update_send.html", context, status=422 if page.is_sent else 200)
    return page.uploads.with_retry_after(response)


@login_required
@require_GET
def update_token(request: SignedInRequest) -> JsonResponse:
    """Tell the script that sends a waiting update who is signed in here, since when, and the token for its form.

    A page may have waited for hours. Its own token is then of another sign-in, perhaps of another person.
    """
    return JsonResponse(
        {"account": request.user.pk, "session": request.session.get(BEGAN_AT), "token": get_token(request)}
    )


def _read_sent_form(request: SignedInRequest) -> SentForm | None:
    """Return which form was posted. None if it has no key, as in a page of an earlier release."""
    try:
        key = UUID(request.POST.get("send_key", ""))
    except ValueError:
        return None
    uploads = [(upload.name, upload.size) for upload in request.FILES.getlist("files")]
    content = [read_posted_content(request), request.POST.getlist("kept_files"), uploads]
    digest = sha256(json.dumps(content, sort_keys=True).encode()).digest()
    last_version = request.POST.get("last_version")
    return SentForm(key, digest, None if last_version is None else parse_whole_number(last_version) or 0)


def _sent_response(request: SignedInRequest, sent: UpdateVersion, now: datetime) -> HttpResponse:
    """Say that an update was sent. The message names the update, because it can appear on any page."""
    commitment = sent.update.commitment
    address = f"{reverse('commitment_detail', args=[commitment.pk])}?sent"
    if not wants_json(request):
        messages.success(request, _describe_sending(commitment, request.user))
        return redirect(address)
    if "send_later" not in request.POST:
        messages.success(request, _describe_sending(commitment, request.user))
    sentence = gettext("Your update on “%(commitment)s” was sent to the embassy on %(moment)s.")
    values = {"commitment": commitment.text, "moment": format_moment(sent.recorded_at, now)}
    return JsonResponse({"state": "sent", "sentence": sentence % values, "url": address})


def _describe_sending(commitment: Commitment, sender: User) -> str:
    """Return what the page says after sending: what happened, who reads it, and how the sender learns of the reply."""
    values = {}
    if contact := find_contact(commitment.country_id):
        values["officer"] = contact.name
        sentence = gettext(
            "Your update was sent to the embassy. %(officer)s will read it. You will see our reply here and on your "
            "home page."
        )
        with_mail = gettext(
            "Your update was sent to the embassy. %(officer)s will read it. You will see our reply here and on your "
            "home page, and we send you a mail."
        )
    else:
        sentence = gettext(
            "Your update was sent to the embassy. An officer will read it. You will see our reply here and on your "
            "home page."
        )
        with_mail = gettext(
            "Your update was sent to the embassy. An officer will read it. You will see our reply here and on your "
            "home page, and we send you a mail."
        )
    return (with_mail if wants_mails_about(sender, ANSWERS) else sentence) % values


class _UpdatePage:
    """The form of an update with its figures and files, filled from the request, the draft or the last version."""

    sent: UpdateVersion
    """What was sent, once `send` has returned True."""

    def __init__(
        self, request: SignedInRequest, timeline: CommitmentTimeline, edition: Edition | None, now: Any
    ) -> None:
        self.request, self.timeline, self.now = request, timeline, now
        self.commitment = timeline.commitment
        self.is_sent = request.method == "POST"
        self.sent_form = _read_sent_form(request) if self.is_sent else None
        self.draft = find_visible_draft(request.user, self.commitment)
        self.colleague_draft: Draft | None = None
        posted = request.POST if self.is_sent else None
        self.figures = self._figures(posted, edition)
        self.form = self._form(posted)
        if self.is_sent:
            self.uploads = store_uploads(request, now=now)
            self.uploads.show_refusals(self.form)
        else:
            self.uploads = UploadResult(self._attached(), [])
        if not self.is_sent and self.draft:
            data = draft_post_data(self.draft)
            drafted, figures = self._form(data), self._figures(data, edition)
            self.form = UpdateForm(initial=raw_values(drafted), **self._form_kwargs)
            for figure, drafted_figure in zip(self.figures, figures, strict=True):
                figure.initial = raw_values(drafted_figure)

    @property
    def _form_kwargs(self) -> dict[str, Any]:
        return {"today": self.now.date(), "asks_figures": bool(self.figures)}

    def _form(self, data: QueryDict | None) -> UpdateForm:
        last = self.timeline.version_to_resend
        return UpdateForm(
            data, initial=initial_update_values(last) if last and data is None else None, **self._form_kwargs
        )

    def _figures(self, data: QueryDict | None, edition: Edition | None) -> list[FigureForm]:
        """Return a form for each indicator that the commitment's benchmarks count; empty if they count nothing."""
        if edition is None:
            return []
        user, commitment, version = self.request.user, self.commitment, self.timeline.version_to_resend
        indicators = Indicator.objects.visible_to(user).filter(benchmark_terms__benchmark__in=commitment.benchmarks)
        counted = list(indicators.distinct())
        earlier = Reading.objects.visible_to(user).filter(indicator__in=counted, starts_on__lt=edition.starts_on)
        before = {reading.indicator_id: reading for reading in earlier.order_by("through_on", "pk")}
        now = Reading.objects.visible_to(user).filter(indicator__in=counted, starts_on=edition.starts_on)
        now = now.exclude(update_version__decision__decision=UpdateDecision.WITHDRAWN)
        last = {reading.indicator_id: reading for reading in now.order_by("recorded_at", "pk")}
        sent = {reading.indicator_id: reading for reading in version.readings.all()} if version else {}
        by_district = any(indicator.counts_districts for indicator in counted)
        return [
            FigureForm(
                data,
                indicator=indicator,
                since=format_date(edition.starts_on),
                last=last.get(indicator.pk),
                earlier=before.get(indicator.pk),
                districts=[each.name for each in commitment.country.districts.all()] if by_district else [],
                corrects=version is not None,
                initial=initial_figure_values(sent.get(indicator.pk)),
            )
            for indicator in counted
        ]

    def _attached(self) -> list[EvidenceFile]:
        user = self.request.user
        if self.draft:
            return list_draft_files(self.draft, user)
        last = self.timeline.version_to_resend
        return list(find_resendable_files(last, user)) if last else []

    def is_valid(self) -> bool:
        """Return whether all forms are valid. Validate each, so that the page shows all errors at once."""
        return all([self.form.is_valid(), *(figure.is_valid() for figure in self.figures)])

    def send(self) -> bool:
        """Send the update as `sent`. Return False if it was refused, with the message next to its field."""
        data = self.form.cleaned_data
        try:
            self.sent = send_update(
                commitment=self.commitment,
                files=self.uploads.files,
                figures=[
                    read_figure_input(figure, through_on=data["through_on"])
                    for figure in self.figures
                    if figure.is_filled
                ],
                page=read_draft_page(self.request),
                form=self.sent_form,
                by=self.request.user,
                now=self.now,
                **{name: value for name, value in data.items() if name not in ("files", "through_on")},
            )
        except EditConflict as refusal:
            add_refusal_at(self.form, refusal, None)
            self.draft = self.colleague_draft = find_visible_draft(self.request.user, self.commitment)
        except Refused as refusal:
            add_refusal_at(self.form, refusal, "through_on" if refusal.field == "figures" else refusal.field)
            if refusal.code == "key_used":
                self.sent_form = None
        else:
            return True
        return False

    def keep(self) -> None:
        """Save what could not be sent as the draft, unless a colleague's draft exists that this page has not shown."""
        if self.colleague_draft:
            return
        self.draft, is_conflict = keep_as_draft(self.request, self.commitment, self.now, self.uploads.files)
        self.colleague_draft = self.draft if is_conflict else None

    def refused_response(self) -> HttpResponse:
        """Tell the script why the update was not sent, and which of its files have arrived."""
        refused = invalid_forms(self.form, *self.figures)
        sentences = [
            f"{form.fields[name].label}: {error}" if name in form.fields else str(error)
            for form in refused
            for name, errors in form.errors.items()
            for error in errors
        ]
        files = [{"key": file.pk, "name": f"{file.name}, {filesizeformat(file.size)}"} for file in self.uploads.files]
        body = {"state": "refused", "sentences": sentences, "files": files}
        return self.uploads.with_retry_after(JsonResponse(body, status=HTTPStatus.UNPROCESSABLE_ENTITY))

    def context(self) -> dict[str, Any]:
        note = describe_draft(self.draft, self.commitment, self.request.user)
        return {
            "form": self.form,
            "figures": self.figures,
            "refused_forms": invalid_forms(self.form, *self.figures),
            "attached": self.uploads.files,
            "upload_rules": list_upload_rules(),
            "draft": note,
            "theirs": display_draft(self.colleague_draft, self.form, *self.figures),
            "send_key": self.sent_form.key if self.sent_form else uuid4(),
            "last_version": self.timeline.last_version.pk if self.timeline.last_version else 0,
        }


def read_figure_input(form: FigureForm, *, through_on: Any) -> FigureInput:
    data = form.cleaned_data
    districts = data.get("districts", ())
    return FigureInput(
        indicator=form.indicator,
        figure=data["figure"],
        direction=to_direction(data["direction"]),
        through_on=through_on,
        parts=[ReadingPartInput(BreakdownDimension.DISTRICT, name, Decimal(1)) for name in districts],
    )


def initial_figure_values(reading: Reading | None) -> dict[str, Any]:
    """Return a figure that was sent before, its direction or "no data", as initial values."""
    if reading is None:
        return {}
    districts = [part.category for part in reading.parts.all() if part.dimension == BreakdownDimension.DISTRICT]
    direction = NO_DATA if reading.is_no_data else reading.direction
    return {"figure": _format_figure(reading.figure), "direction": direction, "districts": districts}


def _format_figure(figure: Decimal | None) -> str:
    """Format a figure as a user types it: 8 for 8.00."""
    return "" if figure is None else f"{figure.normalize():f}"


def initial_update_values(update_version: UpdateVersion) -> dict[str, Any]:
    """Return what was sent before as initial values, so that the ministry corrects it and need not type it again."""
    evidence = list(update_version.evidence.select_related("file").order_by("pk"))
    readings = list(update_version.readings.select_related("indicator").order_by("pk"))
    initial = {
        "claimed": update_version.claimed,
        "narrative": update_version.narrative,
        "happened_to": update_version.happened_on,
    }
    if readings:
        initial["through_on"] = readings[0].through_on
    if evidence:
        initial["title"] = summarize_update(evidence, readings)
    if row := next((row for row in evidence if row.kind != EvidenceKind.STATISTIC), None):
        initial |= {"happened_from": row.happened_from, "done_by": row.done_by}
    # Redacted values must be entered again. The redaction mark must not be sent.
    return {name: "" if value == REDACTED else value for name, value in initial.items()}
