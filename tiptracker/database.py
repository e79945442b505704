"""A connection to PostgreSQL that never waits for ever: a server that stopped in mid-sentence is given up."""

from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import RV, PQGen
from psycopg_pool import ConnectionPool

SECONDS_TO_CHECK = 1.0
"""How long a connection of the pool may take to show that it still works."""

SECONDS_BETWEEN_LOOKS = 0.1
"""How often a connection that waits looks whether it was interrupted, or has waited too long."""


class Connection(psycopg.Connection[Any]):
    """A connection that closes itself where the server says nothing for `most_wait` seconds.

    The server's own limits (`statement_timeout`, `lock_timeout`) are shorter, and end a statement that takes too long.
    They are of no use where the server itself has stopped.
    """

    most_wait: float | None = None

    def wait(self, gen: PQGen[RV], interval: float = SECONDS_BETWEEN_LOOKS, timeout: float | None = None) -> RV:
        """Raises OperationalError where the server did not answer in time."""
        most = self.most_wait if timeout is None else timeout
        try:
            return super().wait(gen, interval, timeout=most)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"the server said nothing for {most} seconds") from error

    def check(self) -> None:
        """Raises OperationalError where the server does not answer at once."""
        usual, self.most_wait = self.most_wait, SECONDS_TO_CHECK
        try:
            ConnectionPool.check_connection(self)
        finally:
            self.most_wait = usual


def connection_class(most_wait: float | None) -> type[Connection]:
    """Connections that wait so long at most."""
    return type("Connection", (Connection,), {"most_wait": most_wait})
