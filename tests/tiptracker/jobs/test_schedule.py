"""One process keeps the schedule, whatever number runs, and it goes on after what happens to clocks and servers."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from celery.schedules import crontab
from django.db import OperationalError, connection

from tiptracker.celery import app
from tiptracker.infrastructure.database import BoundedConnection
from tiptracker.jobs import schedule
from tiptracker.jobs.schedule import Scheduler

NIGHTLY = {"night": {"task": "a nightly task", "schedule": crontab(hour=3, minute=10)}}
OFTEN = {"often": {"task": "a frequent task", "schedule": 5.0}}
postgres_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite serves one machine")
pytestmark = pytest.mark.django_db


class Clock:
    """What the time is for Celery."""

    def __init__(self):
        self.now = datetime(2022, 1, 28, 3, 9, 59, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def start(tmp_path, clock, monkeypatch):
    """Start a process that runs the schedule; `sent` of it lists what it sent, `broker_takes` may be set to False."""
    started, usual = [], app.conf.beat_schedule

    def start_one(entries, *, file="schedule"):
        monkeypatch.setattr(app, "now", clock)
        app.conf.beat_schedule = entries
        scheduler = Scheduler(app, schedule_filename=str(tmp_path / file))
        scheduler.sent, scheduler.broker_takes = [], True
        scheduler.producer = None

        def send_task(name, *_, **__):
            if not scheduler.broker_takes:
                raise OSError("no broker")
            scheduler.sent.append(name)

        scheduler.send_task = send_task
        started.append(scheduler)
        return scheduler

    yield start_one
    for scheduler in started:
        scheduler.close()
    app.conf.beat_schedule = usual


def run(scheduler):
    """Let it look at the schedule until it has nothing more to do; the seconds until it looks again."""
    for _ in range(20):
        if seconds := scheduler.tick():
            return seconds
    raise AssertionError("It always has something to do.")


def pass_time(clock, **time):
    clock.now += timedelta(**time)


def test_what_is_due_is_sent_once(start, clock):
    kept = start(NIGHTLY | OFTEN)
    run(kept)
    pass_time(clock, seconds=6)
    run(kept)
    run(kept)

    assert sorted(kept.sent) == ["a frequent task", "a nightly task"]


def test_a_night_that_was_missed_is_made_up_for_after_a_restart(start, clock):
    first = start(NIGHTLY)
    run(first)
    first.close()
    pass_time(clock, hours=2)
    second = start(NIGHTLY)
    run(second)

    assert (first.sent, second.sent) == ([], ["a nightly task"])


@pytest.mark.parametrize("entries", [NIGHTLY, OFTEN])
def test_the_schedule_goes_on_after_the_clock_was_put_back(start, clock, entries):
    kept = start(entries)
    run(kept)
    pass_time(clock, minutes=5)
    run(kept)
    assert len(kept.sent) == 1

    pass_time(clock, hours=-1)
    run(kept)
    pass_time(clock, minutes=58 if entries is NIGHTLY else 1)
    run(kept)

    assert len(kept.sent) == 2


def test_a_message_that_the_broker_did_not_take_is_sent_again(start, clock, monkeypatch):
    monkeypatch.setattr(schedule, "RESEND_SECONDS", 0.0)
    kept = start(NIGHTLY)
    run(kept)
    kept.broker_takes = False
    pass_time(clock, seconds=6)
    kept.tick()
    kept.tick()
    assert kept.sent == []

    kept.broker_takes = True
    pass_time(clock, minutes=5)
    kept.tick()
    run(kept)

    assert kept.sent == ["a nightly task"]


@postgres_only
def test_of_two_processes_one_keeps_the_schedule_and_the_other_takes_over(start, clock):
    first, second = start(OFTEN), start(OFTEN)
    run(first)
    for _ in range(3):
        pass_time(clock, seconds=6)
        run(first)
        assert run(second) == schedule.STAND_BY_SECONDS
    assert (len(first.sent), second.sent) == (3, [])

    first._lock.release()  # as the kernel does if it is killed
    run(second)
    assert second.sent == []
    pass_time(clock, seconds=6)
    run(second)

    assert len(second.sent) == 1
    assert run(first) == schedule.STAND_BY_SECONDS


@postgres_only
def test_whoever_takes_over_on_another_machine_sends_nothing_that_was_sent(start, clock):
    """… although its own file knows of no run since days."""
    second = start(NIGHTLY, file="of another machine")
    run(second)
    second.close()
    first, second = start(NIGHTLY), start(NIGHTLY, file="of another machine")
    run(first)
    pass_time(clock, days=3)
    run(first)
    run(second)
    first.close()
    run(second)

    assert (first.sent, second.sent) == (["a nightly task"], [])


@postgres_only
def test_nothing_is_sent_while_postgres_does_not_answer(start, clock, monkeypatch):
    kept = start(OFTEN)
    run(kept)
    pass_time(clock, seconds=6)

    def fail(*_, **__):
        raise psycopg.OperationalError("the server said nothing")

    with monkeypatch.context() as outage:
        outage.setattr(BoundedConnection, "check", fail)
        outage.setattr(kept._lock, "_connect", fail)
        assert run(kept) == run(kept) == schedule.STAND_BY_SECONDS
        assert kept.sent == []
    run(kept)

    assert kept.sent == ["a frequent task"]


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:6379/0", ""])
def test_it_looks_for_lost_jobs_unless_the_workers_do(start, settings, monkeypatch, broker):
    settings.REDIS_URL = broker
    looks = []
    monkeypatch.setattr(schedule, "requeue_lost_jobs", lambda *, queues: looks.append(queues))
    kept = start(OFTEN)
    run(kept)
    run(kept)
    assert looks == ([["celery"]] if broker else [])

    kept._look_at = 0.0  # ten seconds later
    run(kept)

    assert len(looks) == (2 if broker else 0)


def test_a_database_error_does_not_end_the_schedule(start, settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:6379/0"

    def fail(**_):
        raise OperationalError("the server said nothing")

    monkeypatch.setattr(schedule, "requeue_lost_jobs", fail)

    assert run(start(OFTEN)) > 0
