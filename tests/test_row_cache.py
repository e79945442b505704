"""Rows from the cache equal the rows that were created."""

import pytest
from django.db import transaction

from tests.dialogues.test_load_lesotho import all_rows, load
from tests.factories import CountryFactory
from tests.row_cache import load_cached
from tests.transactions import outer_transaction
from tiptracker.audit.actions import find_log_fault

pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_cached_rows_equal_the_created_rows_in_every_value():
    made = []
    for _ in range(2):
        with outer_transaction():
            told = load_cached(load, "--exercise")
            made.append((told, all_rows()))
            transaction.set_rollback(True)
    load_cached(load, "--exercise")

    assert made[0] == made[1]
    assert sum(map(len, made[0][1].values())) > 500
    assert find_log_fault() is None
    assert "0 facts written" in load("--exercise")


def test_rows_can_be_added_after_cached_rows_were_inserted(database_template, django_db_blocker, request):
    """Also in a database whose sequences start at 1: new rows get free keys."""
    with django_db_blocker.unblock(), outer_transaction():
        load_cached(load)
        transaction.set_rollback(True)
    request.getfixturevalue("fresh_database")
    load_cached(load)

    CountryFactory(elsewhere=True)


@pytest.mark.django_db
def test_nothing_is_cached_while_the_database_has_rows():
    CountryFactory()

    with pytest.raises(AssertionError, match="rows that are there already"):
        load_cached(load)
