"""When people were reminded of a commitment's due date, and when they are next."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from dialogues.due_date_stages import DueDateStage, last_exchange_at, plan_stages
from dialogues.models import Commitment, UpdateVersion
from dialogues.occasions import COMMITMENT
from tiptracker.localization import gettext, ngettext
from tiptracker.notifications.choices import DAYS_OVERDUE, NoticeKind
from tiptracker.notifications.reminders import find_sent_reminders


class Reminder(NamedTuple):
    """A step of the reminders: the day it was or will be, who is told of what, and whether it happened."""

    day: date
    sentence: str
    is_done: bool


def list_reminders(
    commitment: Commitment, versions: Iterable[UpdateVersion], standing: CommitmentStanding, today: date
) -> list[Reminder]:
    """Return the reminders of a due date that went out, and those still to come. Empty without a date to remind of.

    `versions`: all versions of the commitment's updates.
    """
    if standing.due_on is None:
        return []
    sent = find_sent_reminders(COMMITMENT, commitment.pk, standing.due_on)
    reminders = []
    for kind, days, planned_on in _plan(commitment, versions, standing):
        if at := sent.get((kind, days)):
            reminders.append(Reminder(_day(at, commitment), _describe(kind, days, commitment), is_done=True))
        elif planned_on > today:
            reminders.append(Reminder(planned_on, _describe(kind, days, commitment), is_done=False))
    return reminders


def find_next_reminder(
    commitment: Commitment, versions: Iterable[UpdateVersion], standing: CommitmentStanding, today: date
) -> date | None:
    """Return the day after `today` on which the ministry is reminded of the due date. None if there is none."""
    days = [
        planned_on
        for kind, _, planned_on in _plan(commitment, versions, standing)
        if kind in (NoticeKind.DUE_SOON, NoticeKind.OVERDUE) and planned_on > today
    ]
    return min(days, default=None)


def _plan(
    commitment: Commitment, versions: Iterable[UpdateVersion], standing: CommitmentStanding
) -> list[DueDateStage]:
    """Return all stages of the due date. Empty while nothing is expected."""
    at = last_exchange_at(commitment.events.all(), versions)
    is_expected = standing.status in (CommitmentStatus.OPEN, CommitmentStatus.OVERDUE)
    if standing.due_on is None or at is None or not is_expected:
        return []
    return plan_stages(
        standing.due_on, last_exchange_on=_day(at, commitment), soon=NoticeKind.DUE_SOON, overdue=DAYS_OVERDUE
    )


def _day(moment: datetime, commitment: Commitment) -> date:
    return moment.astimezone(ZoneInfo(commitment.country.time_zone)).date()


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
