"""Jobs through a real broker and a real worker process."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction
from django.utils import timezone

from tests.factories import BenchmarkFactory, JobFactory
from tiptracker.celery import app
from tiptracker.jobs import actions as jobs
from tiptracker.jobs.actions import MAX_MISSED_HEARTBEATS, claim_job, enqueue, requeue_lost_jobs
from tiptracker.jobs.models import Job, State


def wait_for(job, state, *, seconds=60):
    """`job` as it stands once it is in `state`."""
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        job.refresh_from_db()
        if job.state == state:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job} after {seconds} seconds: {job.reason}")


def test_a_job_is_done_by_the_worker(live):
    edition = BenchmarkFactory().recommendation.edition
    job = wait_for(enqueue("readiness", edition.pk), State.READY)

    assert (job.progress, job.attempts) == (100, 1)
    assert edition.readiness_runs.count() == 1


def test_a_job_that_its_worker_lost_is_swept_up_and_done(live):
    edition = BenchmarkFactory().recommendation.edition
    job = JobFactory(
        kind="readiness",
        key=edition.pk,
        state=State.RUNNING,
        attempts=1,
        heartbeat_at=timezone.now(),
        missed_heartbeats=MAX_MISSED_HEARTBEATS,
    )
    assert requeue_lost_jobs() == 1

    assert wait_for(job, State.READY).attempts == 2


def test_a_long_job_shows_by_itself_that_it_is_alive(fresh_database, monkeypatch):
    monkeypatch.setattr(jobs, "HEARTBEAT_SECONDS", 0.01)
    now = timezone.now()
    job = JobFactory(queued_at=now, heartbeat_at=now)
    with claim_job(job.pk):
        for _ in range(2 * MAX_MISSED_HEARTBEATS):
            assert requeue_lost_jobs() == 0
            while Job.objects.get(pk=job.pk).missed_heartbeats:
                time.sleep(0.01)

    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.READY, 1)


def test_message_delivered_twice_runs_its_job_once(live):
    edition = BenchmarkFactory().recommendation.edition
    job = wait_for(enqueue("readiness", edition.pk), State.READY)
    app.send_task("readiness", args=[job.pk])
    other = BenchmarkFactory(recommendation__edition__year=edition.year + 1).recommendation.edition
    later = wait_for(enqueue("readiness", other.pk), State.READY)

    assert later.pk != job.pk
    assert Job.objects.get(pk=job.pk).attempts == 1


def test_a_queued_job_waits_for_the_next_worker(live):
    edition = BenchmarkFactory().recommendation.edition
    os.killpg(live.worker.pid, signal.SIGKILL)
    live.worker.wait()
    job = enqueue("readiness", edition.pk)
    live.start_worker()

    assert wait_for(job, State.READY).attempts == 1


def test_forty_jobs_from_four_senders_each_run_exactly_once(live, monkeypatch):
    """A quarter of the messages never leave, another quarter leaves twice: the rows say what is to be done."""
    sends = app.send_task

    def lose_or_double(kind, args, **more):
        for _ in range((0, 1, 1, 2)[args[0] % 4]):
            sends(kind, args=args, **more)

    def ask(sender):
        try:
            for number in range(10):
                with transaction.atomic():
                    enqueue("check_files", 1_000_000 + 10 * sender + number)
        finally:
            connection.close()

    monkeypatch.setattr(app, "send_task", lose_or_double)
    with ThreadPoolExecutor(4) as senders:
        list(senders.map(ask, range(4)))
    for job in Job.objects.all():
        wait_for(job, State.READY)

    assert list(Job.objects.values_list("attempts", flat=True)) == [1] * 40
