"""When a digest is due, from values alone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tiptracker.notifications.digest_times import (
    DigestTimes,
    latest_daily_digest,
    latest_weekly_digest,
    public_holidays,
)

MASERU = ZoneInfo("Africa/Maseru")
USUAL = DigestTimes()


def at(text: str, zone: ZoneInfo = MASERU) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2022-01-12 07:59", "2022-01-11 08:00"),
        ("2022-01-12 08:00", "2022-01-12 08:00"),
        ("2022-01-10 07:00", "2022-01-07 08:00"),  # a Monday before eight: Friday's
        ("2022-01-16 12:00", "2022-01-14 08:00"),  # a Sunday
    ],
)
def test_the_newest_daily_digest_is_at_the_hour_of_a_working_day(now, expected):
    assert latest_daily_digest(USUAL, at(now), MASERU) == at(expected)


def test_the_hour_is_of_the_country_whatever_zone_the_moment_has():
    now = datetime(2022, 1, 12, 6, 30, tzinfo=UTC)  # 08:30 in Maseru

    assert latest_daily_digest(USUAL, now, MASERU) == at("2022-01-12 08:00")
    assert latest_daily_digest(USUAL, now, ZoneInfo("America/New_York")).date() == date(2022, 1, 11)


@pytest.mark.parametrize(
    ("days_off", "expected"), [(set(), "2022-01-10 08:00"), ({date(2022, 1, 10)}, "2022-01-11 08:00")]
)
def test_a_weekly_digest_moves_to_the_next_working_day(days_off, expected):
    assert latest_weekly_digest(USUAL, at("2022-01-14 12:00"), MASERU, days_off) == at(expected)


def test_other_working_days_and_hours_are_followed():
    times = DigestTimes(hour=17, working_days="6", weekly_on=6)  # Sundays

    assert latest_daily_digest(times, at("2022-01-14 12:00"), MASERU) == at("2022-01-09 17:00")


def test_a_skipped_hour_of_summer_time_still_has_its_digest():
    berlin = ZoneInfo("Europe/Berlin")
    times = DigestTimes(hour=2, working_days="0123456")

    found = latest_daily_digest(times, at("2022-03-27 12:00", berlin), berlin)

    assert found is not None
    assert found.date() == date(2022, 3, 27)


def test_lesothos_public_holidays_are_known_and_an_unknown_country_has_none():
    assert date(2021, 10, 4) in public_holidays("LSO", 2021)
    assert public_holidays("XXX", 2021) == frozenset()
