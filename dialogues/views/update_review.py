"""What a ministry sent, claim beside evidence; accept it line by line, or return it to be mended."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import pluralize
from django.views.decorators.http import require_GET

from dialogues import permissions
from dialogues.actions.updates import Judgement, accept_round, open_rounds, return_round
from dialogues.choices import Decision, DoneBy, EvidenceKind, Progress, Review, Shows
from dialogues.decision_reasons import SENTENCES, Lacking, of_a_return
from dialogues.forms.updates import AcceptForm, JudgementForm, ReturnForm
from dialogues.models import Evidence, EvidenceBearing, EvidenceReview, Reading, UpdateRound
from dialogues.views.assessments import Assessable, asks_for_verdict, assessables
from dialogues.views.edition_context import outside, stand_by
from dialogues.views.evidence_query import with_what_it_shows
from dialogues.views.figure_comparison import figures_of
from dialogues.views.last_decision import just_decided, on_to_the_next
from dialogues.views.previews import Shown, shown
from dialogues.views.redactions import of_evidence, pending_on, redacted_on
from dialogues.views.timeline import decision_on, newest
from recommendations.edition_context import editions_here
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.audit.subjects import history
from tiptracker.errors import Refused
from tiptracker.validation import ChangedMeanwhile
from tiptracker.web.frontend.rows import beside_field, refused, typed
from tiptracker.web.pages import SignedIn, render_page


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
    shown: Shown | None
    lines: list[Line]


def _rounds(user: User) -> QuerySet[UpdateRound]:
    """The inbox is the embassy's; a ministry finds what it sent with its commitments."""
    rows = UpdateRound.objects.visible_to(user) if user.is_embassy else UpdateRound.objects.none()
    return rows.select_related(
        "update__commitment__ministry", "update__commitment__country", "recorded_by", "decision__recorded_by"
    )


def _round(request: SignedIn, pk: int) -> UpdateRound:
    """One of them, whose page stands where its commitment's does."""
    round = get_object_or_404(_rounds(request.user), pk=pk)
    stand_by(request, round.update.commitment)
    return round


@login_required
@require_GET
def round_detail(request: SignedIn, pk: int) -> HttpResponse:
    """Claim beside evidence; once it is accepted, the verdict on each benchmark; who opens it, is logged."""
    round = _round(request, pk)
    open_rounds(round, by=request.user)
    return _detail(request, round)


@login_required
def round_return(request: SignedIn, pk: int) -> HttpResponse:
    """Send it back with a reason: of the whole, of each line that is to be mended, or both."""
    if request.method != "POST":  # signed in again after the session had ended
        return redirect("round_detail", pk=pk)
    round = _to_decide(request, pk)
    if decision_on(round):
        return _overtaken(request, pk)
    exhibits = _exhibits(request, round, asks=True, data=request.POST, is_returning=True)
    lacking = [(each, line) for each in exhibits for line in each.lines if line.form and line.form.is_to_mend]
    form = ReturnForm(request.POST, prefix="return", has_lines=bool(lacking))
    if all([form.is_valid(), *(line.form.is_valid() for _, line in lacking if line.form)]):
        reason = of_a_return(form.cleaned_data["reason"], [_lacking(*each) for each in lacking])
        try:
            return_round(round=round, reason=reason, by=request.user, now=_now(round))
        except ChangedMeanwhile:
            return _overtaken(request, pk)
        except Refused as refusal:
            beside_field(form, str(refusal), refusal.field)
        else:
            return on_to_the_next(request, round)
    as_it_stands = _round(request, pk)
    accept_form = AcceptForm(prefix="accept", initial=typed(AcceptForm(request.POST, prefix="accept")))
    return _detail(request, as_it_stands, accept_form=accept_form, return_form=form, exhibits=exhibits, status=422)


def _lacking(exhibit: Exhibit, line: Line) -> Lacking:
    """A line that is to be mended, as its ministry reads of it."""
    towards = f"for “{line.bearing.benchmark.wording}”" if line.bearing else ""
    return Lacking(exhibit.evidence.title, towards, line.form.cleaned_data["reason"] if line.form else "")


@login_required
def round_accept(request: SignedIn, pk: int) -> HttpResponse:
    """Verify or reject each line, and take the round."""
    if request.method != "POST":  # signed in again after the session had ended
        return redirect("round_detail", pk=pk)
    round = _to_decide(request, pk)
    if decision_on(round):
        return _overtaken(request, pk)
    form = AcceptForm(request.POST, prefix="accept")
    exhibits = _exhibits(request, round, asks=True, data=request.POST)
    judged = [
        (exhibit.evidence, line.bearing, line.form) for exhibit in exhibits for line in exhibit.lines if line.form
    ]
    if _is_whole(form, [judgement for _, _, judgement in judged]):
        try:
            accept_round(
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
            return on_to_the_next(request, round)
    as_it_stands = _round(request, pk)
    return_form = ReturnForm(prefix="return", initial=typed(ReturnForm(request.POST, prefix="return")))
    return _detail(request, as_it_stands, accept_form=form, return_form=return_form, exhibits=exhibits, status=422)


def _is_whole(form: AcceptForm, judgements: Sequence[JudgementForm]) -> bool:
    """Whether all that accepting asks for is said; marks what isn't."""
    is_valid = all([form.is_valid(), *(each.is_valid() for each in judgements)])
    to_mend = [each for each in judgements if each.is_to_mend]
    for each in to_mend:
        each.refuse_to_mend()
    return is_valid and not to_mend and form.reasons_given(judgements)


def _to_decide(request: SignedIn, pk: int) -> UpdateRound:
    """The round, where this person may decide on it."""
    round = _round(request, pk)
    if not permissions.can_decide(request.user, round):
        raise PermissionDenied
    return round


def _overtaken(request: SignedIn, pk: int) -> HttpResponse:
    """What a colleague decided meanwhile, with the reasons written in vain, and nothing to press that can't work."""
    reasons = [
        SENTENCES.get(str(text), str(text))
        for name, text in request.POST.items()
        if name.endswith(("-because", "-reason")) and str(text).strip()
    ]
    return _detail(request, _round(request, pk), in_vain=reasons, status=422)


def _now(round: UpdateRound) -> datetime:
    return clock.now(round.update.commitment.country.time_zone)


def _judgement(evidence: Evidence, bearing: EvidenceBearing | None, form: JudgementForm, *, for_all: str) -> Judgement:
    """A line's form as the action takes it; a line without a reason of its own takes the one for all."""
    said = form.cleaned_data
    return Judgement(
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
    in_vain: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    user, decision = request.user, decision_on(round)
    is_overtaken = in_vain is not None
    may_decide = permissions.can_decide(user, round) and decision is None
    exhibits = exhibits or _exhibits(request, round, asks=may_decide)
    accept_form = accept_form or AcceptForm(prefix="accept")
    return_form = return_form or ReturnForm(prefix="return")
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
        "figures": list(figures_of(user, readings).values()),
        "earlier": list(_rounds(user).filter(update=round.update, number__lt=round.number).order_by("number")),
        "accept_form": accept_form,
        "wrong_forms": refused(*forms, accept_form, return_form),
        "return_form": return_form,
        "before": just_decided(request),
        "is_overtaken": is_overtaken,
        "redacted": redacted_on(*told),
        "pending": pending_on(user, commitment.country, *told, *readings),
        "can_redact": permissions.can_redact(user, commitment.country),
        "in_vain": in_vain,
        "history": history(user, round),
        "assess": [],
    }
    if decision and decision.decision == Decision.ACCEPTED and not is_overtaken:
        context |= {
            "assess": _to_assess(user, round, exhibits),
            "asks_for_verdict": asks_for_verdict(user, round),
        }
    return render_page(request, "dialogues/round_detail.html", context, status=status)


def _exhibits(
    request: SignedIn, round: UpdateRound, *, asks: bool, data: Any = None, is_returning: bool = False
) -> list[Exhibit]:
    """The evidence of a round, each with its file and the lines to be judged; with forms where the page `asks`.

    A file that several pieces cite is shown with the first. Where it `is_returning`, what isn't to be mended is kept as
    typed.
    """
    user, editions = request.user, editions_here(request)
    today = _now(round).date()
    pieces = list(with_what_it_shows(user).filter(round=round).order_by("pk"))
    files = shown((piece.file for piece in pieces), to=user)
    return [
        Exhibit(
            evidence=evidence,
            kind=EvidenceKind(evidence.kind).label,
            done_by=DoneBy(evidence.done_by).label,
            outside=outside(editions, evidence.first_day, evidence.happened_to),
            shown=files.pop(evidence.file_id, None),
            lines=list(_lines(evidence, today, asks=asks, data=data, is_returning=is_returning)),
        )
        for evidence in pieces
    ]


def _lines(evidence: Evidence, today: date, *, asks: bool, data: Any, is_returning: bool) -> Iterator[Line]:
    """What `actions.to_judge` asks: a line a bearing; the evidence itself if figures cite it or it bears on nothing."""
    readings = list(evidence.readings.all())
    bearings: list[EvidenceBearing | None] = list(evidence.bearings.all())
    if readings or not bearings:
        bearings.append(None)
    for bearing in bearings:
        pk = bearing.pk if bearing else None
        review = newest(review for review in evidence.reviews.all() if review.bearing_id == pk)
        asked: dict[str, Any] = {
            "prefix": f"bearing-{pk}" if pk else f"evidence-{evidence.pk}",
            "about": bearing.benchmark.key if bearing else _figure_of(readings) or "the evidence itself",
            "today": today,
            "asks_first_day": evidence.happened_from is None,
        }
        form = JudgementForm(data, **asked)
        if is_returning and not form.is_to_mend:  # kept as typed, and nothing said of it
            form = JudgementForm(initial=typed(form), **asked)
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
