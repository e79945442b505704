"""Project the score: what readiness would be if some benchmarks were met or open commitments kept.

The projected score, the levers and what-if share one function, `project`. It returns the answers of the record as they
would be with some benchmarks met and others one step further. Nothing here enters the score itself: promises are not
concrete actions (22 U.S.C. 7107(b), Tier 2).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations

from dialogues.choices import CommitmentReach
from dialogues.commitment_status import summarize_events
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import Better, Rule
from reports.choices import PartKey
from reports.readiness.answers import (
    HALF,
    WHOLE,
    Answers,
    AskedBenchmark,
    Finding,
    Questionnaire,
    answers_with_readings,
    max_answers,
)
from reports.readiness.countable_facts import FactView
from reports.readiness.facts import CommitmentFact, Facts, ReadingFact
from reports.readiness.forecast.smallest_set import NO_DUE_DATE, SetCandidate, find_smallest_set, rank_key
from reports.readiness.scoring import PointCalculator, Score, ScoreLine, compute_score

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

    asked: Questionnaire
    sight: FactView
    found: Answers


def project(seen: EvaluatedRecord, *, met: Collection[int] = (), steps: Collection[int] = ()) -> Answers:
    """Return the answers as they would be with these benchmarks changed. No answer gets worse.

    A benchmark that the embassy assesses is met by an action and the verdict "met". A target is met by the better of
    the present figure and the target. "More than last period" is met by one more than last year, which also moves the
    question that the figure answers. If last year's figure is unknown, only the benchmark moves.

    Args:
        seen: the record to start from.
        met: ids of benchmarks taken as met.
        steps: ids of benchmarks taken as one concrete step further: at least one half if the embassy assesses them, and
            unchanged if a figure decides.
    """
    return max_answers(seen.found, project_changes(seen, met=met, steps=steps))


def project_changes(seen: EvaluatedRecord, *, met: Collection[int] = (), steps: Collection[int] = ()) -> Answers:
    """Return only the answers that `project` changes: those that rest on these benchmarks (ids)."""
    asked = {one.id: one for one in seen.asked.benchmarks}
    readings = {
        indicator_id: hypothetical_reading(seen.asked, indicator_id, figure)
        for indicator_id, own in _group_by_indicator(asked[key] for key in met).items()
        if (figure := _figure_that_meets(own, seen)) is not None
    }
    by_figures = answers_with_readings(seen.asked, seen.sight, readings)
    taken = {key: Finding(HALF, "Taken as a step.") for key in steps if asked[key].terms.rule is Rule.ASSESSED}
    taken |= {key: Finding(WHOLE, "Taken as met.") for key in met}
    return replace(by_figures, benchmarks={**by_figures.benchmarks, **taken})


def project_open_commitments(
    promised: Iterable[OpenCommitment], as_of: date, deadline_on: date | None, sent: EvaluatedRecord
) -> Answers:
    """Return the claimed answers as they would be if the government kept its open commitments.

    Commitments that are due after the deadline are left out; those without a due date are included. After the deadline
    they are the claimed answers. `sent` is the claimed record, `promised` are the open commitments.
    """
    if deadline_on is not None and as_of > deadline_on:
        return sent.found
    asked = {one.id for one in sent.asked.benchmarks}
    given: dict[CommitmentReach, set[int]] = {reach: set() for reach in CommitmentReach}
    for row, due_on in promised:
        if due_on is None or deadline_on is None or due_on <= deadline_on:
            for benchmark, reach in row.towards.items():
                given[reach] |= {benchmark} & asked
    return project(sent, met=given[CommitmentReach.MEETS], steps=given[CommitmentReach.CONTRIBUTES])


def open_commitments(facts: Facts, as_of: date) -> Iterator[OpenCommitment]:
    """Yield the government's open commitments, each with its due date in force. `facts` are the known ones.

    Only events close a commitment. One that is reported done is a claim and counts as such. One with a waiting update
    that claims progress is still open.
    """
    for row in facts.commitments:
        stands = summarize_events(row.events, as_of)
        if row.ministry_id is not None and stands is not None and stands.is_open:
            yield row, stands.due_on


def due_dates(promised: Iterable[OpenCommitment]) -> Mapping[int, date]:
    """Return the soonest due date of an open commitment by benchmark id, without benchmarks that have none."""
    days: dict[int, date] = {}
    for row, due_on in promised:
        for benchmark in row.towards if due_on else ():
            days[benchmark] = min(due_on or NO_DUE_DATE, days.get(benchmark, NO_DUE_DATE))
    return days


def benchmark_gains(seen: EvaluatedRecord, stands: Score, due: Mapping[int, date]) -> tuple[BenchmarkGain, ...]:
    """Return what meeting each open benchmark alone would add, the most first.

    Of equal gains the soonest due comes first, then the order of the list.
    """
    points = PointCalculator(seen.asked).points
    order = {one.id: place for place, one in enumerate(seen.asked.benchmarks)}
    found = [
        BenchmarkGain(one.id, one.key, points(project(seen, met=[one.id])) - stands.points, due.get(one.id))
        for one in open_benchmarks(seen)
    ]
    return tuple(sorted(found, key=lambda one: (-one.points, one.due_on or NO_DUE_DATE, order[one.benchmark_id])))


def open_benchmarks(seen: EvaluatedRecord) -> list[AskedBenchmark]:
    """Return the benchmarks that are not fully shown, in order."""
    return [one for one in seen.asked.benchmarks if seen.found.benchmarks[one.id].worth < WHOLE]


def smallest_benchmark_set(
    seen: EvaluatedRecord, stands: Score, mark: Decimal | None, due: Mapping[int, date]
) -> tuple[int, ...] | None:
    """Return the fewest open benchmarks (ids, in order) that reach the target if met; of equal sets the soonest due.

    The result is empty if the target is reached already. It is None if there is no target, or if all benchmarks
    together do not reach it.
    """
    if mark is None:
        return None
    place = {one.id: number for number, one in enumerate(seen.asked.benchmarks)}
    still_off = {line.key: line.of for line in _pillar_lines(stands) if not line.finding.worth}

    def things(met: tuple[int, ...]) -> list[SetCandidate]:
        """Return benchmarks met together as candidates. The first carries the whole gain apart from the Ps."""
        then = compute_score(seen.asked, project(seen, met=met))
        turned_on = frozenset(line.key for line in _pillar_lines(then) if line.key in still_off and line.finding.worth)
        gains = [_points_without_pillars(then) - _points_without_pillars(stands), *(Fraction(0) for _ in met[1:])]
        return [SetCandidate(place[key], due.get(key), gain, turned_on) for key, gain in zip(met, gains, strict=True)]

    unmet = open_benchmarks(seen)
    sharing = [one.id for own in _group_by_indicator(unmet).values() if len(own) > 1 for one in own]
    alone = [one.id for one in unmet if one.id not in sharing]
    free = [thing for key in alone for thing in things((key,))]
    goal = Fraction(mark) - stands.points
    # Benchmarks that share a figure move together, so every combination of them is tried as a whole.
    choices = chain.from_iterable(combinations(sharing, number) for number in range(len(sharing) + 1))
    found = (find_smallest_set(free, still_off, goal, given=things(met) if met else ()) for met in choices)
    best = min((taken for taken in found if taken is not None), key=rank_key, default=None)
    ids = [one.id for one in seen.asked.benchmarks]
    return None if best is None else tuple(ids[thing.place] for thing in best)


def _group_by_indicator(benchmarks: Iterable[AskedBenchmark]) -> Mapping[int, list[AskedBenchmark]]:
    """Return the benchmarks that a figure decides, by the id of the indicator."""
    found = defaultdict(list)
    for one in benchmarks:
        if one.counts:
            found[one.terms.indicator_id or 0].append(one)
    return found


def _figure_that_meets(met: Iterable[AskedBenchmark], seen: EvaluatedRecord) -> Decimal | None:
    """Return the figure that meets these benchmarks of one indicator; None if it is unknown.

    It is the best of the target, one more than the year before (one less if less is better), and the present figure.
    """
    own = list(met)
    indicator = seen.asked.indicators[own[0].terms.indicator_id or 0]
    present = find_effective_reading(seen.sight.figures.get(indicator.id, ()))
    before = find_effective_reading(seen.sight.previous.get(indicator.id, ()))
    is_up = indicator.better is not Better.DOWN
    aims = [one.terms.target for one in own if one.terms.rule is Rule.TARGET and one.terms.target is not None]
    if any(one.terms.rule is Rule.MORE for one in own) and before is not None and before.figure is not None:
        further = before.figure + (1 if is_up else -1)
        aims += [further] if further >= 0 else []
    if not aims:
        return None
    if present is not None and present.figure is not None:
        aims.append(present.figure)
    return max(aims) if is_up else min(aims)


def hypothetical_reading(asked: Questionnaire, indicator_id: int, figure: Decimal) -> ReadingFact:
    """Return a reading that is not in the record: the figure for the whole period."""
    period = asked.tracking
    return ReadingFact(
        id=0,
        indicator_id=indicator_id,
        recorded_at=datetime.max.replace(tzinfo=UTC),
        starts_on=period.starts_on,
        through_on=period.ends_on,
        figure=figure,
    )


def _pillar_lines(stands: Score) -> Iterable[ScoreLine]:
    return next(part.lines for part in stands.parts if part.key is PartKey.THREE_PS)


def _points_without_pillars(stands: Score) -> Fraction:
    return sum((part.points for part in stands.parts if part.key is not PartKey.THREE_PS), Fraction(0))
