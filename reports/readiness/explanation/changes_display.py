"""Display what changed between two moments of the record, as a sentence and with rounded points that add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise

from reports import formatting
from reports.readiness.answers import RowReference
from reports.readiness.explanation.changes import LineChange, RecordMoment, ScoreChange, ScoreChanges
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.scoring import PART_POINTS
from tiptracker.localization import format_number, gettext, ngettext


@dataclass(frozen=True, slots=True)
class ScoreAtMoment:
    """The score at one end of a comparison, and whether anything had been reviewed then."""

    record_moment: RecordMoment
    score: Fraction
    is_reviewed: bool


@dataclass(frozen=True, slots=True)
class LineChangeDisplay:
    """A line that moved, with its points as displayed ("+1.5", "−0.8", "0") and its reasons before and after.

    A reason is empty if the line was not asked then. If both reasons are the same, they say instead what changed: the
    weight of the line. `wording` is that of its benchmark, if the caller knows it.
    """

    line: LineChange
    points: str
    reason_before: str
    reason_after: str
    wording: str = ""


@dataclass(frozen=True, slots=True)
class ScoreChangeDisplay:
    """A stop. The displayed points of its lines add up to its own."""

    day: date
    recorded_at: datetime | None
    points: str
    lines: Sequence[LineChangeDisplay]


@dataclass(frozen=True, slots=True)
class ScoreChangesDisplay:
    """All changes. The displayed points of a stop are the difference of the displayed scores after and before it.

    So they add up to the difference of the displayed scores of both ends. A page that names the scores on both sides of
    a stop gives the same difference.

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


def display_changes(changes: ScoreChanges, since: ScoreAtMoment, until: ScoreAtMoment) -> ScoreChangesDisplay:
    """Return the changes as pages display them."""
    difference = formatting.round_to_tenth(changes.after) - formatting.round_to_tenth(changes.before)
    scores = accumulate((change.points for change in changes.changes), initial=changes.before)
    rounded = [after - before for before, after in pairwise(map(formatting.round_to_tenth, scores))]
    return ScoreChangesDisplay(
        sentence=describe_changes(since, until, len(changes.changes)),
        before=_displayed_score(since),
        after=_displayed_score(until),
        points=format_signed(difference),
        changes=tuple(_display_change(change, points) for change, points in zip(changes.changes, rounded, strict=True)),
    )


def describe_changes(since: ScoreAtMoment, until: ScoreAtMoment, changes: int) -> str:
    """Describe the change in a sentence: "Readiness rose from 12.3 to 19.5.".

    It gives no figure for an end at which nothing had been reviewed.
    """
    if not until.is_reviewed:
        return gettext("Nothing has been reviewed yet, so readiness has not changed.")
    before, after = map(formatting.format_points, (since.score, until.score))
    values = {"before": before, "after": after}
    if not since.is_reviewed:
        return gettext("Readiness came to %(after)s. Nothing had been reviewed at the start.") % values
    if before != after and until.score > since.score:
        return gettext("Readiness rose from %(before)s to %(after)s.") % values
    if before != after:
        return gettext("Readiness fell from %(before)s to %(after)s.") % values
    if not changes:
        return gettext("Readiness did not change. It is %(after)s.") % values
    sentence = ngettext(
        "Readiness is %(after)s at both ends. In between, %(number)d change moved it.",
        "Readiness is %(after)s at both ends. In between, %(number)d changes moved it.",
        changes,
    )
    return sentence % {**values, "number": changes}


def format_signed(points: Decimal) -> str:
    """Format a difference in points: `+1.5`, `−0.8`, `0`."""
    if not points:
        return "0"
    return f"{'+' if points > 0 else '−'}{format_number(abs(points))}"


def _display_change(change: ScoreChange, points: Decimal) -> ScoreChangeDisplay:
    rounded = formatting.round_preserving_sum([line.points for line in change.lines], total=points)
    lines = tuple(
        LineChangeDisplay(line, format_signed(figure), *_reasons(line))
        for line, figure in zip(change.lines, rounded, strict=True)
    )
    return ScoreChangeDisplay(change.day, change.recorded_at, format_signed(points), lines)


def _reasons(line: LineChange) -> tuple[str, str]:
    """Return the reasons before and after.

    If only the weight changed they are "It could give 2.7 of 30 points." and "It can give 3 of 30 points." with the
    reason.
    """
    max_points_before, max_points = map(formatting.format_points, (line.max_points_before, line.max_points))
    if line.reason_before != line.reason_after or max_points_before == max_points:
        return line.reason_before, line.reason_after
    part_points = formatting.format_points(PART_POINTS[line.part])
    before = gettext("It could give %(points)s of %(part)s points.")
    after = gettext("It can give %(points)s of %(part)s points.") % {"points": max_points, "part": part_points}
    return before % {"points": max_points_before, "part": part_points}, f"{after} {line.reason_after}"


def _displayed_score(end: ScoreAtMoment) -> Decimal | None:
    return without_trailing_zeros(formatting.round_to_tenth(end.score)) if end.is_reviewed else None
