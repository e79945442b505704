"""Background tasks for the activity log."""

from celery import shared_task

from tiptracker.audit import verification
from tiptracker.audit.actions import log_now


@shared_task(name="verify_log", time_limit=3600)
def verify_log() -> None:
    """Every night: check the whole log and report a fault."""
    verification.verify_log(now=log_now())
