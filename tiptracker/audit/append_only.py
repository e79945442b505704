"""Database triggers that keep rows as they were written, for PostgreSQL and SQLite.

They are used as migration operations. SQLite has two peculiarities:

- It rebuilds a table to alter it and drops its triggers. A migration that alters an append-only table must therefore
  end with the same operation again (tests/test_architecture.py checks the live database).
- It looks into every trigger when it renames a table that a trigger names. A migration that makes it rebuild the
  redaction places or decisions, or the certificates and rows of disposals, must first lift every AppendOnly that has
  redactable texts. One that makes it rebuild evidence or the files of dialogues must first lift the AppendOnly of the
  files, and one that makes it rebuild the corrections of commitments that of the commitments. The trigger
  `refuse_row_of_another_edition` (`dialogues/disposal_trigger.py`) names most tables of the record, and so do those of
  editions that were disposed of (`dialogues/closed_editions.py`). Both modules say how to lift them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tiptracker.former_names import all_fields, all_labels
from tiptracker.infrastructure.new_database import DatabaseObjectOperation

REDACTED = "[redacted]"
"""The fixed mark of a redaction: the only text that may replace a recorded text."""
REDACTED_BEFORE = "(redacted in an earlier version)"
"""What a new row says if it repeats a text that was redacted. No redaction names the new row."""
DISPOSED = "[disposed of]"
"""The fixed mark of a disposal: what replaces each text of a row that a certificate of disposal names."""
MARKS = (REDACTED, DISPOSED)
"""The marks that stand where a text was."""
NEVER_DISPOSED = frozenset({"dialogues.lawentry", "dialogues.redaction", "dialogues.redactiondecision"})
"""Tables with texts that a redaction may remove, and that no disposal removes."""
REPEATED_MARKS = {REDACTED: REDACTED_BEFORE, DISPOSED: "(disposed of in an earlier version)"}
"""By mark: what a new row says if it repeats a text that was removed."""

_REFUSE_CHANGE_SQL = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION '% is append-only: record another row instead', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_PLACE_TABLE, _DECISION_TABLE = "dialogues_redactionplace", "dialogues_redactiondecision"
_ROW_TABLE, _CERTIFICATE_TABLE = "dialogues_disposalrow", "dialogues_disposalcertificate"


class TriggerOperation(DatabaseObjectOperation):
    """Base of these operations: they run SQL for the database at hand.

    Those with `removes` drop the triggers of their base class, and create them when they are undone.
    """

    trigger: str
    """The name of the trigger in PostgreSQL. There a trigger belongs to its table, in SQLite to the whole database."""
    suffixes: tuple[str, ...] = ("",)
    """What the names of the triggers end with, if there are several."""

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def object_key(self, app_label: str) -> tuple[str, ...]:
        return (*self._model_key(app_label), self.trigger)

    def database_forwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._run(app_label, editor, to_state, creates=not self.removes)

    def database_backwards(
        self, app_label: str, editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._run(app_label, editor, from_state, creates=self.removes)

    def model(self, app_label: str, apps: Apps) -> type[models.Model]:
        """Return the model by its name; "audit.auditdetail" names a model of another app than the migration's."""
        return apps.get_model(*self._model_key(app_label))

    def _model_key(self, app_label: str) -> tuple[str, str]:
        label, _, name = self.model_name.lower().rpartition(".")
        return label or app_label, name

    def create_sql(self, model: type[models.Model], vendor: str, state: Any) -> list[str]:
        """Return the statements that create the triggers, or replace them."""
        raise NotImplementedError

    def drop_sql(self, table: str, vendor: str) -> list[str]:
        """Return the statements that drop the triggers."""
        unique = self.unique_name(table)
        if vendor != "postgresql":
            return [f"DROP TRIGGER IF EXISTS {unique}{suffix}" for suffix in self.suffixes]
        drop = [f"DROP TRIGGER IF EXISTS {self.trigger}{suffix} ON {table}" for suffix in self.suffixes]
        return [*drop, f"DROP FUNCTION IF EXISTS {unique}()"]

    def unique_name(self, table: str) -> str:
        """Return the name of the trigger's function in PostgreSQL, and of the trigger in SQLite."""
        return f"{table}_{self.trigger}"

    def _run(self, app_label: str, editor: BaseDatabaseSchemaEditor, state: Any, *, creates: bool) -> None:
        model, vendor = self.model(app_label, state.apps), editor.connection.vendor
        statements = self.create_sql(model, vendor, state) if creates else self.drop_sql(model._meta.db_table, vendor)
        for statement in statements:
            editor.execute(statement, params=None)


class AppendOnly(TriggerOperation):
    """Refuse UPDATE, DELETE and TRUNCATE, except that texts in `redactable` may become one of the MARKS.

    A text may become REDACTED only if a confirmed redaction names that row and field. It may become DISPOSED only while
    a certificate of disposal that names the row is open: from when it is written until the end of that disposal.

    Args:
        redactable: the fields that may become a mark.
        when: a condition on the old row (SQL, `OLD.` before columns); only rows that meet it are protected.
        once: fields that may be changed together, one time: all of them, the first from nothing to something.
        emptied: fields that may become empty in the change of `once`.
        unless: by field, another condition (SQL, `OLD.` before columns) under which it may become the mark too.
        corrected: fields that may change together whenever `when_corrected` holds.
        when_corrected: a condition on both rows (SQL, `OLD.` and `NEW.` before columns) that finds the row in which
            the change is recorded.
    """

    trigger = "append_only"
    suffixes = ("", "_delete", "_truncate")

    def __init__(
        self,
        model_name: str,
        redactable: tuple[str, ...] = (),
        when: str = "",
        *,
        once: tuple[str, ...] = (),
        emptied: tuple[str, ...] = (),
        unless: Mapping[str, str] | None = None,
        corrected: tuple[str, ...] = (),
        when_corrected: str = "",
    ) -> None:
        super().__init__(model_name)
        self.redactable = redactable
        self.when = when
        self.once = once
        self.emptied = emptied
        self.unless = unless or {}
        self.corrected, self.when_corrected = corrected, when_corrected

    def describe(self) -> str:
        return f"Refuse changes to rows of {self.model_name}"

    def create_sql(self, model: type[models.Model], vendor: str, state: Any) -> list[str]:
        table = model._meta.db_table
        asks_redaction = ("dialogues", "redactionplace") in state.models  # before that, the table does not exist
        may_go = {
            name: {REDACTED: self._may_go(model, name)} if asks_redaction else {REDACTED: "1 = 1"}
            for name in self.redactable
        }
        if ("dialogues", "disposalrow") in state.models and model._meta.label_lower not in NEVER_DISPOSED:
            for conditions in may_go.values():
                conditions[DISPOSED] = _may_be_disposed_of(model)
        if vendor == "postgresql":
            only = f"WHEN ({self.when})" if self.when else ""
            create = "CREATE OR REPLACE TRIGGER"
            refuse = "EXECUTE FUNCTION refuse_change()"
            call = f"EXECUTE FUNCTION {table}_append_only()" if self.redactable else refuse
            for_each_row = f"ON {table} FOR EACH ROW"
            triggers = [f"{create} append_only BEFORE UPDATE OR DELETE {for_each_row} {only} {call}"]
            if self.once:  # a deleted row has no NEW to compare
                but_once = f"WHEN (({self.when or 'TRUE'}) AND NOT ({self._once(model, 'IS NOT DISTINCT FROM')}))"
                triggers = [
                    f"{create} append_only BEFORE UPDATE {for_each_row} {but_once} {call}",
                    f"{create} append_only_delete BEFORE DELETE {for_each_row} {only} {refuse}",
                ]
            corrected = [_column_name(model, name) for name in self.corrected]
            function = _redaction_function_sql(model, may_go, corrected, self.when_corrected)
            functions = [_REFUSE_CHANGE_SQL, *([function] if self.redactable else [])]
            return [*functions, *triggers, f"{create} append_only_truncate BEFORE TRUNCATE ON {table} {refuse}"]
        same = " AND ".join(
            f'(NEW."{c}" IS OLD."{c}"'
            + "".join(
                f""" OR (NEW."{c}" = '{mark}' AND {condition})""" for mark, condition in may_go[field.name].items()
            )
            + ")"
            if field.name in self.redactable
            else f'NEW."{c}" IS OLD."{c}"'
            for field in model._meta.local_concrete_fields
            for c in [field.column]
        )
        if self.once:
            same = f"({same}) OR ({self._once(model, 'IS')})"
        if self.corrected:
            columns = [field.column for field in model._meta.local_concrete_fields if field.name not in self.corrected]
            others = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in columns)
            same = f"({same}) OR ({others} AND ({self.when_corrected}))"
        refusal = f"SELECT RAISE(ABORT, '{table} is append-only: record another row instead')"
        when = f"({self.when}) AND " if self.when else ""
        only = f"WHEN {self.when}" if self.when else ""
        return [
            f"DROP TRIGGER IF EXISTS {table}_append_only",
            f"DROP TRIGGER IF EXISTS {table}_append_only_delete",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} WHEN {when}NOT ({same}) BEGIN {refusal}; END",
            f"CREATE TRIGGER {table}_append_only_delete BEFORE DELETE ON {table} {only} BEGIN {refusal}; END",
        ]

    def _may_go(self, model: type[models.Model], name: str) -> str:
        """Return SQL: a confirmed redaction names this field of the old row, or the condition in `unless` is met."""
        named = (  # built only from our own names
            f"EXISTS (SELECT 1 FROM {_PLACE_TABLE} place "  # noqa: S608
            f"JOIN {_DECISION_TABLE} word ON word.redaction_id = place.redaction_id "
            f'WHERE place."table" {_is_one_of(all_labels(model._meta.label_lower))} '
            f'AND place."row" = OLD."{model._meta.pk.column}" '
            f"AND place.field {_is_one_of(all_fields(name))} AND NOT place.is_left AND word.decision = 'confirmed')"
        )
        return f"({named} OR {self.unless[name]})" if name in self.unless else named

    def _once(self, model: type[models.Model], equals: str) -> str:
        """Return SQL: the change sets the first field of `once`, changes the others, and empties none but `emptied`."""
        first = _column_name(model, self.once[0])
        conditions = [f'OLD."{first}" IS NULL AND NEW."{first}" IS NOT NULL']
        for field in model._meta.local_concrete_fields:
            same = f'NEW."{field.column}" {equals} OLD."{field.column}"'
            if field.name in self.emptied:
                empty = "IS NULL" if field.null else "= ''"
                conditions.append(f'({same} OR NEW."{field.column}" {empty})')
            else:
                conditions.append(f"NOT ({same})" if field.name in self.once else same)
        return " AND ".join(conditions)


def _may_be_disposed_of(model: type[models.Model]) -> str:
    """Return SQL: an open certificate of disposal names the old row."""
    return (  # built only from our own names
        f"EXISTS (SELECT 1 FROM {_ROW_TABLE} gone JOIN {_CERTIFICATE_TABLE} paper ON paper.id = gone.certificate_id "  # noqa: S608
        f'WHERE gone."table" {_is_one_of(all_labels(model._meta.label_lower))} '
        f'AND gone."row" = OLD."{model._meta.pk.column}" AND paper.closed_at IS NULL)'
    )


def _is_one_of(names: Sequence[str]) -> str:
    quoted = ", ".join(f"'{name}'" for name in names)
    return f"= {quoted}" if len(names) == 1 else f"IN ({quoted})"


class LiftAppendOnly(AppendOnly):
    """Allow changes to rows in the operations that follow; the same migration must end with AppendOnly again."""

    removes = True

    def describe(self) -> str:
        return f"Let rows of {self.model_name} be changed"


class HoldColumns(TriggerOperation):
    """Refuse an UPDATE that changes one of `fields`, on which computed results depend; other fields may be corrected.

    Fields in `once` may be set while they are empty, and must not change after that.
    """

    trigger = "hold_columns"

    def __init__(self, model_name: str, fields: tuple[str, ...], once: tuple[str, ...] = ()) -> None:
        super().__init__(model_name)
        self.fields = fields
        self.once = once

    def describe(self) -> str:
        return f"Refuse changes to {', '.join((*self.fields, *self.once))} of {self.model_name}"

    def create_sql(self, model: type[models.Model], vendor: str, state: Any) -> list[str]:
        table = model._meta.db_table
        columns = [f'"{_column_name(model, name)}"' for name in self.fields]
        once = [f'"{_column_name(model, name)}"' for name in self.once]
        refusal = f"{table} holds {', '.join((*self.fields, *self.once))} fast: add another row instead"
        if vendor == "postgresql":
            differs = _differs_sql(columns, once, "IS DISTINCT FROM")
            return _function_and_trigger_sql(
                self.unique_name(table),
                f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';",
                f"hold_columns BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({differs})",
            )
        differs = _differs_sql(columns, once, "IS NOT")
        create = f"CREATE TRIGGER {table}_hold_columns BEFORE UPDATE ON {table} WHEN {differs} "
        return [*self.drop_sql(table, vendor), f"{create}BEGIN SELECT RAISE(ABORT, '{refusal}'); END"]


class KeepDisposed(TriggerOperation):
    """Refuse an UPDATE that puts another text in place of the mark DISPOSED, in tables whose rows may be edited."""

    trigger = "keep_disposed"

    def __init__(self, model_name: str, fields: tuple[str, ...]) -> None:
        super().__init__(model_name)
        self.fields = fields

    def describe(self) -> str:
        return f"Keep the marks of disposals in {self.model_name}"

    def create_sql(self, model: type[models.Model], vendor: str, state: Any) -> list[str]:
        table = model._meta.db_table
        columns = [_column_name(model, name) for name in self.fields]
        changed = " OR ".join(f"""OLD."{name}" = '{DISPOSED}' AND NEW."{name}" <> '{DISPOSED}'""" for name in columns)
        refusal = f"{table} keeps what was disposed of: add another row instead"
        if vendor == "postgresql":
            return _function_and_trigger_sql(
                self.unique_name(table),
                f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';",
                f"keep_disposed BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed})",
            )
        create = f"CREATE TRIGGER {table}_keep_disposed BEFORE UPDATE ON {table} WHEN {changed} "
        return [*self.drop_sql(table, vendor), f"{create}BEGIN SELECT RAISE(ABORT, '{refusal}'); END"]


def _function_and_trigger_sql(name: str, body: str, trigger: str) -> list[str]:
    """Return SQL (PostgreSQL) for a function and the trigger that calls it."""
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"CREATE OR REPLACE TRIGGER {trigger} EXECUTE FUNCTION {name}()",
    ]


def _differs_sql(columns: Sequence[str], once: Sequence[str], unlike: str) -> str:
    """Return SQL: one of `columns` gets another value, or one of `once` that already has a value does."""
    changed = [f"NEW.{column} {unlike} OLD.{column}" for column in columns]
    set_anew = [f"(OLD.{column} IS NOT NULL AND NEW.{column} {unlike} OLD.{column})" for column in once]
    return " OR ".join([*changed, *set_anew])


def _redaction_function_sql(
    model: type[models.Model],
    may_go: Mapping[str, Mapping[str, str]],
    corrected: Sequence[str] = (),
    when_corrected: str = "",
) -> str:
    """Return SQL (PostgreSQL) for a function that refuses each change except redactions, disposals and corrections.

    The first two set a field in `may_go` to a mark, under the condition that is given there for it. A correction
    changes the columns in `corrected`, under the condition `when_corrected`.
    """
    table = model._meta.db_table
    let_change = "".join(f"before := before - '{column}'; after := after - '{column}'; " for column in corrected)
    if corrected:
        let_change = f"IF {when_corrected} THEN {let_change}END IF; "
    let_go = " ".join(
        f"IF after->>'{column}' = '{mark}' AND after->'{column}' <> before->'{column}' AND {condition} THEN "
        f"before := before - '{column}'; after := after - '{column}'; END IF;"
        for name, conditions in may_go.items()
        for mark, condition in conditions.items()
        for column in [_column_name(model, name)]
    )
    return (
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE before jsonb; after jsonb; BEGIN IF TG_OP = 'UPDATE' THEN "
        f"before := to_jsonb(OLD); after := to_jsonb(NEW); {let_change}{let_go} "
        "IF before = after THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{table} is append-only: record another row instead' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )


def _column_name(model: type[models.Model], name: str) -> str:
    return next(str(field.column) for field in model._meta.local_concrete_fields if field.name == name)


class RefuseInsert(TriggerOperation):
    """Refuse a new row if `when` (SQL over `NEW.`) is true, with the error `sentence`; `name` is the trigger's name."""

    def __init__(self, model_name: str, name: str, when: str, sentence: str) -> None:
        super().__init__(model_name)
        self.name = self.trigger = name
        self.when, self.sentence = when, sentence

    def describe(self) -> str:
        return f"Refuse rows of {self.model_name}: {self.name}"

    def unique_name(self, table: str) -> str:
        return self.name

    def create_sql(self, model: type[models.Model], vendor: str, state: Any) -> list[str]:
        table = model._meta.db_table
        if vendor == "postgresql":
            return _function_and_trigger_sql(
                self.name,
                f"IF {self.when} THEN RAISE EXCEPTION '{self.sentence}' "
                "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;",
                f"{self.name} BEFORE INSERT ON {table} FOR EACH ROW",
            )
        create = f"CREATE TRIGGER {self.name} BEFORE INSERT ON {table} WHEN {self.when} "
        return [*self.drop_sql(table, vendor), f"{create}BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"]


class LiftRefuseInsert(RefuseInsert):
    """Remove the trigger for the operations that follow; the same migration must end with RefuseInsert again.

    SQLite needs this if a table that the trigger reads is rebuilt, because it then looks into every trigger.
    """

    removes = True

    def describe(self) -> str:
        return f"Let rows of {self.model_name} be added: {self.name}"
