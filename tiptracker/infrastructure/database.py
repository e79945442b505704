"""Connection settings for PostgreSQL and Redis. Every wait has a limit, because either server may stop mid-answer."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import RV, PQGen
from psycopg_pool import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

CHECK_TIMEOUT_SECONDS = 1.0
"""Time that a pooled connection has to show that it still works."""

POLL_INTERVAL_SECONDS = 0.1
"""How often a waiting connection checks for an interrupt or its time limit."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that closes itself if the server sends nothing for `most_wait` seconds.

    The server's own limits (`statement_timeout`, `lock_timeout`) are shorter and end a slow statement. They do not help
    if the server itself has stopped.
    """

    most_wait: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = POLL_INTERVAL_SECONDS, timeout: float | None = None) -> RV:
        """Wait for the server. Raises OperationalError if it does not answer in time."""
        most = self.most_wait if timeout is None else timeout
        try:
            return super().wait(gen, interval, timeout=most)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server said nothing for {most} seconds") from error

    def check(self) -> None:
        """Check the connection. Raises OperationalError if the server does not answer within CHECK_TIMEOUT_SECONDS."""
        usual, self.most_wait = self.most_wait, CHECK_TIMEOUT_SECONDS
        try:
            ConnectionPool.check_connection(self)
        finally:
            self.most_wait = usual


def connection_class(most_wait: float | None) -> type[BoundedConnection]:
    """Return a connection class that waits at most `most_wait` seconds."""
    return type("BoundedConnection", (BoundedConnection,), {"most_wait": most_wait})


def postgres_options(*, statement_seconds: int, pool: int) -> dict[str, Any]:
    """Return OPTIONS of the database for Django's settings.

    A statement takes at most `statement_seconds` (0: no limit). Waiting for a lock ends after a third of that. An idle
    transaction ends after four times that.
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
            # Give up soon on a connection that fails; the next request tries again. By default the pauses between
            # attempts grow during an outage and continue after it.
            "reconnect_timeout": 1.0,
            "connection_class": connection_class(statement_seconds + 5.0 if statement_seconds else None),
            "check": BoundedConnection.check,
        },
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,  # milliseconds, for a host that is gone
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        # Compiling the query of a list takes longer than running it. To the server, a page at another place costs four
        # times the next page, as on turning disks. It would then read large tables from beginning to end.
        "options": " ".join(
            ["-c jit=off", "-c random_page_cost=1.1", *(f"-c {name}={seconds}s" for name, seconds in limits.items())]
        ),
    }


def cache_settings(redis_url: str, *, folder: Path) -> dict[str, dict[str, Any]]:
    """Return CACHES for Django's settings. Without Redis the shared cache is a folder.

    A request waits for Redis at most 1.5 seconds, once. After that no request tries for a while (`cache.py`).
    """
    redis = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1.0, "retry": Retry(NoBackoff(), 0)},
    }
    files = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": folder}
    fallback = {"BACKEND": "tiptracker.infrastructure.cache.FallbackCache", "OPTIONS": {"lock_outs": "lock_outs"}}
    return {
        "default": fallback | {"LOCATION": "shared"},
        "shared": redis if redis_url else files,
        # Apart from the counts of the limits, so that pages never push those out.
        "pages": fallback | {"LOCATION": "shared_pages"},
        "shared_pages": redis | {"KEY_PREFIX": "pages"} if redis_url else files | {"LOCATION": folder / "pages"},
        "lock_outs": {"BACKEND": "tiptracker.lock_outs.backend.LockOutCache"},
    }
