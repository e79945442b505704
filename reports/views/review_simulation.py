"""Fragments that show what a decision would add to the score: on an update, on evidence or on a benchmark.

The address holds the current choices under the names of the form's own fields, so the points follow the form. Without
choices, everything is simulated as verified. Of what was decided, they show what that changed (`?changed`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from dialogues.choices import DECISIONS_ENDING_CLAIMS, EvidenceDecision, UpdateDecision, Verdict
from dialogues.forms.updates import NEEDS_CHANGE
from dialogues.models import Evidence, UpdateVersion
from recommendations.choices import Rule
from recommendations.edition_context import editions_of_page_country, set_page_country, set_page_edition
from recommendations.models import Benchmark, Edition
from recommendations.tracking_period import find_covering_edition
from reports import formatting
from reports.permissions import can_read_readiness
from reports.readiness import facts
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.forecast.review_simulation import (
    ReviewDecision,
    ReviewSimulation,
    ScoreDrop,
    describe_drop,
    verifying_decision,
)
from reports.views.access import read_page
from reports.views.current_readiness import current_facts
from reports.views.decision_effects import find_decision_effect
from tiptracker import clock
from tiptracker.localization import join_with_and
from tiptracker.numbers import parse_whole_number
from tiptracker.web.pages import SignedInRequest, render_page


class SimulatedChange(NamedTuple):
    """The score before and after a change and the difference, as printed; and the exact points."""

    before: Decimal
    after: Decimal
    points: Decimal
    exact: Fraction

    @property
    def lost(self) -> Decimal:
        """The points lost, for a decision that takes points away."""
        return -self.points


class ChosenDecisions(NamedTuple):
    """The choices in a form so far.

    `needs_change` is True if the ministry has to change a line. `open_lines` is the number of lines without a choice.
    """

    decisions: Sequence[ReviewDecision]
    needs_change: bool
    open_lines: int


@read_page
def version_simulation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the points that accepting an update version would add, and those that assessing its benchmarks would add."""
    versions = UpdateVersion.objects.visible_to(request.user)
    version = get_object_or_404(versions.with_subject("decision"), pk=pk)
    set_page_country(request, version.update.subject.country)
    simulation = _simulation_for_span(request, None, version.happened_on)
    decision = UpdateDecision(version.decision.decision) if hasattr(version, "decision") else None
    is_accepted = decision is UpdateDecision.ACCEPTED
    context: dict[str, Any] = {"update_version": version, "is_accepted": is_accepted, "decided": decision}
    if is_accepted:
        context["effect"] = find_decision_effect(
            simulation.facts,
            as_of=simulation.as_of,
            decided_at=version.decision.recorded_at,
            evidence_ids={fact.id for fact in simulation.update_evidence(version.pk)},
        )
    if decision not in DECISIONS_ENDING_CLAIMS:
        chosen = _parse_decisions(request.GET.dict(), simulation, simulation.update_evidence(version.pk))
        gain = simulation.update_gain(version.pk, decisions=chosen.decisions, is_accepted=is_accepted)
        accepting = gain.accepting or Fraction(0)
        context |= {
            "gain": gain,
            "chosen": chosen,
            "accepting": _simulated_change(gain.score, accepting),
            "drops": _drop_reasons(gain.drops),
            "assessing": [
                (assessment, _simulated_change(gain.score + accepting, assessment.points))
                for assessment in gain.assessing
            ],
        }
    return render_page(request, "reports/version_simulation.html", context, partial=_partial(request))


@read_page
def evidence_simulation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the points that reviewing evidence would add: as chosen, or with everything open verified."""
    rows = Evidence.objects.visible_to(request.user)
    evidence = get_object_or_404(rows.select_related("country", "update_version__decision"), pk=pk)
    set_page_country(request, evidence.country)
    simulation = _simulation_for_span(request, evidence.happened_from, evidence.happened_to)
    evidence_facts = simulation.evidence_with_id(evidence.pk)
    chosen = _parse_decisions(request.GET.dict(), simulation, evidence_facts).decisions
    decisions = chosen or [
        verifying_decision(fact, line) for fact in evidence_facts for line in simulation.unreviewed_lines(fact.id)
    ]
    gain = simulation.review_gain(decisions)
    context: dict[str, Any] = {
        "evidence": evidence,
        "is_all": not chosen,
        "count": len(decisions),
        "reviewing": _simulated_change(gain.score, gain.points),
        "drops": _drop_reasons(gain.drops),
        "needs_first_day": simulation.lacks_start_date(decisions, entered_by=chosen),
    }
    reviewed_at = max(
        (review.recorded_at for review in simulation.facts.reviews if review.evidence_id == pk), default=None
    )
    if reviewed_at:
        context["effect"] = find_decision_effect(
            simulation.facts, as_of=simulation.as_of, decided_at=reviewed_at, evidence_ids={pk}
        )
    return render_page(request, "reports/evidence_simulation.html", context, partial=_partial(request))


@read_page
def benchmark_simulation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the points that each verdict on a benchmark would add, based on the evidence ticked (`evidence`).

    Without form data in the address (`seen`), the evidence is what the form ticks by itself: verified evidence that no
    earlier verdict is based on. With `update_version`, that is evidence of this update version only.
    """
    benchmarks = Benchmark.objects.visible_to(request.user).select_related("recommendation__edition__country")
    benchmark = get_object_or_404(benchmarks.with_terms(), pk=pk)
    edition = benchmark.recommendation.edition
    set_page_edition(request, edition)
    if not can_read_readiness(request.user, edition):
        raise PermissionDenied
    simulation = build_simulation(request, edition)
    if "seen" in request.GET:
        rests_on: Collection[int] = _parse_ids(request.GET.getlist("evidence"))
    else:
        update_version_id = parse_whole_number(request.GET.get("update_version", ""))
        rests_on = simulation.unused_evidence_ids(benchmark.pk, update_version_id=update_version_id)
    added = simulation.verdict_gains(benchmark.pk, rests_on=rests_on)
    terms = benchmark.current_terms
    context = {
        "benchmark": benchmark,
        "by_figures": terms is not None and terms.rule != Rule.ASSESSED,
        "assessing": [(verdict, _simulated_change(simulation.current.score, added[verdict])) for verdict in Verdict],
    }
    return render_page(request, "reports/benchmark_simulation.html", context, partial="points")


def _partial(request: SignedInRequest) -> str:
    """Return the part of the page for htmx: what a decision changed (`?changed`), or else what it would add."""
    return "changed" if "changed" in request.GET else "points"


def _simulation_for_span(request: SignedInRequest, first: date | None, last: date) -> ReviewSimulation:
    """Return a simulation on the edition whose tracking period covers the dates, or else on the page's edition.

    Raises PermissionDenied if the user may not read its readiness.
    """
    edition = find_covering_edition(editions_of_page_country(request), first, last)
    if edition is None or not can_read_readiness(request.user, edition):
        raise PermissionDenied
    return build_simulation(request, edition)


def build_simulation(request: SignedInRequest, edition: Edition) -> ReviewSimulation:
    """Return the simulation of reviews on an edition's record today."""
    now = clock.now(edition.country.time_zone)
    return ReviewSimulation(current_facts(request, edition), as_of=now.date(), now=now)


def _drop_reasons(drops: Iterable[ScoreDrop]) -> list[tuple[str, str]]:
    """Return why something drops and which benchmarks and questions do, joined into one text."""
    return [(describe_drop(drop), join_with_and(drop.lines)) for drop in drops]


def _parse_decisions(
    data: Mapping[str, str], simulation: ReviewSimulation, evidence_facts: Collection[facts.EvidenceFact]
) -> ChosenDecisions:
    """Parse the choices of the forms in `dialogues`, for these pieces of evidence.

    Fields are named `evidence_link-7-decision` or `evidence-5-first_on`.

    On the page of a single piece of evidence, its own field is `evidence-decision`.
    """
    decisions, needs_change, open_lines = [], False, 0
    for fact, line in ((piece, line) for piece in evidence_facts for line in simulation.review_lines(piece.id)):
        prefixes = (f"evidence-{fact.id}", "evidence") if line is None else (f"evidence_link-{line}",)
        choice = _field_value(data, "decision", prefixes)
        if choice in EvidenceDecision:
            first_on = _parse_first_day(_field_value(data, "first_on", prefixes), fact)
            decisions.append(ReviewDecision(fact.id, line, EvidenceDecision(choice), first_on))
        elif choice == NEEDS_CHANGE:
            needs_change = True
        else:
            open_lines += 1
    return ChosenDecisions(decisions, needs_change, open_lines)


def _field_value(data: Mapping[str, str], name: str, prefixes: Iterable[str]) -> str:
    return next((data[key] for prefix in prefixes if (key := f"{prefix}-{name}") in data), "")


def _parse_first_day(text: str, fact: facts.EvidenceFact) -> date | None:
    """Return the start date that the form states, if the evidence has none and the date is possible."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if fact.happened_from is None and day <= fact.happened_to else None


def _parse_ids(texts: Iterable[str]) -> set[int]:
    return {key for text in texts if (key := parse_whole_number(text)) is not None}


def _simulated_change(before: Fraction, points: Fraction) -> SimulatedChange:
    first, last = formatting.round_to_tenth(before), formatting.round_to_tenth(before + points)
    return SimulatedChange(
        without_trailing_zeros(first), without_trailing_zeros(last), without_trailing_zeros(last - first), points
    )
