"""A month as weeks of days, each with what falls on it."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from reports.calendar.year import CalendarDay


class MonthDay(NamedTuple):
    """A day of a month's page. `is_outside`: it belongs to the month before or after."""

    day: date
    is_today: bool
    is_outside: bool
    entries: Sequence[CalendarDay]


def build_month(first: date, days: Iterable[CalendarDay], today: date) -> list[list[MonthDay]]:
    """Return the weeks of the month that begins on `first`, from Monday to Sunday."""
    by_day: dict[date, list[CalendarDay]] = defaultdict(list)
    for day in days:
        by_day[day.shown_on].append(day)
    weeks = calendar.Calendar(firstweekday=calendar.MONDAY).monthdatescalendar(first.year, first.month)
    return [
        [MonthDay(day, day == today, day.month != first.month, by_day.get(day, [])) for day in week] for week in weeks
    ]


def previous_month(first: date) -> date:
    """Return the first day of the month before."""
    return date(first.year - 1, 12, 1) if first.month == 1 else date(first.year, first.month - 1, 1)


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return date(first.year + 1, 1, 1) if first.month == 12 else date(first.year, first.month + 1, 1)
