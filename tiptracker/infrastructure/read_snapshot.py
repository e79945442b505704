"""Reading many rows as they all stood at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections, transaction

_is_open: ContextVar[bool] = ContextVar("is_open", default=False)


@contextmanager
def snapshot() -> Iterator[None]:
    """Whatever the body reads stands as it stood at the body's first query, though others commit in between.

    For reading: what follows from it is written in a transaction of its own. One inside another is part
    of that; inside any other transaction, which may have read before, it raises RuntimeError.
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


@contextmanager
def _deferred_sqlite_transactions() -> Iterator[None]:
    """Have SQLite begin without the lock for writing, which the settings ask for: reading holds nobody up."""
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
    """Have PostgreSQL keep to the first query's snapshot; SQLite's transactions do."""
    connection = connections["default"]
    is_outermost = len(connection.atomic_blocks) == 1  # a test's own transaction around it can change no more
    if connection.vendor == "postgresql" and is_outermost:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
