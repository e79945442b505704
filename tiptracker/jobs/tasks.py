"""The jobs' own housekeeping."""

from celery import shared_task

from tiptracker.jobs import actions


@shared_task(name="sweep_stuck_jobs")
def sweep_stuck_jobs() -> None:
    actions.sweep()
