"""Moments in addresses and commands."""

from datetime import UTC, datetime, timedelta

import pytest

from tiptracker.moments import parse_moment


@pytest.mark.parametrize("zone", ["+02:00", "+14:00", "-12:00", "+15:59"])
def test_a_moment_keeps_its_zone(zone):
    told = f"2022-01-28T09:00:00{zone}"

    assert parse_moment(told).isoformat() == told


@pytest.mark.parametrize(("zone", "hours"), [("+19:30", 19.5), ("-23:00", -23), ("+16:00", 16)])
def test_an_offset_that_no_database_takes_is_converted_to_utc(zone, hours):
    meant = parse_moment(f"2842-02-11T13:52:07{zone}")

    assert meant == datetime(2842, 2, 11, 13, 52, 7, tzinfo=UTC) - timedelta(hours=hours)
    assert meant.utcoffset() == timedelta()
