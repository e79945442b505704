"""A transaction around what a test does, which the product doesn't see."""

from django.db import transaction

from tiptracker.audit import actions


def a_tests_own_transaction():
    """A transaction to roll back, which the product takes for no transaction at all, as in Django's own TestCase."""
    around = transaction.atomic()
    around._from_testcase = True
    return around


record = transaction.atomic(actions.record)
"""Append an entry to the log, in a transaction of its own, as an action does."""
