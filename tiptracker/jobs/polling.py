"""Let an idle worker query the job table each second for jobs that no worker has begun.

So a job begins within two seconds, whatever happened to its message: lost with the broker, refused by it, or taken by a
worker that could not reach the database at that moment. Only workers that do not fork use this, because a fork would
share an open connection. In production the schedule does it instead.
"""

import logging
import threading
from datetime import timedelta
from typing import Any

from celery import bootsteps
from celery.worker import state
from django.db import DatabaseError, close_old_connections

from tiptracker.jobs import actions

logger = logging.getLogger(__name__)

POLL_INTERVAL_SECONDS = 1.0
SWEEP_EVERY_POLLS = 10
"""After this many polls, lost jobs are looked for too."""


class JobPollingStep(bootsteps.StartStopStep):
    """A step of Celery's worker: a thread that polls while the worker runs."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self.is_over = threading.Event()

    def include_if(self, worker: Any) -> bool:
        """Return False for pools that fork."""
        return "prefork" not in worker.pool_cls.__module__

    def start(self, worker: Any) -> None:
        """Start the polling thread."""
        threading.Thread(target=self._ask_until_over, args=[worker], name="waiting-jobs", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Stop the polling thread."""
        self.is_over.set()

    def _ask_until_over(self, worker: Any) -> None:
        versions = 0
        while not self.is_over.wait(POLL_INTERVAL_SECONDS):
            versions += 1
            if len(state.reserved_requests) < worker.pool.limit:
                poll_jobs(list(worker.app.amqp.queues.consume_from), is_sweeping=versions % SWEEP_EVERY_POLLS == 0)


def poll_jobs(queues: list[str], *, is_sweeping: bool = False) -> None:
    """Send messages for the jobs that wait in `queues`. After a database error, the next poll tries again."""
    close_old_connections()
    try:
        actions.send_due_jobs(unsent_for=timedelta(seconds=POLL_INTERVAL_SECONDS), queues=queues)
        if is_sweeping:
            actions.requeue_lost_jobs(queues=queues)
    except DatabaseError:
        logger.exception("The database did not say which jobs wait")
    finally:
        close_old_connections()
