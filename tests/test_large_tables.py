"""A migration of a table that grows lets people write to it: on PostgreSQL, most operations would make them wait."""

import gzip
import sqlite3
import threading
from contextlib import closing

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import NotSupportedError, connection, models, transaction
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    RunSQL,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests import database_roles
from tiptracker.former_names import current_label
from tiptracker.infrastructure.large_tables import AddIndexWhilePeopleWrite
from tiptracker.jobs.models import Job

GROWING = {
    "audit.auditdetail", "audit.auditentry",
    "dialogues.assessment", "dialogues.assessmentevidence", "dialogues.commitment", "dialogues.commitmentevent",
    "dialogues.evidence", "dialogues.evidencefile", "dialogues.evidenceindicium", "dialogues.evidencelink",
    "dialogues.evidencereview", "dialogues.filescan", "dialogues.filetext", "dialogues.reading",
    "dialogues.readingpart", "dialogues.update", "dialogues.updateversion", "dialogues.updateversiondecision",
    "jobs.job", "mail.mail", "notifications.notice",
    "reports.briefing", "reports.briefingdownload", "reports.readinessrun",
}  # fmt: skip
"""Tables that have a row for each thing that people or programs do."""
LAST_BEFORE_THE_RULE = {"audit": 10, "dialogues": 44, "jobs": 4, "mail": 9, "notifications": 6, "reports": 12}
"""App → the number of its last migration that only the rule about indexes applies to."""


def migrations_of_0_1_0(folder):
    """The names of the migrations of release 0.1.0, each with its app."""
    file = folder / "0.1.0.sqlite3"
    file.write_bytes(gzip.decompress((settings.BASE_DIR / "tests/fixtures/0.1.0/sqlite.sqlite3.gz").read_bytes()))
    with closing(sqlite3.connect(file)) as database:
        return set(database.execute("SELECT app, name FROM django_migrations"))


def blocking_operations(app_label, operations, before, *, indexes_only=False):
    """The operations that make writers of a growing table wait, and what to do instead. `before` is a ProjectState."""
    created = {operation.name.lower() for operation in operations if isinstance(operation, CreateModel)}
    for operation in operations:
        name = (getattr(operation, "model_name", None) or "").lower()
        is_growing = current_label(f"{app_label}.{name}") in GROWING and name not in created
        if is_growing and isinstance(operation, AddIndex) and not isinstance(operation, AddIndexWhilePeopleWrite):
            yield operation.describe(), "use AddIndexWhilePeopleWrite in a migration of its own, with atomic = False"
        if indexes_only:
            continue
        if isinstance(operation, RunSQL):
            yield operation.describe(), "use an operation that says which table it changes"
        elif is_growing and isinstance(operation, AlterField) and not changes_column(app_label, operation, before):
            continue
        elif is_growing and isinstance(operation, AddConstraint | AlterField):
            yield operation.describe(), "write an operation that checks the rows while people write (NOT VALID)"
        elif is_growing and isinstance(operation, AddField):
            field = operation.field
            if field.unique or field.db_index or (field.has_default() and callable(field.default)):
                yield operation.describe(), "add a plain field, and its index or values in later migrations"


def changes_column(app_label, operation, before):
    """Whether the operation changes more of a field than what Python alone knows, such as its choices."""
    old = before.models[app_label, operation.model_name.lower()].fields[operation.name]
    (_, old_class, *_, old_options), (_, new_class, *_, new_options) = old.deconstruct(), operation.field.deconstruct()
    left_out = set(operation.field.non_db_attrs)
    in_database = [
        {key: value for key, value in options.items() if key not in left_out} for options in (old_options, new_options)
    ]
    return old_class != new_class or in_database[0] != in_database[1]


def test_no_migration_since_0_1_0_adds_an_index_that_makes_people_wait(tmp_path):
    before = migrations_of_0_1_0(tmp_path)
    assert ("audit", "0001_initial") in before
    loaded = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    created = {
        f"{label}.{operation.name.lower()}"
        for (label, name), migration in loaded.items()
        for operation in migration.operations
        if isinstance(operation, CreateModel) and (label, name) not in before
    }
    """Tables that 0.1.0 did not have are empty when they get their indexes."""

    found = {
        (label, name): blocking
        for (label, name), migration in loaded.items()
        if (label, name) not in before
        for blocking in blocking_operations(label, migration.operations, ProjectState(), indexes_only=True)
        if not any(f"{label}.{operation.model_name}" in created for operation in added_indexes(migration))
    }

    assert found == {}


def added_indexes(migration):
    return [operation for operation in migration.operations if isinstance(operation, AddIndex)]


def test_no_new_migration_makes_people_wait():
    loader = MigrationLoader(None, ignore_no_migrations=True)

    found = {
        (label, name): blocking
        for (label, name), migration in loader.disk_migrations.items()
        if int(name[:4]) > LAST_BEFORE_THE_RULE.get(label, 0) and label in {each.split(".")[0] for each in GROWING}
        for before in [loader.project_state((label, name), at_end=False)]
        for blocking in blocking_operations(label, migration.operations, before)
    }

    assert found == {}


def with_other_choices(name):
    """An operation that changes the choices of a field of a job, and its help text."""
    field = Job._meta.get_field(name).clone()
    field.choices, field.help_text = [("planted", "Planted")], "Planted."
    return AlterField("job", name, field)


INDEX = models.Index(fields=["attempts"], name="planted")


@pytest.mark.parametrize(
    ("operation", "is_blocking"),
    [
        (AddIndex("job", INDEX), True),
        (AddIndexWhilePeopleWrite("job", INDEX), False),
        (AddConstraint("job", models.CheckConstraint(condition=models.Q(attempts__lt=9), name="planted")), True),
        (AlterField("job", "attempts", models.BigIntegerField()), True),
        (AlterField("job", "state", Job._meta.get_field("state").__class__(max_length=200)), True),
        (with_other_choices("state"), False),
        (AddField("job", "asked_by", models.ForeignKey("accounts.User", models.PROTECT, null=True)), True),
        (AddField("job", "note", models.TextField(default="")), False),
        (RunSQL("UPDATE jobs_job SET attempts = 0"), True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_operation_that_makes_people_wait_is_found(operation, is_blocking):
    before = ProjectState.from_apps(apps)
    assert bool(list(blocking_operations("jobs", [operation], before))) is is_blocking


def test_every_growing_table_exists():
    assert {apps.get_model(label)._meta.label_lower for label in GROWING} == GROWING


# --- The operation ----------------------------------------------------------------------------------------------------


def states():
    """The state of the models before and after the index is planted."""
    before = ProjectState()
    before.add_model(ModelState.from_model(Job))
    after = before.clone()
    AddIndexWhilePeopleWrite("job", INDEX).state_forwards("jobs", after)
    return before, after


def apply_operation(operation, *, backwards=False):
    before, after = states()
    with database_roles.as_owner(), connection.schema_editor(atomic=False) as editor:
        if backwards:
            operation.database_backwards("jobs", editor, after, before)
        else:
            operation.database_forwards("jobs", editor, before, after)


def indexes():
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, "jobs_job"))


def test_the_index_is_added_once_and_removed(fresh_database):
    for _ in range(2 if connection.vendor == "postgresql" else 1):  # as after an interruption
        apply_operation(AddIndexWhilePeopleWrite("job", INDEX))
        assert "planted" in indexes()

    apply_operation(AddIndexWhilePeopleWrite("job", INDEX), backwards=True)
    assert "planted" not in indexes()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database for any change")
class TestOnPostgres:
    def test_an_index_that_was_interrupted_is_made_again(self, fresh_database):
        apply_operation(AddIndexWhilePeopleWrite("job", INDEX))
        with psycopg.connect(database_roles.SUPERUSER_URL, dbname=connection.settings_dict["NAME"]) as server:
            server.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'planted'::regclass")

        apply_operation(AddIndexWhilePeopleWrite("job", INDEX))

        with connection.cursor() as cursor:
            cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'planted'::regclass")
            assert cursor.fetchone() == (True,)

    def test_it_refuses_to_run_in_a_transaction(self, fresh_database):
        operation = AddIndexWhilePeopleWrite("job", INDEX)
        with (
            transaction.atomic(),
            connection.schema_editor(atomic=False) as editor,
            pytest.raises(NotSupportedError, match="atomic = False"),
        ):
            operation.database_forwards("jobs", editor, *states())

    @pytest.mark.parametrize(("operation", "may_write"), [(AddIndexWhilePeopleWrite, True), (AddIndex, False)])
    def test_people_write_while_the_index_waits_for_an_older_transaction(self, fresh_database, operation, may_write):
        """The older transaction keeps the index from being ready, so no time is measured."""
        name = connection.settings_dict["NAME"]
        insert = (
            "INSERT INTO jobs_job (kind, key, state, progress, step, is_wanted_again, attempts, reason, queued_at, "
            "due_at, heartbeat_at, missed_heartbeats) "
            "VALUES ('x', %s, 'ready', 0, '', false, 0, '', now(), now(), now(), 0)"
        )

        def add_index():
            apply_operation(operation("job", INDEX))
            connection.close()

        adding = threading.Thread(target=add_index)
        with (
            psycopg.connect(database_roles.SUPERUSER_URL, dbname=name) as older,
            psycopg.connect(database_roles.SUPERUSER_URL, dbname=name, autocommit=True) as writer,
        ):
            older.execute(insert, ["older"])
            adding.start()
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
            while not writer.execute(waiting, [name]).fetchone()[0]:
                assert adding.is_alive()
            writer.execute("SET lock_timeout = '200ms'")
            try:
                writer.execute(insert, ["newer"])
                has_written = True
            except psycopg.errors.LockNotAvailable:
                has_written = False
            older.commit()
        adding.join()

        assert has_written is may_write
        assert "planted" in indexes()
