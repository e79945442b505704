"""Check for an open transaction, for changes that have to be written together with their cause."""

from django.db import transaction


def is_in_transaction() -> bool:
    """Return whether a transaction is open, not counting the one that a test rolls back (as in `atomic(durable=True)`).

    Counting the test's transaction would let an action without its own one pass tests and fail in production.
    """
    return any(not block._from_testcase for block in transaction.get_connection().atomic_blocks)
