"""What the journeys share: Lesotho with its exercise, its people, and a browser for each of them."""

import pytest
from django.core.management import call_command

from tests.factories import PASSWORD
from tiptracker.accounts.models import User


@pytest.fixture
def people(fresh_database: str) -> dict[str, User]:
    """Lesotho with the exercise, and the demonstration's accounts by the first part of their address."""
    call_command("load_lesotho", "--exercise", verbosity=0)
    people = {}
    for user in User.objects.get_queryset().filter(email__endswith="@demo.example"):
        user.set_password(PASSWORD)
        user.save()
        people[user.email.split("@")[0]] = user
    return people
