"""Background tasks for the operation of the installation."""

from celery import shared_task

from tiptracker.audit.actions import log_now
from tiptracker.operations.failure_mails import report_failures


@shared_task(name="report_failures")
def report_failed_parts() -> None:
    """Every ten minutes: tell administrators of parts that have failed."""
    report_failures(now=log_now())
