"""When people were reminded of the due date of a commitment or of a request, and when they are next."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from dialogues.due_date_stages import DueDateStage, last_exchange_at, plan_stages
from dialogues.models import Commitment, InformationRequest, UpdateVersion
from dialogues.occasions import COMMITMENT
from dialogues.request_occasions import REQUEST
from dialogues.request_status import EXPECTED, RequestStanding
from tiptracker.localization import format_short_date, gettext, ngettext
from tiptracker.notifications.choices import DAYS_OVERDUE, REQUEST_DAYS_OVERDUE, NoticeKind
from tiptracker.notifications.reminders import find_sent_reminders

Subject = Commitment | InformationRequest
Standing = CommitmentStanding | RequestStanding

REMINDED = frozenset({CommitmentStatus.OPEN, CommitmentStatus.OVERDUE, *EXPECTED})
"""The statuses in which something is expected by the due date."""
TO_MINISTRY = frozenset(
    {NoticeKind.DUE_SOON, NoticeKind.OVERDUE, NoticeKind.REQUEST_DUE_SOON, NoticeKind.REQUEST_OVERDUE}
)


class Reminder(NamedTuple):
    """What was or will be told on a day: who is told of what, and whether it happened."""

    day: date
    sentences: Sequence[str]
    is_done: bool


def list_reminders(
    subject: Subject, versions: Iterable[UpdateVersion], standing: Standing, today: date
) -> list[Reminder]:
    """Return the reminders of a due date that went out, and those still to come, one for each day.

    Empty without a date to remind of.

    `versions`: those on the commitment or, of a request, those that said something to a line that is still expected.
    """
    stages = _plan(subject, versions, standing)
    if not stages or standing.due_on is None:
        return []
    table = COMMITMENT if isinstance(subject, Commitment) else REQUEST
    sent = find_sent_reminders(table, subject.pk, standing.due_on)
    ministry = subject.ministry.name if subject.ministry else gettext("the officers")
    reminders: dict[tuple[date, bool], list[str]] = defaultdict(list)
    for kind, days, planned_on in stages:
        told_on = _day(at, subject) if (at := sent.get((kind, days))) else None
        if told_on or planned_on > today:
            sentence = _describe(kind, days, ministry)
            if told_on and told_on > planned_on:
                values = {"reminder": sentence, "date": format_short_date(planned_on)}
                sentence = gettext("%(reminder)s, late: planned for %(date)s") % values
            reminders[told_on or planned_on, told_on is not None].append(sentence)
    return [Reminder(day, sentences, is_done) for (day, is_done), sentences in sorted(reminders.items())]


def find_next_reminder(
    subject: Subject, versions: Iterable[UpdateVersion], standing: Standing, today: date
) -> date | None:
    """Return the day after `today` on which the ministry is reminded of the due date. None if there is none."""
    days = [
        planned_on
        for kind, _, planned_on in _plan(subject, versions, standing)
        if kind in TO_MINISTRY and planned_on > today
    ]
    return min(days, default=None)


def _plan(subject: Subject, versions: Iterable[UpdateVersion], standing: Standing) -> list[DueDateStage]:
    """Return all stages of the due date. Empty while nothing is expected."""
    at = last_exchange_at(subject.events.all(), versions)
    if standing.due_on is None or at is None or standing.status not in REMINDED:
        return []
    is_commitment = isinstance(subject, Commitment)
    return plan_stages(
        standing.due_on,
        last_exchange_on=_day(at, subject),
        soon=NoticeKind.DUE_SOON if is_commitment else NoticeKind.REQUEST_DUE_SOON,
        overdue=DAYS_OVERDUE if is_commitment else REQUEST_DAYS_OVERDUE,
    )


def _day(moment: datetime, subject: Subject) -> date:
    return moment.astimezone(ZoneInfo(subject.country.time_zone)).date()


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
                "the officers and the Ambassador, %(days)d day overdue",
                "the officers and the Ambassador, %(days)d days overdue",
                days,
            )
        case _:
            sentence = ngettext(
                "proposal for the agenda of the next dialogue, %(days)d day overdue",
                "proposal for the agenda of the next dialogue, %(days)d days overdue",
                days,
            )
    return sentence % {"ministry": ministry, "days": days}
