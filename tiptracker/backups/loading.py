"""Load the rows of a backup into an empty database, with its triggers set aside meanwhile.

The triggers keep the record as it was written, one action at a time. A backup has all rows at once, in the order of
tables, and some triggers would refuse that. So they are off while rows are loaded, in the same transaction, and what
they would have protected is compared with the manifest afterwards.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from tiptracker.audit.append_only import TriggerOperation
from tiptracker.backups import archive_format as layout
from tiptracker.backups.archive_format import Manifest
from tiptracker.backups.archive_reader import MemberContent, unpack_part
from tiptracker.backups.row_encoding import decode_row, decoders, list_columns, list_models
from tiptracker.errors import Refused
from tiptracker.infrastructure import new_database
from tiptracker.localization import gettext

FILLED_BY_MIGRATE = {"auth.permission", "contenttypes.contenttype"}
"""Tables that `migrate` fills. Their rows are replaced by those of the backup."""
FILLED_BY_SERVICES = {
    "audit.logverification",
    "jobs.job",
    "operations.partfailure",
    "operations.serviceheartbeat",
    "sessions.session",
}
"""Tables that services fill by themselves before anybody has an account. Their rows are replaced too."""
BATCH_ROWS = 500
_CREATED_TRIGGER = re.compile(r"CREATE (?:OR REPLACE )?TRIGGER (\w+)\s.*? ON (\w+)\s", re.DOTALL)


def find_rows() -> dict[str, int]:
    """Return the tables that have rows although a new installation has none there, with their number."""
    counts = {
        model._meta.label_lower: model._base_manager.count()
        for model in list_models()
        if model._meta.label_lower not in FILLED_BY_MIGRATE | FILLED_BY_SERVICES
    }
    return {label: count for label, count in counts.items() if count}


def require_tables(manifest: Manifest) -> None:
    """Refuse a backup with other tables or columns than this database. Raises Refused, code "other_tables"."""
    have = {model._meta.label_lower: list_columns(model) for model in list_models()}
    want = {label: table.columns for label, table in manifest.tables.items()}
    if {label: sorted(columns) for label, columns in have.items()} != {k: sorted(c) for k, c in want.items()}:
        other = next(
            label for label in sorted({*have, *want}) if sorted(have.get(label, [])) != sorted(want.get(label, []))
        )
        raise Refused(
            "other_tables",
            gettext(
                "The table “%(table)s” is not the same here as in the backup. Use the version that made the backup."
            )
            % {"table": other},
        )


class RowLoader:
    """Insert the parts of a backup, and count the rows."""

    def __init__(self, manifest: Manifest) -> None:
        self.members = {member.name: member for member in manifest.members}
        self.models = {model._meta.label_lower: model for model in list_models()}
        self.manifest = manifest
        self.counts: dict[str, int] = dict.fromkeys(manifest.tables, 0)

    def load(self, name: str, content: MemberContent) -> None:
        """Insert the rows of one part. Raises Refused, code "damaged"."""
        label, model = self.find_table(name)
        columns = self.manifest.tables[label].columns
        for rows in self.read(name, content):
            insert_rows(model, columns, rows)
            self.counts[label] += len(rows)

    def find_table(self, name: str) -> tuple[str, type[models.Model]]:
        """Return the label and the model of the rows of a part. Raises Refused, code "damaged"."""
        label = name.removeprefix(layout.ROWS_PREFIX).rpartition("/")[0]
        if label not in self.models or label not in self.manifest.tables:
            raise layout.damaged(name)
        return label, self.models[label]

    def read(self, name: str, content: MemberContent) -> Iterator[list[list[Any]]]:
        """Yield the rows of one part, some at a time. Raises Refused, code "damaged"."""
        label, model = self.find_table(name)
        readers = decoders(model, self.manifest.tables[label].columns)
        lines = unpack_part(content, self.members[name]).splitlines()
        for some in batched(lines, BATCH_ROWS, strict=False):
            try:
                yield [decode_row(line, readers) for line in some]
            except (ValueError, TypeError, ArithmeticError):
                raise layout.damaged(name) from None


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows as they are, each with the values of `columns`."""
    fields = {field.attname: field for field in model._meta.local_concrete_fields}
    prepare = [fields[column].get_db_prep_save for column in columns]
    with connection.cursor() as cursor:
        cursor.executemany(
            _insert_sql(model, [str(fields[column].column) for column in columns]),
            [[prep(value, connection) for prep, value in zip(prepare, row, strict=True)] for row in rows],
        )


def _insert_sql(model: type[models.Model], columns: Iterable[str]) -> str:
    quote = connection.ops.quote_name
    names = [quote(column) for column in columns]
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608


@contextmanager
def triggers_set_aside() -> Iterator[None]:
    """Load rows in this block, with the triggers off.

    At its end, every reference is checked and the triggers are on again. Only inside a transaction. On PostgreSQL, only
    the owner of the tables can do this: raises Refused, code "not_the_owner".
    """
    tables = [model._meta.db_table for model in list_models()]
    _switch_triggers(tables, on=False)
    try:
        yield
        connection.check_constraints()
        _switch_triggers(tables, on=True)
    except BaseException:
        if connection.vendor == "sqlite":  # a rollback does not switch them on again
            _switch_triggers(tables, on=True)
        raise


def delete_generated_rows() -> None:
    """Delete the rows that `migrate` and services created, which those of a backup replace."""
    for label in sorted(FILLED_BY_MIGRATE | FILLED_BY_SERVICES):  # permissions before content types
        apps.get_model(label)._base_manager.all().delete()


def _switch_triggers(tables: Iterable[str], *, on: bool) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        raw: Any = connection.connection
        raw.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, on)
        return
    with connection.cursor() as cursor:
        for table in tables:
            action = "ENABLE" if on else "DISABLE"
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} {action} TRIGGER USER")


def require_owner() -> None:
    """Refuse a role that could not switch triggers off. Raises Refused, code "not_the_owner"."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND NOT pg_has_role(current_user, relowner, 'USAGE')"
        )
        if cursor.fetchone()[0]:
            raise Refused(
                "not_the_owner",
                gettext(
                    "This database role does not own the tables, so it cannot restore them. Run the command as the "
                    "owner: docker compose run --rm migrate python manage.py restore …"
                ),
            )


def set_next_keys(manifest: Manifest) -> None:
    """Let each table count its keys on from where the installation of the backup was, or after its highest key."""
    for model in list_models():
        if isinstance(model._meta.pk, models.AutoField):
            set_next_key(model, manifest.tables[model._meta.label_lower].next_key or 1)


def set_next_key(model: type[models.Model], least: int) -> None:
    """Let a table count its keys on from `least`, or after its highest key."""
    highest = model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    following = max(least, highest + 1)
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            name = connection.ops.quote_name(table)
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [name, column, following])
        else:
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, following - 1])


def find_missing_triggers() -> list[str]:
    """Return the triggers that a new database has, and that this one lacks or has switched off."""
    return sorted(" on ".join(trigger) for trigger in _expected_triggers() - _live_triggers())


def count_triggers() -> int:
    """Return how many triggers the database has."""
    return len(_live_triggers())


def _expected_triggers() -> set[tuple[str, str]]:
    executor = MigrationExecutor(connection)
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)]
    state = executor.loader.project_state()
    found = set()
    for app_label, operation in new_database.list_remaining_objects(plan):
        if isinstance(operation, TriggerOperation):
            model = operation.model(app_label, state.apps)
            for statement in operation.create_sql(model, connection.vendor, state):
                found |= {(name, table) for name, table in _CREATED_TRIGGER.findall(statement)}
    return found


def _live_triggers() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
                " WHERE NOT tgisinternal AND tgenabled = 'O' AND relnamespace = 'public'::regnamespace"
            )
        else:
            cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        return {(name, table) for name, table in cursor.fetchall()}


def compare_counts(counts: Mapping[str, int], manifest: Manifest) -> list[str]:
    """Return a sentence for each table with another number of rows than the backup says, or than was loaded."""
    return [
        f"{label}: {counts[label]} loaded, {stored} stored, {table.rows} in the backup"
        for label, table in manifest.tables.items()
        for stored in [apps.get_model(label)._base_manager.count()]
        if not counts[label] == stored == table.rows
    ]
