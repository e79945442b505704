"""When people were reminded of a commitment's due date, and when they are next."""

from datetime import date, timedelta
from typing import NamedTuple

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from dialogues.models import Commitment
from dialogues.occasions import COMMITMENT
from tiptracker.localization import gettext, ngettext
from tiptracker.notifications.choices import DAYS_BEFORE, DAYS_OVERDUE, NoticeKind
from tiptracker.notifications.reminders import find_sent_reminders


class Reminder(NamedTuple):
    """A step of the reminders: the day it was or will be, who is told of what, and whether it happened."""

    day: date
    sentence: str
    is_done: bool


def list_reminders(commitment: Commitment, standing: CommitmentStanding, today: date) -> list[Reminder]:
    """Return the reminders of a due date that went out, and those still to come. Empty without a date to remind of."""
    due_on = standing.due_on
    if due_on is None or standing.status not in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE):
        return []
    sent = find_sent_reminders(COMMITMENT, commitment.pk, due_on)
    steps = [(NoticeKind.DUE_SOON, days, due_on - timedelta(days=days)) for days in DAYS_BEFORE]
    steps += [(kind, days, due_on + timedelta(days=days)) for kind, days in DAYS_OVERDUE.items()]
    reminders = []
    for kind, days, planned_on in steps:
        at = sent.get((kind, days))
        if at is not None or planned_on > today:
            reminders.append(Reminder(planned_on, _describe(kind, days, commitment), is_done=at is not None))
    return reminders


def find_next_reminder(standing: CommitmentStanding, today: date) -> date | None:
    """Return the day after `today` on which the ministry is reminded of the due date. None if there is none."""
    due_on = standing.due_on
    if due_on is None or standing.status not in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE):
        return None
    days = [due_on - timedelta(days=days) for days in DAYS_BEFORE]
    days.append(due_on + timedelta(days=DAYS_OVERDUE[NoticeKind.OVERDUE]))
    return min((day for day in days if day > today), default=None)


def _describe(kind: NoticeKind, days: int, commitment: Commitment) -> str:
    """Return who is told at a step: "Ministry of Police, 7 days before the due date"."""
    ministry = commitment.ministry.name if commitment.ministry else gettext("the officers")
    match kind:
        case NoticeKind.DUE_SOON:
            sentence = ngettext(
                "%(ministry)s, %(days)d day before the due date",
                "%(ministry)s, %(days)d days before the due date",
                days,
            )
        case NoticeKind.OVERDUE:
            sentence = ngettext("%(ministry)s, %(days)d day overdue", "%(ministry)s, %(days)d days overdue", days)
        case NoticeKind.LONG_OVERDUE:
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
