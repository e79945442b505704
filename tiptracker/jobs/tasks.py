"""Background tasks that maintain the jobs."""

from celery import shared_task

from tiptracker.jobs import actions


@shared_task(name="sweep_stuck_jobs")
def sweep_stuck_jobs() -> None:
    """Every minute: find the jobs whose worker was lost."""
    actions.requeue_stuck_jobs()


@shared_task(name="send_waiting_jobs")
def send_waiting_jobs() -> None:
    """Every few seconds: send messages for jobs that are now due, and for those whose message was lost."""
    actions.send_due_jobs()
