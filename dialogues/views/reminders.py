"""When people were reminded of the due date of a commitment or of a request, and when they are next."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import Commitment, InformationRequest
from dialogues.occasions import COMMITMENT
from dialogues.request_occasions import EXPECTED, REQUEST
from dialogues.request_status import RequestStanding
from tiptracker.localization import gettext, ngettext
from tiptracker.notifications.choices import DAYS_BEFORE, DAYS_OVERDUE, REQUEST_DAYS_OVERDUE, NoticeKind
from tiptracker.notifications.reminders import find_sent_reminders


class Reminder(NamedTuple):
    """A step of the reminders: the day it was or will be, who is told of what, and whether it happened."""

    day: date
    sentence: str
    is_done: bool


def list_reminders(commitment: Commitment, standing: CommitmentStanding, today: date) -> list[Reminder]:
    """Return the reminders of a due date that went out, and those still to come. Empty without a date to remind of."""
    if standing.due_on is None or standing.status not in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE):
        return []
    ministry = commitment.ministry.name if commitment.ministry else gettext("the officers")
    sent = find_sent_reminders(COMMITMENT, commitment.pk, standing.due_on)
    return _list(sent, standing.due_on, today, ministry, soon=NoticeKind.DUE_SOON, overdue=DAYS_OVERDUE)


def list_request_reminders(request: InformationRequest, standing: RequestStanding, today: date) -> list[Reminder]:
    """Return the same for a request for information. Empty while no answer is expected."""
    if standing.status not in EXPECTED:
        return []
    sent = find_sent_reminders(REQUEST, request.pk, standing.due_on)
    return _list(
        sent, standing.due_on, today, request.maker, soon=NoticeKind.REQUEST_DUE_SOON, overdue=REQUEST_DAYS_OVERDUE
    )


def find_next_reminder(standing: CommitmentStanding | RequestStanding, today: date) -> date | None:
    """Return the day after `today` on which the ministry is reminded of the due date. None if there is none."""
    due_on = standing.due_on
    if due_on is None or standing.status not in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, *EXPECTED):
        return None
    days = [due_on - timedelta(days=days) for days in DAYS_BEFORE]
    days.append(due_on + timedelta(days=DAYS_OVERDUE[NoticeKind.OVERDUE]))
    return min((day for day in days if day > today), default=None)


def _list(
    sent: Mapping[tuple[str, int], object],
    due_on: date,
    today: date,
    ministry: str,
    *,
    soon: NoticeKind,
    overdue: Mapping[NoticeKind, int],
) -> list[Reminder]:
    """Return the steps that were sent, and those after `today`."""
    steps = [(soon, days, due_on - timedelta(days=days)) for days in DAYS_BEFORE]
    steps += [(kind, days, due_on + timedelta(days=days)) for kind, days in overdue.items()]
    return [
        Reminder(planned_on, _describe(kind, days, ministry), is_done=(kind, days) in sent)
        for kind, days, planned_on in steps
        if (kind, days) in sent or planned_on > today
    ]


def _describe(kind: NoticeKind, days: int, ministry: str) -> str:
    """Return who is told at a step: "Ministry of Police, 7 days before the due date"."""
    match kind:
        case NoticeKind.DUE_SOON | NoticeKind.REQUEST_DUE_SOON:
            sentence = ngettext(
                "%(ministry)s, %(days)d day before the due date",
                "%(ministry)s, %(days)d days before the due date",
                days,
            )
        case NoticeKind.OVERDUE | NoticeKind.REQUEST_OVERDUE:
            sentence = ngettext("%(ministry)s, %(days)d day overdue", "%(ministry)s, %(days)d days overdue", days)
        case NoticeKind.LONG_OVERDUE | NoticeKind.REQUEST_LONG_OVERDUE:
            sentence = ngettext(
                "The officers and the Ambassador, %(days)d day overdue",
                "The officers and the Ambassador, %(days)d days overdue",
                days,
            )
        case _:
            sentence = ngettext(
                "Proposal for the agenda of the next dialogue, %(days)d day overdue",
                "Proposal for the agenda of the next dialogue, %(days)d days overdue",
                days,
            )
    return sentence % {"ministry": ministry, "days": days}
