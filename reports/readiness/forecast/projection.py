"""What keeping would bring: the ceiling, each benchmark's lever, the smallest set that reaches the mark. Pure.

Ceiling, levers and what-if share one function, `project`: the record's answers as they would be
with some benchmarks met and others a step further. Nothing of it ever enters the score: promises
are no concrete actions (22 U.S.C. 7107(b), Tier 2).
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
from reports.readiness.scoring import Score, ScoreLine, compute_points, compute_score

type OpenCommitment = tuple[CommitmentFact, date | None]
"""A commitment, and the date in force."""


@dataclass(frozen=True, slots=True)
class BenchmarkGain:
    """A benchmark that isn't shown: what meeting it would add to the score, and when it was promised for.

    `points` are of 100, all parts included; `due_on` is the soonest date of an open commitment of the
    government towards it.
    """

    benchmark_id: int
    key: str
    points: Fraction
    due_on: date | None


@dataclass(frozen=True, slots=True)
class EvaluatedRecord:
    """What the record answers, seen one way: what is asked, the sight, its answers."""

    asked: Questionnaire
    sight: FactView
    found: Answers


def project(seen: EvaluatedRecord, *, met: Collection[int] = (), steps: Collection[int] = ()) -> Answers:
    """The answers with these benchmarks (ids) met and those a step further; nothing ever falls by it.

    Met: an action and the verdict "met"; of a target the greater of the present reading and the
    target; of "more than last period" one more than then, which moves the question that the figure
    answers. Where the year before is unknown only the benchmark moves. A step is at least one half
    where the embassy assesses, and nothing where a figure decides.
    """
    return max_answers(seen.found, project_changes(seen, met=met, steps=steps))


def project_changes(seen: EvaluatedRecord, *, met: Collection[int] = (), steps: Collection[int] = ()) -> Answers:
    """What `project` changes, and nothing else: the answers that rest on these benchmarks (ids)."""
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
    """What is claimed, with every open commitment of the government that is due by the deadline, or undated, kept.

    After the deadline it is what is claimed. `sent` is what is claimed, `promised` the commitments still open.
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
    """The government's commitments that may still be kept, each with the date in force. `facts` are those known.

    By their events alone: one reported done is a claim, and counted as such; one whose update waits, claimed under
    way, may still be kept.
    """
    for row in facts.commitments:
        stands = summarize_events(row.events, as_of)
        if row.ministry_id is not None and stands is not None and stands.is_open:
            yield row, stands.due_on


def due_dates(promised: Iterable[OpenCommitment]) -> Mapping[int, date]:
    """By benchmark (id) the soonest date of an open commitment of the government; without those that have none."""
    days: dict[int, date] = {}
    for row, due_on in promised:
        for benchmark in row.towards if due_on else ():
            days[benchmark] = min(due_on or NO_DUE_DATE, days.get(benchmark, NO_DUE_DATE))
    return days


def benchmark_gains(seen: EvaluatedRecord, stands: Score, due: Mapping[int, date]) -> tuple[BenchmarkGain, ...]:
    """What meeting each open benchmark alone would add, the most first; of equals the soonest due, then in order."""
    order = {one.id: place for place, one in enumerate(seen.asked.benchmarks)}
    found = [
        BenchmarkGain(
            one.id, one.key, compute_points(seen.asked, project(seen, met=[one.id])) - stands.points, due.get(one.id)
        )
        for one in open_benchmarks(seen)
    ]
    return tuple(sorted(found, key=lambda one: (-one.points, one.due_on or NO_DUE_DATE, order[one.benchmark_id])))


def open_benchmarks(seen: EvaluatedRecord) -> list[AskedBenchmark]:
    """The benchmarks that are not wholly shown, in order."""
    return [one for one in seen.asked.benchmarks if seen.found.benchmarks[one.id].worth < WHOLE]


def smallest_benchmark_set(
    seen: EvaluatedRecord, stands: Score, mark: Decimal | None, due: Mapping[int, date]
) -> tuple[int, ...] | None:
    """The fewest open benchmarks (ids, in order) that, met, reach the working mark; the soonest due of those.

    Empty where the mark is reached already; None where there is no mark, or all together don't reach it.
    """
    if mark is None:
        return None
    place = {one.id: number for number, one in enumerate(seen.asked.benchmarks)}
    still_off = {line.key: line.of for line in _pillar_lines(stands) if not line.finding.worth}

    def things(met: tuple[int, ...]) -> list[SetCandidate]:
        """Benchmarks met together: the first of them has what they gain beside the Ps."""
        then = compute_score(seen.asked, project(seen, met=met))
        turned_on = frozenset(line.key for line in _pillar_lines(then) if line.key in still_off and line.finding.worth)
        gains = [_points_without_pillars(then) - _points_without_pillars(stands), *(Fraction(0) for _ in met[1:])]
        return [SetCandidate(place[key], due.get(key), gain, turned_on) for key, gain in zip(met, gains, strict=True)]

    unmet = open_benchmarks(seen)
    sharing = [one.id for own in _group_by_indicator(unmet).values() if len(own) > 1 for one in own]
    alone = [one.id for one in unmet if one.id not in sharing]
    free = [thing for key in alone for thing in things((key,))]
    goal = Fraction(mark) - stands.points
    # Benchmarks that read one figure move each other: each choice of them is tried as a whole.
    choices = chain.from_iterable(combinations(sharing, number) for number in range(len(sharing) + 1))
    found = (find_smallest_set(free, still_off, goal, given=things(met) if met else ()) for met in choices)
    best = min((taken for taken in found if taken is not None), key=rank_key, default=None)
    ids = [one.id for one in seen.asked.benchmarks]
    return None if best is None else tuple(ids[thing.place] for thing in best)


def _group_by_indicator(benchmarks: Iterable[AskedBenchmark]) -> Mapping[int, list[AskedBenchmark]]:
    """Benchmarks that a figure decides, by the indicator (id) whose figure it is."""
    found = defaultdict(list)
    for one in benchmarks:
        if one.counts:
            found[one.terms.indicator_id or 0].append(one)
    return found


def _figure_that_meets(met: Iterable[AskedBenchmark], seen: EvaluatedRecord) -> Decimal | None:
    """The figure that meets these benchmarks of one indicator; None where it can't be said.

    The target, or one more (or less, where that is better) than the year before, unless the present
    figure goes further.
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
    """A reading that nobody has written: the figure for the whole period."""
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
