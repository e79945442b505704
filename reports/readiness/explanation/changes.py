"""Find what changed the score between two moments of the record: the facts, and the points that each moved.

Such a moment is a day and what was known by when (`RecordMoment`). The way from one to the other follows time: day by
day through events that ended, and moment by moment through rows that were recorded. At each stop the score is computed
again, so the points add up exactly to the difference.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import partial

from recommendations.choices import Origin
from reports.choices import PartKey
from reports.readiness.answers import Finding, RowReference
from reports.readiness.daily_scores import DailyScores
from reports.readiness.facts import Facts
from reports.readiness.scoring import Score, ScoreLine
from tiptracker.localization import current_language, gettext, one_language

type ScoreLines = Mapping[tuple[PartKey, str], ScoreLine]
"""The lines of a score by part and key.

In the second part the key is the benchmark's id, because its number may change.
"""

NO_LINE = ScoreLine("", "", Fraction(0), "", Finding(None, ""))
"""Stands for a line that a score does not have."""


@dataclass(frozen=True, slots=True)
class RecordMoment:
    """A day, and the moment by which facts were known (None: everything recorded)."""

    as_of: date
    known_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of the score that moved: its points, its reason before and after, and the rows that caused it.

    `max_points_before` and `max_points` are the most it could give before and can give after, of 100. A change of
    weights alone can move a line. In the second part the lines are benchmarks: "6a", or "action_plan_6a" for the action
    plan.
    """

    part: PartKey
    key: str
    title: str
    points: Fraction
    reason_before: str
    reason_after: str
    rows: tuple[RowReference, ...]
    max_points_before: Fraction
    max_points: Fraction


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A day on which events ended, or a moment (`recorded_at`) at which rows were recorded, and what that moved.

    `rows` are the rows that ended or were recorded then.
    """

    day: date
    recorded_at: datetime | None
    rows: tuple[RowReference, ...]
    lines: tuple[LineChange, ...]

    @property
    def points(self) -> Fraction:
        """The points that its lines moved together."""
        return sum((change.points for change in self.lines), Fraction(0))


@dataclass(frozen=True, slots=True)
class ScoreChanges:
    """The score at both ends, of 100, and the stops between them that moved it, in order."""

    before: Fraction
    after: Fraction
    changes: tuple[ScoreChange, ...]


@one_language()
def find_changes(
    facts: Facts, since: RecordMoment, until: RecordMoment, scores: DailyScores | None = None
) -> ScoreChanges:
    """Return what changed the score from one moment of the record to another.

    `scores` are those of the same facts, if they are at hand.

    Raises:
        ValueError: if the second moment is before the first, by its day or by its moment of knowledge.
    """
    if until.as_of < since.as_of or is_known_before(until.known_by, since.known_by):
        raise ValueError("The second moment of the record lies before the first.")
    scores = scores or DailyScores(facts)
    key = "changes", since, until, current_language()
    return scores.once(key, until.known_by, partial(_find_changes, scores, since, until))


def _find_changes(scores: DailyScores, since: RecordMoment, until: RecordMoment) -> ScoreChanges:
    facts = scores.facts
    plan_ids = {row.id for row in facts.recommendations if row.origin is Origin.ACTION_PLAN}
    cites = {
        RowReference("reading", row.id): RowReference("evidence", row.evidence_id)
        for row in facts.readings
        if row.evidence_id is not None
    }
    current, shares = since, scores.answer_shares(since.as_of, since.known_by)
    changes = []
    for day, recorded_at, rows in _find_change_moments(facts, since, until):
        following = replace(current, as_of=day) if recorded_at is None else replace(current, known_by=recorded_at)
        new_shares = scores.answer_shares(following.as_of, following.known_by)
        if new_shares != shares:
            score_before = scores.score_with_reasons(current.as_of, current.known_by)
            score_after = scores.score_with_reasons(following.as_of, following.known_by)
            lines_before, lines_after = _score_lines(score_before, plan_ids), _score_lines(score_after, plan_ids)
            if lines := tuple(_find_line_changes(lines_before, lines_after, rows, cites)):
                changes.append(ScoreChange(day, recorded_at, rows, lines))
        current, shares = following, new_shares
    first = scores.score_with_reasons(since.as_of, since.known_by)
    last = scores.score_with_reasons(current.as_of, current.known_by)
    return ScoreChanges(first.points, last.points, tuple(changes))


def is_known_before(moment: datetime | None, other: datetime | None) -> bool:
    """Return whether a moment of knowledge is before another. None (everything recorded) is the latest."""
    return moment is not None and (other is None or moment < other)


def _find_change_moments(
    facts: Facts, since: RecordMoment, until: RecordMoment
) -> Iterator[tuple[date, datetime | None, tuple[RowReference, ...]]]:
    """Yield the stops: days on which events ended, and moments at which rows that can score were recorded.

    On the same day the day itself comes first.
    """
    days: dict[date, set[RowReference]] = defaultdict(set)
    moments: dict[datetime, set[RowReference]] = defaultdict(set)
    for day, moment, row in _end_dates(facts):
        if since.as_of < day <= until.as_of and not is_known_before(until.known_by, moment):
            days[day].add(row)
    for moment, row in _recorded_rows(facts):
        if is_known_before(since.known_by, moment) and not is_known_before(until.known_by, moment):
            moments[moment].add(row)
    stops: list[tuple[date, datetime | None, set[RowReference]]] = [(day, None, rows) for day, rows in days.items()]
    stops += [(moment.astimezone(facts.zone).date(), moment, rows) for moment, rows in moments.items()]
    for day, recorded_at, references in sorted(
        stops, key=lambda stop: (stop[0], stop[1].timestamp() if stop[1] else 0)
    ):
        yield day, recorded_at, tuple(sorted(references))


def _end_dates(facts: Facts) -> Iterator[tuple[date, datetime, RowReference]]:
    """Yield the days from which rows count or hold, and the moments at which the rows were recorded."""
    for evidence in facts.evidence:
        yield evidence.happened_to, evidence.recorded_at, RowReference("evidence", evidence.id)
    for reading in facts.readings:
        yield reading.through_on, reading.recorded_at, RowReference("reading", reading.id)
    for assessment in facts.assessments:
        recorded_on = assessment.recorded_at.astimezone(facts.zone).date()
        yield recorded_on, assessment.recorded_at, RowReference("assessment", assessment.id)


def _recorded_rows(facts: Facts) -> Iterator[tuple[datetime, RowReference]]:
    """Yield the moments at which rows that can move a score were recorded, with the row to show."""
    yield from ((terms.recorded_at, RowReference("edition", facts.edition.id)) for terms in facts.edition_terms)
    yield from (
        (terms.recorded_at, RowReference("recommendation", row.id))
        for row in facts.recommendations
        for terms in row.terms
    )
    yield from (
        (terms.recorded_at, RowReference("benchmark", row.id)) for row in facts.benchmarks for terms in row.terms
    )
    # Most of these rows have no review yet and move nothing.
    # A row that was reviewed before it was recorded counts from here.
    for evidence in facts.evidence:
        yield evidence.recorded_at, RowReference("evidence", evidence.id)
    for evidence_link in facts.evidence_links:
        yield evidence_link.recorded_at, RowReference("evidence", evidence_link.evidence_id)
    for review in facts.reviews:
        yield review.recorded_at, RowReference("evidence", review.evidence_id)
    for reading in facts.readings:
        yield reading.recorded_at, RowReference("reading", reading.id)
    for assessment in facts.assessments:
        yield assessment.recorded_at, RowReference("assessment", assessment.id)


def _find_line_changes(
    lines_before: ScoreLines,
    lines_after: ScoreLines,
    rows: tuple[RowReference, ...],
    cites: Mapping[RowReference, RowReference],
) -> Iterator[LineChange]:
    """Yield the lines whose points differ, in the order of the parts.

    A reading that existed before came to count through the evidence it cites (`cites`), so the evidence is shown.
    """
    for key in {**lines_after, **lines_before}:
        before = lines_before.get(key, NO_LINE)
        after = lines_after.get(key, NO_LINE)
        if after.points != before.points:
            shown = before if after is NO_LINE else after
            new = {
                row if row in rows else cites.get(row, row) for row in {*after.finding.rows} ^ {*before.finding.rows}
            }
            yield LineChange(
                part=key[0],
                key=shown.key,
                title=shown.title,
                points=after.points - before.points,
                reason_before=before.finding.reason,
                reason_after=after.finding.reason,
                rows=tuple(sorted(new & {*rows})) or rows,
                max_points_before=before.max_points,
                max_points=after.max_points,
            )


def _score_lines(score: Score, plan_ids: Collection[int]) -> ScoreLines:
    """Return the lines whose sum is the score; the second part is split into benchmarks.

    `plan_ids` are the ids of the action plan's recommendations. Their numbers can be the same as the report's, so a
    benchmark's key alone would be ambiguous.
    """
    lines: dict[tuple[PartKey, str], ScoreLine] = {}
    for part in score.parts:
        if part.key is PartKey.ACTION:
            for benchmark in score.benchmarks:
                key, title = benchmark.line.key, gettext("Benchmark %(benchmark)s")
                if benchmark.recommendation_id in plan_ids:
                    key, title = f"action_plan_{key}", gettext("Action plan %(benchmark)s")
                lines[part.key, str(benchmark.benchmark_id)] = replace(
                    benchmark.line, key=key, title=title % {"benchmark": benchmark.line.key}
                )
        else:
            for line in part.lines:
                lines[part.key, line.key] = line
    return lines
