"""Whether a transaction is open: for what has to be written together with what caused it."""

from django.db import transaction


def is_in_transaction() -> bool:
    """Whether a transaction is open, besides the one that a test rolls back: told apart as `atomic(durable=True)` does.

    Else an action that has no transaction of its own works in tests and fails in production.
    """
    return any(not block._from_testcase for block in transaction.get_connection().atomic_blocks)
