"""The inbox: what ministries sent, claim beside evidence; accept or return it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.views.decorators.http import require_GET

from dialogues import actions, permissions
from dialogues.forms.fields import beside_field, refused
from dialogues.forms.rounds import AcceptForm, JudgementForm, ReturnForm
from dialogues.models import (
    Assessment,
    Commitment,
    Evidence,
    EvidenceBearing,
    EvidenceReview,
    Reading,
    Redaction,
    UpdateRound,
)
from dialogues.views.assessments import Assessable, assessables
from dialogues.views.here import newest_edition, outside
from dialogues.views.pieces import with_what_it_shows
from dialogues.views.redactions import of_evidence, pending_on, redacted_on
from dialogues.views.story import decision_on, newest
from dialogues.words import Decision, DoneBy, EvidenceKind, MadeBy, Progress, Review, Shows, Status
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.audit.rows import history
from tiptracker.pages import SignedIn, render_page
from tiptracker.refusals import Refused
from tiptracker.rules import ChangedMeanwhile

LOGGED_SHOWN = 25
"""How many pieces of evidence the inbox lists at once; those below come up as these are reviewed."""


class Waiting(NamedTuple):
    """A round in the inbox."""

    round: UpdateRound
    claimed: Progress
    days: int


class Line(NamedTuple):
    """One line to be judged: a bearing, or (None) the evidence itself, which a figure cites."""

    bearing: EvidenceBearing | None
    shows: Shows | None
    readings: Sequence[Reading]
    form: JudgementForm | None
    review: EvidenceReview | None
    decision: Review | None


class Exhibit(NamedTuple):
    """A piece of evidence of a round, with its lines."""

    evidence: Evidence
    kind: str
    done_by: str
    outside: str
    lines: list[Line]


def _rounds(user: User) -> QuerySet[UpdateRound]:
    """The inbox is the embassy's; a ministry finds what it sent with its commitments."""
    rows = UpdateRound.objects.visible_to(user) if user.is_embassy else UpdateRound.objects.none()
    return rows.select_related(
        "update__commitment__ministry", "update__commitment__country", "recorded_by", "decision__recorded_by"
    )


@login_required
@require_GET
def round_list(request: SignedIn) -> HttpResponse:
    """What waits for the embassy: updates of ministries, evidence that colleagues logged, what was reported done."""
    user, today = request.user, clock.today()
    rounds = (
        _rounds(user)
        .filter(decision=None)
        .annotate(evidence_count=Count("evidence", distinct=True))
        .order_by("recorded_at", "pk")
    )
    context: dict[str, Any] = {
        "rounds": [
            Waiting(round, Progress(round.claimed), (today - timezone.localtime(round.recorded_at).date()).days)
            for round in rounds
        ]
    }
    if user.is_embassy:
        logged = _unreviewed(user)
        context |= {
            "logged": list(logged[:LOGGED_SHOWN]),
            "logged_count": logged.count(),
            "redactions": list(Redaction.objects.visible_to(user).awaiting(user).order_by("pk")),
            "reported": list(
                Commitment.objects.visible_to(user)
                .with_status(today)
                .filter(Q(status=Status.REPORTED), made_by=MadeBy.UNITED_STATES)
                .order_by("pk")
            ),
            "overtaken_verdicts": list(
                Assessment.objects.visible_to(user)
                .asking_for_another_look()
                .select_related("benchmark__recommendation")
                .order_by("benchmark__recommendation__number", "benchmark__letter")
            ),
            "overtaken_commitments": list(
                Commitment.objects.visible_to(user)
                .with_status(today)
                .filter(Q(status=Status.VERIFIED))
                .asking_for_another_look()
                .order_by("pk")
            ),
        }
    return render_page(request, "dialogues/round_list.html", context)


def _unreviewed(user: User) -> QuerySet[Evidence]:
    """Evidence that somebody else logged and nobody has reviewed yet. Oldest first."""
    rows = Evidence.objects.visible_to(user).unreviewed(besides=user)
    return rows.select_related("recorded_by").order_by("recorded_at", "pk")


@login_required
@require_GET
def round_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Claim beside evidence; once it is accepted, the verdict on each benchmark; who opens it, is logged."""
    round = get_object_or_404(_rounds(request.user), pk=pk)
    actions.open_rounds(round, by=request.user)
    return _detail(request, round)


@login_required
def round_return(request: SignedIn, pk: int) -> HttpResponse:
    """Send it back with a reason."""
    if request.method != "POST":  # signed in again after the session had ended
        return redirect("round_detail", pk=pk)
    round = _to_decide(request, pk)
    if decision_on(round):
        return _overtaken(request, pk)
    form = ReturnForm(request.POST, prefix="return")
    if form.is_valid():
        try:
            actions.return_round(round=round, reason=form.cleaned_data["reason"], by=request.user, now=_now(round))
        except ChangedMeanwhile:
            return _overtaken(request, pk)
        except Refused as refusal:
            beside_field(form, str(refusal), refusal.field)
        else:
            messages.success(request, f"Returned to {round.update.commitment.maker} with your reason.")
            return redirect("round_list")
    return _detail(request, get_object_or_404(_rounds(request.user), pk=pk), return_form=form, status=422)


@login_required
def round_accept(request: SignedIn, pk: int) -> HttpResponse:
    """Verify or reject each line, and take the round."""
    if request.method != "POST":  # signed in again after the session had ended
        return redirect("round_detail", pk=pk)
    round = _to_decide(request, pk)
    if decision_on(round):
        return _overtaken(request, pk)
    form = AcceptForm(request.POST, prefix="accept")
    exhibits = _exhibits(request.user, round, asks=True, data=request.POST)
    judged = [
        (exhibit.evidence, line.bearing, line.form) for exhibit in exhibits for line in exhibit.lines if line.form
    ]
    forms = [judgement for _, _, judgement in judged]
    if all([form.is_valid(), *(each.is_valid() for each in forms)]) and form.reasons_given(forms):
        try:
            actions.accept_round(
                round=round,
                reviews=[_judgement(*each, for_all=form.cleaned_data["reason"]) for each in judged],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=_now(round),
            )
        except ChangedMeanwhile:
            return _overtaken(request, pk)
        except Refused as refusal:
            beside_field(form, str(refusal), refusal.field)
        else:
            messages.success(request, "Accepted. Your word on each line stands in the record.")
            return redirect("round_detail", round.pk)
    as_it_stands = get_object_or_404(_rounds(request.user), pk=pk)
    return _detail(request, as_it_stands, accept_form=form, exhibits=exhibits, status=422)


def _to_decide(request: SignedIn, pk: int) -> UpdateRound:
    """The round, where this person may decide on it."""
    round = get_object_or_404(_rounds(request.user), pk=pk)
    if not permissions.can_decide(request.user, round):
        raise PermissionDenied
    return round


def _overtaken(request: SignedIn, pk: int) -> HttpResponse:
    """What a colleague decided meanwhile, with the reasons written in vain, and nothing to press that can't work."""
    reasons = [text for name, text in request.POST.items() if name.endswith("-reason") and str(text).strip()]
    return _detail(request, get_object_or_404(_rounds(request.user), pk=pk), in_vain=reasons, status=422)


def _now(round: UpdateRound) -> datetime:
    return clock.now(round.update.commitment.country.time_zone)


def _judgement(
    evidence: Evidence, bearing: EvidenceBearing | None, form: JudgementForm, *, for_all: str
) -> actions.Judgement:
    """A line's form as the action takes it; a line without a reason of its own takes the one for all."""
    said = form.cleaned_data
    return actions.Judgement(
        evidence=evidence,
        bearing=bearing,
        decision=Review(said["decision"]),
        reason=said["reason"] or for_all,
        first_on=said.get("first_on"),
    )


def _detail(
    request: SignedIn,
    round: UpdateRound,
    *,
    accept_form: AcceptForm | None = None,
    return_form: ReturnForm | None = None,
    exhibits: list[Exhibit] | None = None,
    in_vain: list[str | list[object]] | None = None,
    status: int = 200,
) -> HttpResponse:
    user, decision = request.user, decision_on(round)
    is_overtaken = in_vain is not None
    may_decide = permissions.can_decide(user, round) and decision is None
    exhibits = exhibits or _exhibits(user, round, asks=may_decide)
    accept_form = accept_form or AcceptForm(prefix="accept")
    forms = [line.form for exhibit in exhibits for line in exhibit.lines if line.form]
    readings = list(Reading.objects.visible_to(user).filter(round=round).select_related("indicator"))
    commitment = round.update.commitment
    told = [round, commitment, decision, *(row for each in exhibits for row in of_evidence(each.evidence))]
    context = {
        "round": round,
        "commitment": commitment,
        "claimed": Progress(round.claimed),
        "decision": decision,
        "decided": Decision(decision.decision) if decision else None,
        "may_decide": may_decide,
        "exhibits": exhibits,
        "readings": readings,
        "earlier": list(_rounds(user).filter(update=round.update, number__lt=round.number).order_by("number")),
        "accept_form": accept_form,
        "wrong_forms": refused(accept_form, *forms),
        "return_form": return_form or ReturnForm(prefix="return"),
        "is_overtaken": is_overtaken,
        "redacted": redacted_on(*told),
        "pending": pending_on(user, commitment.country, *told, *readings),
        "can_redact": permissions.can_redact(user, commitment.country),
        "in_vain": in_vain,
        "history": history(user, round),
        "assess": _to_assess(user, round, exhibits)
        if decision and decision.decision == Decision.ACCEPTED and not is_overtaken
        else [],
    }
    return render_page(request, "dialogues/round_detail.html", context, status=status)


def _exhibits(user: User, round: UpdateRound, *, asks: bool, data: Any = None) -> list[Exhibit]:
    """The evidence of a round, each with the lines to be judged; with forms where the page `asks` for the word."""
    edition = newest_edition(user, round.update.commitment.country)
    today = _now(round).date()
    return [
        Exhibit(
            evidence=evidence,
            kind=EvidenceKind(evidence.kind).label,
            done_by=DoneBy(evidence.done_by).label,
            outside=outside(edition, evidence.happened_from, evidence.happened_to),
            lines=list(_lines(evidence, today, asks=asks, data=data)),
        )
        for evidence in with_what_it_shows(user).filter(round=round).order_by("pk")
    ]


def _lines(evidence: Evidence, today: date, *, asks: bool, data: Any) -> Iterator[Line]:
    """What `actions.to_judge` asks: a line a bearing; the evidence itself if figures cite it or it bears on nothing."""
    readings = list(evidence.readings.all())
    bearings: list[EvidenceBearing | None] = list(evidence.bearings.all())
    if readings or not bearings:
        bearings.append(None)
    for bearing in bearings:
        pk = bearing.pk if bearing else None
        review = newest(review for review in evidence.reviews.all() if review.bearing_id == pk)
        form = JudgementForm(
            data,
            prefix=f"bearing-{pk}" if pk else f"evidence-{evidence.pk}",
            about=bearing.benchmark.key if bearing else _figure_of(readings) or "the evidence itself",
            today=today,
            asks_first_day=evidence.happened_from is None,
        )
        yield Line(
            bearing=bearing,
            shows=Shows(bearing.shows) if bearing else None,
            readings=[] if bearing else readings,
            form=form if asks else None,
            review=review,
            decision=Review(review.decision) if review else None,
        )


def _figure_of(readings: Sequence[Reading]) -> str:
    """ "the figure of Prosecutions"; nothing where no reading rests on the evidence."""
    names = [reading.indicator.name for reading in readings]
    return f"the figure{pluralize(names)} of {', '.join(names)}" if names else ""


def _to_assess(user: User, round: UpdateRound, exhibits: Sequence[Exhibit]) -> list[Assessable]:
    benchmarks = {
        line.bearing.benchmark_id for exhibit in exhibits for line in exhibit.lines if line.bearing is not None
    }
    return assessables(user, benchmarks, round)
