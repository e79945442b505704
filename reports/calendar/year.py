"""The days of an edition's year for pages and files: milestones, dialogues and due dates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from dialogues.choices import ClaimedProgress, CommitmentStatus, DialogueStage
from dialogues.commitment_status import CommitmentStanding, days_left, days_past_due
from dialogues.score_effects import format_overdue, format_with_embassy_since
from recommendations.choices import DATE_ONLY_MILESTONES, MilestoneKind
from reports import formatting, sentences
from reports.charts.axis import AxisEvent
from reports.charts.timeline import Filling, Timeline, TimelineRow, timeline_chart
from tiptracker.choices import ChoiceEnum


class DayKind(ChoiceEnum):
    """What falls on a day."""

    MILESTONE = "milestone"
    DIALOGUE = "dialogue"
    DUE = "due", "Due date"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day, what falls on it and its status.

    `key` is the id of the row. `days_left` is set if the day is still to come, `days_overdue` if it is overdue.
    """

    on: date
    kind: DayKind
    what: str
    who: str
    word: ChoiceEnum
    standing: str
    key: int
    days_left: int | None = None
    days_overdue: int | None = None

    @property
    def days(self) -> str:
        """How far away the day is: "in 4 days", "overdue by 12 days"; empty if it is settled or over."""
        if self.days_overdue is not None:
            return format_overdue(self.days_overdue)
        if self.days_left is not None:
            return f"in {sentences.format_days(self.days_left)}" if self.days_left else "today"
        return ""


STATUS_FILLINGS = {
    CommitmentStatus.OVERDUE: Filling.SOLID,
    CommitmentStatus.OPEN: Filling.OUTLINE,
    CommitmentStatus.WITH_EMBASSY: Filling.HATCHED,
    CommitmentStatus.REPORTED: Filling.HATCHED,
    CommitmentStatus.VERIFIED: Filling.BLUE,
    CommitmentStatus.WITHDRAWN: Filling.DASHED,
}
"""How the timeline fills the due dates of each status."""


def milestone_day(kind: MilestoneKind, falls_on: date, done_on: date | None, key: int, today: date) -> CalendarDay:
    """Return a milestone on the day it was done, otherwise on its due date."""
    day = partial(CalendarDay, kind=DayKind.MILESTONE, what=kind.label, who="", key=key)
    if done_on is not None and done_on <= today:
        standing = f"done; it was due by {sentences.format_short_date(falls_on)}"
        return day(on=done_on, word=ClaimedProgress.DONE, standing=standing)
    left = days_left(falls_on, today)
    if left is not None:
        return day(on=falls_on, word=CommitmentStatus.OPEN, standing="ahead", days_left=left)
    if kind in DATE_ONLY_MILESTONES:
        return day(on=falls_on, word=ClaimedProgress.DONE, standing="past")
    overdue = days_past_due(falls_on, today)
    return day(on=falls_on, word=CommitmentStatus.OVERDUE, standing="overdue", days_overdue=overdue)


UPCOMING_STAGES = frozenset({DialogueStage.PLANNED, DialogueStage.TODAY})
"""The stages of a dialogue that is still to be held."""


def dialogue_day(stage: DialogueStage, held_on: date, place: str, key: int, today: date) -> CalendarDay:
    """Return a dialogue with its stage: planned, held, not recorded or called off.

    Only a dialogue that is still to be held has days left.
    """
    left = (held_on - today).days if stage in UPCOMING_STAGES else None
    standing = stage.label.lower() if stage is not DialogueStage.TODAY else DialogueStage.PLANNED.label.lower()
    return CalendarDay(held_on, DayKind.DIALOGUE, "Dialogue", place, stage, standing, key, days_left=left)


def due_day(stands: CommitmentStanding, due_on: date, *, text: str, maker: str, key: int, today: date) -> CalendarDay:
    """Return a commitment on the day it is due."""
    return CalendarDay(
        due_on,
        DayKind.DUE,
        text,
        maker,
        stands.status,
        format_with_embassy_since(stands.waits_since) if stands.waits_since else stands.status.label.lower(),
        key,
        days_left=days_left(due_on, today)
        if stands.status in (CommitmentStatus.OPEN, CommitmentStatus.WITH_EMBASSY)
        else None,
        days_overdue=stands.days_overdue or None,
    )


def sort_days(days: Iterable[CalendarDay]) -> list[CalendarDay]:
    """Sort by date; on one date milestones come first, then dialogues, then commitments."""
    kinds = list(DayKind)
    return sorted(days, key=lambda day: (day.on, kinds.index(day.kind), day.key))


def describe_year(days: Sequence[CalendarDay], today: date) -> str:
    """Describe the year as of today, without a full stop.

    Example: "2 commitments are overdue; the next day that counts is 3 March 2022, in 4 days".
    """
    overdue = sum(day.kind is DayKind.DUE and day.days_overdue is not None for day in days)
    missed = sum(day.kind is DayKind.MILESTONE and day.days_overdue is not None for day in days)
    told = [
        sentences.format_count(number, one, many)
        for number, one, many in (
            (overdue, "commitment is overdue", "commitments are overdue"),
            (missed, "milestone is missed", "milestones are missed"),
        )
        if number
    ]
    begun = formatting.join_with_and(told) if told else "Nothing is overdue"
    ahead = min((day.on for day in days if day.days_left is not None), default=None)
    if ahead is None:
        return f"{begun}; nothing lies ahead"
    return (
        f"{begun}; the next day that counts is {formatting.format_date(ahead)}, "
        f"{sentences.format_relative_date(ahead, today)}"
    )


def draw_timeline(days: Iterable[CalendarDay], *, starts_on: date, ends_on: date, today: date) -> Timeline:
    """Draw the tracking period as a timeline. A dialogue that was called off is left out; only lists show it."""
    days = list(days)
    named = [
        AxisEvent(
            day.on, _day_name(day), day.kind is DayKind.DIALOGUE, day.word in (ClaimedProgress.DONE, DialogueStage.HELD)
        )
        for day in days
        if day.kind is not DayKind.DUE and day.word is not DialogueStage.CALLED_OFF
    ]
    rows = [
        TimelineRow(
            word, STATUS_FILLINGS[status], [day.on for day in days if day.kind is DayKind.DUE and day.word is status]
        )
        for status, word in sentences.STATUS_WORDS.items()
    ]
    return timeline_chart(named, rows, starts_on=starts_on, ends_on=ends_on, today=today)


def _day_name(day: CalendarDay) -> str:
    if day.kind is DayKind.DIALOGUE:
        return day.what if day.word is DialogueStage.HELD else f"{day.what} {day.standing}"
    return f"{day.what}: overdue" if day.days_overdue is not None else day.what
