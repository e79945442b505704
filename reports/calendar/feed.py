"""A person's calendar as iCalendar (RFC 5545): the days that they may see, with titles that anyone may read.

Calendar programs store feeds on other people's servers, so an entry holds no text of the record: what kind of day it
is, a number, and the address of the page. Who opens that page has to sign in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from icalendar import Alarm, Event

from dialogues.choices import CommitmentStatus, DialogueStage, RequestStatus
from recommendations.edition_context import edition_url
from recommendations.models import Edition
from reports.calendar.gathering import gather_days
from reports.calendar.year import SETTLED_REQUESTS, CalendarDay, DayKind
from tiptracker.accounts.models import User
from tiptracker.localization import gettext
from tiptracker.notifications.calendar_entries import dialogue_key, new_calendar, new_event

SETTLED = frozenset({CommitmentStatus.VERIFIED, CommitmentStatus.WITHDRAWN, CommitmentStatus.REPORTED})
"""Commitments with these statuses need no date in a calendar."""
REFRESH_INTERVAL = timedelta(hours=6)
UNALARMED = frozenset({CommitmentStatus.WITH_EMBASSY, RequestStatus.WITH_EMBASSY})
"""Commitments and requests with these statuses have a date, but nobody needs to be reminded of it."""
ALARM_DAYS = (7, 1)
"""Days before a due date or a dialogue on which the calendar program reminds the person, at `ALARM_HOUR`."""
ALARM_HOUR = timedelta(hours=8)
"""Entries last whole days, which begin at midnight. Nobody wants to be woken."""


class FeedEntry(NamedTuple):
    """An entry of the feed. `key` stays the same for the same record, so that calendar programs update the entry."""

    key: str
    title: str
    url: str
    is_cancelled: bool


def build_feed(user: User, editions: Iterable[Edition], now: datetime) -> bytes:
    """Return the feed of a person over these editions. `now` is an aware moment of the domain."""
    calendar = new_calendar()
    calendar.add("x-wr-calname", "TIP Tracker")
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"value": "DURATION"})
    seen = set()
    for edition in editions:
        for day in gather_days(user, edition, now.date()):
            entry = _entry(day, edition)
            if entry is not None and entry.key not in seen:
                seen.add(entry.key)
                calendar.add_component(_event(entry, day, now))
    content: bytes = calendar.to_ical()
    return content


def _entry(day: CalendarDay, edition: Edition) -> FeedEntry | None:
    """Return the entry of a day, or None if the calendar need not show it."""
    values = {"number": day.row_id, "year": edition.year, "country": edition.country.name}
    match day.kind:
        case DayKind.MILESTONE:
            title = f"{day.title} ({gettext('%(country)s, %(year)d edition') % values})"
            return FeedEntry(f"milestone-{day.row_id}", title, edition_url(edition, "timeline"), is_cancelled=False)
        case DayKind.DIALOGUE:
            url = reverse("dialogue_detail", args=[day.row_id])
            is_cancelled = day.status is DialogueStage.CALLED_OFF
            return FeedEntry(dialogue_key(day.row_id), gettext("Dialogue"), url, is_cancelled)
        case DayKind.REQUEST:
            if day.status in SETTLED_REQUESTS:
                return None
            url = reverse("information_request_detail", args=[day.row_id])
            title = gettext("Request for information %(number)d is due") % values
            return FeedEntry(f"request-{day.row_id}", title, url, is_cancelled=False)
        case _:
            if day.status in SETTLED:
                return None
            url = reverse("commitment_detail", args=[day.row_id])
            title = gettext("Commitment %(number)d is due") % values
            return FeedEntry(f"commitment-{day.row_id}", title, url, is_cancelled=False)


def _event(entry: FeedEntry, day: CalendarDay, now: datetime) -> Event:
    event = new_event(entry.key, day.shown_on, entry.title, urljoin(settings.PUBLIC_URL, entry.url), now)
    if entry.is_cancelled:
        event.add("status", "CANCELLED")
    elif day.shown_on >= now.date() and day.kind is not DayKind.MILESTONE and day.status not in UNALARMED:
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
