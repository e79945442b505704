"""The Celery application. It finds the tasks of each app; its settings are the ones that begin with CELERY_."""

import logging.config
import os
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps
from celery.signals import setup_logging

# Django's checks load the code of every page, which a worker never uses: 30 MB. `manage.py migrate` runs them before a
# worker starts.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")
app = Celery("tiptracker")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def set_up_logging(**options: Any) -> None:
    """Log as the settings say, with numbers and without personal data. Celery would replace that by its own lines."""
    from django.conf import settings  # noqa: PLC0415 -- once they are chosen

    logging.config.dictConfig(settings.LOGGING)


HEARTBEAT_SECONDS = 5.0


def touch_alive_file() -> None:
    """Touch the file that tells the watchdog (`infrastructure/watchdog.py`) that this process works."""
    if file := os.environ.get("ALIVE_FILE"):
        Path(file).touch()


class HeartbeatStep(bootsteps.StartStopStep):
    """Touch the alive file from the worker's own event loop, which stops when the worker hangs."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Start the heartbeat."""
        touch_alive_file()
        worker.timer.call_repeatedly(HEARTBEAT_SECONDS, touch_alive_file)


app.steps["worker"].add(HeartbeatStep)
