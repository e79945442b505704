"""What the worker does for the log."""

from celery import shared_task

from tiptracker.audit import verification
from tiptracker.audit.actions import log_now


@shared_task(name="verify_log", time_limit=3600)
def verify_log() -> None:
    """Every night: verify the whole log, and tell of a fault."""
    verification.verify_log(now=log_now())
