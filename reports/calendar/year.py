"""The days of an edition's year that somebody watches, as pages and files tell them: milestones, dialogues, due dates.

Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dialogues.choices import Progress, Stage, Status
from dialogues.score_effects import overdue_by, with_embassy_since
from dialogues.status import Standing, days_left, days_past_due
from recommendations.choices import DATES_ALONE, MilestoneKind
from reports import formatting, sentences
from reports.charts.timeline import Filling, Point, Row, Timeline, timeline_chart
from tiptracker.choices import Word


class DayKind(Word):
    """What falls on a day."""

    MILESTONE = "milestone"
    DIALOGUE = "dialogue"
    DUE = "due", "Due date"


@dataclass(frozen=True, slots=True)
class Day:
    """A day, what falls on it and how that stands. `key` is the row's; what is ahead has days left, else days past."""

    on: date
    kind: DayKind
    what: str
    who: str
    word: Word
    standing: str
    key: int
    days_left: int | None = None
    days_overdue: int | None = None

    @property
    def days(self) -> str:
        """How far it is: "in 4 days", "overdue by 12 days"; nothing where it is settled, or over."""
        if self.days_overdue is not None:
            return overdue_by(self.days_overdue)
        if self.days_left is not None:
            return f"in {sentences.days(self.days_left)}" if self.days_left else "today"
        return ""


ROWS = (
    (Status.OVERDUE, "overdue", Filling.SOLID),
    (Status.OPEN, "open", Filling.OUTLINE),
    (Status.WITH_EMBASSY, "with the embassy", Filling.HATCHED),
    (Status.REPORTED, "reported done", Filling.HATCHED),
    (Status.VERIFIED, "verified done", Filling.BLUE),
    (Status.WITHDRAWN, "withdrawn", Filling.DASHED),
)
"""Under the line, what is overdue first."""


def milestone(kind: MilestoneKind, falls_on: date, done_on: date | None, key: int, today: date) -> Day:
    """A milestone on the day on which it was done, else on that on which it falls."""
    if done_on is not None and done_on <= today:
        standing = f"done; it was due by {sentences.short(falls_on)}"
        return Day(done_on, DayKind.MILESTONE, kind.label, "", Progress.DONE, standing, key)
    left = days_left(falls_on, today)
    if left is not None:
        return Day(falls_on, DayKind.MILESTONE, kind.label, "", Status.OPEN, "ahead", key, days_left=left)
    if kind in DATES_ALONE:
        return Day(falls_on, DayKind.MILESTONE, kind.label, "", Progress.DONE, "past", key)
    overdue = days_past_due(falls_on, today)
    return Day(falls_on, DayKind.MILESTONE, kind.label, "", Status.OVERDUE, "overdue", key, days_overdue=overdue)


AHEAD = frozenset({Stage.PLANNED, Stage.TODAY})
"""Stages of a dialogue that is still to be held."""


def dialogue(stage: Stage, held_on: date, place: str, key: int, today: date) -> Day:
    """A dialogue as its stage says: planned, held, not recorded, called off. Only one to come has days left."""
    left = (held_on - today).days if stage in AHEAD else None
    standing = stage.label.lower() if stage is not Stage.TODAY else Stage.PLANNED.label.lower()
    return Day(held_on, DayKind.DIALOGUE, "Dialogue", place, stage, standing, key, days_left=left)


def due(stands: Standing, due_on: date, *, text: str, maker: str, key: int, today: date) -> Day:
    """What was promised, on the day by which it is due."""
    return Day(
        due_on,
        DayKind.DUE,
        text,
        maker,
        stands.status,
        with_embassy_since(stands.waits_since) if stands.waits_since else stands.status.label.lower(),
        key,
        days_left=days_left(due_on, today) if stands.status in (Status.OPEN, Status.WITH_EMBASSY) else None,
        days_overdue=stands.days_overdue or None,
    )


def in_order(days: Iterable[Day]) -> list[Day]:
    """By date; of one date milestones first, then dialogues, then what is due."""
    kinds = list(DayKind)
    return sorted(days, key=lambda day: (day.on, kinds.index(day.kind), day.key))


def finding(days: Sequence[Day], today: date) -> str:
    """What the year comes to today, without a full stop: "2 commitments are overdue; the next day is …"."""
    overdue = sum(day.kind is DayKind.DUE and day.days_overdue is not None for day in days)
    missed = sum(day.kind is DayKind.MILESTONE and day.days_overdue is not None for day in days)
    told = [
        f"{sentences.counted(number, one, many)}"
        for number, one, many in (
            (overdue, "commitment is overdue", "commitments are overdue"),
            (missed, "milestone is missed", "milestones are missed"),
        )
        if number
    ]
    begun = formatting.listed(told) if told else "Nothing is overdue"
    ahead = min((day.on for day in days if day.days_left is not None), default=None)
    if ahead is None:
        return f"{begun}; nothing lies ahead"
    return f"{begun}; the next day that counts is {formatting.day(ahead)}, {sentences.distance(ahead, today)}"


def drawn(days: Iterable[Day], *, starts_on: date, ends_on: date, today: date) -> Timeline:
    """The tracking period on one line. A dialogue that was called off stands in lists alone."""
    days = list(days)
    named = [
        Point(day.on, _named(day), day.kind is DayKind.DIALOGUE, day.word in (Progress.DONE, Stage.HELD))
        for day in days
        if day.kind is not DayKind.DUE and day.word is not Stage.CALLED_OFF
    ]
    rows = [
        Row(word, filling, [day.on for day in days if day.kind is DayKind.DUE and day.word is status])
        for status, word, filling in ROWS
    ]
    return timeline_chart(named, rows, starts_on=starts_on, ends_on=ends_on, today=today)


def _named(day: Day) -> str:
    if day.kind is DayKind.DIALOGUE:
        return day.what if day.word is Stage.HELD else f"{day.what} {day.standing}"
    return f"{day.what}: overdue" if day.days_overdue is not None else day.what
