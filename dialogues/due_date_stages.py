"""The stages before and after a due date at which people are told of it. No Django here."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from dialogues.commitment_status import days_left
from tiptracker.notifications.choices import DAYS_BEFORE, NoticeKind


class DueDateStage(NamedTuple):
    """A stage that was reached: the kind of notice, the number of days before or after, and the day it was reached."""

    kind: NoticeKind
    days: int
    reached_on: date


def reached_stages(
    due_on: date,
    today: date,
    *,
    dated_on: date,
    days_overdue: int,
    soon: NoticeKind,
    overdue: Mapping[NoticeKind, int],
) -> Iterator[DueDateStage]:
    """Yield the stages of a due date that are reached.

    Before the due date it is the newest one only, and only if the date was set before that stage: whoever has just
    agreed on a date needs no reminder.

    Args:
        dated_on: the day on which the due date was set.
        days_overdue: by how many days it is overdue; 0 if nothing is expected at present.
        soon: the kind of the notices before the due date.
        overdue: the kinds of the notices after it, each with its number of days.
    """
    if (left := days_left(due_on, today)) is not None:
        stage = min((days for days in DAYS_BEFORE if left <= days), default=None)
        if stage is not None and dated_on <= due_on - timedelta(days=stage):
            yield DueDateStage(soon, stage, due_on - timedelta(days=stage))
        return
    for kind, days in overdue.items():
        if days_overdue >= days:
            yield DueDateStage(kind, days, due_on + timedelta(days=days))
