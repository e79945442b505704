"""Display what changed between two standpoints, as a sentence and with rounded points that add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from reports import formatting, sentences
from reports.readiness.answers import RowReference
from reports.readiness.explanation.changes import LineChange, ScoreChange, ScoreChanges, Standpoint
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.scoring import PART_POINTS
from tiptracker.localization import format_date, format_number


@dataclass(frozen=True, slots=True)
class ScoreAtStandpoint:
    """The score at one end of a comparison, and whether anything had been reviewed then."""

    standpoint: Standpoint
    score: Fraction
    is_reviewed: bool


@dataclass(frozen=True, slots=True)
class LineChangeDisplay:
    """A line that moved, with its points as displayed ("+1.5", "−0.8", "0") and its reasons before and after.

    A reason is empty if the line was not asked then. If both reasons are the same, they say instead what changed: the
    weight of the line.
    """

    line: LineChange
    points: str
    reason_before: str
    reason_after: str


@dataclass(frozen=True, slots=True)
class ScoreChangeDisplay:
    """A stop. The displayed points of its lines add up to its own."""

    day: date
    recorded_at: datetime | None
    points: str
    lines: Sequence[LineChangeDisplay]


@dataclass(frozen=True, slots=True)
class ScoreChangesDisplay:
    """All changes. The displayed points of the stops add up to the difference of the two displayed scores.

    `before` and `after` are None if nothing had been reviewed then.
    """

    sentence: str
    before: Decimal | None
    after: Decimal | None
    points: str
    changes: Sequence[ScoreChangeDisplay]

    @property
    def rows(self) -> set[RowReference]:
        """Every row that moved a line."""
        return {row for stop in self.changes for change in stop.lines for row in change.line.rows}


def display_changes(
    changes: ScoreChanges, since: ScoreAtStandpoint, until: ScoreAtStandpoint, zone: ZoneInfo
) -> ScoreChangesDisplay:
    """Return the changes as pages display them. `zone` is the country's time zone: it gives moments their day."""
    difference = formatting.round_to_tenth(changes.after) - formatting.round_to_tenth(changes.before)
    rounded = formatting.round_preserving_sum([change.points for change in changes.changes], total=difference)
    return ScoreChangesDisplay(
        sentence=describe_changes(since, until, len(changes.changes), zone),
        before=_displayed_score(since),
        after=_displayed_score(until),
        points=format_signed(difference),
        changes=tuple(_display_change(change, points) for change, points in zip(changes.changes, rounded, strict=True)),
    )


def describe_changes(since: ScoreAtStandpoint, until: ScoreAtStandpoint, changes: int, zone: ZoneInfo) -> str:
    """Describe the change in a sentence.

    Example: "The score rose from 12.3 to 19.5 between 31 December 2021 and 28 January 2022."

    If two moments of knowledge of one day are compared, the sentence says so. It gives no figure for an end at which
    nothing had been reviewed.
    """
    interval = _describe_interval(since.standpoint, until.standpoint, zone)
    if not until.is_reviewed:
        return "Nothing has been reviewed yet, so no score has moved."
    before, after = map(formatting.format_points, (since.score, until.score))
    if not since.is_reviewed:
        return f"Nothing had been reviewed yet at first; {interval} the score came to {after}."
    if before != after:
        verb = "rose" if until.score > since.score else "fell"
        return f"The score {verb} from {before} to {after} {interval}."
    if not changes:
        return f"Nothing moved the score {interval}: it is {after}."
    counted = sentences.format_count(changes, "change", "changes")
    return f"The score is {after} at both ends, though {counted} moved it {interval}."


def format_signed(points: Decimal) -> str:
    """Format a difference in points: `+1.5`, `−0.8`, `0`."""
    if not points:
        return "0"
    return f"{'+' if points > 0 else '−'}{format_number(abs(points))}"


def _describe_interval(since: Standpoint, until: Standpoint, zone: ZoneInfo) -> str:
    """Describe what lies between two standpoints, as part of a sentence."""
    if since.as_of != until.as_of:
        return f"between {format_date(since.as_of)} and {format_date(until.as_of)}"
    if since.known_by == until.known_by:
        return f"on {format_date(since.as_of)}"
    known = format_date(since.known_by.astimezone(zone).date()) if since.known_by else ""
    return f"as of {format_date(since.as_of)}, by what became known after {known}"


def _display_change(change: ScoreChange, points: Decimal) -> ScoreChangeDisplay:
    rounded = formatting.round_preserving_sum([line.points for line in change.lines], total=points)
    lines = tuple(
        LineChangeDisplay(line, format_signed(figure), *_reasons(line))
        for line, figure in zip(change.lines, rounded, strict=True)
    )
    return ScoreChangeDisplay(change.day, change.recorded_at, format_signed(points), lines)


def _reasons(line: LineChange) -> tuple[str, str]:
    """Return the reasons before and after.

    If only the weight changed they are "Weighed 2.7 of 30." and "Weighs 3 of 30." with the reason.
    """
    max_points_before, max_points = map(formatting.format_points, (line.max_points_before, line.max_points))
    if line.reason_before != line.reason_after or max_points_before == max_points:
        return line.reason_before, line.reason_after
    part_points = formatting.format_points(PART_POINTS[line.part])
    return (
        f"Weighed {max_points_before} of {part_points}.",
        f"Weighs {max_points} of {part_points}. {line.reason_after}",
    )


def _displayed_score(end: ScoreAtStandpoint) -> Decimal | None:
    return without_trailing_zeros(formatting.round_to_tenth(end.score)) if end.is_reviewed else None
