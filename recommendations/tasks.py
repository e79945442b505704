"""Celery tasks of this package. The actions do the work."""

from celery import shared_task

from recommendations.importing import actions
from recommendations.models.imports import READ_LIST_JOB
from recommendations.questions.actions import delete_expired_question_sets
from tiptracker import clock
from tiptracker.jobs.actions import JobProgress
from tiptracker.jobs.tasks import job_task


@job_task(READ_LIST_JOB)
def read_list(progress: JobProgress) -> None:
    """Read the file or text of a draft import."""
    actions.read_import(key=int(progress.job.key), tell=progress.report)


@shared_task(name="drop_unloaded_lists")
def drop_unloaded_lists() -> None:
    """Delete expired draft imports and draft sets of questions. Runs every night."""
    actions.delete_expired_imports(now=clock.now())
    delete_expired_question_sets(now=clock.now())
