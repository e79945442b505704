"""What all calendar entries have in common, in the feed and in mails (RFC 5545)."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Event


def new_calendar() -> Calendar:
    """Return a calendar without entries."""
    calendar = Calendar()
    calendar.add("prodid", "-//TIP Tracker//EN")
    calendar.add("version", "2.0")
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
