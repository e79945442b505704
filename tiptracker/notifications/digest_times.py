"""When a digest is due: a person's hour and days, in the time zone of their country. No Django here."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

LOOK_BACK_DAYS = 28
"""How far back a digest is looked for. No row of days off is longer."""
DEFAULT_HOUR = 8
DEFAULT_WORKING_DAYS = "01234"
DEFAULT_WEEKDAY = 0


class DigestTimes(NamedTuple):
    """When a person wants digests: the hour (0 to 23), the working days and the day of the weekly one.

    Days of the week are numbered from 0, Monday. `on_holidays`: also on public holidays.
    """

    hour: int = DEFAULT_HOUR
    working_days: str = DEFAULT_WORKING_DAYS
    weekly_on: int = DEFAULT_WEEKDAY
    on_holidays: bool = False


def latest_daily_digest(
    times: DigestTimes, now: datetime, zone: ZoneInfo, days_off: Collection[date] = ()
) -> datetime | None:
    """Return the newest moment up to `now` at which a daily digest was due, or None if there was none for four weeks.

    Args:
        now: an aware moment.
        zone: the time zone of the person's country.
        days_off: public holidays, as dates of the country.
    """
    local = now.astimezone(zone)
    for back in range(LOOK_BACK_DAYS):
        day = local.date() - timedelta(days=back)
        moment = datetime.combine(day, time(times.hour), zone)
        if moment <= local and _is_working_day(times, day, days_off):
            return moment
    return None


def latest_weekly_digest(
    times: DigestTimes, now: datetime, zone: ZoneInfo, days_off: Collection[date] = ()
) -> datetime | None:
    """Return the newest moment up to `now` at which a weekly digest was due.

    If the chosen day is a day off, the digest is due on the next working day.
    """
    local = now.astimezone(zone)
    for back in range(LOOK_BACK_DAYS):
        day = local.date() - timedelta(days=back)
        moment = datetime.combine(day, time(times.hour), zone)
        if moment > local or not _is_working_day(times, day, days_off):
            continue
        since_chosen_day = (day.weekday() - times.weekly_on) % 7
        earlier = [day - timedelta(days=number) for number in range(1, since_chosen_day + 1)]
        if not any(_is_working_day(times, other, days_off) for other in earlier):
            return moment
    return None


@cache
def public_holidays(country_code: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country (ISO 3166-1 alpha-3) in a year; none if the package knows none."""
    try:
        return frozenset(holidays.country_holidays(country_code, years=year))
    except NotImplementedError:
        return frozenset()


def _is_working_day(times: DigestTimes, day: date, days_off: Collection[date]) -> bool:
    return str(day.weekday()) in times.working_days and (times.on_holidays or day not in days_off)
