"""What is put back is what was made."""

import pytest
from django.db import transaction

from tests.dialogues.test_load_lesotho import load, tables
from tests.factories import CountryFactory
from tests.row_cache import once
from tests.transactions import a_tests_own_transaction
from tiptracker.audit.actions import find_log_fault

pytestmark = pytest.mark.slow


@pytest.mark.django_db
def test_what_is_put_back_is_what_was_made_to_the_last_value():
    made = []
    for _ in range(2):
        with a_tests_own_transaction():
            told = once(load, "--exercise")
            made.append((told, tables()))
            transaction.set_rollback(True)
    once(load, "--exercise")

    assert made[0] == made[1]
    assert sum(map(len, made[0][1].values())) > 500
    assert find_log_fault() is None
    assert "0 facts written" in load("--exercise")


def test_what_is_put_back_can_be_added_to(database_template, django_db_blocker, request):
    """… under keys that are free, in a database in which nothing has been numbered before."""
    with django_db_blocker.unblock(), a_tests_own_transaction():
        once(load)
        transaction.set_rollback(True)
    request.getfixturevalue("fresh_database")
    once(load)

    CountryFactory(elsewhere=True)


@pytest.mark.django_db
def test_nothing_is_kept_of_what_was_there_before():
    CountryFactory()

    with pytest.raises(AssertionError, match="what is there already"):
        once(load)
