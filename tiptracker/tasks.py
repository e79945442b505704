"""Background tasks for the whole application."""

from celery import shared_task

from tiptracker import clock, housekeeping


@shared_task(name="housekeeping")
def housekeep() -> None:
    """Delete expired data. Runs every night."""
    housekeeping.remove_expired(now=clock.to_machine_time(clock.now()))
