"""The scheduler of beat. It writes down that it works, because nothing can ask it.

Its row in the database shows on the status page that the schedule hangs or cannot send, on whatever machine it runs.
The watchdog reads the alive file on the same machine (`tiptracker.jobs.schedule`), and restarts a hanging schedule.
"""

import logging
import time
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from tiptracker.jobs.schedule import Scheduler
from tiptracker.operations.models import ServiceHeartbeat

logger = logging.getLogger(__name__)

BEAT = "beat"
RECORD_EVERY_SECONDS = 15.0


class RecordingScheduler(Scheduler):
    """A scheduler that records a heartbeat after each look at the schedule that sent everything due."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._could_send = True
        self._recorded_at = float("-inf")
        super().__init__(*args, **kwargs)

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Send the message of one entry, and remember whether the broker took it."""
        try:
            sent = super().apply_async(*args, **kwargs)
        except Exception:
            self._could_send = False
            raise
        self._could_send = True
        return sent

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Look at the schedule, and record a heartbeat. Return the seconds until the next look."""
        seconds = super().tick(*args, **kwargs)
        keeps_schedule = self._store is not None  # one that stands by says nothing of the one that may hang
        if keeps_schedule and self._could_send and time.monotonic() - self._recorded_at >= RECORD_EVERY_SECONDS:
            self._recorded_at = time.monotonic()
            record_heartbeat(BEAT)
        return min(seconds, RECORD_EVERY_SECONDS)


def record_heartbeat(service: str) -> None:
    """Write that a service works now. If the database does not answer, a later call does it."""
    close_old_connections()
    try:
        ServiceHeartbeat.objects.bulk_create(
            [ServiceHeartbeat(service=service, at=timezone.now())],
            update_conflicts=True,
            unique_fields=["service"],
            update_fields=["at"],
        )
    except DatabaseError as error:
        logger.warning("The heartbeat of %s could not be written: %s", service, type(error).__name__)
    finally:
        close_old_connections()
