"""Ask for work, do it once, and find what got stuck. A job's times are the machine's, not the domain's.

The row is the truth, and the message only wakes a worker. A message that is lost costs a second, not the job.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from tiptracker.errors import Refused
from tiptracker.infrastructure.task_messages import send_message
from tiptracker.jobs.models import OPEN_STATES, Job, State

logger = logging.getLogger(__name__)

STUCK_AFTER = timedelta(minutes=2)
"""A job without a heartbeat for so long is taken to be lost; the longest step between two heartbeats is shorter."""
MAX_ATTEMPTS = 3
SEND_BATCH_SIZE = 50
MAX_CLOCK_SKEW = timedelta(seconds=30)
"""At most, between the machine that asks for a job and the one that does it; the shortest pause is longer."""


class RetryJobLater(Exception):
    """Raised by the work: it couldn't be done now, and is to be tried again at `due_at`, a moment of the machine's."""

    def __init__(self, due_at: datetime, step: str) -> None:
        super().__init__(step)
        self.due_at, self.step = due_at, step


def enqueue(kind: str, key: object) -> Job:
    """A job of `kind` (the name of its task) on `key`: the open one if there is one, else a new one.

    Many changes become one run; what is asked for while it runs is done once more afterwards, and what waits to be
    tried again is tried at once. The message leaves when the transaction commits, so a worker never looks for a row
    that isn't there yet.
    """
    while True:
        now = timezone.now()
        times = dict.fromkeys(("queued_at", "heartbeat_at", "due_at", "messaged_at"), now)
        job, is_new = Job.objects.get_or_create(kind=kind, key=str(key), state__in=OPEN_STATES, defaults=times)
        if is_new:
            _send_on_commit(job)
            return job
        # Touching the row holds the worker off until our transaction commits: it can neither begin nor end between
        # now and then, and so never misses what we are about to commit.
        if Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(
            is_wanted_again=Case(When(state=State.RUNNING, then=Value(True)), default=Value(False)),
            due_at=Least("due_at", Value(now)),
        ):
            if job.due_at > now:
                _send_on_commit(job)
            return job


class JobProgress:
    """Handed to the work so that it can tell how far it is; each telling is a heartbeat."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.most = job.progress

    def tell(self, per_cent: int, step: str) -> None:
        """`per_cent` done (0 to 100), and what is being done now, in words. What is begun anew goes back on nothing."""
        self.most = max(self.most, per_cent)
        Job.objects.filter(pk=self.job.pk).update(progress=self.most, step=step, heartbeat_at=timezone.now())


@contextmanager
def claim_job(job_id: int) -> Iterator[JobProgress | None]:
    """Run the body as the one worker of job `job_id`; gives None, and the body does nothing, if it isn't to be run.

    A message delivered twice finds the job claimed. An error in the body ends as a failed job whose reason a person
    understands; the traceback goes to the log. TryLater puts the job back until then, however often.
    """
    now = timezone.now()
    taken = Job.objects.filter(pk=job_id, state=State.QUEUED, due_at__lte=now + MAX_CLOCK_SKEW).update(
        state=State.RUNNING, attempts=F("attempts") + 1, is_wanted_again=False, heartbeat_at=now
    )
    if not taken:
        yield None
        return
    job = Job.objects.get(pk=job_id)
    try:
        yield JobProgress(job)
    except RetryJobLater as later:
        _postpone(job, later)
    except Exception as error:
        logger.exception("Job %s (%s %s) failed", job.pk, job.kind, job.key)
        reason = (
            str(error)
            if isinstance(error, Refused)
            else "Something went wrong on our side. Try again; if it fails again, tell your administrator "
            f"the number of this job, {job.pk}."
        )
        _finish(job, state=State.FAILED, reason=reason)
    else:
        _finish(job, state=State.READY, progress=100, step="")


def send_due_jobs(*, unsent_for: timedelta = STUCK_AFTER, queues: Collection[str] | None = None) -> int:
    """Tell the workers of jobs that are due and that no worker was told of for so long; gives how many.

    Those are jobs whose message was lost, or that were put back until now. `queues`: of these alone.
    """
    now = timezone.now()
    is_untold = Q(messaged_at=None) | Q(messaged_at__lte=now - unsent_for)
    waiting = Job.objects.filter(is_untold, state=State.QUEUED, due_at__lte=now)
    if queues is not None:
        routes = settings.CELERY_TASK_ROUTES
        is_here = Q(kind__in=[kind for kind, route in routes.items() if route["queue"] in queues])
        if settings.CELERY_TASK_DEFAULT_QUEUE in queues:
            is_here |= ~Q(kind__in=routes)
        waiting = waiting.filter(is_here)
    found = list(waiting.order_by("due_at", "pk")[:SEND_BATCH_SIZE])
    for job in found:
        Job.objects.filter(pk=job.pk, state=State.QUEUED).update(messaged_at=now)
        _send_on_commit(job)
    return len(found)


def requeue_stuck_jobs() -> int:
    """Queue again what is stuck, and give up, with a reason, on what was tried too often. Gives how many were stuck."""
    now = timezone.now()
    late = now - STUCK_AFTER
    stuck = list(Job.objects.filter(state__in=OPEN_STATES, heartbeat_at__lt=late, due_at__lte=now).order_by("pk"))
    for job in stuck:
        # Whatever moved since we looked is not lost.
        as_it_was = Job.objects.filter(pk=job.pk, state=job.state, heartbeat_at=job.heartbeat_at)
        with transaction.atomic():
            if job.attempts >= MAX_ATTEMPTS:
                if as_it_was.select_for_update(no_key=True).exists():
                    reason = f"It was started {job.attempts} times and never finished. Try again."
                    _finish(job, state=State.FAILED, reason=reason)
            elif as_it_was.update(state=State.QUEUED, heartbeat_at=now, messaged_at=now):
                _send_on_commit(job)
    return len(stuck)


def _postpone(job: Job, later: RetryJobLater) -> None:
    """Waiting isn't failing: attempts count only what a worker began and never ended."""
    Job.objects.filter(pk=job.pk, state=State.RUNNING).update(
        state=State.QUEUED,
        due_at=Case(When(is_wanted_again=True, then=Value(timezone.now())), default=Value(later.due_at)),
        step=later.step,
        attempts=0,
        is_wanted_again=False,
        messaged_at=None,
        heartbeat_at=timezone.now(),
    )


def _finish(job: Job, **fields: object) -> None:
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state__in=OPEN_STATES).update(
            finished_at=timezone.now(), heartbeat_at=timezone.now(), **fields
        )
        if Job.objects.filter(pk=job.pk, is_wanted_again=True).exists():
            enqueue(job.kind, job.key)


def _send_on_commit(job: Job) -> None:
    def send() -> None:
        if not send_message(job.kind, job.pk):
            # What the person did is saved and the job is a row: once the broker answers, it is sent again.
            logger.error("The broker took no message for job %s (%s %s)", job.pk, job.kind, job.key)

    transaction.on_commit(send)
