"""Transactions of tests that the product does not take for its own."""

from django.db import transaction

from tiptracker.audit import actions


def outer_transaction():
    """Return a transaction around a whole test. As in Django's TestCase, it does not count as open. Roll it back."""
    around = transaction.atomic()
    around._from_testcase = True
    return around


record_log_entry = transaction.atomic(actions.record)
"""Add an entry to the activity log in its own transaction, as an action does."""
