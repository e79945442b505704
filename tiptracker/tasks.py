"""What the worker does for the whole tracker."""

from celery import shared_task

from tiptracker import clock, housekeeping


@shared_task(name="housekeeping")
def housekeep() -> None:
    """Every night: remove what nobody needs any more."""
    housekeeping.remove_expired(now=clock.to_machine_time(clock.now()))
