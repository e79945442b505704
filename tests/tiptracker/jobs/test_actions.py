from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from tests.factories import JobFactory
from tiptracker.celery import app
from tiptracker.errors import Refused
from tiptracker.infrastructure import outages
from tiptracker.infrastructure.storage import StorageUnavailableError
from tiptracker.jobs import actions, polling
from tiptracker.jobs.actions import (
    MAX_ATTEMPTS,
    MAX_MISSED_HEARTBEATS,
    RetryJobLater,
    claim_job,
    enqueue,
    requeue_lost_jobs,
    send_due_jobs,
    wait_for_further_requests,
)
from tiptracker.jobs.models import Job, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent_messages(monkeypatch):
    """The messages that leave: the kind of each, and the job's key in the database."""
    messages = []
    monkeypatch.setattr(app, "send_task", lambda kind, args, **_: messages.append((kind, *args)))
    return messages


def queued_job(**fields):
    now = timezone.now()
    return JobFactory(**({"queued_at": now, "heartbeat_at": now} | fields))


def lost_job(**fields):
    """A job whose worker was looked for too often in vain."""
    return queued_job(**({"state": State.RUNNING, "missed_heartbeats": MAX_MISSED_HEARTBEATS} | fields))


def test_enqueue_sends_the_job_once_the_transaction_commits(sent_messages, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("readiness", 7)
        assert sent_messages == []

    assert sent_messages == [("readiness", job.pk)]
    assert (job.kind, job.key, job.state, job.attempts) == ("readiness", "7", State.QUEUED, 0)


def test_enqueue_makes_one_run_of_many_changes(sent_messages, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert len({enqueue("readiness", 7).pk for _ in range(3)}) == 1
        enqueue("readiness", 8)
        enqueue("briefing", 7)

    assert [kind for kind, _ in sent_messages] == ["readiness", "readiness", "briefing"]


def test_enqueue_keeps_the_job_where_the_broker_is_down(monkeypatch, django_capture_on_commit_callbacks, caplog):
    def fail(*_, **__):
        raise BrokerError("no broker")

    monkeypatch.setattr(app, "send_task", fail)
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("readiness", 7)

    assert Job.objects.get(pk=job.pk).state == State.QUEUED
    assert "The broker took no message" in caplog.text


def test_at_most_one_job_of_a_kind_and_key_is_open():
    queued_job(kind="readiness", key="7", state=State.RUNNING)
    queued_job(kind="readiness", key="7", state=State.READY)

    with pytest.raises(IntegrityError, match=r"one_open_job_a_kind_and_key|UNIQUE"), transaction.atomic():
        queued_job(kind="readiness", key="7")


def test_claimed_runs_the_work_once_however_often_it_is_delivered():
    job = queued_job()
    runs = []
    for _ in range(2):
        with claim_job(job.pk) as progress:
            if progress:
                runs.append(progress.job.pk)

    job.refresh_from_db()
    assert runs == [job.pk]
    assert (job.state, job.progress, job.attempts) == (State.READY, 100, 1)
    assert job.finished_at


def test_progress_reports_are_saved_as_heartbeats():
    job = queued_job(heartbeat_at=timezone.now() - timedelta(minutes=1))
    with claim_job(job.pk) as progress:
        progress.report(40, "Drawing the charts")
        job.refresh_from_db()

    assert (job.state, job.progress, job.step) == (State.RUNNING, 40, "Drawing the charts")
    assert timezone.now() - job.heartbeat_at < timedelta(seconds=30)


def test_a_refusal_in_the_work_is_the_reason_that_a_person_reads():
    job = queued_job()
    with claim_job(job.pk):
        raise Refused("no_deadline", "This edition has no deadline yet. Set its terms first.")

    job.refresh_from_db()
    assert (job.state, job.reason) == (State.FAILED, "This edition has no deadline yet. Set its terms first.")


def test_an_error_in_the_work_gives_nothing_away_but_the_jobs_number(caplog):
    job = queued_job()
    with claim_job(job.pk):
        raise ValueError("secret detail of the machine")

    job.refresh_from_db()
    assert job.state == State.FAILED
    assert f"the number of this job: {job.pk}" in job.reason
    assert "secret detail" not in job.reason
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (InterfaceError("the connection is closed"), "Waiting for the database"),
        (StorageUnavailableError("The store of files does not answer."), "Waiting for the files"),
    ],
)
def test_a_job_that_met_an_outage_is_done_later_however_often(error, step):
    job = queued_job()
    for _ in range(MAX_ATTEMPTS + 1):
        Job.objects.update(due_at=timezone.now())
        with claim_job(job.pk):
            raise error

    job.refresh_from_db()
    assert (job.state, job.attempts, job.step) == (State.QUEUED, 0, step)
    assert timedelta(0) < job.due_at - timezone.now() < timedelta(minutes=1)


def test_an_outage_that_hides_the_end_of_a_job_does_not_run_it_again(fails_once):
    """The work is done; the database goes away before that is saved, or after it and before it says so."""
    for is_saved in (False, True):
        job, runs = queued_job(), []
        with claim_job(job.pk):
            runs.append(job.pk)
            fails_once(is_saved)
        with claim_job(job.pk) as progress:
            assert progress is None

        job.refresh_from_db()
        assert (job.state, job.attempts) == (State.READY, 1)


@pytest.fixture
def fails_once(monkeypatch):
    """Have the next end of a job fail once, before or after it is saved."""
    finish = actions._finish
    monkeypatch.setattr(outages, "RETRY_PAUSE_SECONDS", 0.0)
    # A test's transaction would end with its connection.
    monkeypatch.setattr(outages, "connection", SimpleNamespace(in_atomic_block=False, close=lambda: None))

    def arrange(is_saved):
        def fail(*arguments, **named):
            monkeypatch.setattr(actions, "_finish", finish)
            if is_saved:
                finish(*arguments, **named)
            raise InterfaceError("the connection is closed")

        monkeypatch.setattr(actions, "_finish", fail)

    return arrange


def test_job_requested_while_it_runs_is_run_once_more(sent_messages, django_capture_on_commit_callbacks):
    job = queued_job(kind="readiness", key="7")
    with django_capture_on_commit_callbacks(execute=True), claim_job(job.pk):
        enqueue("readiness", 7)
        enqueue("readiness", 7)

    again = Job.objects.get(kind="readiness", key="7", state=State.QUEUED)
    assert sent_messages == [("readiness", again.pk)]
    with claim_job(again.pk):
        pass
    assert not Job.objects.filter(state__in=[State.QUEUED, State.RUNNING]).exists()


def test_a_change_that_can_wait_leaves_a_job_that_was_put_back_until_its_time(
    sent_messages, django_capture_on_commit_callbacks
):
    later = timezone.now() + timedelta(minutes=1)
    job = queued_job(kind="readiness", key="7", due_at=later)
    with django_capture_on_commit_callbacks(execute=True):
        assert enqueue("readiness", 7, hurries=False) == job

    job.refresh_from_db()
    assert (job.due_at, sent_messages) == (later, [])


def test_a_change_that_can_wait_is_seen_by_a_running_job(sent_messages, django_capture_on_commit_callbacks):
    job = queued_job(kind="readiness", key="7")
    with django_capture_on_commit_callbacks(execute=True), claim_job(job.pk):
        enqueue("readiness", 7, hurries=False)

    again = Job.objects.get(kind="readiness", key="7", state=State.QUEUED)
    assert sent_messages == [("readiness", again.pk)]


def test_sweep_queues_again_what_was_lost(sent_messages, django_capture_on_commit_callbacks):
    job = lost_job(attempts=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert requeue_lost_jobs() == 1

    job.refresh_from_db()
    assert (job.state, sent_messages) == (State.QUEUED, [(job.kind, job.pk)])


def test_sweep_lets_alone_what_still_beats_or_is_not_running(sent_messages, django_capture_on_commit_callbacks):
    queued_job(state=State.RUNNING, missed_heartbeats=MAX_MISSED_HEARTBEATS - 1)
    lost_job(state=State.QUEUED)
    lost_job(state=State.READY)
    lost_job(state=State.FAILED, reason="It failed.")
    with django_capture_on_commit_callbacks(execute=True):
        assert requeue_lost_jobs() == 0

    assert sent_messages == []


def test_sweep_gives_up_with_a_reason_on_what_was_tried_too_often(sent_messages, django_capture_on_commit_callbacks):
    job = lost_job(state=State.RUNNING, attempts=MAX_ATTEMPTS)
    with django_capture_on_commit_callbacks(execute=True):
        requeue_lost_jobs()

    job.refresh_from_db()
    assert (job.state, sent_messages) == (State.FAILED, [])
    assert job.reason == "The job was started 3 times and never finished. Try again."
    assert job.finished_at


def test_sweep_tries_once_more_what_was_tried_one_time_less(sent_messages, django_capture_on_commit_callbacks):
    job = lost_job(state=State.RUNNING, attempts=MAX_ATTEMPTS - 1)
    with django_capture_on_commit_callbacks(execute=True):
        requeue_lost_jobs()

    job.refresh_from_db()
    assert (job.state, sent_messages) == (State.QUEUED, [(job.kind, job.pk)])


def test_a_job_is_lost_at_the_fourth_look_without_a_heartbeat(sent_messages, django_capture_on_commit_callbacks):
    silent, living = queued_job(state=State.RUNNING, attempts=1), queued_job()
    with claim_job(living.pk) as progress, django_capture_on_commit_callbacks(execute=True):
        found = []
        for _ in range(MAX_MISSED_HEARTBEATS + 1):
            found.append(requeue_lost_jobs())
            progress.report(10, "Working")

    assert found == [0, 0, 0, 1]
    assert sent_messages == [(silent.kind, silent.pk)]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_jumps_makes_no_living_job_look_lost(hours, sent_messages):
    queued_job(state=State.RUNNING, heartbeat_at=timezone.now() + timedelta(hours=hours), attempts=1)

    assert (requeue_lost_jobs(), sent_messages) == (0, [])


def test_sweep_of_a_queue_leaves_the_jobs_of_others(sent_messages, django_capture_on_commit_callbacks):
    lost_job(kind="send_mail")
    reading = lost_job(kind="readiness")
    with django_capture_on_commit_callbacks(execute=True):
        assert requeue_lost_jobs(queues=["celery"]) == 1

    assert sent_messages == [("readiness", reading.pk)]


def test_sweep_gives_what_it_queues_again_its_time(sent_messages, django_capture_on_commit_callbacks):
    lost_job()
    with django_capture_on_commit_callbacks(execute=True):
        assert (requeue_lost_jobs(), requeue_lost_jobs()) == (1, 0)

    assert len(sent_messages) == 1


@pytest.fixture
def before_sweep_writes(monkeypatch):
    """Have something happen to the jobs between the sweep's look at them and what it does about them."""

    def arrange(happening):
        atomic = transaction.atomic

        def first():
            monkeypatch.setattr(transaction, "atomic", atomic)
            happening()
            return atomic()

        monkeypatch.setattr(transaction, "atomic", first)

    return arrange


def heartbeat():
    """The worker wasn't lost: it is slow."""
    Job.objects.update(heartbeat_at=timezone.now(), missed_heartbeats=0)


def finish():
    """The worker ended it, in the very moment that its heartbeat shows."""
    Job.objects.update(state=State.READY)


@pytest.mark.parametrize("attempts", [1, MAX_ATTEMPTS])
@pytest.mark.parametrize("happening", [heartbeat, finish])
def test_sweep_lets_alone_what_moved_since_it_looked(
    happening, attempts, sent_messages, before_sweep_writes, django_capture_on_commit_callbacks
):
    job = lost_job(attempts=attempts)
    before_sweep_writes(happening)
    with django_capture_on_commit_callbacks(execute=True):
        requeue_lost_jobs()

    job.refresh_from_db()
    assert (job.state, job.reason, sent_messages) == (State.READY if happening is finish else State.RUNNING, "", [])


def test_work_that_ends_after_the_sweep_gave_up_changes_nothing():
    job = queued_job()
    with claim_job(job.pk):
        Job.objects.update(state=State.FAILED, reason="The job was started 3 times and never finished. Try again.")

    job.refresh_from_db()
    assert (job.state, job.progress, job.finished_at) == (State.FAILED, 0, None)


def test_a_worker_that_was_taken_for_lost_changes_nothing_in_the_run_of_another():
    """It hung, the sweep gave the job to another worker, and then it goes on."""
    job = queued_job()
    with claim_job(job.pk) as late:
        Job.objects.filter(pk=job.pk).update(state=State.QUEUED)
        with claim_job(job.pk) as other:
            other.report(40, "Drawing the charts")
            late.report(90, "Saving the file")
            Job.objects.update(missed_heartbeats=2)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.progress, job.step) == (State.READY, 2, 100, "")
    with claim_job(job.pk) as again:
        assert again is None


@pytest.mark.parametrize("fails", [False, True])
def test_a_late_end_of_a_lost_run_does_not_end_the_run_of_another(fails):
    job = queued_job()
    with claim_job(job.pk):
        Job.objects.filter(pk=job.pk).update(attempts=2)
        if fails:
            raise Refused("no_deadline", "This edition has no deadline yet. Set its terms first.")

    job.refresh_from_db()
    assert (job.state, job.reason) == (State.RUNNING, "")


# --- Jobs that wait ---------------------------------------------------------------------------------------------------


def postponed_job(**fields):
    """A job that couldn't be done now, and waits for another hour."""
    job = queued_job(**fields)
    with claim_job(job.pk):
        raise RetryJobLater(timezone.now() + timedelta(hours=1), "Waiting for the mail server")
    return job


def test_job_put_back_restarts_only_when_due(sent_messages, django_capture_on_commit_callbacks):
    job = postponed_job()
    job.refresh_from_db()
    assert (job.state, job.step, job.attempts) == (State.QUEUED, "Waiting for the mail server", 0)
    with claim_job(job.pk) as progress:
        assert progress is None

    with django_capture_on_commit_callbacks(execute=True):
        assert (send_due_jobs(), requeue_lost_jobs()) == (0, 0)
        Job.objects.update(due_at=timezone.now())
        assert (send_due_jobs(), send_due_jobs()) == (1, 0)
    assert sent_messages == [(job.kind, job.pk)]
    with claim_job(job.pk) as progress:
        assert progress


def test_job_put_back_repeatedly_is_not_failed_by_the_sweep():
    job = postponed_job()
    for _ in range(MAX_ATTEMPTS + 1):
        Job.objects.update(due_at=timezone.now())
        with claim_job(job.pk):
            raise RetryJobLater(timezone.now(), "Waiting for the mail server")

    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.QUEUED, 0)


def test_asking_for_what_was_put_back_has_it_begun_at_once(sent_messages, django_capture_on_commit_callbacks):
    job = postponed_job(kind="send_mail", key="7")
    with django_capture_on_commit_callbacks(execute=True):
        assert enqueue("send_mail", 7) == job

    assert sent_messages == [("send_mail", job.pk)]
    with claim_job(job.pk) as progress:
        assert progress


def test_what_was_asked_for_again_while_it_ran_is_not_put_back_for_long():
    job = queued_job(kind="send_mail", key="7")
    with claim_job(job.pk):
        enqueue("send_mail", 7)
        raise RetryJobLater(timezone.now() + timedelta(hours=1), "Waiting for the mail server")

    with claim_job(job.pk) as progress:
        assert progress


def test_worker_sends_the_message_of_a_job_again_if_it_was_lost(sent_messages, django_capture_on_commit_callbacks):
    mail, reading = queued_job(kind="send_mail"), queued_job(kind="readiness")
    queued_job(kind="readiness", messaged_at=timezone.now())
    queued_job(kind="readiness", state=State.RUNNING)
    moment = timedelta(seconds=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert send_due_jobs(unsent_for=moment, queues=["mail"]) == 1
        assert send_due_jobs(unsent_for=moment, queues=["celery"]) == 1
        assert send_due_jobs(unsent_for=moment, queues=["celery", "mail"]) == 0

    assert sent_messages == [("send_mail", mail.pk), ("readiness", reading.pk)]


AN_HOUR = timedelta(hours=1)
"""… by which the clock was ahead, and was then put back."""


def test_a_job_of_a_clock_that_was_ahead_is_sent_and_begun(sent_messages, django_capture_on_commit_callbacks):
    ahead = timezone.now() + AN_HOUR
    job = queued_job(queued_at=ahead, due_at=ahead, messaged_at=ahead)
    with django_capture_on_commit_callbacks(execute=True):
        assert send_due_jobs() == 1

    assert sent_messages == [(job.kind, job.pk)]
    with claim_job(job.pk) as progress:
        assert progress


def test_a_run_that_seems_to_have_ended_in_the_future_keeps_nobody_waiting():
    ahead = timezone.now() + AN_HOUR
    queued_job(kind="readiness", key="7", state=State.READY, finished_at=ahead)
    wait_for_further_requests(queued_job(kind="readiness", key="7"), timedelta(minutes=1))

    Job.objects.filter(state=State.READY).update(finished_at=timezone.now())
    with pytest.raises(RetryJobLater):
        wait_for_further_requests(Job.objects.get(state=State.QUEUED), timedelta(minutes=1))


def test_a_database_that_does_not_answer_stops_no_worker_from_asking_again(monkeypatch, caplog):
    def fail(**_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(actions, "send_due_jobs", fail)
    polling.poll_jobs(["celery"])

    assert "The database did not say which jobs wait" in caplog.text
