"""Read many rows as they were at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections, transaction

_is_open: ContextVar[bool] = ContextVar("is_open", default=False)


@contextmanager
def snapshot() -> Iterator[None]:
    """Make all reads in the block see the database as it was at the block's first query.

    For reading only; write the results in a separate transaction. A snapshot inside another one is part of it. Inside
    any other transaction, which may have read before, it raises RuntimeError.
    """
    if _is_open.get():
        yield
        return
    token = _is_open.set(True)
    try:
        with _deferred_sqlite_transactions(), transaction.atomic(savepoint=False, durable=True):
            _set_repeatable_read()
            yield
    finally:
        _is_open.reset(token)


def is_in_snapshot() -> bool:
    """Return whether a snapshot is open."""
    return _is_open.get()


@contextmanager
def _deferred_sqlite_transactions() -> Iterator[None]:
    """Start SQLite transactions without the write lock that the settings ask for, because reading blocks nobody."""
    connection: Any = connections["default"]
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    ordinary, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        connection.transaction_mode = ordinary


def _set_repeatable_read() -> None:
    """Make PostgreSQL keep the snapshot of the first query. SQLite transactions do so anyway."""
    connection = connections["default"]
    is_outermost = len(connection.atomic_blocks) == 1  # inside a test's transaction it is too late
    if connection.vendor == "postgresql" and is_outermost:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
