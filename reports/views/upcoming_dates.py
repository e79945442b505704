"""What comes up for the embassy, on “My tasks”: what it has to do or to expect, each with its day and its page."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.urls import reverse

from dialogues.models import NextStep
from dialogues.request_status import EXPECTED
from recommendations.choices import MilestoneKind, MilestoneOwner
from recommendations.models import Edition
from reports import sentences
from reports.calendar.gathering import gather_days
from reports.calendar.year import CalendarDay, DayKind
from reports.views.task_groups import Task
from tiptracker.accounts.models import User
from tiptracker.localization import gettext

MAX_DATES = 10
"""The most dates that are listed. The timeline has all of them."""


class UpcomingDate(NamedTuple):
    """A day, what falls on it, who has to do it, and how far away the day is. `is_about`: the day is an estimate."""

    day: date
    title: str
    url: str
    who: str
    distance: str
    is_overdue: bool = False
    is_about: bool = False


class UpcomingDates(NamedTuple):
    """The dates that are listed, by day, and how many more there are."""

    listed: Sequence[UpcomingDate]
    more: int


def find_upcoming_dates(user: User, edition: Edition, today: date, *, briefings: Iterable[Task] = ()) -> UpcomingDates:
    """Return what comes up for the embassy in the edition's country, as far as the user may see it.

    What the embassy does itself comes before what it expects of others, if not all of it can be listed.

    Args:
        user: a person of the embassy.
        edition: the edition of the page.
        today: the day in the country.
        briefings: the user's tasks to clear a briefing.
    """
    days = gather_days(user, edition, today)
    own = [
        *_own_days(days),
        *_next_steps(user, edition, today),
        *(_briefing_to_clear(task) for task in briefings),
    ]
    expected = list(_expected_days(days))
    own.sort(key=lambda line: line.day)
    listed = [*own, *expected][:MAX_DATES]
    return UpcomingDates(sorted(listed, key=lambda line: line.day), len(own) + len(expected) - len(listed))


def _own_days(days: Iterable[CalendarDay]) -> Iterator[UpcomingDate]:
    """Yield open commitments of the United States, the embassy's milestones, and the next dialogue."""
    is_dialogue_found = False
    for day in days:
        if day.days_left is None and day.days_overdue is None:
            continue
        if day.kind is DayKind.DUE and day.is_ours:
            yield _upcoming(day, reverse("commitment_detail", args=[day.row_id]), gettext("The embassy"))
        elif day.milestone and day.milestone.owner is MilestoneOwner.EMBASSY:
            yield _milestone(day, day.milestone)
        elif day.kind is DayKind.DIALOGUE and not is_dialogue_found:
            is_dialogue_found = True
            title = gettext("Dialogue, %(place)s") % {"place": day.detail} if day.detail else day.title
            yield _upcoming(day, reverse("dialogue_detail", args=[day.row_id]), gettext("The embassy"), title=title)


def _expected_days(days: Iterable[CalendarDay]) -> Iterator[UpcomingDate]:
    """Yield what others do: milestones of the Department and the public, and answers to requests for information."""
    for day in days:
        if day.kind is DayKind.REQUEST and day.status in EXPECTED:
            yield _expected_answer(day)
        elif (
            day.milestone
            and day.milestone.owner is not MilestoneOwner.EMBASSY
            and (day.days_left is not None or day.days_overdue is not None)
        ):
            yield _milestone(day, day.milestone)


def _milestone(day: CalendarDay, kind: MilestoneKind) -> UpcomingDate:
    """Return a milestone. Its title says who has to reach it, and its page what the user can record."""
    title = day.title if day.title != kind.label else kind.label_with_owner
    return _upcoming(day, reverse("milestone_detail", args=[day.row_id]), day.detail, title=title)


def _next_steps(user: User, edition: Edition, today: date) -> Iterator[UpcomingDate]:
    """Yield the embassy's own next steps of dialogues that are due later. Those due by today are tasks."""
    rows = NextStep.objects.visible_to(user).filter(dialogue__country=edition.country_id).due_later_for_embassy(today)
    for row in rows:
        if row.due_on:
            url = reverse("next_step_done", args=[row.pk])
            distance = sentences.format_relative_date(row.due_on, today)
            yield UpcomingDate(row.due_on, row.text, url, gettext("The embassy"), distance)


def _briefing_to_clear(task: Task) -> UpcomingDate:
    title = gettext("Clear the briefing: %(briefing)s") % {"briefing": task.title}
    return UpcomingDate(task.since, title, task.url, gettext("The embassy"), gettext("waits since this day"))


def _expected_answer(day: CalendarDay) -> UpcomingDate:
    title = gettext("Answer due: %(request)s") % {"request": day.title}
    return _upcoming(day, reverse("information_request_detail", args=[day.row_id]), day.detail, title=title)


def _upcoming(day: CalendarDay, url: str, who: str, *, title: str = "") -> UpcomingDate:
    is_overdue = day.days_overdue is not None
    return UpcomingDate(day.shown_on, title or day.title, url, who, day.distance, is_overdue, is_about=day.is_about)
