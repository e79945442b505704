import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from tests.security.world import World
from tests.transactions import a_tests_own_transaction


@pytest.fixture(autouse=True)
def second_factor_required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The rows, once for the whole module; each asking rolls back what it wrote. Made when the tests' clock says."""
    then = override_settings(DEMO_CLOCK=f"2022-01-28T09:00:00+02:00 {timezone.now().isoformat()}")
    with then, django_db_blocker.unblock(), a_tests_own_transaction():
        yield World()
        transaction.set_rollback(True)
