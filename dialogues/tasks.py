"""What the worker does for this package; the work is in the actions."""

from celery import shared_task

from dialogues import actions
from tiptracker import clock


@shared_task(name="drop_unsent_files")
def drop_unsent_files() -> None:
    """Every night: what was uploaded with a form that was refused and never sent again isn't kept for ever."""
    actions.drop_unsent(now=clock.now())
