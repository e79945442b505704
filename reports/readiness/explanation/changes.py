"""What changed between two standpoints: the facts that moved the score, each with the points it moved. Pure.

A standpoint is a day and a moment of knowledge. The way from one to the other is walked in the
order of time: day by day through what came to be over, moment by moment through what was recorded.
At each stop the rules are asked again, so the points add up to the difference, exactly.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from recommendations.choices import Origin
from reports.choices import PartKey
from reports.readiness.answers import Finding, Row
from reports.readiness.facts import Facts
from reports.readiness.readiness import Days
from reports.readiness.scoring import Line, Tally

type Lines = Mapping[tuple[PartKey, str], Line]
"""The lines of a score by part and key; of the second part by the benchmark's id, since its number may change."""

NOT_ASKED = Line("", "", Fraction(0), "", Finding(None, ""))
"""In the place of a line that a score doesn't have."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A day, and the moment by which things were known (None: all that is there)."""

    as_of: date
    known_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of the score that moved: by how many points, what it said and says, and the rows that did it.

    `of_before` and `of` are what it could give and can give, of 100: with other weights that alone moves it.
    In the second part the lines are the benchmarks: "6a", the action plan's as "action_plan_6a".
    """

    part: PartKey
    key: str
    title: str
    points: Fraction
    before: str
    reason: str
    rows: tuple[Row, ...]
    of_before: Fraction
    of: Fraction


@dataclass(frozen=True, slots=True)
class Stop:
    """A day on which facts came to be over, or a moment (`at`) at which they were recorded, and what that moved.

    `rows` are those facts: what was recorded then, or was over by then.
    """

    on: date
    at: datetime | None
    rows: tuple[Row, ...]
    moved: tuple[Moved, ...]

    @property
    def points(self) -> Fraction:
        """What it moved together."""
        return sum((each.points for each in self.moved), Fraction(0))


@dataclass(frozen=True, slots=True)
class Changes:
    """The score at both ends, of 100, and the stops between that moved it, in order."""

    before: Fraction
    after: Fraction
    stops: tuple[Stop, ...]


def changes(facts: Facts, since: Standpoint, until: Standpoint) -> Changes:
    """The way from one standpoint to another. Raises ValueError if the second lies before the first by a clock."""
    if until.as_of < since.as_of or comes_before(until.known_by, since.known_by):
        raise ValueError("The second standpoint lies before the first.")
    days = Days(facts)
    plan = {row.id for row in facts.recommendations if row.origin is Origin.ACTION_PLAN}
    cites = {
        Row("reading", row.id): Row("evidence", row.evidence_id)
        for row in facts.readings
        if row.evidence_id is not None
    }
    here, worth = since, days.worth(since.as_of, since.known_by)
    stops = []
    for on, at, rows in _stops(facts, since, until):
        there = replace(here, as_of=on) if at is None else replace(here, known_by=at)
        then = days.worth(there.as_of, there.known_by)
        if then != worth:
            was, stands = days.tally(here.as_of, here.known_by), days.tally(there.as_of, there.known_by)
            if moved := tuple(_moved(_lines(was, plan), _lines(stands, plan), rows, cites)):
                stops.append(Stop(on, at, rows, moved))
        here, worth = there, then
    first, last = days.tally(since.as_of, since.known_by), days.tally(here.as_of, here.known_by)
    return Changes(first.points, last.points, tuple(stops))


def comes_before(one: datetime | None, other: datetime | None) -> bool:
    """Whether a moment of knowledge lies before another; all that is there is known last."""
    return one is not None and (other is None or one < other)


def _stops(
    facts: Facts, since: Standpoint, until: Standpoint
) -> Iterator[tuple[date, datetime | None, tuple[Row, ...]]]:
    """Where to stop: days on which spans end, moments at which anything that scores was recorded; days first."""
    days: dict[date, set[Row]] = defaultdict(set)
    moments: dict[datetime, set[Row]] = defaultdict(set)
    for on, row in _ends(facts):
        if since.as_of < on <= until.as_of:
            days[on].add(row)
    for moment, row in _recorded(facts):
        if comes_before(since.known_by, moment) and not comes_before(until.known_by, moment):
            moments[moment].add(row)
    stops: list[tuple[date, datetime | None, set[Row]]] = [(on, None, rows) for on, rows in days.items()]
    stops += [(moment.astimezone(facts.zone).date(), moment, rows) for moment, rows in moments.items()]
    for on, at, found in sorted(stops, key=lambda stop: (stop[0], stop[1].timestamp() if stop[1] else 0)):
        yield on, at, tuple(sorted(found))


def _ends(facts: Facts) -> Iterator[tuple[date, Row]]:
    """The days from which things count or hold."""
    for evidence in facts.evidence:
        yield evidence.happened_to, Row("evidence", evidence.id)
    for reading in facts.readings:
        yield reading.through_on, Row("reading", reading.id)
    for assessment in facts.assessments:
        yield assessment.recorded_at.astimezone(facts.zone).date(), Row("assessment", assessment.id)


def _recorded(facts: Facts) -> Iterator[tuple[datetime, Row]]:
    """The moments at which anything was recorded that may move a score, with the row to look at."""
    yield from ((terms.recorded_at, Row("edition", facts.edition.id)) for terms in facts.edition_terms)
    yield from (
        (terms.recorded_at, Row("recommendation", row.id)) for row in facts.recommendations for terms in row.terms
    )
    yield from ((terms.recorded_at, Row("benchmark", row.id)) for row in facts.benchmarks for terms in row.terms)
    # Mostly nobody has reviewed them yet, and nothing moves; what was reviewed before it was recorded counts from here.
    for evidence in facts.evidence:
        yield evidence.recorded_at, Row("evidence", evidence.id)
    for bearing in facts.bearings:
        yield bearing.recorded_at, Row("evidence", bearing.evidence_id)
    for review in facts.reviews:
        yield review.recorded_at, Row("evidence", review.evidence_id)
    for reading in facts.readings:
        yield reading.recorded_at, Row("reading", reading.id)
    for assessment in facts.assessments:
        yield assessment.recorded_at, Row("assessment", assessment.id)


def _moved(was: Lines, stands: Lines, rows: tuple[Row, ...], cites: Mapping[Row, Row]) -> Iterator[Moved]:
    """The lines whose points differ, in the order of the parts.

    A reading that was there before came to count by the evidence it cites (`cites`).
    """
    for key in {**stands, **was}:
        old = was.get(key, NOT_ASKED)
        now = stands.get(key, NOT_ASKED)
        if now.points != old.points:
            shown = old if now is NOT_ASKED else now
            new = {row if row in rows else cites.get(row, row) for row in {*now.finding.rows} ^ {*old.finding.rows}}
            yield Moved(
                part=key[0],
                key=shown.key,
                title=shown.title,
                points=now.points - old.points,
                before=old.finding.reason,
                reason=now.finding.reason,
                rows=tuple(sorted(new & {*rows})) or rows,
                of_before=old.of,
                of=now.of,
            )


def _lines(tally: Tally, plan: Collection[int]) -> Lines:
    """What the score is the sum of, the second part by benchmark; `plan` is the action plan's recommendations (ids).

    Their numbers may be the report's too, so that a benchmark's key alone says not which it is.
    """
    lines: dict[tuple[PartKey, str], Line] = {}
    for part in tally.parts:
        if part.key is PartKey.ACTION:
            for one in tally.benchmarks:
                key, kind = one.line.key, "Benchmark"
                if one.recommendation_id in plan:
                    key, kind = f"action_plan_{key}", Origin.ACTION_PLAN.label
                lines[part.key, str(one.benchmark_id)] = replace(one.line, key=key, title=f"{kind} {one.line.key}")
        else:
            for line in part.lines:
                lines[part.key, line.key] = line
    return lines
