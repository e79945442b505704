"""The focal point's pages: what is asked of the ministry, and sending an update on it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET

from dialogues import actions, permissions
from dialogues.forms.fields import beside_field, refused
from dialogues.forms.rounds import FigureForm, UpdateForm
from dialogues.models import Commitment, EvidenceFile, Reading, UpdateRound
from dialogues.status import Standing
from dialogues.views.here import Head, late_by, newest_edition
from dialogues.views.story import decision_on
from dialogues.views.uploads import Kept, keep_files
from dialogues.words import Decision, Dimension, Direction, DoneBy, EvidenceKind, Progress, Status
from recommendations.models import Indicator
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.audit.append_only import REDACTED
from tiptracker.limits import to_wait
from tiptracker.pages import SignedIn, render_page
from tiptracker.refusals import Refused
from tiptracker.rules import spelt
from tiptracker.words import Role


@dataclass(frozen=True)
class Ask:
    """One commitment as its ministry sees it: how it stands, what was sent last, how the embassy answered."""

    commitment: Head
    made_on: date
    standing: Standing
    sent_on: date | None
    claimed: Progress | None
    answer: Decision | None
    reason: str

    @property
    def is_waiting(self) -> bool:
        """Sent, and not answered yet."""
        return self.claimed is not None and self.answer is None

    @property
    def is_returned(self) -> bool:
        """Came back, and not sent again yet."""
        return self.answer is Decision.RETURNED

    @property
    def is_settled(self) -> bool:
        """Nothing more is asked."""
        return self.standing.status in (Status.VERIFIED, Status.WITHDRAWN)

    @property
    def status_text(self) -> str:
        """ "late by 12 days", where it is."""
        return late_by(self.standing.days_late) if self.standing.days_late else ""

    @property
    def claimed_text(self) -> str:
        """ "You said: under way"."""
        return f"You said: {self.claimed.label.lower()}" if self.claimed else ""

    @property
    def urgency(self) -> tuple[bool, date, int]:
        """What sorts it: what came back, then what is due soonest, and so what is late; no date last."""
        return not self.is_returned, self.standing.due_on or date.max, self.commitment.pk


def asks_of(user: User, day: date) -> list[Ask]:
    """The commitments of a focal point's ministry made by `day`, most urgent first."""
    rounds = UpdateRound.objects.visible_to(user).select_related("decision")
    commitments = (
        Commitment.objects.visible_to(user)
        .select_related("ministry")
        .prefetch_related("events", Prefetch("updates__rounds", rounds))
        .order_by("pk")
    )
    asks = (_ask(commitment, day) for commitment in commitments)
    return sorted((ask for ask in asks if ask), key=lambda ask: ask.urgency)


def _ask(commitment: Commitment, day: date) -> Ask | None:
    if (standing := commitment.standing_on(day)) is None:
        return None
    sent = [round for update in commitment.updates.all() for round in update.rounds.all()]
    last = max(sent, key=lambda round: (round.recorded_at, round.pk), default=None)
    decision = decision_on(last) if last else None
    return Ask(
        commitment=Head.of(commitment),
        made_on=min(event.happened_on for event in commitment.events.all()),
        standing=standing,
        sent_on=timezone.localtime(last.recorded_at).date() if last else None,
        claimed=Progress(last.claimed) if last else None,
        answer=Decision(decision.decision) if decision else None,
        reason=decision.reason if decision else "",
    )


@login_required
@require_GET
def ministry_home(request: SignedIn) -> HttpResponse:
    """What is asked of the ministry, most urgent first; what was sent and waits; what is done."""
    user = request.user
    if user.role != Role.FOCAL_POINT:
        raise PermissionDenied
    asks = asks_of(user, clock.today())
    context = {
        "ministry": user.ministry,
        "asked": [ask for ask in asks if not ask.is_settled and not ask.is_waiting],
        "waiting": [ask for ask in asks if ask.is_waiting and not ask.is_settled],
        "settled": [ask for ask in asks if ask.is_settled],
    }
    return render_page(request, "dialogues/ministry_home.html", context)


@login_required
def update_send(request: SignedIn, pk: int) -> HttpResponse:
    """Send an update on a commitment; where the last one came back, with its reason above and its words filled in."""
    user = request.user
    rows = Commitment.objects.visible_to(user).select_related("country", "ministry").prefetch_related("events")
    commitment = get_object_or_404(rows, pk=pk)
    if not permissions.can_send_update(user, commitment):
        raise PermissionDenied
    now = clock.now(commitment.country.time_zone)
    standing = commitment.standing_on(now.date())
    rounds = UpdateRound.objects.visible_to(user).filter(update__commitment=commitment).select_related("decision")
    last = rounds.order_by("-recorded_at", "-pk").first()
    decision = decision_on(last) if last else None
    returned = last if decision and decision.decision == Decision.RETURNED else None
    is_sent = request.method == "POST"
    uploads = keep_files(request, now=now) if is_sent else Kept(_attached_to(returned, user), [])
    figures = _figures(user, commitment, request.POST if is_sent else None, returned)
    form = UpdateForm(
        request.POST if is_sent else None,
        initial=_as_sent(returned) if returned else None,
        today=now.date(),
        asks_figures=bool(figures),
    )
    if is_sent:
        uploads.tell(form)
        if all([form.is_valid(), *(figure.is_valid() for figure in figures)]) and _send(
            commitment, form, figures, uploads.files, request
        ):
            messages.success(request, "Sent to the embassy. Its answer will stand here.")
            return redirect("ministry_home")
    context = {
        "commitment": Head.of(commitment),
        "standing": standing,
        "form": form,
        "figures": figures,
        "wrong_forms": refused(form, *figures),
        "kept": uploads.files,
        "returned_reason": decision.reason if returned and decision else "",
        "closed": _closed(standing, last if decision is None else None),
    }
    answer = render_page(request, "dialogues/update_send.html", context, status=422 if is_sent else 200)
    return to_wait(answer, uploads.wait)


def _closed(standing: Standing | None, waiting: UpdateRound | None) -> str:
    """Why nothing is to be sent now; nothing where it is."""
    if waiting:
        sent = spelt(timezone.localtime(waiting.recorded_at).date())
        return f"Your update of {sent} is with the embassy. You can send another one once it has answered."
    if standing and standing.status in (Status.VERIFIED, Status.WITHDRAWN):
        return f"{standing.status.label}: nothing more is needed here."
    return ""


def _figures(
    user: User, commitment: Commitment, data: QueryDict | None, returned: UpdateRound | None
) -> list[FigureForm]:
    """A form for each indicator that the commitment's benchmarks count; none where they count nothing."""
    edition = newest_edition(user, commitment.country)
    if edition is None:
        return []
    indicators = Indicator.objects.visible_to(user).filter(benchmark_terms__benchmark__commitments=commitment)
    since = spelt(edition.starts_on)
    sent = {reading.indicator_id: reading for reading in returned.readings.all()} if returned else {}
    counted = list(indicators.distinct())
    by_district = any(indicator.counts_districts for indicator in counted)
    districts = [district.name for district in commitment.country.districts.all()] if by_district else []
    return [
        FigureForm(
            data,
            indicator=indicator,
            since=since,
            districts=districts,
            initial=_as_counted(sent.get(indicator.pk)),
        )
        for indicator in counted
    ]


def _as_counted(reading: Reading | None) -> dict[str, Any]:
    """A figure, or its direction, as it was sent before."""
    if reading is None:
        return {}
    named = [part.category for part in reading.parts.all() if part.dimension == Dimension.DISTRICT]
    return {"figure": _plain(reading.figure), "direction": reading.direction, "districts": named}


def _plain(figure: Decimal | None) -> str:
    """A figure as somebody types it: 8 for 8.00."""
    return "" if figure is None else f"{figure.normalize():f}"


def _as_sent(round: UpdateRound) -> dict[str, Any]:
    """What was sent before, to be mended rather than typed again."""
    piece = round.evidence.exclude(kind=EvidenceKind.STATISTIC).select_related("file").order_by("pk").first()
    told = {"claimed": round.claimed, "narrative": round.narrative, "happened_to": round.happened_on}
    if reading := round.readings.select_related("indicator", "evidence").order_by("pk").first():
        told["through_on"] = reading.through_on
        if reading.evidence:
            told["title"] = reading.evidence.title.removesuffix(f" ({reading.in_words})")
    if piece:
        title = piece.title.removesuffix(f" ({piece.file.name})") if piece.file else piece.title
        told |= {"title": title, "happened_from": piece.happened_from, "done_by": piece.done_by}
    # What was redacted is to be told anew, not sent as the mark.
    return {name: "" if value == REDACTED else value for name, value in told.items()}


def _attached_to(returned: UpdateRound | None, user: User) -> list[EvidenceFile]:
    return list(actions.sendable_again(returned, user)) if returned else []


def _send(
    commitment: Commitment, form: UpdateForm, figures: list[FigureForm], files: list[EvidenceFile], request: SignedIn
) -> bool:
    """Send what the forms say; False where it was refused, with the sentence beside its field."""
    said = form.cleaned_data
    try:
        actions.send_round(
            commitment=commitment,
            title=said["title"],
            narrative=said["narrative"],
            claimed=Progress(said["claimed"]),
            happened_from=said["happened_from"],
            happened_to=said["happened_to"],
            done_by=DoneBy(said["done_by"]),
            files=files,
            figures=[
                actions.Figure(
                    indicator=figure.indicator,
                    figure=figure.cleaned_data["figure"],
                    direction=Direction(direction) if (direction := figure.cleaned_data["direction"]) else "",
                    through_on=said["through_on"],
                    parts=[
                        actions.Part(Dimension.DISTRICT, name, Decimal(1))
                        for name in figure.cleaned_data.get("districts", ())
                    ],
                )
                for figure in figures
                if figure.cleaned_data["figure"] is not None or figure.cleaned_data["direction"]
            ],
            by=request.user,
            now=clock.now(commitment.country.time_zone),
        )
    except Refused as refusal:
        beside_field(form, str(refusal), "through_on" if refusal.field == "figures" else refusal.field)
        return False
    return True
