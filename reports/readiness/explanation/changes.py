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
from reports.readiness.answers import Finding, RowReference
from reports.readiness.facts import Facts
from reports.readiness.readiness import DailyScores
from reports.readiness.scoring import Score, ScoreLine

type ScoreLines = Mapping[tuple[PartKey, str], ScoreLine]
"""The lines of a score by part and key; of the second part by the benchmark's id, since its number may change."""

NO_LINE = ScoreLine("", "", Fraction(0), "", Finding(None, ""))
"""In the place of a line that a score doesn't have."""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """A day, and the moment by which things were known (None: all that is there)."""

    as_of: date
    known_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineChange:
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
    rows: tuple[RowReference, ...]
    of_before: Fraction
    of: Fraction


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A day on which facts came to be over, or a moment (`at`) at which they were recorded, and what that moved.

    `rows` are those facts: what was recorded then, or was over by then.
    """

    on: date
    at: datetime | None
    rows: tuple[RowReference, ...]
    moved: tuple[LineChange, ...]

    @property
    def points(self) -> Fraction:
        """What it moved together."""
        return sum((each.points for each in self.moved), Fraction(0))


@dataclass(frozen=True, slots=True)
class ScoreChanges:
    """The score at both ends, of 100, and the stops between that moved it, in order."""

    before: Fraction
    after: Fraction
    stops: tuple[ScoreChange, ...]


def find_changes(facts: Facts, since: Standpoint, until: Standpoint) -> ScoreChanges:
    """The way from one standpoint to another. Raises ValueError if the second lies before the first by a clock."""
    if until.as_of < since.as_of or is_known_before(until.known_by, since.known_by):
        raise ValueError("The second standpoint lies before the first.")
    days = DailyScores(facts)
    plan = {row.id for row in facts.recommendations if row.origin is Origin.ACTION_PLAN}
    cites = {
        RowReference("reading", row.id): RowReference("evidence", row.evidence_id)
        for row in facts.readings
        if row.evidence_id is not None
    }
    here, worth = since, days.worth(since.as_of, since.known_by)
    stops = []
    for on, at, rows in _find_change_moments(facts, since, until):
        there = replace(here, as_of=on) if at is None else replace(here, known_by=at)
        then = days.worth(there.as_of, there.known_by)
        if then != worth:
            was, stands = days.tally(here.as_of, here.known_by), days.tally(there.as_of, there.known_by)
            if moved := tuple(_find_line_changes(_score_lines(was, plan), _score_lines(stands, plan), rows, cites)):
                stops.append(ScoreChange(on, at, rows, moved))
        here, worth = there, then
    first, last = days.tally(since.as_of, since.known_by), days.tally(here.as_of, here.known_by)
    return ScoreChanges(first.points, last.points, tuple(stops))


def is_known_before(one: datetime | None, other: datetime | None) -> bool:
    """Whether a moment of knowledge lies before another; all that is there is known last."""
    return one is not None and (other is None or one < other)


def _find_change_moments(
    facts: Facts, since: Standpoint, until: Standpoint
) -> Iterator[tuple[date, datetime | None, tuple[RowReference, ...]]]:
    """Where to stop: days on which spans end, moments at which anything that scores was recorded; days first."""
    days: dict[date, set[RowReference]] = defaultdict(set)
    moments: dict[datetime, set[RowReference]] = defaultdict(set)
    for on, row in _end_dates(facts):
        if since.as_of < on <= until.as_of:
            days[on].add(row)
    for moment, row in _recorded_rows(facts):
        if is_known_before(since.known_by, moment) and not is_known_before(until.known_by, moment):
            moments[moment].add(row)
    stops: list[tuple[date, datetime | None, set[RowReference]]] = [(on, None, rows) for on, rows in days.items()]
    stops += [(moment.astimezone(facts.zone).date(), moment, rows) for moment, rows in moments.items()]
    for on, at, found in sorted(stops, key=lambda stop: (stop[0], stop[1].timestamp() if stop[1] else 0)):
        yield on, at, tuple(sorted(found))


def _end_dates(facts: Facts) -> Iterator[tuple[date, RowReference]]:
    """The days from which things count or hold."""
    for evidence in facts.evidence:
        yield evidence.happened_to, RowReference("evidence", evidence.id)
    for reading in facts.readings:
        yield reading.through_on, RowReference("reading", reading.id)
    for assessment in facts.assessments:
        yield assessment.recorded_at.astimezone(facts.zone).date(), RowReference("assessment", assessment.id)


def _recorded_rows(facts: Facts) -> Iterator[tuple[datetime, RowReference]]:
    """The moments at which anything was recorded that may move a score, with the row to look at."""
    yield from ((terms.recorded_at, RowReference("edition", facts.edition.id)) for terms in facts.edition_terms)
    yield from (
        (terms.recorded_at, RowReference("recommendation", row.id))
        for row in facts.recommendations
        for terms in row.terms
    )
    yield from (
        (terms.recorded_at, RowReference("benchmark", row.id)) for row in facts.benchmarks for terms in row.terms
    )
    # Mostly nobody has reviewed them yet, and nothing moves; what was reviewed before it was recorded counts from here.
    for evidence in facts.evidence:
        yield evidence.recorded_at, RowReference("evidence", evidence.id)
    for bearing in facts.bearings:
        yield bearing.recorded_at, RowReference("evidence", bearing.evidence_id)
    for review in facts.reviews:
        yield review.recorded_at, RowReference("evidence", review.evidence_id)
    for reading in facts.readings:
        yield reading.recorded_at, RowReference("reading", reading.id)
    for assessment in facts.assessments:
        yield assessment.recorded_at, RowReference("assessment", assessment.id)


def _find_line_changes(
    was: ScoreLines, stands: ScoreLines, rows: tuple[RowReference, ...], cites: Mapping[RowReference, RowReference]
) -> Iterator[LineChange]:
    """The lines whose points differ, in the order of the parts.

    A reading that was there before came to count by the evidence it cites (`cites`).
    """
    for key in {**stands, **was}:
        old = was.get(key, NO_LINE)
        now = stands.get(key, NO_LINE)
        if now.points != old.points:
            shown = old if now is NO_LINE else now
            new = {row if row in rows else cites.get(row, row) for row in {*now.finding.rows} ^ {*old.finding.rows}}
            yield LineChange(
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


def _score_lines(tally: Score, plan: Collection[int]) -> ScoreLines:
    """What the score is the sum of, the second part by benchmark; `plan` is the action plan's recommendations (ids).

    Their numbers may be the report's too, so that a benchmark's key alone says not which it is.
    """
    lines: dict[tuple[PartKey, str], ScoreLine] = {}
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
