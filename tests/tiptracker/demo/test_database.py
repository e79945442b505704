from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from tests.database_roles import as_owner
from tests.factories import DIALOGUE_ON, CommitmentFactory, EvidenceFileFactory, OfficerFactory, at_noon
from tiptracker.accounts.models import User
from tiptracker.demo import database

pytestmark = pytest.mark.slow


@pytest.fixture
def owner_connection(fresh_database):
    """A database that the demonstration may make and delete tables in."""
    with as_owner():
        yield


@pytest.mark.django_db
def test_accounts_of_other_origin_are_foreign_data():
    OfficerFactory(email="officer@demo.example")
    OfficerFactory(email="public.record@tip-tracker.invalid")
    assert database.describe_foreign_data() == ""

    OfficerFactory(email="officer@demo.example.gov")
    assert database.describe_foreign_data() == "The database has 1 accounts that do not belong to the demonstration."


def test_start_over_leaves_a_database_that_can_be_migrated_anew(owner_connection):
    OfficerFactory(email="officer@demo.example")
    database.drop_tables()
    assert database.describe_foreign_data() == ""
    call_command("migrate", verbosity=0)

    assert not User.objects.get_queryset().exists()


def test_start_over_takes_no_more_than_its_own(owner_connection):
    """An SQLite file is one program's and goes as a whole, its neighbours stay; a server's database may be shared."""
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        neighbour = file.with_suffix(".txt")
        neighbour.write_text("mine")
        database.drop_tables()

        assert (neighbour.exists(), file.exists()) == (True, False)
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE somebody_elses (id integer)")
    database.drop_tables()

    assert connection.introspection.table_names() == ["somebody_elses"]
    assert database.describe_foreign_data() == "The database has tables that do not belong to TIP Tracker."


@pytest.mark.django_db
def test_set_passwords_touches_only_its_own_accounts():
    own, other = OfficerFactory(email="officer@demo.example"), OfficerFactory(email="officer@post.example")
    database.set_passwords("lumelang-2021")

    assert User.objects.get_queryset().get(pk=own.pk).check_password("lumelang-2021")
    assert not User.objects.get_queryset().get(pk=other.pk).check_password("lumelang-2021")


@pytest.mark.django_db
def test_set_passwords_hashes_once_for_all_accounts(monkeypatch):
    """Hashing is slow on purpose, and the demonstration starts only after it."""
    hashed = []
    hash_password = database.make_password
    monkeypatch.setattr(database, "make_password", lambda password: hashed.append(password) or hash_password(password))
    for email in list(database.DEMO_ACCOUNTS)[:3]:
        OfficerFactory(email=email)
    database.set_passwords("lumelang-2021")
    database.set_passwords("lumelang-2021")

    assert hashed == ["lumelang-2021"]
    assert len(set(User.objects.get_queryset().values_list("password", flat=True))) == 1


@pytest.mark.django_db
def test_set_passwords_keeps_sessions_where_nothing_changed():
    own = OfficerFactory(email="officer@demo.example")
    database.set_passwords("lumelang-2021")
    before = User.objects.get_queryset().get(pk=own.pk).password
    database.set_passwords("lumelang-2021")

    assert User.objects.get_queryset().get(pk=own.pk).password == before


@pytest.mark.django_db
def test_last_recorded_at_is_the_latest_of_the_domains_own_times():
    assert database.last_recorded_at() is None

    CommitmentFactory()
    assert database.last_recorded_at() == at_noon(DIALOGUE_ON)

    later = datetime(2022, 2, 1, tzinfo=UTC)
    EvidenceFileFactory(uploaded_at=later)
    OfficerFactory(created_at=later + timedelta(days=1000))  # the machine's time
    assert database.last_recorded_at() == later
