"""Where a commitment stands on a day, folded from its dated events. Pure.

The same in SQL is `CommitmentQuerySet.with_status`; one table of histories (tests/dialogues/histories.py) tests both.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple, Protocol

from dialogues.words import Kind, Status

SETTLED: dict[Kind, Status] = {
    Kind.REPORTED_DONE: Status.REPORTED,
    Kind.VERIFIED_DONE: Status.VERIFIED,
    Kind.WITHDRAWN: Status.WITHDRAWN,
}
"""What the last event makes of a commitment; after any other event it is open, or late once its day is past."""


class Event(Protocol):
    """What the rule reads of an event. `key` breaks ties of the same moment, as in SQL."""

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


class Standing(NamedTuple):
    """A commitment on a day: its status, the due date in force (None: no date agreed), how often it was moved."""

    status: Status
    due_on: date | None
    slips: int
    days_late: int


def standing_on(events: Iterable[Event], day: date) -> Standing | None:
    """The standing at the end of `day`; None where nothing had happened by then.

    Events of the same day are taken in the order in which they were recorded. Late begins the day after the due date.
    """
    past = sorted((e for e in events if e.happened_on <= day), key=lambda e: (e.happened_on, e.recorded_at, e.pk))
    if not past:
        return None
    due_on = next((e.due_on for e in reversed(past) if e.due_on), None)
    slips = sum(e.kind == Kind.RESCHEDULED for e in past)
    status = SETTLED.get(Kind(past[-1].kind), Status.OPEN)
    days_late = (day - due_on).days if status is Status.OPEN and due_on and due_on < day else 0
    return Standing(Status.LATE if days_late else status, due_on, slips, days_late)


def first_due(events: Iterable[Event], day: date) -> date | None:
    """The day that was agreed when the promise was made, however often it was moved since; None where none was."""
    return next((e.due_on for e in events if e.kind == Kind.MADE and e.happened_on <= day), None)
