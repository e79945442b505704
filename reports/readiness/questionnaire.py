"""What a record is measured against: recommendations, benchmarks and indicators, by their newest terms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import chain

from recommendations.choices import EffortQuestion, Origin, Pillar, Rule
from reports.readiness.countable_facts import group_by_key, newest_row
from reports.readiness.exact_sums import FULL, NOTHING, exact_weight, weighted_sum
from reports.readiness.facts import BenchmarkTermsFact, Facts, IndicatorFact, Period
from tiptracker.localization import gettext


@dataclass(frozen=True, slots=True)
class AskedBenchmark:
    """A benchmark as the questionnaire lists it: its key ("6a"), its recommendation and its newest terms."""

    id: int
    key: str
    recommendation_id: int
    pillar: Pillar
    terms: BenchmarkTermsFact

    @property
    def is_decided_by_figure(self) -> bool:
        """Whether a figure decides the benchmark, and not the embassy's assessment."""
        return self.terms.rule is not Rule.ASSESSED and self.terms.indicator_id is not None


@dataclass(frozen=True, slots=True)
class AskedRecommendation:
    """A recommendation as the questionnaire lists it: number, pillar, weight and benchmarks."""

    id: int
    number: int
    origin: Origin
    pillar: Pillar
    weight: Fraction
    benchmarks: tuple[AskedBenchmark, ...]

    @property
    def title(self) -> str:
        """Its name: "Recommendation 6", or "Action plan 6" in another list than the report's."""
        if self.origin is Origin.REPORT:
            return gettext("Recommendation %(number)s") % {"number": self.number}
        return gettext("Action plan %(number)s") % {"number": self.number}

    @property
    def prefix(self) -> str:
        """What precedes its number and its benchmarks' keys in an address: nothing, or "action_plan_"."""
        return "" if self.origin is Origin.REPORT else "action_plan_"


@dataclass(frozen=True)
class Questionnaire:
    """Everything that the record is measured against, by the terms as they were known.

    Nothing in it leaves a denominator. `list_weights` maps benchmark ids to their part of the whole list, from 0 to 1.
    """

    tracking: Period
    recommendations: tuple[AskedRecommendation, ...]
    indicators: Mapping[int, IndicatorFact]
    list_weights: Mapping[int, Fraction]

    @cached_property
    def benchmarks(self) -> tuple[AskedBenchmark, ...]:
        """All benchmarks, in the order of the recommendations."""
        return tuple(benchmark for recommendation in self.recommendations for benchmark in recommendation.benchmarks)

    @cached_property
    def _positions(self) -> Mapping[int, int]:
        return {benchmark.id: position for position, benchmark in enumerate(self.benchmarks)}

    @cached_property
    def _decided_by_figure(self) -> Mapping[int, Sequence[int]]:
        return group_by_key(
            (benchmark.terms.indicator_id or 0, benchmark.id)
            for benchmark in self.benchmarks
            if benchmark.is_decided_by_figure
        )

    def affected(self, benchmarks: Iterable[int], indicators: Iterable[int]) -> list[AskedBenchmark]:
        """Return the benchmarks with these ids, and those that a figure of these indicators decides, in order."""
        ids = {*benchmarks, *chain.from_iterable(self._decided_by_figure.get(key, ()) for key in indicators)}
        return [
            self.benchmarks[position]
            for position in sorted(self._positions[key] for key in ids & self._positions.keys())
        ]

    def indicator_of(self, question: EffortQuestion) -> IndicatorFact | None:
        """Return the indicator whose figure answers a question; None if there is none."""
        return next((indicator for indicator in self.indicators.values() if indicator.question is question), None)


def build_questionnaire(facts: Facts) -> Questionnaire:
    """Return what the record is measured against, by the newest terms. `facts` are the known ones.

    A recommendation or benchmark without terms is not asked yet. A retired recommendation is left out together with
    its benchmarks. The recommendations of the report come first, then those of an action plan.
    """
    edition_terms = newest_row(facts.edition_terms)
    weights: Mapping[int, Decimal] = edition_terms.weights if edition_terms else {}
    benchmarks = sorted(facts.benchmarks, key=lambda row: (row.letter, row.id))
    recommendations = tuple(
        AskedRecommendation(
            id=recommendation.id,
            number=recommendation.number,
            origin=recommendation.origin,
            pillar=terms.pillar,
            weight=exact_weight(weights.get(recommendation.id, Decimal(1))),
            benchmarks=tuple(
                AskedBenchmark(row.id, f"{recommendation.number}{row.letter}", recommendation.id, terms.pillar, asked)
                for row in benchmarks
                if row.recommendation_id == recommendation.id and (asked := newest_row(row.terms))
            ),
        )
        for recommendation in sorted(
            facts.recommendations, key=lambda row: (row.origin is not Origin.REPORT, row.number, row.id)
        )
        if (terms := newest_row(recommendation.terms)) and not terms.is_retired
    )
    return Questionnaire(
        tracking=facts.edition.tracking,
        recommendations=recommendations,
        indicators={indicator.id: indicator for indicator in facts.indicators},
        list_weights=_benchmark_list_weights(recommendations),
    )


def _benchmark_list_weights(recommendations: Iterable[AskedRecommendation]) -> Mapping[int, Fraction]:
    """Return the weight of each benchmark (by id) in the whole list, from 0 to 1.

    A recommendation's part follows from its weight, and within it the benchmark's part from the benchmark's weight.
    """
    listed = tuple(recommendations)
    total_weight = weighted_sum((recommendation.weight, FULL) for recommendation in listed)
    weights = {}
    for recommendation in listed:
        own_weights = {benchmark.id: exact_weight(benchmark.terms.weight) for benchmark in recommendation.benchmarks}
        total = total_weight * weighted_sum((weight, FULL) for weight in own_weights.values())
        for benchmark_id, weight in own_weights.items():
            weights[benchmark_id] = recommendation.weight * weight / total if total else NOTHING
    return weights
