"""Derive the status of a commitment on a day from its dated events and its update versions. No Django here.

`CommitmentQuerySet.with_status` does the same in SQL. One table of histories tests both
(tests/dialogues/commitment_histories.py).

No other code compares a due date with a day to call something overdue. It calls `standing_on`, or `days_past_due` for
things on which no update can be sent (tests/test_architecture.py checks this).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from dialogues.choices import CommitmentEventKind, CommitmentStatus

STATUS_AFTER_EVENT: dict[CommitmentEventKind, CommitmentStatus] = {
    CommitmentEventKind.REPORTED_DONE: CommitmentStatus.REPORTED,
    CommitmentEventKind.VERIFIED_DONE: CommitmentStatus.VERIFIED,
    CommitmentEventKind.WITHDRAWN: CommitmentStatus.WITHDRAWN,
}
"""The status after the newest event.

After any other event the commitment is open, or overdue once its due date is past.
"""

DATE_SETTING_EVENTS = frozenset({CommitmentEventKind.MADE, CommitmentEventKind.RESCHEDULED})
"""The events after which a ministry has to report again."""


class CommitmentEventLike(Protocol):
    """The fields of an event that this module reads. `pk` breaks ties between events of the same moment, as in SQL."""

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
    """The fields of an update version that this module reads: when it was sent, decided on, returned and withdrawn.

    A version that was decided on and neither returned nor withdrawn was accepted.
    """

    @property
    def pk(self) -> int: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def decided_at(self) -> datetime | None: ...
    @property
    def returned_at(self) -> datetime | None: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...


class EventSummary(NamedTuple):
    """What the events alone say on a day, whatever updates were sent.

    `closing_status` is the status that the newest event sets, or None while the commitment may still be kept.
    `last_dated` is the newest date-setting event: the day it happened and the moment it was recorded.
    """

    closing_status: CommitmentStatus | None
    due_on: date | None
    slips: int
    last_dated: tuple[date, datetime]

    @property
    def is_open(self) -> bool:
        """Whether the commitment may still be kept: it is not reported done, verified done or withdrawn."""
        return self.closing_status is None


class CommitmentStanding(NamedTuple):
    """The standing of a commitment on a day: its status, due date, and number of reschedulings (`slips`).

    `due_on` is None where no date is agreed. `sent_on` is the day on which the newest update version was sent, without
    those that the ministry has withdrawn. While something is still expected, `returned_on` is the day on which that
    version was returned, and `withdrawn_on` the day on which the ministry withdrew the newest of all.
    `is_overdue_without_update`: overdue, with no update version received since the commitment was made or rescheduled,
    or its last update accepted.
    """

    status: CommitmentStatus
    due_on: date | None
    slips: int = 0
    days_overdue: int = 0
    sent_on: date | None = None
    returned_on: date | None = None
    withdrawn_on: date | None = None
    is_overdue_without_update: bool = False

    @property
    def waits_since(self) -> date | None:
        """The day on which the update that waits for the embassy was sent. None if no update waits."""
        return self.sent_on if self.status is CommitmentStatus.WITH_EMBASSY else None

    @property
    def received_days_after_due(self) -> int | None:
        """How many days after the due date the update that waits for the embassy was sent; 0 if it was sent in time.

        None if no update waits, or no date is agreed. It makes nothing overdue.
        """
        return days_past_due(self.due_on, self.waits_since) if self.waits_since and self.due_on else None

    @property
    def is_settled(self) -> bool:
        """Whether the commitment is verified done or withdrawn, so that nothing more is expected."""
        return self.status in (CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN)


def summarize_events(events: Iterable[CommitmentEventLike], day: date) -> EventSummary | None:
    """Summarize the events up to the end of `day`. Return None if none had happened by then.

    Events of the same day are ordered by the moment at which they were recorded.
    """
    past = [e for e in events if e.happened_on <= day]
    if not past:
        return None
    past.sort(key=attrgetter("happened_on", "recorded_at", "pk"))
    due_on, last_dated, slips = None, past[0], 0
    for event in past:
        due_on = event.due_on or due_on
        if event.kind in DATE_SETTING_EVENTS:
            last_dated = event
            slips += event.kind == CommitmentEventKind.RESCHEDULED
    return EventSummary(
        closing_status=STATUS_AFTER_EVENT.get(CommitmentEventKind(past[-1].kind)),
        due_on=due_on,
        slips=slips,
        last_dated=(last_dated.happened_on, last_dated.recorded_at),
    )


def standing_on(
    events: Iterable[CommitmentEventLike],
    versions: Iterable[UpdateVersionLike],
    day: date,
    *,
    zone: tzinfo,
    known_by: datetime | None = None,
) -> CommitmentStanding | None:
    """Return the standing at the end of `day`, or None if no event had happened by then.

    An update that waits for the embassy is never overdue, whatever it claims. Once its ministry has withdrawn it, the
    standing is what it would be if it had never been sent.

    Args:
        events: the events of the commitment.
        versions: the versions of its updates.
        day: the calendar day in the country.
        zone: the time zone of the country.
        known_by: if given, leave out what was recorded later (as known at the time).
    """
    summary = summarize_events((e for e in events if known_by is None or e.recorded_at <= known_by), day)
    return None if summary is None else standing_after(summary, versions, day, zone=zone, known_by=known_by)


def standing_after(
    summary: EventSummary,
    versions: Iterable[UpdateVersionLike],
    day: date,
    *,
    zone: tzinfo,
    known_by: datetime | None = None,
) -> CommitmentStanding:
    """Return the standing at the end of `day` from the summary of the events by then, otherwise like `standing_on`."""
    end = _end_of_day(day, zone)

    def is_past(moment: datetime | None) -> bool:
        return moment is not None and moment <= end and (known_by is None or moment <= known_by)

    is_settled = summary.closing_status in (CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN)
    sent = sorted((v for v in versions if is_past(v.recorded_at)), key=lambda v: (v.recorded_at, v.pk))
    last = next((v for v in reversed(sent) if not is_past(v.withdrawn_at)), None)
    sent_on = returned_on = withdrawn_on = None
    is_waiting = has_update = False
    if sent and not is_settled and is_past(at := sent[-1].withdrawn_at) and at is not None:
        withdrawn_on = at.astimezone(zone).date()
    if last is not None:
        sent_on = last.recorded_at.astimezone(zone).date()
        if not is_settled:
            is_waiting = not is_past(last.decided_at or last.returned_at)
            if last.returned_at is not None and not is_waiting:
                returned_on = last.returned_at.astimezone(zone).date()
                has_update = (sent_on, last.recorded_at) > summary.last_dated
    overdue = days_past_due(summary.due_on, day) if summary.is_open and not is_waiting else 0
    return CommitmentStanding(
        status=_choose_status(summary.closing_status, is_waiting=is_waiting, is_overdue=overdue > 0),
        due_on=summary.due_on,
        slips=summary.slips,
        days_overdue=overdue,
        sent_on=sent_on,
        returned_on=returned_on,
        withdrawn_on=withdrawn_on,
        is_overdue_without_update=overdue > 0 and not has_update,
    )


def standing_from_row(row: Any, day: date) -> CommitmentStanding:
    """Return the standing of a row of `with_status(day)`. The commitment must have been made by then."""
    status = CommitmentStatus(row.status)
    is_settled = status in (CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN)
    needs_no_correction = is_settled or status is CommitmentStatus.WITH_EMBASSY
    return CommitmentStanding(
        status=status,
        due_on=row.due_on,
        slips=row.slips,
        days_overdue=days_past_due(row.due_on, day) if status is CommitmentStatus.OVERDUE else 0,
        sent_on=row.sent_on,
        returned_on=None if needs_no_correction else row.newest_returned_on,
        withdrawn_on=None if is_settled else row.newest_withdrawn_on,
        is_overdue_without_update=status is CommitmentStatus.OVERDUE and not row.has_update,
    )


def days_past_due(due_on: date | None, day: date) -> int:
    """Return how many days ago a due date passed. 0 if it is not past, or none is set."""
    return max((day - due_on).days, 0) if due_on else 0


def days_left(due_on: date | None, day: date) -> int | None:
    """Return how many days are left until a due date. None if it is past, or none is set."""
    return (due_on - day).days if due_on and not days_past_due(due_on, day) else None


def original_due_date(events: Iterable[CommitmentEventLike], day: date) -> date | None:
    """Return the due date agreed when the commitment was made, whatever changed since. None if there was none."""
    return next((e.due_on for e in events if e.kind == CommitmentEventKind.MADE and e.happened_on <= day), None)


@lru_cache(maxsize=256)
def _end_of_day(day: date, zone: tzinfo) -> datetime:
    # In UTC, like the rows: comparing moments of two zones is slower.
    return datetime.combine(day, time.max, zone).astimezone(UTC)


def _choose_status(closing_status: CommitmentStatus | None, *, is_waiting: bool, is_overdue: bool) -> CommitmentStatus:
    if is_waiting:
        return CommitmentStatus.WITH_EMBASSY
    if closing_status is not None:
        return closing_status
    return CommitmentStatus.OVERDUE if is_overdue else CommitmentStatus.OPEN
