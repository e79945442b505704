"""Nightly readiness: one job a country in its own night, changed ones first, each edition that is not over."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from recommendations.models import Edition
from reports.actions import nightly_readiness
from reports.actions.nightly_readiness import compute_country_readiness, queue_countries
from reports.models import ReadinessRun
from reports.tasks import readiness_nightly
from tests.factories import CountryFactory, RecommendationFactory
from tests.transactions import record_log_entry
from tiptracker.accounts.models import Country
from tiptracker.celery import app
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 28)
"""The day of the tests' clock."""
NOON = datetime(2022, 1, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_edition(code, zone="Africa/Maseru", **values):
    country = CountryFactory(code=code, name=f"Country {code}", time_zone=zone)
    return RecommendationFactory(
        edition__country=country, **{f"edition__{name}": value for name, value in values.items()}
    ).edition


def make_countries(*codes):
    return [make_edition(code).country for code in codes]


def queue(now=NOON):
    return queue_countries(now=now, logged_by=timezone.now())


def days_computed():
    rows = ReadinessRun.objects.order_by("edition__country__code", "as_of")
    return list(rows.values_list("edition__country__code", "as_of"))


def test_the_schedule_calls_it_by_its_name_every_hour():
    entry = app.conf.beat_schedule["readiness-nightly"]

    assert entry["task"] == readiness_nightly.name
    assert entry["schedule"].hour == set(range(24))


def test_each_country_has_its_work_in_its_own_night():
    zones = {"XAA": "Pacific/Auckland", "XAB": "Africa/Maseru", "XAC": "America/Lima"}
    for code, zone in zones.items():
        make_edition(code, zone)
    begun = []
    for hour in range(24):
        now = datetime(2022, 1, 28, hour, 5, tzinfo=UTC)
        for country in Country.objects.filter(pk__in=queue(now)):
            compute_country_readiness(country=country, now=now)
            begun.append((hour, country.code))
        Job.objects.update(state=State.READY)

    # At first what the night before left out, then at one o'clock in Lima, Auckland and Maseru.
    assert begun == [(0, "XAA"), (0, "XAB"), (0, "XAC"), (6, "XAC"), (12, "XAA"), (23, "XAB")]


def test_current_and_upcoming_editions_are_computed_and_none_that_is_over(run_jobs):
    current = RecommendationFactory().edition
    for year in (2019, 2023):
        make_edition(current.country.code, year=year, starts_on=date(year - 1, 4, 1), ends_on=date(year, 3, 31))
    readiness_nightly()
    jobs = run_jobs()

    assert [(job.kind, job.key, job.state) for job in jobs] == [
        ("country_readiness", str(current.country_id), State.READY)
    ]
    years = ReadinessRun.objects.order_by("edition__year").values_list("edition__year", "as_of")
    assert list(years) == [(2021, DAY), (2023, DAY)]


def test_a_country_whose_editions_are_over_or_have_no_recommendations_has_no_work():
    make_edition("XAA", ends_on=DAY - timedelta(days=1))
    Edition.objects.create(
        country=CountryFactory(),
        year=2021,
        tier="2WL",
        starts_on=date(2021, 4, 1),
        ends_on=date(2022, 3, 31),
        source="x",
    )

    assert queue() == []


def test_countries_with_recent_changes_come_first():
    first, second, third, fourth = make_countries("XAA", "XAB", "XAC", "XAD")
    record_log_entry("evidence.logged", by=None, country=third)
    record_log_entry("briefing.downloaded", by=None, country=second)

    assert queue() == [third.pk, first.pk, second.pk, fourth.pk]
    assert [job.key for job in Job.objects.order_by("pk")] == [
        str(key) for key in (third.pk, first.pk, second.pk, fourth.pk)
    ]


def test_a_change_of_two_days_ago_puts_no_country_first():
    first, second = make_countries("XAA", "XAB")
    record_log_entry("evidence.logged", by=None, country=second)

    assert queue_countries(now=NOON, logged_by=timezone.now() + timedelta(days=2)) == [first.pk, second.pk]


def test_a_repeated_run_of_the_same_night_does_nothing_twice(run_jobs):
    make_countries("XAA", "XAB")

    assert len(queue()) == 2
    assert queue() == []  # while the jobs wait
    Job.objects.update(state=State.RUNNING)
    assert queue() == []
    assert not Job.objects.filter(is_wanted_again=True).exists()
    Job.objects.update(state=State.QUEUED)
    run_jobs()
    assert queue(NOON + HOUR) == []
    assert len(queue(NOON + timedelta(days=1))) == 2
    assert days_computed() == [("XAA", DAY), ("XAB", DAY)]


def test_a_country_that_fails_stops_no_other_and_is_tried_again_the_next_hour(run_jobs, monkeypatch, caplog):
    broken, sound = make_countries("XAA", "XAB")
    later = make_edition("XAA", year=2023, starts_on=date(2022, 4, 1), ends_on=date(2023, 3, 31))
    compute = nightly_readiness.compute_readiness

    def fail(*, edition, **values):
        if edition.country_id == broken.pk and edition != later:
            raise ValueError("figure")
        return compute(edition=edition, **values)

    monkeypatch.setattr(nightly_readiness, "compute_readiness", fail)
    queue()
    jobs = run_jobs()

    assert [(job.key, job.state) for job in jobs] == [(str(broken.pk), State.FAILED), (str(sound.pk), State.READY)]
    assert "Something went wrong on our side." in jobs[0].reason
    assert "ValueError: figure" in caplog.text
    assert set(ReadinessRun.objects.values_list("edition", flat=True)) == {later.pk, sound.editions.get().pk}
    monkeypatch.undo()
    assert queue(NOON + HOUR) == [broken.pk]
    assert run_jobs()[0].state == State.READY


@pytest.mark.parametrize("many", [1, 3, 30])
def test_finding_due_countries_takes_as_many_queries_however_many_there_are(
    many, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(nightly_readiness, "enqueue", lambda kind, key: None)
    for number in range(many):
        make_edition(f"XA{chr(65 + number % 26)}" if number < 26 else f"XB{chr(39 + number)}")

    with django_assert_num_queries(5):
        assert len(queue()) == many
