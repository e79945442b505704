"""The stages before and after a due date at which people are told of it. No Django here.

They count from the last exchange between embassy and ministry: the day on which the date was set, the commitment was
reopened, or an update was decided on. Whoever has just talked about a date needs no reminder of it, and time that an
update lay with the embassy makes nobody late.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol

from dialogues.choices import CommitmentEventKind
from dialogues.commitment_status import UpdateVersionLike, days_left
from tiptracker.notifications.choices import DAYS_BEFORE, NoticeKind


class DatedEventLike(Protocol):
    """The fields that this module reads of an event of a commitment or of a request."""

    @property
    def kind(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def due_on(self) -> date | None: ...


class DueDateStage(NamedTuple):
    """A stage: the kind of notice, the number of days before or after, and the day on which it is reached."""

    kind: NoticeKind
    days: int
    reached_on: date


def last_exchange_at(events: Iterable[DatedEventLike], versions: Iterable[UpdateVersionLike]) -> datetime | None:
    """Return when embassy and ministry last talked about a due date. None if no date was set.

    An update that its ministry withdrew counts as never sent.
    """
    asked = [event.recorded_at for event in events if event.due_on or event.kind == CommitmentEventKind.REOPENED]
    decided = [version.decided_at for version in versions if version.decided_at and not version.withdrawn_at]
    return max([*asked, *decided], default=None)


def plan_stages(
    due_on: date, *, last_exchange_on: date, soon: NoticeKind, overdue: Mapping[NoticeKind, int]
) -> list[DueDateStage]:
    """Return all stages of a due date, earliest first, if nothing happens meanwhile.

    A stage before the due date counts only if by then the last exchange is at least as long ago as the due date is
    ahead.

    Args:
        last_exchange_on: the day of `last_exchange_at` in the country.
        soon: the kind of the notices before the due date.
        overdue: the kinds of the notices after it, each with its number of days.
    """
    before = [
        DueDateStage(soon, days, due_on - timedelta(days=days))
        for days in DAYS_BEFORE
        if last_exchange_on <= due_on - 2 * timedelta(days=days)
    ]
    counted_from = max(due_on, last_exchange_on)
    after = [DueDateStage(kind, days, counted_from + timedelta(days=days)) for kind, days in overdue.items()]
    return before + after


def reached_stages(
    due_on: date,
    today: date,
    *,
    last_exchange_on: date,
    is_overdue: bool,
    soon: NoticeKind,
    overdue: Mapping[NoticeKind, int],
) -> Iterator[DueDateStage]:
    """Yield the stages of `plan_stages` that are reached: before the due date the newest one, after it each.

    `is_overdue` is False if nothing is expected at present.
    """
    reached = [
        stage
        for stage in plan_stages(due_on, last_exchange_on=last_exchange_on, soon=soon, overdue=overdue)
        if stage.reached_on <= today
    ]
    if days_left(due_on, today) is not None:
        yield from [stage for stage in reached if stage.kind is soon][-1:]
    elif is_overdue:
        yield from [stage for stage in reached if stage.kind is not soon]
