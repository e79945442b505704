"""Domain time. Only interfaces (views, API, tasks, commands) ask; everything below takes `day`, `on`, `now`.

The one place that knows the demonstration's day. Sessions, codes, jobs and logs are kept in the machine's time, and
shown in the domain's (`to_domain_time`).
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


@cache
def _demo_offset(stated: str) -> tuple[datetime, datetime]:
    domain, machine = stated.split()
    return datetime.fromisoformat(domain), datetime.fromisoformat(machine)


def now(zone: str | None = None) -> datetime:
    """The moment, aware, in `zone` (an IANA name) or the zone of whoever asks: it carries the calendar day too."""
    moment = to_domain_time(timezone.now())
    return moment.astimezone(ZoneInfo(zone) if zone else timezone.get_current_timezone())


def to_domain_time(moment: datetime) -> datetime:
    """Tell a moment that is kept in the machine's time in the domain's: another one in a demonstration alone."""
    if not settings.DEMO_CLOCK:
        return moment
    domain, machine = _demo_offset(settings.DEMO_CLOCK)
    return domain + (moment - machine)


def to_machine_time(moment: datetime) -> datetime:
    """Turn a moment of the domain's time into the machine's, by which sessions, jobs and the log are kept."""
    if not settings.DEMO_CLOCK:
        return moment
    domain, machine = _demo_offset(settings.DEMO_CLOCK)
    return machine + (moment - domain)


def today(zone: str | None = None) -> date:
    """The calendar day in `zone`, or in the zone of whoever asks."""
    return now(zone).date()


def country_time_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a person's dates and times are those of the country they work on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        zone = request.user.time_zone() if request.user.is_authenticated else None
        with timezone.override(ZoneInfo(zone) if zone else None):  # also ends what an API token's person began
            return get_response(request)

    return middleware
