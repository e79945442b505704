"""A person's calendar as iCalendar (RFC 5545): the days that they may see, with titles that anyone may read.

Calendar programs store feeds on other people's servers, so an entry holds no text of the record: what kind of day it
is, a number, and the address of the page. Who opens that page has to sign in.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from icalendar import Alarm, Event

from dialogues.choices import CommitmentStatus, DialogueStage, RequestStatus
from recommendations.edition_context import edition_url
from recommendations.models import Edition
from reports import sentences
from reports.calendar.gathering import gather_days
from reports.calendar.year import SETTLED_REQUESTS, CalendarDay, DayKind
from tiptracker.accounts.models import User
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext, ngettext
from tiptracker.notifications.calendar_entries import dialogue_key, new_calendar, new_event

SETTLED = frozenset({CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN, CommitmentStatus.REPORTED})
"""Commitments with these statuses need no date in a calendar."""
DAYS_BACK, DAYS_AHEAD = timedelta(days=365), timedelta(days=2 * 365)
"""The feed holds nothing that lies further back, and nothing that lies further ahead."""
MOST_A_DAY = 5
"""If more commitments are due on one day in a country, one entry counts them."""
REFRESH_INTERVAL = timedelta(hours=6)
UNALARMED = frozenset({CommitmentStatus.WITH_EMBASSY, RequestStatus.WITH_EMBASSY})
"""Commitments and requests with these statuses have a date, but nobody needs to be reminded of it."""
ALARM_DAYS = (7, 1)
"""Days before a due date or a dialogue on which the calendar program reminds the person, at `ALARM_HOUR`."""
ALARM_HOUR = timedelta(hours=8)
"""Entries last whole days, which begin at midnight. Nobody wants to be woken."""


class FeedEntry(NamedTuple):
    """An entry of the feed. `key` stays the same for the same record, so that calendar programs update the entry.

    `has_alarm`: the calendar program reminds the person of it.
    """

    key: str
    day: date
    title: str
    url: str
    is_cancelled: bool = False
    has_alarm: bool = False


def build_feed(user: User, editions: Iterable[Edition], now: datetime) -> bytes:
    """Return the feed of a person over these editions. `now` is an aware moment of the domain."""
    calendar = new_calendar()
    calendar.add("x-wr-calname", "TIP Tracker")
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"value": "DURATION"})
    today, seen = now.date(), set()
    for edition in editions:
        for entry in _list_entries(gather_days(user, edition, today), edition, today):
            if entry.key not in seen:
                seen.add(entry.key)
                calendar.add_component(_event(entry, now))
    content: bytes = calendar.to_ical()
    return content


def _list_entries(days: Iterable[CalendarDay], edition: Edition, today: date) -> Iterator[FeedEntry]:
    """Yield what a person needs of an edition in their calendar: days not far away, on which something is expected.

    The entries of two editions of a country have the same keys for the same commitments.
    """
    shown = [day for day in days if -DAYS_BACK <= day.shown_on - today <= DAYS_AHEAD and _is_expected(day)]
    due = Counter(day.shown_on for day in shown if day.kind is DayKind.DUE)
    crowded = {on for on, number in due.items() if number > MOST_A_DAY}
    for day in shown:
        if day.kind is not DayKind.DUE or day.shown_on not in crowded:
            yield _entry(day, edition, today)
    for on in sorted(crowded):
        yield _count_entry([day for day in shown if day.kind is DayKind.DUE and day.shown_on == on], edition, today)


def _is_expected(day: CalendarDay) -> bool:
    """Return whether a calendar need show the day: not if a commitment or request is settled."""
    settled: Collection[ChoiceEnum] = {DayKind.DUE: SETTLED, DayKind.REQUEST: SETTLED_REQUESTS}.get(day.kind, ())
    return day.status not in settled


def _entry(day: CalendarDay, edition: Edition, today: date) -> FeedEntry:
    values = {"number": day.row_id, "year": edition.year, "country": edition.country.name}
    has_alarm = _has_alarm(day, today)
    match day.kind:
        case DayKind.MILESTONE:
            name = day.milestone.label_with_owner if day.milestone else day.kind.label
            if day.is_about:
                name = sentences.name_estimated(name)
            title = f"{name} ({gettext('%(country)s, %(year)d edition') % values})"
            url = reverse("milestone_detail", args=[day.row_id])
            return FeedEntry(f"milestone-{day.row_id}", day.shown_on, title, url)
        case DayKind.DIALOGUE:
            url = reverse("dialogue_detail", args=[day.row_id])
            is_cancelled = day.status is DialogueStage.CALLED_OFF
            title = gettext("Dialogue")
            return FeedEntry(dialogue_key(day.row_id), day.shown_on, title, url, is_cancelled, has_alarm)
        case DayKind.REQUEST:
            url = reverse("information_request_detail", args=[day.row_id])
            title = gettext("Request for information %(number)d is due") % values
            return FeedEntry(f"request-{day.row_id}", day.shown_on, title, url, has_alarm=has_alarm)
        case _:
            url = reverse("commitment_detail", args=[day.row_id])
            title = gettext("Commitment %(number)d is due") % values
            return FeedEntry(f"commitment-{day.row_id}", day.shown_on, title, url, has_alarm=has_alarm)


def _count_entry(days: list[CalendarDay], edition: Edition, today: date) -> FeedEntry:
    """Return the entry of a day on which many commitments are due."""
    on = days[0].shown_on
    title = ngettext("%(number)d commitment is due", "%(number)d commitments are due", len(days))
    query = {"due_from": on.isoformat(), "due_to": on.isoformat()}
    return FeedEntry(
        f"due-{edition.country.code}-{on.isoformat()}",
        on,
        title % {"number": len(days)},
        edition_url(edition, "commitment_list", query=query),
        has_alarm=any(_has_alarm(day, today) for day in days),
    )


def _has_alarm(day: CalendarDay, today: date) -> bool:
    """Return whether to remind of a day: it is ahead, still takes place, and waits for something."""
    is_over = day.shown_on < today or day.status is DialogueStage.CALLED_OFF
    return not is_over and day.kind is not DayKind.MILESTONE and day.status not in UNALARMED


def _event(entry: FeedEntry, now: datetime) -> Event:
    event = new_event(entry.key, entry.day, entry.title, urljoin(settings.PUBLIC_URL, entry.url), now)
    if entry.is_cancelled:
        event.add("status", "CANCELLED")
    if entry.has_alarm:
        for days in ALARM_DAYS:
            event.add_component(_alarm(entry, days))
    return event


def _alarm(entry: FeedEntry, days: int) -> Alarm:
    """Return the reminder of an entry, in the morning so many days before it."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", ALARM_HOUR - timedelta(days=days))
    alarm.add("description", entry.title)
    return alarm
