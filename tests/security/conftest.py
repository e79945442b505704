import pytest
from django.db import transaction

from tests.security.world import World
from tests.transactions import a_tests_own_transaction


@pytest.fixture(autouse=True)
def second_factor_required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The rows, once for the whole module; each asking rolls back what it wrote."""
    with django_db_blocker.unblock(), a_tests_own_transaction():
        yield World()
        transaction.set_rollback(True)
