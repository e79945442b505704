"""Migration operations for tables that grow, which let people write while they run.

PostgreSQL refuses every write to a table while it creates an index in the ordinary way. docs/operating.md says for how
long. `tests/test_large_tables.py` names the tables, and refuses migrations that would block one of them.
"""

from typing import Any

from django.db import NotSupportedError
from django.db.migrations import AddIndex


class AddIndexWhilePeopleWrite(AddIndex):
    """Add an index, on PostgreSQL concurrently. Its migration sets `atomic = False`.

    If the migration is interrupted, it can be run again: what is left of the index is removed first.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Add the index unless it is there already and complete."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        _require_no_transaction(schema_editor)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        is_complete = _is_complete(schema_editor.connection, self.index.name)
        if is_complete is False:
            schema_editor.remove_index(model, self.index, concurrently=True)
        if not is_complete:
            schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Remove the index."""
        model = from_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        _require_no_transaction(schema_editor)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, concurrently=True)

    def describe(self) -> str:
        """Return what the operation does, for the list of migrations."""
        return f"{super().describe()}, while people write"


def _require_no_transaction(schema_editor: Any) -> None:
    if schema_editor.connection.in_atomic_block:
        raise NotSupportedError("An index cannot be added concurrently in a transaction: set atomic = False.")


def _is_complete(connection: Any, index: str) -> bool | None:
    """Return whether an index is complete; None if there is no such index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [f'"{index}"'])
        row = cursor.fetchone()
    return row[0] if row else None
