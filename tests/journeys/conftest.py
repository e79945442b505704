"""What the journeys share: Lesotho with its exercise, its people, and a browser for each of them."""

import pytest

from tests.conftest import do_jobs
from tests.exercise import load_exercise
from tests.factories import PASSWORD
from tests.row_cache import once
from tiptracker.accounts.models import User
from tiptracker.celery import app


@pytest.fixture
def people(fresh_database: str) -> dict[str, User]:
    """Lesotho with the exercise, and the demonstration's accounts by the first part of their address."""
    once(play)
    return {user.email.split("@")[0]: user for user in accounts()}


def play() -> None:
    """All that asks for a worker is done, too."""
    load_exercise(verbosity=0)
    for user in accounts():
        user.set_password(PASSWORD)
        user.save()
    app.loader.import_default_modules()
    do_jobs()


def accounts():
    return User.objects.get_queryset().filter(email__endswith="@demo.example")
