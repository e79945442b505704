"""How PostgreSQL and Redis are asked: never without an end, since either may stop in mid-sentence. For the settings."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import RV, PQGen
from psycopg_pool import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

CHECK_TIMEOUT_SECONDS = 1.0
"""How long a connection of the pool may take to show that it still works."""

POLL_INTERVAL_SECONDS = 0.1
"""How often a connection that waits looks whether it was interrupted, or has waited too long."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that closes itself where the server says nothing for `most_wait` seconds.

    The server's own limits (`statement_timeout`, `lock_timeout`) are shorter, and end a statement that takes too long.
    They are of no use where the server itself has stopped.
    """

    most_wait: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = POLL_INTERVAL_SECONDS, timeout: float | None = None) -> RV:
        """Raises OperationalError where the server did not answer in time."""
        most = self.most_wait if timeout is None else timeout
        try:
            return super().wait(gen, interval, timeout=most)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server said nothing for {most} seconds") from error

    def check(self) -> None:
        """Raises OperationalError where the server does not answer at once."""
        usual, self.most_wait = self.most_wait, CHECK_TIMEOUT_SECONDS
        try:
            ConnectionPool.check_connection(self)
        finally:
            self.most_wait = usual


def connection_class(most_wait: float | None) -> type[BoundedConnection]:
    """Connections that wait so long at most."""
    return type("BoundedConnection", (BoundedConnection,), {"most_wait": most_wait})


def postgres_options(*, statement_seconds: int, pool: int) -> dict[str, Any]:
    """OPTIONS of the database in Django's settings. No statement takes longer than `statement_seconds` (0: no limit).

    A lock is waited for a third of that, and a transaction that does nothing is ended after four times that.
    """
    limits = {
        "statement_timeout": statement_seconds,
        "lock_timeout": statement_seconds // 3,
        "idle_in_transaction_session_timeout": 4 * statement_seconds,
    }
    return {
        "pool": {
            "min_size": 1,
            "max_size": pool,
            "timeout": 2.0,  # seconds that a request waits for a connection
            # A connection that can't be made is given up soon: the next request tries anew. By default the pauses
            # between tries grow with the outage, and go on after it.
            "reconnect_timeout": 1.0,
            "connection_class": connection_class(statement_seconds + 5.0 if statement_seconds else None),
            "check": BoundedConnection.check,
        },
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,  # milliseconds; of a machine that is gone
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        # To compile a list's query takes longer than to run it.
        "options": " ".join(["-c jit=off", *(f"-c {name}={seconds}s" for name, seconds in limits.items())]),
    }


def cache_settings(redis_url: str, *, folder: Path) -> dict[str, dict[str, Any]]:
    """CACHES in Django's settings; without Redis the shared one is a folder.

    A request waits for Redis a second and a half at most, once: then nobody asks for a while (`cache.py`).
    """
    redis = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "retry": Retry(NoBackoff(), 0)},
    }
    files = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": folder}
    return {
        "default": {
            "BACKEND": "tiptracker.infrastructure.cache.FallbackCache",
            "LOCATION": "shared",
            "OPTIONS": {"lock_outs": "lock_outs"},
        },
        "shared": redis if redis_url else files,
        "lock_outs": {"BACKEND": "tiptracker.lock_outs.backend.LockOutCache"},
    }
