"""Scheduled work: the daily briefing through its real tasks. What a worker loads for its tasks."""

import gc
import subprocess
import sys
from datetime import date, time
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.utils import timezone

from recommendations.actions.readiness_jobs import enqueue_readiness
from reports import current_briefing
from reports.briefings import pdf
from reports.models import Briefing
from reports.tasks import RUN_INTERVAL, current_briefings, preload_engine
from tests.factories import (
    AmbassadorFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    RecommendationFactory,
)
from tests.transactions import record_log_entry
from tiptracker.celery import app
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_quiet_period(monkeypatch):
    """The quiet period is zero."""
    monkeypatch.setattr(current_briefing, "QUIET_PERIOD", current_briefing.QUIET_PERIOD * 0)


@pytest.fixture
def run_schedule(run_jobs):
    def run():
        current_briefings()
        return [job.key for job in run_jobs()]

    return run


def current_briefing_days():
    return [(row.edition.country.code, row.as_of) for row in Briefing.objects.filter(requested_by=None).order_by("pk")]


def test_the_beat_calls_it_by_its_name_twice_a_minute():
    entry = app.conf.beat_schedule["current-briefings"]

    assert entry["task"] == current_briefings.name
    assert entry["options"]["expires"] < entry["schedule"] <= 60


def test_the_first_change_is_computed_at_once_and_those_of_the_next_minute_together(run_jobs):
    edition = RecommendationFactory().edition

    def change():
        EvidenceFactory(country=edition.country)
        enqueue_readiness(edition.country_id)
        return [job.state for job in run_jobs()], edition.readiness_runs.count()

    assert change() == ([State.READY], 1)
    assert [change(), change()] == [([State.QUEUED], 1), ([], 1)]
    Job.objects.filter(state=State.READY).update(finished_at=timezone.now() - RUN_INTERVAL)
    Job.objects.filter(state=State.QUEUED).update(due_at=timezone.now())
    assert [job.state for job in run_jobs()] == [State.READY]
    assert len(edition.readiness_runs.latest("pk").facts["evidence"]) == 3


def test_the_briefing_is_made_once_and_again_after_a_change(run_schedule):
    edition = RecommendationFactory().edition
    AmbassadorFactory()

    assert [run_schedule(), run_schedule()] == [[str(edition.pk)], []]
    EvidenceFactory(title="The unit’s budget was released", country=edition.country)
    record_log_entry("evidence.logged", by=None, country=edition.country)
    assert [run_schedule(), run_schedule()] == [[str(edition.pk)], []]
    assert current_briefing_days() == [("LSO", date(2022, 1, 28))]


def test_reading_and_downloading_briefings_makes_no_new_one(run_schedule, client):
    edition = RecommendationFactory().edition
    client.force_login(AmbassadorFactory())
    run_schedule()
    taken = client.get(f"/briefings/{Briefing.objects.get().pk}/file/")
    assert b"".join(taken.streaming_content).startswith(b"%PDF")
    record_log_entry("evidence.viewed", by=None, country=edition.country)

    assert run_schedule() == []


def test_an_edition_without_recommendations_has_none(run_schedule):
    AmbassadorFactory(countries=[EditionFactory().country])

    assert run_schedule() == []


def test_each_country_has_its_own_midnight(run_schedule, set_clock):
    """Maseru is two hours ahead of London in January."""
    here = RecommendationFactory().edition
    there = RecommendationFactory(
        edition__country=CountryFactory(code="GBR", name="Elsewhere", time_zone="Europe/London"), lead=None
    ).edition
    AmbassadorFactory(countries=[here.country])
    AmbassadorFactory(email="there@post.example", countries=[there.country])
    set_clock(date(2022, 1, 28), time(23, 59))
    assert sorted(run_schedule()) == sorted([str(here.pk), str(there.pk)])

    set_clock(date(2022, 1, 29), time(0, 1))
    assert run_schedule() == [str(here.pk)]
    assert sorted(current_briefing_days()) == [("GBR", date(2022, 1, 28)), ("LSO", date(2022, 1, 29))]
    set_clock(date(2022, 1, 29), time(2, 1))
    assert run_schedule() == [str(there.pk)]


def test_an_open_job_is_not_asked_for_twice():
    RecommendationFactory()
    AmbassadorFactory()
    current_briefings()
    current_briefings()

    assert Job.objects.filter(kind=current_briefing.JOB_KIND).count() == 1
    assert timezone.now() >= Job.objects.get().queued_at


def test_the_schedule_sends_as_many_queries_however_many_briefings_there_are(django_assert_num_queries, run_schedule):
    edition = RecommendationFactory().edition
    ambassador = AmbassadorFactory()
    for day in (28, 29, 30):
        run_schedule()
        row = Briefing.objects.filter(requested_by=None).latest("pk")
        row.downloads.create(by=ambassador, at=row.known_by, sha256=row.sha256)
        record_log_entry("evidence.logged", by=None, country=edition.country)
        EvidenceFactory(title=f"Recorded {day}")
    run_schedule()

    # 1 editions; of the one: 1 reader, 1 last job, 1 briefing, 1 log
    with django_assert_num_queries(5):
        current_briefings()


# --- What a worker loads ----------------------------------------------------------------------------------------------

LOADED_BY_TASKS = """
import sys, django
django.setup()
from tiptracker.celery import app
app.loader.import_default_modules()
print(*sys.modules, sep="\\n")
"""


def test_a_worker_loads_no_page_and_nothing_that_few_tasks_need():
    done = subprocess.run(
        [sys.executable, "-c", LOADED_BY_TASKS], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())

    assert "reports.tasks" in loaded
    assert {name for name in loaded if name.startswith(("reports.views", "reports.api", "dialogues.views"))} == set()
    assert loaded & {"tiptracker.urls", "rest_framework.views", "docx", "icalendar"} == set()


@pytest.mark.parametrize(("queues", "loads"), [(["celery"], True), (["celery", "mail"], True), (["mail"], False)])
def test_only_a_worker_that_renders_loads_the_engine_before_it_forks(monkeypatch, queues, loads):
    done = []
    monkeypatch.setattr(pdf, "preload_engine", lambda: done.append("loaded"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("out of the collector's sight"))
    worker = SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=SimpleNamespace(consume_from=queues))))

    preload_engine(sender=worker)

    assert done == (["loaded", "out of the collector's sight"] if loads else [])
