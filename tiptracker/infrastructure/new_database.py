"""Create the tables of a new database at once, instead of by every migration that led to them.

A migration renders all models that are related to the one it changes. In a database without rows, this takes nearly all
of the time, and a later migration changes the models again.
"""

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder


class DatabaseObjectOperation(Operation):
    """A migration operation that creates or removes something that no model describes, such as a trigger."""

    reversible = True
    removes = False

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Do nothing: the models stay as they are."""

    def object_key(self, app_label: str) -> tuple[str, ...]:
        """Return what the operation creates or removes. A later operation with the same key replaces it."""
        raise NotImplementedError


def is_new(connection: BaseDatabaseWrapper) -> bool:
    """Return whether the database has no tables, except perhaps an empty one for the names of migrations."""
    recorder = MigrationRecorder(connection)
    own_table = recorder.Migration._meta.db_table
    return set(connection.introspection.table_names()) <= {own_table} and not recorder.applied_migrations()


def create_tables(connection: BaseDatabaseWrapper) -> None:
    """Create what all migrations leave in a new database, and record them as applied, in one transaction.

    Operations that only move rows do not run, because there are no rows. `tests/test_upgrade.py` checks that a new and
    an upgraded database are the same.
    """
    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    state = executor.loader.project_state()
    with connection.schema_editor(atomic=True) as editor:
        for model in [state.apps.get_model(*key) for key in state.models]:
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for app_label, operation in list_remaining_objects(plan):
            operation.database_forwards(app_label, editor, state, state)
        for migration in plan:
            executor.record_migration(migration.app_label, migration.name)


def list_remaining_objects(plan: Iterable[Migration]) -> Iterable[tuple[str, DatabaseObjectOperation]]:
    """Return the operations whose result still exists after the last migration, each with the app of its migration."""
    remaining: dict[tuple[str, ...], tuple[str, DatabaseObjectOperation]] = {}
    for migration in plan:
        for operation in migration.operations:
            if isinstance(operation, DatabaseObjectOperation):
                key = operation.object_key(migration.app_label)
                remaining.pop(key, None)
                if not operation.removes:
                    remaining[key] = migration.app_label, operation
    return remaining.values()
