"""Project the score: what readiness would be if some benchmarks were met or open commitments kept.

The projected score, the gain of each benchmark and what-if share one function, `project`. It returns the answers of the
record as they would be with some benchmarks met and others one step further. Nothing here enters the score itself:
promises are not concrete actions (22 U.S.C. 7107(b), Tier 2).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations

from dialogues.choices import CommitmentReach
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import Better, Pillar, Rule
from reports.readiness.answers import Answers, Finding, answers_with_readings, max_answers
from reports.readiness.countable_facts import FactView
from reports.readiness.exact_sums import FULL, HALF, NOTHING
from reports.readiness.facts import CommitmentFact, ReadingFact
from reports.readiness.forecast.smallest_set import NO_DUE_DATE, SetCandidate, find_smallest_set, rank_key
from reports.readiness.questionnaire import AskedBenchmark, Questionnaire
from reports.readiness.scoring import PILLAR_POINTS, PointCalculator

type OpenCommitment = tuple[CommitmentFact, date | None]
"""A commitment and its due date in force; None if no date is agreed."""


@dataclass(frozen=True, slots=True)
class BenchmarkGain:
    """An open benchmark: what meeting it would add to the score, and when it is due.

    `points` are of 100, over all parts. `due_on` is the soonest due date of an open commitment of the government
    towards it.
    """

    benchmark_id: int
    key: str
    points: Fraction
    due_on: date | None


@dataclass(frozen=True, slots=True)
class EvaluatedRecord:
    """A questionnaire, one view of the record, and the answers that the view gives."""

    questionnaire: Questionnaire
    view: FactView
    answers: Answers


def project(record: EvaluatedRecord, *, met: Collection[int] = (), steps: Collection[int] = ()) -> Answers:
    """Return the answers as they would be with these benchmarks changed. No answer gets worse.

    A benchmark that the embassy assesses is met by an action and the verdict "met". A target is met by the better of
    the present figure and the target. "More than the year before" is met by one more than last year, which also moves
    the question that the figure answers. If last year's figure is unknown, only the benchmark moves.

    Args:
        record: the record to start from.
        met: ids of benchmarks taken as met.
        steps: ids of benchmarks taken as one concrete step further: at least one half if the embassy assesses them, and
            unchanged if a figure decides.
    """
    return max_answers(record.answers, project_changes(record, met=met, steps=steps))


def project_changes(record: EvaluatedRecord, *, met: Collection[int] = (), steps: Collection[int] = ()) -> Answers:
    """Return only the answers that `project` changes: those that rest on these benchmarks (ids)."""
    benchmarks = {benchmark.id: benchmark for benchmark in record.questionnaire.benchmarks}
    readings = {
        indicator_id: hypothetical_reading(record.questionnaire, indicator_id, figure)
        for indicator_id, decided in _group_by_indicator(benchmarks[benchmark_id] for benchmark_id in met).items()
        if (figure := _figure_that_meets(decided, record)) is not None
    }
    by_figures = answers_with_readings(record.questionnaire, record.view, readings)
    assumed = {
        benchmark_id: Finding(HALF, "")
        for benchmark_id in steps
        if benchmarks[benchmark_id].terms.rule is Rule.ASSESSED
    }
    assumed |= {benchmark_id: Finding(FULL, "") for benchmark_id in met}
    return replace(by_figures, benchmarks={**by_figures.benchmarks, **assumed})


def project_open_commitments(
    commitments: Iterable[OpenCommitment], as_of: date, deadline_on: date | None, claimed_record: EvaluatedRecord
) -> Answers:
    """Return the claimed answers as they would be if the government kept its open commitments.

    Commitments that are due after the deadline are left out; those without a due date are included. After the deadline
    they are the claimed answers. `claimed_record` is the claimed record, `commitments` are the open commitments.
    """
    if deadline_on is not None and as_of > deadline_on:
        return claimed_record.answers
    benchmark_ids = {benchmark.id for benchmark in claimed_record.questionnaire.benchmarks}
    by_reach: dict[CommitmentReach, set[int]] = {reach: set() for reach in CommitmentReach}
    for commitment, due_on in commitments:
        if due_on is None or deadline_on is None or due_on <= deadline_on:
            for benchmark_id, reach in commitment.towards.items():
                by_reach[reach] |= {benchmark_id} & benchmark_ids
    return project(claimed_record, met=by_reach[CommitmentReach.MEETS], steps=by_reach[CommitmentReach.CONTRIBUTES])


def due_dates(commitments: Iterable[OpenCommitment]) -> Mapping[int, date]:
    """Return the soonest due date of an open commitment by benchmark id, without benchmarks that have none."""
    days: dict[int, date] = {}
    for row, due_on in commitments:
        for benchmark in row.towards if due_on else ():
            days[benchmark] = min(due_on or NO_DUE_DATE, days.get(benchmark, NO_DUE_DATE))
    return days


def benchmark_gains(record: EvaluatedRecord, due: Mapping[int, date]) -> tuple[BenchmarkGain, ...]:
    """Return what meeting each open benchmark alone would add, the most first.

    Of equal gains the soonest due comes first, then the order of the list.
    """
    calculator = PointCalculator(record.questionnaire)
    shown = calculator.pillars(record.answers)
    order = {benchmark.id: place for place, benchmark in enumerate(record.questionnaire.benchmarks)}
    gains = [
        BenchmarkGain(
            benchmark.id,
            benchmark.key,
            calculator.gain(project_changes(record, met=[benchmark.id]), record.answers, shown),
            due.get(benchmark.id),
        )
        for benchmark in open_benchmarks(record)
    ]
    return tuple(sorted(gains, key=lambda gain: (-gain.points, gain.due_on or NO_DUE_DATE, order[gain.benchmark_id])))


def open_benchmarks(record: EvaluatedRecord) -> list[AskedBenchmark]:
    """Return the benchmarks that are not fully shown, in order."""
    return [
        benchmark
        for benchmark in record.questionnaire.benchmarks
        if record.answers.benchmarks[benchmark.id].worth < FULL
    ]


def smallest_benchmark_set(
    record: EvaluatedRecord, target: Decimal | None, due: Mapping[int, date]
) -> tuple[int, ...] | None:
    """Return the fewest open benchmarks (ids, in order) that reach the target if met; of equal sets the soonest due.

    The result is empty if the target is reached already. It is None if there is no target, or if all benchmarks
    together do not reach it.
    """
    if target is None:
        return None
    positions = {benchmark.id: number for number, benchmark in enumerate(record.questionnaire.benchmarks)}
    calculator = PointCalculator(record.questionnaire)
    shown = calculator.pillars(record.answers)
    bonuses = {pillar.value: PILLAR_POINTS for pillar in Pillar if pillar not in shown}

    def candidates(met: tuple[int, ...]) -> list[SetCandidate]:
        """Return benchmarks met together as candidates. The first carries the whole gain apart from the Ps."""
        changed = project_changes(record, met=met)
        turned_on = frozenset(pillar.value for pillar in calculator.pillars(changed) - shown)
        gain = calculator.gain(changed, record.answers, shown) - PILLAR_POINTS * len(turned_on)
        gains = [gain, *(NOTHING for _ in met[1:])]
        return [
            SetCandidate(positions[key], due.get(key), gain, turned_on) for key, gain in zip(met, gains, strict=True)
        ]

    unmet = open_benchmarks(record)
    shared = [benchmark.id for group in _group_by_indicator(unmet).values() if len(group) > 1 for benchmark in group]
    unshared = [benchmark.id for benchmark in unmet if benchmark.id not in shared]
    free = [candidate for key in unshared for candidate in candidates((key,))]
    goal = Fraction(target) - calculator.points(record.answers)
    # Benchmarks that share a figure move together, so every combination of them is tried as a whole.
    subsets = chain.from_iterable(combinations(shared, number) for number in range(len(shared) + 1))
    sets = (find_smallest_set(free, bonuses, goal, given=candidates(met) if met else ()) for met in subsets)
    best = min((found_set for found_set in sets if found_set is not None), key=rank_key, default=None)
    ids = [benchmark.id for benchmark in record.questionnaire.benchmarks]
    return None if best is None else tuple(ids[candidate.position] for candidate in best)


def _group_by_indicator(benchmarks: Iterable[AskedBenchmark]) -> Mapping[int, list[AskedBenchmark]]:
    """Return the benchmarks that a figure decides, by the id of the indicator."""
    groups = defaultdict(list)
    for benchmark in benchmarks:
        if benchmark.is_decided_by_figure:
            groups[benchmark.terms.indicator_id or 0].append(benchmark)
    return groups


def _figure_that_meets(benchmarks: Iterable[AskedBenchmark], record: EvaluatedRecord) -> Decimal | None:
    """Return the figure that meets these benchmarks of one indicator; None if it is unknown.

    It is the best of the target, one more than the year before (one less if less is better), and the present figure.
    """
    decided = list(benchmarks)
    indicator = record.questionnaire.indicators[decided[0].terms.indicator_id or 0]
    reading = find_effective_reading(record.view.figures.get(indicator.id, ()))
    before = find_effective_reading(record.view.previous.get(indicator.id, ()))
    is_up = indicator.better is not Better.DOWN
    figures = [
        benchmark.terms.target
        for benchmark in decided
        if benchmark.terms.rule is Rule.TARGET and benchmark.terms.target is not None
    ]
    if (
        any(benchmark.terms.rule is Rule.MORE for benchmark in decided)
        and before is not None
        and before.figure is not None
    ):
        moved = before.figure + (1 if is_up else -1)
        figures += [moved] if moved >= 0 else []
    if not figures:
        return None
    if reading is not None and reading.figure is not None:
        figures.append(reading.figure)
    return max(figures) if is_up else min(figures)


def hypothetical_reading(questionnaire: Questionnaire, indicator_id: int, figure: Decimal) -> ReadingFact:
    """Return a reading that is not in the record: the figure for the whole period."""
    period = questionnaire.tracking
    return ReadingFact(
        id=0,
        indicator_id=indicator_id,
        recorded_at=datetime.max.replace(tzinfo=UTC),
        starts_on=period.starts_on,
        through_on=period.ends_on,
        figure=figure,
    )
