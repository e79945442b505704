"""Describe rows of the record in words: dates, spans, milestones, commitments and figures.

Tables use the short date, "8 Nov 2021". Overdue is stated in days, never by a colour alone.
"""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding, days_past_due
from dialogues.score_effects import describe_last_update, format_overdue, format_status_detail
from recommendations.choices import DATE_ONLY_MILESTONES, MilestoneKind
from reports import formatting
from tiptracker.localization import format_date, format_datetime, format_day_and_month, format_number, format_short_date

FILE_KINDS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "image/jpeg": "JPEG picture",
    "image/png": "PNG picture",
    "text/plain": "text",
    "text/csv": "CSV",
}


STATUS_WORDS = {
    CommitmentStatus.OVERDUE: "overdue",
    CommitmentStatus.OPEN: "open",
    CommitmentStatus.WITH_EMBASSY: "with the embassy",
    CommitmentStatus.REPORTED: "reported done",
    CommitmentStatus.VERIFIED: "verified done",
    CommitmentStatus.WITHDRAWN: "withdrawn",
}
"""The statuses of commitments in the order in which they are counted, overdue first."""


def format_count(number: int, singular: str, plural: str) -> str:
    """Format a number with its noun: `1 day`, `12 days`."""
    return f"{number} {singular if number == 1 else plural}"


def format_days(number: int) -> str:
    """Format a number of days: `1 day`, `12 days`."""
    return format_count(number, "day", "days")


def describe_date_span(first: date | None, last: date) -> str:
    """Describe when something happened: `12 Nov 2021`, `between 1 Apr and 30 Sep 2021`.

    Without a start date (None): `by 8 Nov 2021, first day unknown`.
    """
    if first is None:
        return f"by {format_short_date(last)}, first day unknown"
    if first == last:
        return format_short_date(last)
    start = format_day_and_month(first) if first.year == last.year else format_short_date(first)
    return f"between {start} and {format_short_date(last)}"


def format_relative_date(day: date, as_of: date) -> str:
    """Describe how far a day is from `as_of`: `in 4 days`, `today`, `12 days ago`."""
    days = (day - as_of).days
    if days == 0:
        return "today"
    return f"in {format_days(days)}" if days > 0 else f"{format_days(-days)} ago"


def describe_newest_fact(newest: datetime | None, as_of: date) -> str:
    """Describe how recent the newest fact is on a day: `facts up to 08:32`.

    An older fact has its date and age: `facts up to 26 January 2022, 2 days old`. A fact recorded after `as_of` has its
    date and time.
    """
    if newest is None:
        return "no fact recorded"
    age = (as_of - newest.date()).days
    if age > 0:
        return f"facts up to {format_date(newest.date())}, {format_days(age)} old"
    return f"facts up to {format_datetime(newest) if age else f'{newest:%H:%M}'}"


def describe_milestone(kind: MilestoneKind, due_on: date, done_on: date | None, as_of: date) -> str:
    """Describe the status of a milestone: `done 20 Dec 2021`, `in 4 days`, `overdue by 31 days`."""
    if done_on is not None and done_on <= as_of:
        return f"done {format_short_date(done_on)}"
    if kind not in DATE_ONLY_MILESTONES and (overdue := days_past_due(due_on, as_of)):
        return format_overdue(overdue)
    return format_relative_date(due_on, as_of)


def describe_commitment_status(
    standing: CommitmentStanding, last_event_on: date, as_of: date, *, is_ministrys: bool = True
) -> str:
    """Describe the status of a commitment; `last_event_on` is the day of its last event."""
    if standing.is_settled:
        return f"{formatting.lowercase_first(standing.status.label)} {format_short_date(last_event_on)}"
    if standing.status is CommitmentStatus.REPORTED:
        return f"reported done {format_short_date(last_event_on)}; to be verified"
    last_update = describe_last_update(standing, is_ministrys=is_ministrys)
    if detail := format_status_detail(standing):
        return f"{detail}, {last_update}" if last_update else detail
    due_text = "no date agreed"
    if standing.due_on:
        due_text = "due today" if standing.due_on == as_of else f"due {format_relative_date(standing.due_on, as_of)}"
    return f"{last_update}; {due_text}" if last_update else due_text


def describe_status_counts(statuses: list[str]) -> str:
    """Count a ministry's commitments by status: `1 overdue, 2 open, 1 with the embassy.`"""
    parts = [f"{number} {word}" for status, word in STATUS_WORDS.items() if (number := statuses.count(status))]
    return formatting.capitalize_first(", ".join(parts)) + "." if parts else ""


def describe_benchmark_share(value: Fraction | None) -> str:
    """Describe a benchmark's share in words, for a benchmark without a figure."""
    if value is None:
        return "no data"
    if value == 0:
        return "not shown"
    return "met" if value == 1 else "a concrete step"


def inflect_unit(figure: Decimal, plural: str) -> str:
    """Return the unit that fits the figure: `case` after 1, otherwise `cases`."""
    if figure != 1 or not plural.endswith("s"):
        return plural
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")


def format_against_target(figure: Decimal, target: Decimal, unit: str) -> str:
    """Format a figure against its target: `6 of 10 districts`."""
    return f"{format_number(figure)} of {format_number(target)} {unit}".rstrip()


def format_indicia(numbers: list[int]) -> str:
    """Format the indicia of 22 U.S.C. 7106(b) behind a recommendation: `indicia 1, 7`; empty if there are none."""
    if not numbers:
        return ""
    return f"{'indicium' if len(numbers) == 1 else 'indicia'} {', '.join(map(str, numbers))}"


def file_kind(media_type: str) -> str:
    """Return the everyday name of a media type."""
    return FILE_KINDS.get(media_type, media_type)
