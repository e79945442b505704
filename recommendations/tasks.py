"""What the worker does for this package; the work is in the actions."""

from celery import shared_task

from recommendations.importing import actions
from recommendations.models.imports import READ_LIST_JOB
from tiptracker import clock
from tiptracker.jobs.actions import claim_job


@shared_task(name=READ_LIST_JOB)
def read_list(job_id: int) -> None:
    """Read what was brought to be loaded."""
    with claim_job(job_id) as progress:
        if progress is not None:
            actions.read_import(key=int(progress.job.key), tell=progress.tell)


@shared_task(name="drop_unloaded_lists")
def drop_unloaded_lists() -> None:
    """Every night: a list that was brought and that nobody loads isn't kept for ever."""
    actions.delete_expired_imports(now=clock.now())
