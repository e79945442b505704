"""Where a commitment stands on a day, folded from its dated events and the updates sent on it. Pure.

The same in SQL is `CommitmentQuerySet.with_status`; one table of histories (tests/dialogues/histories.py) tests both.
Nothing else compares a due day with a day to call something overdue: it asks `standing_on`, or `days_past_due` where
nothing can be sent (tests/test_architecture.py).
"""

from collections.abc import Iterable
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import NamedTuple, Protocol

from dialogues.choices import CommitmentEventKind, CommitmentStatus

STATUS_AFTER_EVENT: dict[CommitmentEventKind, CommitmentStatus] = {
    CommitmentEventKind.REPORTED_DONE: CommitmentStatus.REPORTED,
    CommitmentEventKind.VERIFIED_DONE: CommitmentStatus.VERIFIED,
    CommitmentEventKind.WITHDRAWN: CommitmentStatus.WITHDRAWN,
}
"""What the last event makes of a commitment; after any other event it is open, or overdue once its day is past."""

DATE_SETTING_EVENTS = frozenset({CommitmentEventKind.MADE, CommitmentEventKind.RESCHEDULED})
"""The events after which a ministry is asked anew to send something."""


class CommitmentEventLike(Protocol):
    """What the rule reads of an event. `pk` breaks ties of the same moment, as in SQL."""

    @property
    def pk(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def happened_on(self) -> date: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def due_on(self) -> date | None: ...


class UpdateVersionLike(Protocol):
    """What the rule reads of a version of an update: when it was sent, when it was answered, when it was returned.

    Answered and not returned is accepted.
    """

    @property
    def pk(self) -> int: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def returned_at(self) -> datetime | None: ...


class EventSummary(NamedTuple):
    """What the events alone say on a day, whatever was sent. `moved`: the newest of made and moved, and its recording.

    `settled` is None where it may still be kept.
    """

    settled: CommitmentStatus | None
    due_on: date | None
    slips: int
    moved: tuple[date, datetime]

    @property
    def is_open(self) -> bool:
        """Whether it may still be kept: nobody has reported it done, verified it or withdrawn it."""
        return self.settled is None


class CommitmentStanding(NamedTuple):
    """A commitment on a day: its status, the due date in force (None: no date agreed), how often it was moved.

    `sent_on` is the day on which the newest version of an update was sent, `format_returned_on` that on which it was
    returned, where it was and something is still asked. `is_silent`: overdue, and no version was received since the
    newest of made, moved, accepted.
    """

    status: CommitmentStatus
    due_on: date | None
    slips: int = 0
    days_overdue: int = 0
    sent_on: date | None = None
    returned_on: date | None = None
    is_silent: bool = False

    @property
    def waits_since(self) -> date | None:
        """The day on which the update was sent that waits for the embassy; None where none does."""
        return self.sent_on if self.status is CommitmentStatus.WITH_EMBASSY else None

    @property
    def is_settled(self) -> bool:
        """Nothing more is asked of anybody."""
        return self.status in (CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN)


def summarize_events(events: Iterable[CommitmentEventLike], day: date) -> EventSummary | None:
    """What the events alone say at the end of `day`; None where nothing had happened by then.

    Events of the same day are taken in the order in which they were recorded.
    """
    past = sorted((e for e in events if e.happened_on <= day), key=lambda e: (e.happened_on, e.recorded_at, e.pk))
    if not past:
        return None
    due_on = next((e.due_on for e in reversed(past) if e.due_on), None)
    moved = next((e for e in reversed(past) if e.kind in DATE_SETTING_EVENTS), past[0])
    return EventSummary(
        settled=STATUS_AFTER_EVENT.get(CommitmentEventKind(past[-1].kind)),
        due_on=due_on,
        slips=sum(e.kind == CommitmentEventKind.RESCHEDULED for e in past),
        moved=(moved.happened_on, moved.recorded_at),
    )


def standing_on(
    events: Iterable[CommitmentEventLike],
    sent: Iterable[UpdateVersionLike],
    day: date,
    *,
    zone: tzinfo,
    known_by: datetime | None = None,
) -> CommitmentStanding | None:
    """The standing at the end of `day` in the country's `zone`; None where nothing had happened by then.

    `sent` are the versions of its updates. With `known_by`, what was recorded later is left out. What waits for the
    embassy is never overdue, whatever it claims.
    """

    end = _end_of_day(day, zone)

    def is_past(moment: datetime | None) -> bool:
        return moment is not None and moment <= end and (known_by is None or moment <= known_by)

    found = summarize_events((e for e in events if known_by is None or e.recorded_at <= known_by), day)
    if found is None:
        return None
    last = max((v for v in sent if is_past(v.recorded_at)), key=lambda v: (v.recorded_at, v.pk), default=None)
    sent_on = returned_on = None
    is_waiting = is_heard = False
    if last is not None:
        sent_on = last.recorded_at.astimezone(zone).date()
        if found.settled not in (CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN):
            is_waiting = not is_past(last.decided_at or last.returned_at)
            if last.returned_at is not None and not is_waiting:
                returned_on = last.returned_at.astimezone(zone).date()
                is_heard = (sent_on, last.recorded_at) > found.moved
    overdue = days_past_due(found.due_on, day) if found.is_open and not is_waiting else 0
    return CommitmentStanding(
        status=_choose_status(found.settled, is_waiting=is_waiting, is_overdue=overdue > 0),
        due_on=found.due_on,
        slips=found.slips,
        days_overdue=overdue,
        sent_on=sent_on,
        returned_on=returned_on,
        is_silent=overdue > 0 and not is_heard,
    )


def days_past_due(due_on: date | None, day: date) -> int:
    """How many days ago something was due; 0 where its day isn't past, or none was set."""
    return max((day - due_on).days, 0) if due_on else 0


def days_left(due_on: date | None, day: date) -> int | None:
    """How many days are left until something is due; None where its day is past, or none was set."""
    return (due_on - day).days if due_on and not days_past_due(due_on, day) else None


def original_due_date(events: Iterable[CommitmentEventLike], day: date) -> date | None:
    """The day that was agreed when the promise was made, however often it was moved since; None where none was."""
    return next((e.due_on for e in events if e.kind == CommitmentEventKind.MADE and e.happened_on <= day), None)


@lru_cache(maxsize=256)
def _end_of_day(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.max, zone)


def _choose_status(settled: CommitmentStatus | None, *, is_waiting: bool, is_overdue: bool) -> CommitmentStatus:
    if is_waiting:
        return CommitmentStatus.WITH_EMBASSY
    if settled is not None:
        return settled
    return CommitmentStatus.OVERDUE if is_overdue else CommitmentStatus.OPEN
