"""What changed between two standpoints, in a sentence and as printed: what is printed adds up. Pure."""

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


@dataclass(frozen=True, slots=True)
class ScoreAtStandpoint:
    """One end of the way: the standpoint, its score, and whether anything had been reviewed then."""

    standpoint: Standpoint
    score: Fraction
    is_reviewed: bool


@dataclass(frozen=True, slots=True)
class LineChangeDisplay:
    """A line that moved, with its points as printed: "+1.5", "−0.8", "0"; `said` and `says` are empty where not asked.

    Where the reasons are the same, they tell what changed instead: what the line weighed, or what it gave.
    """

    line: LineChange
    points: str
    said: str
    says: str


@dataclass(frozen=True, slots=True)
class ScoreChangeDisplay:
    """A stop; what its lines print adds up to what it prints."""

    on: date
    at: datetime | None
    points: str
    moved: Sequence[LineChangeDisplay]


@dataclass(frozen=True, slots=True)
class ScoreChangesDisplay:
    """All that changed; what the stops print adds up to the difference of the two scores as they are printed.

    `before` and `after` are None where nothing had been reviewed then.
    """

    sentence: str
    before: Decimal | None
    after: Decimal | None
    points: str
    stops: Sequence[ScoreChangeDisplay]

    @property
    def rows(self) -> set[RowReference]:
        """Every row that moved a line."""
        return {row for stop in self.stops for one in stop.moved for row in one.line.rows}


def display_changes(
    found: ScoreChanges, since: ScoreAtStandpoint, until: ScoreAtStandpoint, zone: ZoneInfo
) -> ScoreChangesDisplay:
    """What changed as pages print it. `zone` is the country's, for the days of moments."""
    difference = formatting.round_to_tenth(found.after) - formatting.round_to_tenth(found.before)
    figures = formatting.round_preserving_sum([stop.points for stop in found.stops], total=difference)
    return ScoreChangesDisplay(
        sentence=describe_changes(since, until, len(found.stops), zone),
        before=_displayed_score(since),
        after=_displayed_score(until),
        points=format_signed(difference),
        stops=tuple(_display_change(stop, points) for stop, points in zip(found.stops, figures, strict=True)),
    )


def describe_changes(since: ScoreAtStandpoint, until: ScoreAtStandpoint, stops: int, zone: ZoneInfo) -> str:
    """What changed in a sentence: "The score rose from 12.3 to 19.5 between 31 December 2021 and 28 January 2022."

    Where two moments of knowledge of one day are compared, it says so. No figure is given of an end
    where nothing had been reviewed.
    """
    way = _describe_interval(since.standpoint, until.standpoint, zone)
    if not until.is_reviewed:
        return "Nothing has been reviewed yet, so no score has moved."
    before, after = (formatting.format_number(formatting.round_to_tenth(end.score)) for end in (since, until))
    if not since.is_reviewed:
        return f"Nothing had been reviewed yet at first; {way} the score came to {after}."
    if before != after:
        verb = "rose" if until.score > since.score else "fell"
        return f"The score {verb} from {before} to {after} {way}."
    if not stops:
        return f"Nothing moved the score {way}: it is {after}."
    moved = sentences.format_count(stops, "change", "changes")
    return f"The score is {after} at both ends, though {moved} moved it {way}."


def format_signed(points: Decimal) -> str:
    """Points that came or went: `+1.5`, `−0.8`, `0`."""
    if not points:
        return "0"
    return f"{'+' if points > 0 else '−'}{formatting.format_number(abs(points))}"


def _describe_interval(since: Standpoint, until: Standpoint, zone: ZoneInfo) -> str:
    """What lies between, as it stands inside a sentence."""
    if since.as_of != until.as_of:
        return f"between {formatting.format_date(since.as_of)} and {formatting.format_date(until.as_of)}"
    if since.known_by == until.known_by:
        return f"on {formatting.format_date(since.as_of)}"
    known = formatting.format_date(since.known_by.astimezone(zone).date()) if since.known_by else ""
    return f"as of {formatting.format_date(since.as_of)}, by what became known after {known}"


def _display_change(stop: ScoreChange, points: Decimal) -> ScoreChangeDisplay:
    figures = formatting.round_preserving_sum([one.points for one in stop.moved], total=points)
    moved = tuple(
        LineChangeDisplay(one, format_signed(figure), *_reasons(one))
        for one, figure in zip(stop.moved, figures, strict=True)
    )
    return ScoreChangeDisplay(stop.on, stop.at, format_signed(points), moved)


def _reasons(line: LineChange) -> tuple[str, str]:
    """What a line said and says: "Weighed 2.7 of 30." and "Weighs 3 of 30." where nothing else of it changed."""
    of_before, of = (
        formatting.format_number(formatting.round_to_tenth(points)) for points in (line.of_before, line.of)
    )
    if line.before != line.reason or of_before == of:
        return line.before, line.reason
    whole = formatting.format_number(formatting.round_to_tenth(PART_POINTS[line.part]))
    return f"Weighed {of_before} of {whole}.", f"Weighs {of} of {whole}. {line.reason}"


def _displayed_score(end: ScoreAtStandpoint) -> Decimal | None:
    return without_trailing_zeros(formatting.round_to_tenth(end.score)) if end.is_reviewed else None
