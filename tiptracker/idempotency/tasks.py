"""What the worker does for this package."""

from celery import shared_task

from tiptracker import clock
from tiptracker.idempotency import actions


@shared_task(name="drop_idempotency_keys")
def drop_idempotency_keys() -> None:
    """Every night: remove the keys whose 24 hours are over."""
    actions.drop_old_keys(now=clock.now())
