"""The Celery application: tasks are found in the apps by name, settings under CELERY_ in the one settings file."""

import os
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps
from celery.beat import PersistentScheduler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tiptracker.settings")
app = Celery("tiptracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_SECONDS = 5.0


def touch_alive_file() -> None:
    """Touch the file by which the watchdog (`infrastructure/watchdog.py`) knows that this process works."""
    if file := os.environ.get("ALIVE_FILE"):
        Path(file).touch()


class HeartbeatStep(bootsteps.StartStopStep):
    """Touches the file from the worker's own loop, which stands still where the worker does."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Begin."""
        touch_alive_file()
        worker.timer.call_repeatedly(HEARTBEAT_SECONDS, touch_alive_file)


app.steps["worker"].add(HeartbeatStep)


class Scheduler(PersistentScheduler):
    """Celery's own, which touches the file whenever it has looked at the schedule, twice a minute."""

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        touch_alive_file()
        return super().tick(*args, **kwargs)
