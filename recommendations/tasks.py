"""What the worker does for this package; the work is in the actions."""

from celery import shared_task

from recommendations.loading import actions
from tiptracker import clock


@shared_task(name="drop_unloaded_lists")
def drop_unloaded_lists() -> None:
    """Every night: a list that was brought and that nobody loads isn't kept for ever."""
    actions.drop_unloaded(now=clock.now())
