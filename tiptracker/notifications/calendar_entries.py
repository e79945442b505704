"""What all calendar entries have in common, in the feed and in mails (RFC 5545)."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from tiptracker.localization import gettext


def new_calendar(*, method: str = "") -> Calendar:
    """Return a calendar without entries. `method` says what to do with them (RFC 5546)."""
    calendar = Calendar()
    calendar.add("prodid", "-//TIP Tracker//EN")
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    return calendar


def dialogue_key(pk: int | str) -> str:
    """Return what all entries of a dialogue have in common, whoever gets them."""
    return f"dialogue-{pk}"


def new_event(key: str, day: date, title: str, url: str, stamp: datetime) -> Event:
    """Return an entry that lasts a whole day.

    Args:
        key: what stays the same for the same record, so that calendar programs update the entry.
        stamp: when the entry is written.
    """
    event = Event()
    event.add("uid", f"{key}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", title)
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def new_dialogue_event(
    pk: int | str, day: date, url: str, stamp: datetime, *, sequence: int, is_cancelled: bool
) -> Event:
    """Return the entry of a dialogue in a mail or in a file, without its place.

    Args:
        url: where the reader finds the place, after signing in.
        sequence: how often the dialogue had changed. Calendar programs keep the entry with the most.
    """
    event = new_event(dialogue_key(pk), day, gettext("Dialogue (TIP Tracker)"), url, stamp)
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("description", "\n".join([gettext("Sign in to TIP Tracker to see the place:"), url]))
    return event
