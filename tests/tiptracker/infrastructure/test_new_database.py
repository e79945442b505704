"""The tables of a new database are created at once. `tests/test_upgrade.py` compares them with an upgraded database."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.recorder import MigrationRecorder

from tests import database_roles
from tests.conftest import connect_to, drop_database
from tests.database_schema import list_migrations
from tiptracker.accounts.models import Country
from tiptracker.audit.append_only import AppendOnly, HoldColumns, LiftAppendOnly, LiftRefuseInsert, RefuseInsert
from tiptracker.infrastructure import new_database
from tiptracker.web.search import IndexWordForms, IndexWords, UnindexWords


@pytest.fixture
def empty_database(django_db_setup, django_db_blocker):
    """A database without any table, to which this process connects as the owner."""
    ordinary = str(connection.settings_dict["NAME"])
    name = f"{ordinary}_empty"
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            database_roles.run_maintenance(f'CREATE DATABASE "{name}" OWNER {database_roles.OWNER}')
        else:
            Path(name).touch()
        connect_to(name)
        with database_roles.as_owner():
            yield
        connect_to(ordinary)
        drop_database(name)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_database_is_new_without_tables_or_with_an_empty_list_of_migrations(empty_database):
    assert new_database.is_new(connection)

    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    assert new_database.is_new(connection)

    recorder.record_applied("accounts", "0001_initial")
    assert not new_database.is_new(connection)


def test_a_database_with_a_table_of_another_program_is_not_new(empty_database):
    run("CREATE TABLE somebody_elses (id integer)")

    assert not new_database.is_new(connection)


def test_an_interrupted_start_leaves_a_new_database_that_the_next_start_completes(empty_database, monkeypatch):
    class Interrupted(Exception):
        pass

    def interrupt(*_):
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr("django.db.migrations.executor.MigrationExecutor.record_migration", interrupt)
        with pytest.raises(Interrupted):
            call_command("migrate", verbosity=0)
    assert new_database.is_new(connection)

    call_command("migrate", verbosity=0)
    assert not Country.objects.exists()
    assert not new_database.is_new(connection)


@pytest.mark.parametrize("wish", [["sessions"], ["--plan"], ["--fake"]])
def test_migrate_with_another_wish_takes_the_steps_one_by_one(empty_database, monkeypatch, wish):
    monkeypatch.setattr(new_database, "create_tables", lambda _: pytest.fail("all tables were created at once"))
    monkeypatch.setattr("django.core.management.commands.migrate.emit_post_migrate_signal", lambda *_, **__: None)

    call_command("migrate", *wish, verbosity=0)

    if wish == ["sessions"]:
        assert list_migrations() == {("sessions", "0001_initial")}


def migration(app_label, *operations):
    made = migrations.Migration("0001", app_label)
    made.operations = list(operations)
    return made


def test_what_was_removed_or_replaced_is_not_created():
    hold, index, refuse = HoldColumns("a", ("x",)), IndexWordForms("A", "x"), RefuseInsert("a", "refuse", "", "")
    first, second, other = AppendOnly("a"), AppendOnly("A", ("x",)), AppendOnly("one.B")

    standing = new_database.list_remaining_objects(
        [
            migration("one", first, hold, IndexWords("A", "x"), RefuseInsert("a", "gone", "", ""), AppendOnly("b")),
            migration("one", LiftAppendOnly("a"), migrations.RunSQL("nothing"), second, UnindexWords("A", "x"), index),
            migration(
                "two", LiftRefuseInsert("one.a", "gone", "", ""), AppendOnly("a"), LiftAppendOnly("a"), other, refuse
            ),
        ]
    )

    assert list(standing) == [("one", hold), ("one", second), ("one", index), ("two", other), ("two", refuse)]
