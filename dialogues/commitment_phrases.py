"""Describe in words where a commitment stands: its status, its newest update and its due date. No Django here."""

from datetime import date

from dialogues.commitment_status import CommitmentStanding
from tiptracker.localization import format_date, format_short_date, gettext, gettext_noop, ngettext

NO_UPDATE = gettext_noop("no update received")
"""What is said, in English, of an overdue commitment without an update. `gettext` translates it."""


def format_overdue(days: int) -> str:
    """Return a phrase such as "overdue by 12 days"."""
    return ngettext("overdue by %(number)d day", "overdue by %(number)d days", days) % {"number": days}


def format_with_embassy_since(day: date) -> str:
    """Return a phrase such as "with the embassy since 12 January 2022"."""
    return gettext("with the embassy since %(date)s") % {"date": format_date(day)}


def format_returned_on(day: date) -> str:
    """Return a phrase such as "returned on 13 January 2022"."""
    return gettext("returned on %(date)s") % {"date": format_date(day)}


def format_withdrawn_on(day: date) -> str:
    """Return a phrase such as "update withdrawn on 13 January 2022"."""
    return gettext("update withdrawn on %(date)s") % {"date": format_date(day)}


def format_status_detail(standing: CommitmentStanding) -> str:
    """Return the words to show instead of the status label: since when an update waits, or by how much it is overdue.

    Empty if the label is enough.
    """
    if standing.waits_since:
        return format_with_embassy_since(standing.waits_since)
    return format_overdue(standing.days_overdue) if standing.days_overdue else ""


def describe_last_update(standing: CommitmentStanding, *, is_ministrys: bool) -> str:
    """Return what happened to the newest update: returned, withdrawn, or none received on an overdue commitment.

    No update is expected on a commitment of the United States (`is_ministrys` is false).
    """
    if standing.withdrawn_on and not standing.returned_on:
        return format_withdrawn_on(standing.withdrawn_on)
    if standing.is_overdue_without_update and is_ministrys:
        if standing.sent_on is None:
            return gettext(NO_UPDATE)
        return gettext("no update received since %(date)s") % {"date": format_date(standing.sent_on)}
    return format_returned_on(standing.returned_on) if standing.returned_on else ""


def describe_receipt(standing: CommitmentStanding) -> str:
    """Return whether the update that waits for the embassy was received by the due date.

    Empty if none waits, or no date is agreed. This is for the embassy: its ministry is not late while an update waits.
    """
    days = standing.received_days_after_due
    if days is None:
        return ""
    if days:
        sentence = ngettext(
            "update received %(number)d day after the due date",
            "update received %(number)d days after the due date",
            days,
        )
        return sentence % {"number": days}
    return gettext("update received in time")


def describe_rescheduling(slips: int, first_due_on: date | None) -> str:
    """Return how a due date changed, such as "first due 15 Dec 2021, moved twice". Empty if it was never moved."""
    if slips == 0:
        return ""
    if first_due_on is None:
        if slips == 1:
            return gettext("no date agreed at first, set once since")
        sentence = ngettext(
            "no date agreed at first, set %(number)d time since",
            "no date agreed at first, set %(number)d times since",
            slips,
        )
        return sentence % {"number": slips}
    if slips == 1:
        sentence = gettext("first due %(date)s, moved once")
    elif slips == 2:
        sentence = gettext("first due %(date)s, moved twice")
    else:
        sentence = ngettext(
            "first due %(date)s, moved %(number)d time", "first due %(date)s, moved %(number)d times", slips
        )
    return sentence % {"date": format_short_date(first_due_on), "number": slips}
