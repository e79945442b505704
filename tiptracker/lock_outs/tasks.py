"""What the worker does for this package."""

from celery import shared_task

from tiptracker.lock_outs import backend


@shared_task(name="drop_lock_out_counts")
def drop_lock_out_counts() -> None:
    """Every night: remove the counts whose time is over."""
    backend.drop_expired_counts()
