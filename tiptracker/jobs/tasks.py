"""Background tasks that maintain the jobs, and the decorator for the tasks that do them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import shared_task
from django.conf import settings

from tiptracker.infrastructure.call_stack import with_room_for_calls
from tiptracker.jobs import actions
from tiptracker.jobs.actions import JobProgress, claim_job


def job_task(kind: str, **options: Any) -> Callable[[Callable[[JobProgress], None]], Any]:
    """Register a function as the task for jobs of `kind`. It is called with the progress of a job that it may run.

    `options` are Celery's. A task with a longer `time_limit` must report its progress at least once a minute.
    """

    def register(work: Callable[[JobProgress], None]) -> Any:
        run = with_room_for_calls(work)

        @shared_task(name=kind, **options)
        @wraps(work)
        def task(job_id: int) -> None:
            with claim_job(job_id) as progress:
                if progress:
                    run(progress)

        return task

    return register


@shared_task(name="send_waiting_jobs")
def send_waiting_jobs() -> None:
    """Every few seconds: send messages for jobs that are now due, and for those whose message was lost.

    The workers of other queues look for theirs themselves (`polling.py`).
    """
    actions.send_due_jobs(unsent_for=actions.SEND_AGAIN_AFTER, queues=[settings.CELERY_TASK_DEFAULT_QUEUE])
    actions.send_due_jobs()
