"""Background tasks of this package."""

from celery import shared_task

from tiptracker import clock
from tiptracker.idempotency import actions


@shared_task(name="drop_idempotency_keys")
def drop_idempotency_keys() -> None:
    """Every night: delete the keys that are older than 24 hours."""
    actions.drop_old_keys(now=clock.now())
