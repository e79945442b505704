"""Domain time: the current moment as the record sees it.

Only interfaces (views, API, tasks, commands) read the clock. Everything below them takes `day`, `on` or `now` as an
argument. Only this module knows that a demonstration runs on another day. Sessions, codes, jobs and logs are stored
in machine time and shown in domain time (`to_domain_time`).
"""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


@cache
def _demo_offset(stated: str) -> timedelta:
    """Return how far domain time is ahead of machine time, from DEMO_CLOCK. Zero without it."""
    if not stated:
        return timedelta()
    domain, machine = map(datetime.fromisoformat, stated.split())
    return domain - machine


def now(zone: str | None = None) -> datetime:
    """Return the current domain time, aware, in `zone` (an IANA name) or in the user's time zone.

    The calendar day of the result is the day in that zone.
    """
    moment = to_domain_time(timezone.now())
    return moment.astimezone(ZoneInfo(zone) if zone else timezone.get_current_timezone())


def to_domain_time(moment: datetime) -> datetime:
    """Convert machine time to domain time. The two differ only in a demonstration."""
    return moment + _demo_offset(settings.DEMO_CLOCK)


def to_machine_time(moment: datetime) -> datetime:
    """Convert domain time to machine time, in which sessions, jobs and the log are stored."""
    return moment - _demo_offset(settings.DEMO_CLOCK)


def today(zone: str | None = None) -> date:
    """Return the calendar day in `zone`, or in the user's time zone."""
    return now(zone).date()
