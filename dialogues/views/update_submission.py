"""The page of a ministry for one commitment: what was promised, earlier updates, and the form to send one."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from dialogues import permissions
from dialogues.actions.readings import ReadingPartInput
from dialogues.actions.sent_forms import find_sent_version
from dialogues.actions.updates import FigureInput, send_update
from dialogues.choices import EvidenceKind, UpdateDecision
from dialogues.commitment_phrases import format_status_detail
from dialogues.forms.fields import NO_DATA, to_direction
from dialogues.forms.updates import FigureForm, UpdateForm, check_end_of_figures
from dialogues.models import Commitment, CommitmentEvent, Reading, UpdateVersion
from dialogues.returned_parts import list_changes
from dialogues.views.commitments import list_linked_benchmarks
from dialogues.views.drafts import read_draft_page
from dialogues.views.next_action import find_next_action
from dialogues.views.page_context import CommitmentHeading, set_page_edition_for_commitment
from dialogues.views.proof_rows import list_proofs
from dialogues.views.sending_page import SendingPage, read_sent_form, sent_response
from dialogues.views.timeline import CommitmentTimeline, build_timeline, decision_on
from dialogues.views.timeline_entries import summarize_update
from recommendations.choices import BreakdownDimension
from recommendations.edition_context import default_edition_of_country, editions_of_page_country
from recommendations.models import Edition, Indicator
from tiptracker import clock
from tiptracker.accounts.models import find_contact
from tiptracker.accounts.sessions import BEGAN_AT
from tiptracker.audit.append_only import MARKS
from tiptracker.errors import Refused
from tiptracker.localization import format_date
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page
from tiptracker.web.preserved_input import wants_json


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
    if before := find_sent_version(read_sent_form(request), commitment, user):
        return sent_response(request, before, now)
    timeline = build_timeline(user, commitment, now.date(), editions_of_page_country(request))
    if timeline is None:
        raise Http404
    page = _UpdatePage(request, timeline, default_edition_of_country(request, commitment.country), now)
    if page.is_sent:
        if page.is_valid() and page.send():
            return sent_response(request, page.sent, now)
        page.keep()
        if wants_json(request):
            return page.refused_response()
    is_closed = bool(timeline.waiting_version) or timeline.standing.is_settled
    decision = decision_on(timeline.returned) if timeline.returned else None
    changes = list_changes(decision) if decision else {}
    for figure in page.parts:
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


class _UpdatePage(SendingPage[FigureForm]):
    """The form of an update on a commitment, with its figures."""

    def __init__(
        self, request: SignedInRequest, timeline: CommitmentTimeline, edition: Edition | None, now: datetime
    ) -> None:
        self.commitment, self.edition = timeline.commitment, edition
        self.proofs = list_proofs(request.user, [self.commitment.pk], now.date())[self.commitment.pk]
        self.to_resend = timeline.version_to_resend
        resent = [self.to_resend] if self.to_resend else []
        super().__init__(request, timeline.commitment, now, last=timeline.last_version, resent=resent)

    def build_forms(self, data: QueryDict | None) -> tuple[UpdateForm, list[FigureForm]]:
        figures = self._figures(data, self.edition)
        last = self.to_resend
        initial = initial_update_values(last) if last and data is None else None
        proofs = [row.proof for row in self.proofs]
        return UpdateForm(
            data, initial=initial, today=self.now.date(), asks_figures=bool(figures), proofs=proofs
        ), figures

    def _figures(self, data: QueryDict | None, edition: Edition | None) -> list[FigureForm]:
        """Return a form for each indicator that the commitment's benchmarks count; empty if they count nothing."""
        if edition is None:
            return []
        user, commitment, version = self.request.user, self.commitment, self.to_resend
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

    def is_valid(self) -> bool:
        return check_end_of_figures(self.form, self.parts)

    def submit(self) -> UpdateVersion:
        data = self.form.cleaned_data
        return send_update(
            commitment=self.commitment,
            files=self.uploads.files,
            figures=[
                read_figure_input(figure, through_on=data["through_on"]) for figure in self.parts if figure.is_filled
            ],
            page=read_draft_page(self.request),
            form=self.sent_form,
            by=self.request.user,
            now=self.now,
            **{name: value for name, value in data.items() if name not in ("files", "through_on")},
        )

    def refusal_place(self, refusal: Refused) -> tuple[TrackerForm, str | None]:
        return self.form, "through_on" if refusal.field == "figures" else refusal.field

    def context(self) -> dict[str, Any]:
        return {**super().context(), "figures": self.parts, "proofs": self.proofs}


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
    """Return what was sent before as initial values, so that the ministry corrects it and need not type it again.

    An end date that is the start date is left empty, as people leave it for what was done in one day (`fill_end_date`).
    """
    evidence = list(update_version.evidence.select_related("file").prefetch_related("proof_matches").order_by("pk"))
    readings = list(update_version.readings.select_related("indicator").order_by("pk"))
    initial: dict[str, Any] = {
        "claimed": update_version.claimed,
        "narrative": update_version.narrative,
        "happened_to": update_version.happened_on,
    }
    if readings:
        initial["through_on"] = readings[0].through_on
    if evidence:
        initial |= {"title": summarize_update(evidence, readings), "done_by": evidence[0].done_by}
        newest = {match.proof_id: match.is_match for row in evidence for match in row.proof_matches.all()}
        initial["proofs"] = [proof for proof, is_match in newest.items() if is_match]
    if row := next((row for row in evidence if row.kind != EvidenceKind.STATISTIC), None):
        initial["happened_from"] = row.happened_from
        if row.happened_from == update_version.happened_on:
            initial["happened_to"] = None
    # Redacted values must be entered again. The redaction mark must not be sent.
    return {name: "" if value in MARKS else value for name, value in initial.items()}
