"""Describe in words where a request for information stands, and what is known of each of its lines. No Django here."""

from datetime import date

from dialogues.choices import LineStatus, RequestStatus
from dialogues.commitment_phrases import format_overdue, format_with_embassy_since
from dialogues.request_status import LineStanding, RequestStanding
from tiptracker.localization import format_date, gettext, ngettext


def format_request_status(standing: RequestStanding) -> str:
    """Return the words to show instead of the status label, such as "overdue by 12 days" or "1 of 3 answered".

    Empty if the label is enough.
    """
    if standing.waits_since:
        return format_with_embassy_since(standing.waits_since)
    if standing.days_overdue:
        return format_overdue(standing.days_overdue)
    return format_answered(standing) if standing.status is RequestStatus.PARTLY_ANSWERED else ""


def format_answered(standing: RequestStanding) -> str:
    """Return how many lines are answered: "1 of 3 answered"."""
    total = len(standing.lines)
    sentence = ngettext("%(answered)d of %(total)d answered", "%(answered)d of %(total)d answered", total)
    return sentence % {"answered": standing.number_answered, "total": total}


def describe_line_standing(line: LineStanding, asked_on: date) -> str:
    """Return what is known of a line: "Asked on 14 January 2022, no answer", or since when it is answered.

    That the ministry has none is an answer. Silence is not, and neither says that there is none.
    """
    if line.sent_on:
        return gettext("Answer with the embassy since %(date)s") % {"date": format_date(line.sent_on)}
    if line.answered_on is None:
        return gettext("Asked on %(date)s, no answer") % {"date": format_date(asked_on)}
    if line.status is LineStatus.NONE:
        return gettext("Ministry has none (answer accepted on %(date)s)") % {"date": format_date(line.answered_on)}
    return gettext("Answered (accepted on %(date)s)") % {"date": format_date(line.answered_on)}
