"""The schedule: Celery's, but kept by one process at a time, whatever number runs.

On PostgreSQL a lock decides. PostgreSQL frees it as soon as its holder ends, and nobody else can have it while the
holder hangs. The others stand by, and one of them takes over within seconds. SQLite serves one machine, which runs the
schedule once.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

import psycopg
from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import Error, close_old_connections, connection

from tiptracker.celery import touch_alive_file
from tiptracker.infrastructure.database import BoundedConnection, connection_class
from tiptracker.jobs.actions import requeue_lost_jobs

logger = logging.getLogger(__name__)

SCHEDULE_LOCK = 20_211_231
"""The number of the lock, any that no other advisory lock of the database has."""
STAND_BY_SECONDS, LOOK_EVERY_SECONDS = 2.0, 5.0
"""Seconds between two looks: whether to take over, and at the schedule at the latest."""
RESEND_SECONDS = 10.0
"""Seconds after which a message is sent again that the broker did not take."""
LOST_JOBS_SECONDS = 10.0
"""Seconds between two looks for lost jobs."""
CLOCK_TOLERANCE = timedelta(seconds=1)
SERVER_SECONDS = 5.0
"""Seconds within which PostgreSQL has to answer."""
NOTICE_LOST_MACHINE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
"""If the machine of the holder is gone, PostgreSQL notices that within half a minute, and frees the lock."""


class ScheduleLock:
    """The lock, as a session of PostgreSQL that is open for as long as this process keeps the schedule."""

    def __init__(self) -> None:
        self._session: BoundedConnection | None = None

    def acquire(self) -> bool:
        """Return whether this process has the lock, now that PostgreSQL was asked.

        Raises psycopg.Error if PostgreSQL does not answer. Then nobody has the lock for certain.
        """
        if connection.vendor != "postgresql":
            return True
        try:
            if self._session:
                self._session.check()
                return True
            self._session = self._connect()
            if self._session.execute("SELECT pg_try_advisory_lock(%s)", [SCHEDULE_LOCK]).fetchone() == (True,):
                return True
        except psycopg.Error:
            self.release()
            raise
        self.release()
        return False

    def release(self) -> None:
        """End the session, and with it the lock."""
        if self._session:
            self._session.close()
        self._session = None

    @staticmethod
    def _connect() -> BoundedConnection:
        """Open a session of its own: a pool could give the one that has the lock to somebody else."""
        parameters = connection.get_connection_params()
        for ours in ("context", "cursor_factory", "connection_class"):
            parameters.pop(ours, None)
        session = connection_class(SERVER_SECONDS).connect(**parameters, autocommit=True)
        session.execute(NOTICE_LOST_MACHINE)
        return session


class Scheduler(PersistentScheduler):
    """Celery's scheduler, which also

    - touches the alive file at each look at the schedule, which is at least every few seconds;
    - looks for lost jobs every ten seconds, which no worker could do while all of them are busy or down;
    - does nothing while another process keeps the schedule, or while PostgreSQL does not answer;
    - goes on after the clock was put back. Celery's would wait until the clock reaches the last run again;
    - sends a message again that the broker did not take. Celery's would wait for the next time, perhaps a day.
    """

    _store: Any = None
    _heap: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._lock = ScheduleLock()
        self._kept_elsewhere_at: datetime | None = None
        self._unsent: dict[str, datetime] = {}
        self._resend_at = 0.0
        self._look_at = 0.0
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Leave the file alone until this process keeps the schedule, because others may share it."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send the message of one task that is due. Return after how many seconds to look again."""
        touch_alive_file()
        if not self._is_keeper():
            return STAND_BY_SECONDS
        if self._store is None:
            self._take_over()
        self._correct_last_runs()
        self._look_for_lost_jobs()
        return float(min(super().tick(*args, **kwargs), LOOK_EVERY_SECONDS))

    def apply_async(self, entry: Any, *args: Any, **kwargs: Any) -> Any:
        """Send the message of a task. Remember the task if the broker does not take it."""
        try:
            return super().apply_async(entry, *args, **kwargs)
        except Exception:
            self._unsent.setdefault(entry.name, entry.last_run_at)
            self._resend_at = time.monotonic() + RESEND_SECONDS
            raise

    def close(self) -> None:
        """Save the schedule, and let another process keep it."""
        super().close()
        self._store = None
        self._lock.release()

    def _entries(self) -> list[Any]:
        return list(self.schedule.values())

    def _is_keeper(self) -> bool:
        try:
            if self._lock.acquire():
                return True
        except psycopg.Error as error:
            logger.warning("The schedule waits for PostgreSQL: %s", error)
        else:
            if self._kept_elsewhere_at is None:
                logger.info("Another process keeps the schedule. This one stands by.")
            self._kept_elsewhere_at = self.app.now()
        if self._store is not None:  # another process may keep the schedule by now
            self._store.close()
            self._store = self._heap = None
        return False

    def _take_over(self) -> None:
        """Read the schedule. What was due while another process kept it was sent by that one."""
        super().setup_schedule()
        logger.info("This process keeps the schedule.")
        if self._kept_elsewhere_at is not None:
            for entry in self._entries():
                entry.last_run_at = max(entry.last_run_at, self._kept_elsewhere_at)
        self._kept_elsewhere_at = None

    def _look_for_lost_jobs(self) -> None:
        """Look for running jobs without heartbeats. Workers that poll do that themselves, for their queues."""
        if not settings.REDIS_URL or time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + LOST_JOBS_SECONDS
        close_old_connections()
        try:
            requeue_lost_jobs(queues=[settings.CELERY_TASK_DEFAULT_QUEUE])
        except Error as error:
            logger.warning("The database did not say which jobs are lost: %s", error)
        finally:
            close_old_connections()

    def _correct_last_runs(self) -> None:
        """Have the tasks done that were not sent, or whose last run seems to be in the future."""
        now = self.app.now()
        ahead = [entry for entry in self._entries() if entry.last_run_at > now + CLOCK_TOLERANCE]
        for entry in ahead:
            entry.last_run_at = now
        is_resending = bool(self._unsent) and time.monotonic() >= self._resend_at
        if is_resending:
            for name, last_run_at in self._unsent.items():
                self.schedule[name].last_run_at = min(last_run_at, now)
            self._unsent.clear()
        if ahead or is_resending:
            self._heap = None
