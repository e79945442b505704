"""The year before a tracking period, and which edition is current, upcoming, past or shown on a day."""

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from django.urls import reverse

from recommendations.choices import Phase
from recommendations.tracking_period import (
    default_tracking_period,
    find_covering_edition,
    pick_default_edition,
    tracking_phase,
    year_before,
)
from reports.readiness.gathering import gather_facts
from tests.factories import BenchmarkFactory, EditionFactory, OfficerFactory, ReadingFactory

DAY = timedelta(days=1)


class Year(NamedTuple):
    starts_on: date
    ends_on: date

    def covers(self, first, last):
        return self.starts_on <= (first or last) and last <= self.ends_on


Y2020, Y2021, Y2022, Y2024 = (Year(*default_tracking_period(year)) for year in (2020, 2021, 2022, 2024))
WINTER, LAST_DAY, SPRING, LONG_BEFORE = date(2022, 1, 28), date(2022, 3, 31), date(2022, 4, 1), date(2019, 1, 1)


@pytest.mark.parametrize(
    ("edition", "day", "expected"),
    [
        (Y2021, date(2021, 3, 31), Phase.UPCOMING),
        (Y2021, date(2021, 4, 1), Phase.CURRENT),
        (Y2021, LAST_DAY, Phase.CURRENT),
        (Y2021, SPRING, Phase.PAST),
    ],
)
def test_an_edition_is_current_from_the_first_to_the_last_day_of_its_tracking_period(edition, day, expected):
    assert tracking_phase(edition, day) is expected


@pytest.mark.parametrize(
    ("editions", "day", "expected"),
    [
        ([], WINTER, None),
        ([Y2021], WINTER, Y2021),
        ([Y2022, Y2021, Y2020], WINTER, Y2021),
        ([Y2020, Y2021, Y2022], WINTER, Y2021),
        ([Y2022, Y2021], LAST_DAY, Y2021),
        ([Y2022, Y2021], SPRING, Y2022),
        # From April until the report there is none that holds the day.
        ([Y2021, Y2020], SPRING, Y2021),
        ([Y2024, Y2021, Y2020], SPRING, Y2021),
        ([Y2022, Y2020], WINTER, Y2020),
        # Nothing has begun yet.
        ([Y2022], WINTER, Y2022),
        ([Y2024, Y2022], WINTER, Y2022),
        ([Y2022, Y2021, Y2020], LONG_BEFORE, Y2020),
    ],
)
def test_the_current_edition_is_at_hand_else_the_newest_past_else_the_next_to_come(editions, day, expected):
    assert pick_default_edition(editions, day) is expected


def test_a_span_belongs_to_the_edition_that_holds_it_else_to_the_first():
    assert find_covering_edition([Y2021, Y2022, Y2020], date(2022, 4, 2), date(2022, 5, 1)) is Y2022
    assert find_covering_edition([Y2021, Y2022, Y2020], date(2019, 1, 1), date(2019, 1, 2)) is Y2021
    assert find_covering_edition([], None, WINTER) is None


def test_the_year_before_any_day_is_a_whole_year_that_ends_on_its_eve():
    for number in range(date(1900, 1, 1).toordinal(), date(2300, 1, 1).toordinal()):
        day = date.fromordinal(number)
        first, last = year_before(day)

        assert last + DAY == day
        assert (last - first + DAY).days in (365, 366)
        assert (first.month, first.day) == ((3, 1) if (day.month, day.day) == (2, 29) else (day.month, day.day))


@pytest.mark.django_db
def test_an_edition_tracked_from_29_february_is_shown_like_any_other(client):
    edition = EditionFactory(year=2021, starts_on=date(2020, 2, 29), ends_on=date(2022, 2, 27))
    benchmark = BenchmarkFactory(recommendation__edition=edition)
    before = {"starts_on": date(2019, 3, 1), "through_on": date(2020, 2, 28), "figure": 4}
    ReadingFactory(indicator__question="prosecutions", **before)
    client.force_login(OfficerFactory())

    assert gather_facts(edition).edition.previous.starts_on == date(2019, 3, 1)
    pages = ("dashboard", "readiness_detail", "indicator_list", "evidence_log", "indicator_enter", "timeline")
    statuses = {name: client.get(reverse(name)).status_code for name in pages}
    assert statuses == dict.fromkeys(pages, 200)
    assert "1 March 2019 to 28 February 2020" in client.get(reverse("evidence_log")).text
    assert client.get(reverse("recommendation_detail", args=[benchmark.recommendation_id])).status_code == 200
