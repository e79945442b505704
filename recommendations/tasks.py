"""What the worker does for this package; the work is in the actions."""

from celery import shared_task

from recommendations.importing import actions
from recommendations.models.imports import READ_LIST
from tiptracker import clock
from tiptracker.jobs.actions import claimed


@shared_task(name=READ_LIST)
def read_list(job_id: int) -> None:
    """Read what was brought to be loaded."""
    with claimed(job_id) as progress:
        if progress is not None:
            actions.read_content(key=int(progress.job.key), tell=progress.tell)


@shared_task(name="drop_unloaded_lists")
def drop_unloaded_lists() -> None:
    """Every night: a list that was brought and that nobody loads isn't kept for ever."""
    actions.drop_unloaded(now=clock.now())
