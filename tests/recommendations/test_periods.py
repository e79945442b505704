"""The year before a tracking period, from whatever day that begins."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from recommendations.periods import year_before
from reports.facts import gather_facts
from tests.factories import BenchmarkFactory, EditionFactory, OfficerFactory, ReadingFactory

DAY = timedelta(days=1)


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
