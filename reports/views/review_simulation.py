"""What a decision would add to the score: on a ministry's update, on a piece of evidence, on a benchmark.

The address says what has been chosen so far, by the names of the form's own fields, so that the points follow the
choice; without any it is simulated for everything verified.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dialogues.choices import Decision, Review, Verdict
from dialogues.forms.updates import MEND
from dialogues.models import Evidence, UpdateRound
from recommendations.choices import Rule
from recommendations.edition_context import editions_here, stand_at, stand_in
from recommendations.models import Benchmark, Edition
from recommendations.tracking_period import holding
from reports import formatting
from reports.permissions import can_read_readiness
from reports.readiness import facts
from reports.readiness.explanation.score_display import plain
from reports.readiness.forecast.review_simulation import Fall, ReviewDecision, ReviewSimulation, reason, verified
from reports.readiness.gathering import gather_facts
from tiptracker import clock
from tiptracker.numbers import whole_number
from tiptracker.web.pages import SignedIn, render_page


class Rise(NamedTuple):
    """The score before and after, as pages print it, and what lies between; and the exact points."""

    before: Decimal
    after: Decimal
    points: Decimal
    exact: Fraction

    @property
    def lost(self) -> Decimal:
        """What is lost, where a decision takes points away."""
        return -self.points


class Chosen(NamedTuple):
    """What a form holds so far: the decisions chosen, whether a line is to be mended, how many lines are still open."""

    decisions: Sequence[ReviewDecision]
    is_to_mend: bool
    still_open: int


@login_required
@require_safe
def round_simulation(request: SignedIn, pk: int) -> HttpResponse:
    """The points that accepting a round would add, and those that assessing its benchmarks would add on top."""
    sent = get_object_or_404(
        UpdateRound.objects.visible_to(request.user).select_related("update__commitment__country", "decision"), pk=pk
    )
    stand_in(request, sent.update.commitment.country)
    simulation = _simulation_of(request, None, sent.happened_on)
    decision = Decision(sent.decision.decision) if hasattr(sent, "decision") else None
    context: dict[str, Any] = {"round": sent, "is_accepted": decision is Decision.ACCEPTED}
    if decision is not Decision.RETURNED:
        chosen = _chosen(request.GET.dict(), simulation, simulation.evidence_of(sent.pk))
        gain = simulation.of_update(sent.pk, decisions=chosen.decisions, is_accepted=decision is Decision.ACCEPTED)
        accepting = gain.accepting or Fraction(0)
        context |= {
            "gain": gain,
            "chosen": chosen,
            "accepting": _rise(gain.score, accepting),
            "falls": _reasons(gain.falls, "This update"),
            "assessing": [(one, _rise(gain.score + accepting, one.points)) for one in gain.assessing],
        }
    return render_page(request, "reports/round_simulation.html", context, partial="points")


@login_required
@require_safe
def evidence_simulation(request: SignedIn, pk: int) -> HttpResponse:
    """The points that reviewing a piece of evidence would add: as chosen, or all that is open verified."""
    piece = get_object_or_404(
        Evidence.objects.visible_to(request.user).select_related("country", "round__decision"), pk=pk
    )
    stand_in(request, piece.country)
    simulation = _simulation_of(request, piece.happened_from, piece.happened_to)
    rows = simulation.piece(piece.pk)
    chosen = _chosen(request.GET.dict(), simulation, rows)
    is_all = not chosen.decisions
    decisions = chosen.decisions
    if is_all:
        decisions = [verified(row, line) for row in rows for line in simulation.open_lines(row.id)]
    gain = simulation.of_reviews(decisions)
    context = {
        "evidence": piece,
        "is_all": is_all,
        "count": len(decisions),
        "reviewing": _rise(gain.score, gain.points),
        "falls": _reasons(gain.falls, "This evidence"),
        "needs_first_day": simulation.lacks_first_day(decisions, stated_by=chosen.decisions),
    }
    return render_page(request, "reports/evidence_simulation.html", context, partial="points")


@login_required
@require_safe
def benchmark_simulation(request: SignedIn, pk: int) -> HttpResponse:
    """The points that each verdict on a benchmark would add, resting on the evidence ticked (`evidence`).

    Where the address says nothing of the form (`seen`), on what the form ticks by itself: what is verified and no
    earlier verdict rests on, of the round that one came from (`round`) or, without one, of all.
    """
    benchmark = get_object_or_404(
        Benchmark.objects.visible_to(request.user).select_related("recommendation__edition__country").with_terms(),
        pk=pk,
    )
    edition = benchmark.recommendation.edition
    stand_at(request, edition)
    if not can_read_readiness(request.user, edition):
        raise PermissionDenied
    simulation = _simulation(edition)
    if "seen" in request.GET:
        rests_on: Collection[int] = _keys(request.GET.getlist("evidence"))
    else:
        came_from = next(iter(_keys([request.GET.get("round", "")])), None)
        rests_on = simulation.fresh_grounds(benchmark.pk, round_id=came_from)
    added = simulation.of_verdicts(benchmark.pk, rests_on=rests_on)
    terms = benchmark.current_terms
    context = {
        "benchmark": benchmark,
        "by_figures": terms is not None and terms.rule != Rule.ASSESSED,
        "assessing": [(verdict, _rise(simulation.stands.score, added[verdict])) for verdict in Verdict],
    }
    return render_page(request, "reports/benchmark_simulation.html", context, partial="points")


def _simulation_of(request: SignedIn, first: date | None, last: date) -> ReviewSimulation:
    """A simulation on the record of the edition in which a span counts, else of the page's.

    Raises PermissionDenied for whoever may not read readiness.
    """
    edition = holding(editions_here(request), first, last)
    if edition is None or not can_read_readiness(request.user, edition):
        raise PermissionDenied
    return _simulation(edition)


def _simulation(edition: Edition) -> ReviewSimulation:
    now = clock.now(edition.country.time_zone)
    return ReviewSimulation(gather_facts(edition), as_of=now.date(), now=now)


def _reasons(falls: Iterable[Fall], subject: str) -> list[tuple[str, str]]:
    """Why something falls, and what does: benchmarks and questions, in a row."""
    return [(reason(fall, subject), formatting.listed(fall.lines)) for fall in falls]


def _chosen(form: Mapping[str, Any], simulation: ReviewSimulation, rows: Collection[facts.Evidence]) -> Chosen:
    """What the forms of `dialogues` have chosen on these pieces: `bearing-7-decision`, `evidence-5-first_on`.

    On a piece's own page the piece itself is plainly `evidence-decision`.
    """
    decisions, is_to_mend, still_open = [], False, 0
    for row, line in [(piece, line) for piece in rows for line in simulation.lines_of(piece.id)]:
        prefixes = (f"evidence-{row.id}", "evidence") if line is None else (f"bearing-{line}",)
        said = _said(form, "decision", prefixes)
        if said in {one.value for one in Review}:
            decisions.append(ReviewDecision(row.id, line, Review(said), _day(_said(form, "first_on", prefixes), row)))
        elif said == MEND:
            is_to_mend = True
        else:
            still_open += 1
    return Chosen(decisions, is_to_mend, still_open)


def _said(form: Mapping[str, Any], name: str, prefixes: Iterable[str]) -> str:
    return next((str(form[key]) for prefix in prefixes if (key := f"{prefix}-{name}") in form), "")


def _day(typed: str, row: facts.Evidence) -> date | None:
    """The first day stated, where the evidence lacks it and it can be meant."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if row.happened_from is None and day <= row.happened_to else None


def _keys(typed: Iterable[str]) -> set[int]:
    return {key for text in typed if (key := whole_number(text)) is not None}


def _rise(before: Fraction, points: Fraction) -> Rise:
    first, last = formatting.tenths(before), formatting.tenths(before + points)
    return Rise(plain(first), plain(last), plain(last - first), points)
