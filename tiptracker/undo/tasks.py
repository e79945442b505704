"""Background tasks of this package."""

from celery import shared_task

from tiptracker import clock
from tiptracker.undo import actions


@shared_task(name="forget_removed_rows")
def forget_removed_rows() -> None:
    """Every hour: delete for good what can no longer be undone."""
    actions.forget_removed(now=clock.now())
