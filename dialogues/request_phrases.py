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
    if standing.status is RequestStatus.WITH_EMBASSY and standing.waits_since:
        return format_with_embassy_since(standing.waits_since)
    if standing.days_overdue:
        return format_overdue(standing.days_overdue)
    if standing.is_settled or not (standing.number_answered or standing.number_waiting):
        return ""
    return format_answered(standing)


def format_answered(standing: RequestStanding) -> str:
    """Return how many lines are answered, and how many wait: "1 of 3 answered, 1 with the embassy"."""
    total, waiting = len(standing.lines), standing.number_waiting
    values = {"answered": standing.number_answered, "total": total, "waiting": waiting}
    if waiting:
        sentence = ngettext(
            "%(answered)d of %(total)d answered, %(waiting)d with the embassy",
            "%(answered)d of %(total)d answered, %(waiting)d with the embassy",
            total,
        )
        return sentence % values
    sentence = ngettext("%(answered)d of %(total)d answered", "%(answered)d of %(total)d answered", total)
    return sentence % values


def describe_all_waiting() -> str:
    """Return why no line can be answered while the embassy has an answer to each that is open."""
    return gettext("The embassy has an answer to every open line. You need not do anything until the embassy replies.")


def describe_line_standing(line: LineStanding, asked_on: date) -> str:
    """Return what is known of a line: "Asked on 14 January 2022, no answer", or since when it is answered.

    That the ministry has none is an answer. Silence is not, and neither says that there is none.
    """
    if line.sent_on:
        return gettext("Answer with the embassy since %(date)s") % {"date": format_date(line.sent_on)}
    if line.returned_on:
        return gettext("Answer returned on %(date)s") % {"date": format_date(line.returned_on)}
    if line.answered_on is None:
        return gettext("Asked on %(date)s, no answer") % {"date": format_date(asked_on)}
    if line.status is LineStatus.NONE:
        return gettext("Ministry has none (answer accepted on %(date)s)") % {"date": format_date(line.answered_on)}
    return gettext("Answered (accepted on %(date)s)") % {"date": format_date(line.answered_on)}
