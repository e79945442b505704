"""Describe rows of the record in words: dates, spans, milestones, commitments and figures.

Tables use the short date, "8 Nov 2021". Overdue is stated in days, never by a colour alone.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from dialogues.choices import CommitmentStatus
from dialogues.commitment_phrases import describe_last_update, format_overdue, format_status_detail
from dialogues.commitment_status import CommitmentStanding, days_left, days_past_due
from recommendations.choices import DATE_ONLY_MILESTONES, MILESTONE_PURPOSES, MilestoneKind
from tiptracker.localization import (
    format_date,
    format_datetime,
    format_day_and_month,
    format_number,
    format_short_date,
    format_time,
    gettext,
    gettext_noop,
    ngettext,
)

FILE_KINDS = {
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "image/jpeg": gettext_noop("JPEG picture"),
    "image/png": gettext_noop("PNG picture"),
    "text/plain": gettext_noop("text"),
    "text/csv": "CSV",
}


MAX_DAYS_COUNTED = 60
"""A due date that is more days away is given as a date: nobody pictures “in 427 days”."""
COUNTED_STATUSES = (
    CommitmentStatus.OVERDUE,
    CommitmentStatus.OPEN,
    CommitmentStatus.WITH_EMBASSY,
    CommitmentStatus.REPORTED,
    CommitmentStatus.VERIFIED,
    CommitmentStatus.WITHDRAWN,
)
"""The statuses of commitments in the order in which they are counted, overdue first."""


def format_count(number: int, singular: str, plural: str) -> str:
    """Format a number with its noun: `1 day`, `12 days`."""
    return f"{number} {singular if number == 1 else plural}"


def describe_review_queue(updates: int, pieces: int) -> str:
    """Say how many updates and pieces of evidence wait for the embassy's review; empty if none does."""
    sent = ngettext("%(number)d update", "%(number)d updates", updates) % {"number": updates}
    logged = ngettext("%(number)d logged piece of evidence", "%(number)d logged pieces of evidence", pieces)
    logged = logged % {"number": pieces}
    if updates and pieces:
        sentence = gettext("%(updates)s and %(evidence)s wait for the embassy’s review.")
        return sentence % {"updates": sent, "evidence": logged}
    if not updates and not pieces:
        return ""
    sentence = ngettext(
        "%(items)s waits for the embassy’s review.", "%(items)s wait for the embassy’s review.", updates or pieces
    )
    return sentence % {"items": sent if updates else logged}


def describe_longest_wait(number: int, since: date) -> str:
    """Say since which day the oldest of so many items has waited."""
    sentence = ngettext("It has waited since %(date)s.", "The oldest of them has waited since %(date)s.", number)
    return sentence % {"date": format_date(since)}


def count_late_updates(number: int) -> str:
    """Return how many of the updates that wait were received after the due date, in a sentence."""
    sentence = ngettext(
        "%(number)d update that waits was received after its due date.",
        "%(number)d updates that wait were received after their due date.",
        number,
    )
    return sentence % {"number": number}


def format_days(number: int) -> str:
    """Format a number of days: `1 day`, `12 days`."""
    return ngettext("%(number)d day", "%(number)d days", number) % {"number": number}


def describe_date_span(first: date | None, last: date) -> str:
    """Describe when something happened: `12 Nov 2021`, `between 1 Apr and 30 Sep 2021`.

    Without a start date (None): `by 8 Nov 2021, start date unknown`.
    """
    if first is None:
        return gettext("by %(date)s, start date unknown") % {"date": format_short_date(last)}
    if first == last:
        return format_short_date(last)
    start = format_day_and_month(first) if first.year == last.year else format_short_date(first)
    return gettext("between %(start)s and %(end)s") % {"start": start, "end": format_short_date(last)}


def format_relative_date(day: date, as_of: date) -> str:
    """Describe how far a day is from `as_of`: `in 4 days`, `today`, `12 days ago`."""
    days = (day - as_of).days
    if days == 0:
        return gettext("today")
    if days > 0:
        return ngettext("in %(number)d day", "in %(number)d days", days) % {"number": days}
    return ngettext("%(number)d day ago", "%(number)d days ago", -days) % {"number": -days}


def describe_newest_fact(newest: datetime | None, as_of: date) -> str:
    """Describe how recent the newest fact is on a day: `facts up to 08:32`.

    An older fact has its date and age: `facts up to 26 January 2022, 2 days old`. A fact recorded after `as_of` has its
    date and time.
    """
    if newest is None:
        return gettext("the record has no facts yet")
    age = (as_of - newest.date()).days
    if age > 0:
        return ngettext(
            "facts up to %(date)s, %(number)d day old", "facts up to %(date)s, %(number)d days old", age
        ) % {"date": format_date(newest.date()), "number": age}
    return gettext("facts up to %(moment)s") % {"moment": format_datetime(newest) if age else format_time(newest)}


def describe_milestone(
    kind: MilestoneKind, due_on: date, done_on: date | None, as_of: date, *, is_estimated: bool = False
) -> str:
    """Describe the status of a milestone: `done 20 Dec 2021`, `in 4 days`, `overdue by 31 days`.

    An estimated date is never overdue.
    """
    if done_on is not None and done_on <= as_of:
        return gettext("done %(date)s") % {"date": format_short_date(done_on)}
    if is_estimated:
        return gettext("%(distance)s, estimated date") % {"distance": format_relative_date(due_on, as_of)}
    if kind not in DATE_ONLY_MILESTONES and (overdue := days_past_due(due_on, as_of)):
        return format_overdue(overdue)
    return format_relative_date(due_on, as_of)


def name_estimated(milestone: str) -> str:
    """Return the name of a milestone whose date is an estimate, for places that show only its name and day."""
    return gettext("%(milestone)s (estimated date)") % {"milestone": milestone}


def describe_milestone_purpose(kind: MilestoneKind) -> str:
    """Say what a milestone is, in a sentence."""
    return gettext(MILESTONE_PURPOSES[kind])


def describe_commitment_status(
    standing: CommitmentStanding, last_event_on: date, as_of: date, *, is_ministrys: bool = True
) -> str:
    """Describe the status of a commitment; `last_event_on` is the day of its last event."""
    last_event = format_short_date(last_event_on)
    if standing.status is CommitmentStatus.VERIFIED:
        return gettext("verified done %(date)s") % {"date": last_event}
    if standing.status is CommitmentStatus.WITHDRAWN:
        return gettext("withdrawn %(date)s") % {"date": last_event}
    if standing.status is CommitmentStatus.REPORTED:
        return gettext("reported done %(date)s; to be verified") % {"date": last_event}
    last_update = describe_last_update(standing, is_ministrys=is_ministrys)
    if detail := format_status_detail(standing):
        return f"{detail}, {last_update}" if last_update else detail
    due_text = describe_due_date(standing.due_on, as_of)
    return f"{last_update}; {due_text}" if last_update else due_text


def describe_due_date(due_on: date | None, as_of: date) -> str:
    """Describe when a commitment is due: `due in 4 days`, `due today`, `due 31 Mar 2023`, `no date agreed`."""
    if due_on is None:
        return gettext("no date agreed")
    if overdue := days_past_due(due_on, as_of):
        return ngettext("due %(number)d day ago", "due %(number)d days ago", overdue) % {"number": overdue}
    days = days_left(due_on, as_of)
    if not days:
        return gettext("due today")
    if days > MAX_DAYS_COUNTED:
        return gettext("due %(date)s") % {"date": format_short_date(due_on)}
    return ngettext("due in %(number)d day", "due in %(number)d days", days) % {"number": days}


def describe_status_counts(statuses: list[str], *, reversed_since: int = 0) -> str:
    """Count a ministry's commitments by status: `1 overdue, 2 open, 1 with the embassy.`

    `reversed_since`: see `count_statuses`.
    """
    parts = count_statuses(COUNTED_STATUSES, statuses, reversed_since=reversed_since)
    return f"{', '.join(parts)}." if parts else ""


def count_statuses(order: Iterable[CommitmentStatus], statuses: Sequence[str], *, reversed_since: int) -> list[str]:
    """Return the numbers of commitments with each status, in this order.

    `reversed_since` of those that are verified done were reversed since. They are counted apart: nobody should thank
    for them.
    """
    parts = []
    for status in order:
        number = statuses.count(status)
        if status is CommitmentStatus.VERIFIED:
            number -= reversed_since
        if number:
            parts.append(count_status(status, number))
        if status is CommitmentStatus.VERIFIED and reversed_since:
            parts.append(
                ngettext(
                    "%(number)d verified done but reversed since",
                    "%(number)d verified done but reversed since",
                    reversed_since,
                )
                % {"number": reversed_since}
            )
    return parts


def count_status(status: CommitmentStatus, number: int) -> str:
    """Return a number of commitments with a status: `2 open`, `1 with the embassy`."""
    counted = {
        CommitmentStatus.OVERDUE: ngettext("%(number)d overdue", "%(number)d overdue", number),
        CommitmentStatus.OPEN: ngettext("%(number)d open", "%(number)d open", number),
        CommitmentStatus.WITH_EMBASSY: ngettext("%(number)d with the embassy", "%(number)d with the embassy", number),
        CommitmentStatus.REPORTED: ngettext("%(number)d reported done", "%(number)d reported done", number),
        CommitmentStatus.VERIFIED: ngettext("%(number)d verified done", "%(number)d verified done", number),
        CommitmentStatus.WITHDRAWN: ngettext("%(number)d withdrawn", "%(number)d withdrawn", number),
    }
    return counted[status] % {"number": number}


def describe_benchmark_share(value: Fraction | None) -> str:
    """Describe a benchmark's share in words, for a benchmark without a figure."""
    if value is None:
        return gettext("no data")
    if value == 0:
        return gettext("not shown")
    return gettext("met") if value == 1 else gettext("a concrete step")


def inflect_unit(figure: Decimal, plural: str) -> str:
    """Return the unit that fits the figure: `case` after 1, otherwise `cases`."""
    if figure != 1 or not plural.endswith("s"):
        return plural
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")


def format_against_target(figure: Decimal, target: Decimal, unit: str) -> str:
    """Format a figure against its target: `6 of 10 districts`."""
    return gettext("%(figure)s of %(target)s") % {
        "figure": format_number(figure),
        "target": f"{format_number(target)} {unit}".rstrip(),
    }


def format_indicia(numbers: list[int]) -> str:
    """Format the indicia of 22 U.S.C. 7106(b) behind a recommendation: `indicia 1, 7`; empty if there are none."""
    if not numbers:
        return ""
    return ngettext("indicium %(numbers)s", "indicia %(numbers)s", len(numbers)) % {
        "numbers": ", ".join(map(str, numbers))
    }


def file_kind(media_type: str) -> str:
    """Return the everyday name of a media type."""
    return gettext(FILE_KINDS[media_type]) if media_type in FILE_KINDS else media_type
