"""Background tasks of this package."""

from celery import shared_task

from tiptracker.lock_outs import backend


@shared_task(name="drop_lock_out_counts")
def drop_lock_out_counts() -> None:
    """Every night: delete expired counts."""
    backend.drop_expired_counts()
