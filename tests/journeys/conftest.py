"""Fixtures of the journeys: Lesotho with its exercise and its people."""

import pytest

from tests.conftest import run_due_jobs
from tests.exercise import load_exercise
from tests.factories import PASSWORD
from tests.row_cache import load_cached
from tiptracker.accounts.models import User
from tiptracker.celery import app


@pytest.fixture
def people(fresh_database: str) -> dict[str, User]:
    """Load Lesotho with the exercise. Returns the demonstration's accounts by the first part of their address."""
    load_cached(load_exercise_with_passwords)
    return {user.email.split("@")[0]: user for user in demonstration_accounts()}


def load_exercise_with_passwords() -> None:
    """Load the exercise, set the tests' password for its accounts, and run all jobs."""
    load_exercise(verbosity=0)
    for user in demonstration_accounts():
        user.set_password(PASSWORD)
        user.save()
    app.loader.import_default_modules()
    run_due_jobs()


def demonstration_accounts():
    return User.objects.get_queryset().filter(email__endswith="@demo.example")
