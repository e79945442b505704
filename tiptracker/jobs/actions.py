"""Enqueue jobs, run each once, and find jobs that got lost. Times of a job are machine time, not domain time.

The row is the truth, and the message only wakes a worker. A lost message costs seconds, not the job.

A running job has a heartbeat every few seconds. Whoever looks for lost jobs counts how often it looked since the last
one. No clock decides: a clock that jumps, or a database that was down, makes no living job look lost.
"""

import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, close_old_connections, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from tiptracker.errors import Refused
from tiptracker.infrastructure.log_lines import log_job
from tiptracker.infrastructure.outages import (
    FILES_UNREACHABLE,
    READ_ONLY,
    UNREACHABLE,
    find_outage,
    save_through_outage,
)
from tiptracker.infrastructure.task_messages import current_message_request, send_message
from tiptracker.jobs.models import OPEN_STATES, Job, State
from tiptracker.localization import gettext, gettext_noop, record_language

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
"""Seconds between two heartbeats of a running job. It is looked for every ten seconds."""
MAX_MISSED_HEARTBEATS = 3
"""A running job is lost if somebody looked for it this often since its last heartbeat, and now looks again."""
SEND_AGAIN_AFTER = timedelta(seconds=15)
"""A job that still waits after this time is sent again from a task of its own queue.

Messages leave a queue in order, and that task is dropped after four seconds. So if it runs, the job's message has left
the queue too, or was lost.
"""
SEND_AGAIN_AT_LATEST = timedelta(minutes=2)
MAX_ATTEMPTS = 3
SEND_BATCH_SIZE = 50
STEPS_IN_OUTAGES = {
    UNREACHABLE: gettext_noop("Waiting for the database"),
    READ_ONLY: gettext_noop("Waiting for the database"),
    FILES_UNREACHABLE: gettext_noop("Waiting for the files"),
}
"""What a job says while it waits for the end of an outage, after which it is done."""
LONGEST_OUTAGE_PAUSE = timedelta(seconds=30)
MAX_CLOCK_SKEW = timedelta(seconds=30)
"""The most that the clocks of the enqueuing and the working machine may differ; the shortest pause is longer."""


class RetryJobLater(Exception):
    """Raised by the work if it could not be done now; it is tried again at `due_at` (machine time)."""

    def __init__(self, due_at: datetime, step: str) -> None:
        super().__init__(step)
        self.due_at, self.step = due_at, step


def enqueue(kind: str, key: object, *, hurries: bool = True) -> Job:
    """Return the open job of `kind` (the name of its task) on `key`, or create one.

    Many changes become one run. If the job is running, it runs once more afterwards. If it was put back until later, it
    is tried at once, unless `hurries` is False. The message is sent when the transaction commits, so a worker never
    looks for a row that is not there yet.
    """
    while True:
        now = timezone.now()
        times = dict.fromkeys(("queued_at", "heartbeat_at", "due_at", "messaged_at"), now)
        job, is_new = Job.objects.get_or_create(kind=kind, key=str(key), state__in=OPEN_STATES, defaults=times)
        if is_new:
            _send_on_commit(job)
            return job
        # This update locks the row until our transaction commits. Until then a worker can neither begin nor end the
        # job, so it never misses what we are about to commit.
        if Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(
            is_wanted_again=Case(When(state=State.RUNNING, then=Value(True)), default=Value(False)),
            due_at=Least("due_at", Value(now)) if hurries else F("due_at"),
        ):
            if hurries and job.due_at > now:
                _send_on_commit(job)
            return job


def enqueue_new(kind: str, keys: Sequence[object]) -> None:
    """Create a job of `kind` on each of many keys that are new, and so have no job yet, in one query.

    No message is sent for them. The worker's search for waiting jobs finds them (`send_due_jobs`).
    """
    now = timezone.now()
    Job.objects.bulk_create(
        [Job(kind=kind, key=str(key), queued_at=now, heartbeat_at=now, due_at=now, messaged_at=None) for key in keys]
    )


class JobProgress:
    """Lets the work report how far it is; each report is a heartbeat."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.highest = job.progress

    def report(self, per_cent: int, step: str) -> None:
        """Report progress (`per_cent`, 0 to 100) and the current step in words. A job that restarts never goes back."""
        self.highest = max(self.highest, per_cent)
        _beat(self.job, progress=self.highest, step=step)


def _own_run(job: Job) -> QuerySet[Job]:
    """Return the job while it is in this run. A worker that was taken for lost no longer finds it."""
    return Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)


def _beat(job: Job, **fields: object) -> bool:
    """Show that the run is alive, and return whether it still has the job."""
    return bool(_own_run(job).update(heartbeat_at=timezone.now(), missed_heartbeats=0, **fields))


@contextmanager
def _heartbeats(job: Job) -> Iterator[None]:
    """Give the job heartbeats from a thread during the block, for as long as a job may take at most."""
    is_over = threading.Event()
    thread = threading.Thread(target=_beat_until, args=[is_over, job], name="heartbeats", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _beat_until(is_over: threading.Event, job: Job) -> None:
    for _ in range(int(settings.CELERY_TASK_TIME_LIMIT / HEARTBEAT_SECONDS)):
        if is_over.wait(HEARTBEAT_SECONDS):
            break
        close_old_connections()
        try:
            if not _beat(job):
                break
        except Error:  # nobody can look for the job meanwhile
            logger.warning("Job %s (%s %s) could not save its heartbeat", job.pk, job.kind, job.key)
    connection.close()


def wait_for_further_requests(job: Job, interval: timedelta) -> None:
    """Put a job back if the one before it, of the same kind and key, ended less than `interval` ago.

    So what is requested within the interval becomes one run.

    Raises:
        RetryJobLater: until the interval is over.
    """
    now = timezone.now()
    earlier = Job.objects.filter(kind=job.kind, key=job.key, state=State.READY, finished_at__lte=now + MAX_CLOCK_SKEW)
    ended_at = earlier.order_by("-finished_at").values_list("finished_at", flat=True).first()
    if ended_at and (due_at := ended_at + interval) > now:
        raise RetryJobLater(due_at, "Waiting for further changes")


def _is_due(at: datetime) -> Q:
    """Match jobs that are due. One that was never put back is due whatever the clock says now."""
    return Q(due_at__lte=at) | Q(due_at__lte=F("queued_at"))


@contextmanager
def claim_job(job_id: int) -> Iterator[JobProgress | None]:
    """Run the body as the only worker of job `job_id`; yield None, and do nothing, if it is not to be run.

    A message delivered twice finds the job claimed. An error in the body makes the job fail with a reason that a person
    understands; the traceback goes to the server log. RetryJobLater puts the job back until then, any number of times.
    So does a database that cannot be reached or written.
    """
    now = timezone.now()
    claimed = Job.objects.filter(_is_due(now + MAX_CLOCK_SKEW), pk=job_id, state=State.QUEUED).update(
        state=State.RUNNING,
        attempts=F("attempts") + 1,
        is_wanted_again=False,
        heartbeat_at=now,
        missed_heartbeats=0,
    )
    if not claimed:
        yield None
        return
    with log_job(job_id, current_message_request()):
        yield from _run_claimed(Job.objects.get(pk=job_id))


def _run_claimed(job: Job) -> Iterator[JobProgress]:
    """Yield the progress of a claimed job once, and record how its work ended."""
    try:
        with _heartbeats(job):
            yield JobProgress(job)
    except RetryJobLater as later:
        due_at, step = later.due_at, later.step
        save_through_outage(lambda: _postpone(job, due_at, step))
    except Exception as error:
        if (outage := find_outage(error)) and (waits_for := STEPS_IN_OUTAGES.get(outage)):
            logger.warning("Job %s (%s %s) waits for the end of an outage: %s", job.pk, job.kind, job.key, error)
            again_at = timezone.now() + min(timedelta(seconds=outage.retry_after), LONGEST_OUTAGE_PAUSE)
            save_through_outage(lambda: _postpone(job, again_at, waits_for))
            return
        logger.exception("Job %s (%s %s) failed", job.pk, job.kind, job.key)
        with record_language():
            sentence = gettext(
                "Something went wrong on our side. Try again. If it fails again, tell your administrator the number of "
                "this job: %(number)d."
            )
        reason = str(error) if isinstance(error, Refused) else sentence % {"number": job.pk}
        save_through_outage(lambda: _finish(job, state=State.FAILED, reason=reason))
    else:
        save_through_outage(lambda: _finish(job, state=State.READY, progress=100, step=""))


def send_due_jobs(*, unsent_for: timedelta = SEND_AGAIN_AT_LATEST, queues: Collection[str] | None = None) -> int:
    """Send messages for due jobs that had none for `unsent_for`, and return how many.

    These are jobs whose message was lost, or that were put back until now. `queues` limits it to these queues.
    """
    now = timezone.now()
    is_untold = (
        Q(messaged_at=None)
        | Q(messaged_at__lte=now - unsent_for)
        | Q(messaged_at__gt=now + MAX_CLOCK_SKEW)  # the clock was put back
    )
    waiting = Job.objects.filter(is_untold, _is_due(now), _in_queues(queues), state=State.QUEUED)
    found = list(waiting.order_by("due_at", "pk")[:SEND_BATCH_SIZE])
    for job in found:
        Job.objects.filter(pk=job.pk, state=State.QUEUED).update(messaged_at=now)
        _send_on_commit(job)
    return len(found)


def _in_queues(queues: Collection[str] | None) -> Q:
    """Match the jobs of these queues; None: of all."""
    if queues is None:
        return Q()
    routes = settings.CELERY_TASK_ROUTES
    is_here = Q(kind__in=[kind for kind, route in routes.items() if route["queue"] in queues])
    if settings.CELERY_TASK_DEFAULT_QUEUE in queues:
        is_here |= ~Q(kind__in=routes)
    return is_here


def requeue_lost_jobs(*, queues: Collection[str] | None = None) -> int:
    """Look for running jobs whose worker was lost, and return how many were found. Called every ten seconds.

    They are queued again, or fail with a reason if they were tried too often. `queues` limits it to these queues.
    """
    now = timezone.now()
    running = Job.objects.filter(_in_queues(queues), state=State.RUNNING)
    lost = list(running.filter(missed_heartbeats__gte=MAX_MISSED_HEARTBEATS).order_by("pk"))
    running.filter(missed_heartbeats__lt=MAX_MISSED_HEARTBEATS).update(missed_heartbeats=F("missed_heartbeats") + 1)
    for job in lost:
        # A job that changed after the query is not lost.
        as_it_was = _own_run(job).filter(missed_heartbeats__gte=MAX_MISSED_HEARTBEATS)
        with transaction.atomic():
            if job.attempts >= MAX_ATTEMPTS:
                if as_it_was.select_for_update(no_key=True).exists():
                    with record_language():
                        sentence = gettext("The job was started %(number)d times and never finished. Try again.")
                    _finish(job, state=State.FAILED, reason=sentence % {"number": job.attempts})
            elif as_it_was.update(state=State.QUEUED, heartbeat_at=now, messaged_at=now):
                logger.warning("The worker of job %s (%s %s) was lost: it runs again", job.pk, job.kind, job.key)
                _send_on_commit(job)
    return len(lost)


def _postpone(job: Job, due_at: datetime, step: str) -> None:
    """Put the job back. Waiting is no failure: `attempts` counts only runs that began and never ended."""
    _own_run(job).update(
        state=State.QUEUED,
        due_at=Case(When(is_wanted_again=True, then=Value(timezone.now())), default=Value(due_at)),
        step=step,
        attempts=0,
        is_wanted_again=False,
        messaged_at=None,
        heartbeat_at=timezone.now(),
    )


def _finish(job: Job, **fields: object) -> None:
    with transaction.atomic():
        if not _own_run(job).update(finished_at=timezone.now(), heartbeat_at=timezone.now(), **fields):
            return  # another worker has the job by now
        if Job.objects.filter(pk=job.pk, is_wanted_again=True).exists():
            enqueue(job.kind, job.key)


def _send_on_commit(job: Job) -> None:
    def send() -> None:
        if not send_message(job.kind, job.pk):
            # The user's change is saved and the job is a row. Once the broker answers, the message is sent again.
            logger.error("The broker took no message for job %s (%s %s)", job.pk, job.kind, job.key)

    transaction.on_commit(send)
