"""Record which rows the product locks and changes in a transaction on PostgreSQL, and check the order.

A statement may wait for another transaction where it
- locks rows (SELECT … FOR UPDATE, UPDATE, DELETE),
- adds a row that the other may be adding too (`CONTESTED_TABLES`),
- adds a row that refers to one that may be deleted (`TABLES_WITH_DELETED_ROWS`).
All of these have to follow the order of `tiptracker/infrastructure/locking.py`. The lock of the log comes last. A
transaction that changes the record gives it a new version, by an entry in the log.
"""

import re
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import repeat

from django.apps import apps
from django.db import connection, transaction
from django.db.models.signals import post_save

from tests.unversioned_tables import CHANGED_TABLE, UNLOGGED_FUNCTIONS, UNVERSIONED_TABLES
from tiptracker.infrastructure.locking import LOCK_ORDER

LOG = "the log"
CONTESTED_TABLES = {"accounts.user", "jobs.job"}
TABLES_WITH_DELETED_ROWS = {
    "accounts.user_countries",
    "audit.listread",
    "dialogues.agendaitem",
    "dialogues.draft",
    "dialogues.draft_files",
    "dialogues.participant",
    "dialogues.workbookdraft",
    "dialogues.workbookdraft_files",
    "idempotency.idempotencykey",
    "lock_outs.lockoutcount",
    "jobs.job",
    "operations.partfailure",
    "mail.mail",
    "mfa.authenticator",
    "recommendations.editionimport",
    "recommendations.question_benchmarks",
    "recommendations.question_indicators",
    "recommendations.questionset",
    "recommendations.recommendation_supporting",
    "reports.wordtemplate",
    "saved_filters.savedfilter",
    "undo.removedrow",
    "usersessions.usersession",
}
"""Tables from which the product deletes rows."""
TABLES_UNDER_LOG_LOCK = {"audit.recordversion"}
"""Tables that a transaction changes only after it took the lock of the log, which only one can hold."""
IGNORED_MODULES = ("tests.", "_pytest.")
"""Modules whose own transactions are not checked."""
PRODUCT_MODULES = ("tiptracker.", "recommendations.", "dialogues.", "reports.")
MODELS_BY_TABLE = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
APP_LABELS = (
    "accounts", "audit", "dialogues", "idempotency", "jobs", "lock_outs", "mail", "mfa", "operations",
    "recommendations", "reports", "saved_filters", "undo", "usersessions",
)  # fmt: skip


@dataclass(frozen=True)
class Lock:
    """A lock on a row.

    Attributes:
        key: the primary key of the row; None for several rows or a whole table.
        how: the kind of statement: LOCK, UPDATE, DELETE, INSERT, or REFER (a foreign key to the row).
        about: the row that a new row belongs to. If this transaction created it, no other adds the same new row.
    """

    table: str
    key: object
    how: str
    about: tuple | None = None


@dataclass
class Transaction:
    """The locks of one transaction in their order. `name` is the function that opened it."""

    name: str
    depth: int
    locks: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    held: set = field(default_factory=set)
    last: tuple = (-1, 0)
    changed: set = field(default_factory=set)

    def note_change(self, sql):
        """Record which table a statement changes."""
        if found := CHANGED_TABLE.match(sql):
            self.changed.add(found[1])

    def find_unversioned_change(self):
        """Return the fault if the transaction changes the record and gives it no new version."""
        changed = self.changed - UNVERSIONED_TABLES
        if not self.name.startswith(PRODUCT_MODULES):  # such as one that Django opens for a row of a test
            return
        if not changed or "audit_recordversion" in self.changed or self.name in UNLOGGED_FUNCTIONS:
            return
        self._find_fault(f"changes {', '.join(sorted(changed))} without an entry in the log: kept pages would be stale")

    def take(self, locks, sql):
        """Record what a statement locks, and what is wrong with it."""
        self.locks += locks
        for lock in locks:
            if lock.about in self.held or (lock.table in TABLES_UNDER_LOG_LOCK and (LOG, None) in self.held):
                continue
            if lock.how == "REFER" and lock.table not in TABLES_WITH_DELETED_ROWS:
                continue  # no transaction locks such a row against references to it
            if lock.how == "DELETE" and lock.table not in TABLES_WITH_DELETED_ROWS:
                self._find_fault(f"deletes rows of {lock.table}: add it to TABLES_WITH_DELETED_ROWS in tests/locks.py")
            if lock.table not in {LOG, *LOCK_ORDER}:
                self._find_fault(f"locks {lock.table}, which has no place in tiptracker/infrastructure/locking.py")
            elif not {(lock.table, lock.key), (lock.table, None)} & self.held:
                self._place(lock)
        rows = {(lock.table, lock.key) for lock in locks if lock.how not in {"INSERT", "REFER"}}
        new = {row for row in rows - self.held if (row[0], None) not in self.held}
        if len(rows) > 1 and new and "ORDER BY" not in sql:
            self._find_fault(f"locks several rows in no order: {sql[:300]}")
        self.held |= {(lock.table, lock.key) for lock in locks if lock.how != "REFER"}

    def _place(self, lock):
        place = (len(LOCK_ORDER) if lock.table == LOG else LOCK_ORDER.index(lock.table), lock.key or 0)
        is_later = place[0] > self.last[0]
        with suppress(TypeError):  # keys that are words are in no order here
            is_later = is_later or (place[0] == self.last[0] and (lock.key is None or place[1] >= self.last[1]))
        if is_later:
            self.last = place
        else:
            after = LOG if self.last[0] == len(LOCK_ORDER) else LOCK_ORDER[self.last[0]]
            self._find_fault(f"{lock.how} {lock.table} {lock.key or ''} after {after} {self.last[1] or ''}")

    def _find_fault(self, sentence):
        self.faults.append(f"{self.name}: {sentence}")


class LockRecorder:
    """Record the locks of each transaction that the product opens on the connection of this thread."""

    def __init__(self):
        self.transactions = []
        self.current = None
        self.faults = []

    def __call__(self, execute, sql, params, many, context):
        if self.current:
            self.current.note_change(sql)
        if locks := list(locks_of(sql, params)):
            if self.current:
                self.current.take(locks, sql)
            elif " FOR " in sql[-80:] and connection.in_atomic_block and not _is_in_transaction():
                self.faults.append(f"Rows are locked outside of a transaction: {sql[:300]}")
        return execute(sql, params, many, context)

    def note_new(self, sender, instance, created, **_):
        """Count a row that this transaction created as locked: no other transaction can wait for it."""
        if created and self.current:
            self.current.held.add((sender._meta.label_lower, instance.pk))

    def all_faults(self):
        return [*self.faults, *(fault for recorded in self.transactions for fault in recorded.faults)]


def _is_in_transaction():
    """Whether any transaction is open besides the one that pytest-django opens around a test."""
    return any(not block._from_testcase for block in connection.atomic_blocks)


@contextmanager
def record_locks():
    """Record the locks that the block takes."""
    recorder = LockRecorder()
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__

    def begin(block):
        is_outermost = not block._from_testcase and not _is_in_transaction()
        enter(block)
        if is_outermost and (name := _opening_function(sys._getframe(1))):
            recorder.current = Transaction(name, len(connection.atomic_blocks))
            recorder.transactions.append(recorder.current)

    def end(block, *error):
        if recorder.current and len(connection.atomic_blocks) <= recorder.current.depth:
            if error == (None, None, None) and not connection.needs_rollback:
                recorder.current.find_unversioned_change()
            recorder.current = None
        return leave(block, *error)

    transaction.Atomic.__enter__, transaction.Atomic.__exit__ = begin, end
    post_save.connect(recorder.note_new)
    try:
        with connection.execute_wrapper(recorder):
            yield recorder
    finally:
        post_save.disconnect(recorder.note_new)
        transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, leave


def _opening_function(frame):
    """Return the full name of the function that opens a transaction; "" if its transactions are not checked."""
    if frame.f_code.co_name == "inner" and "func" in frame.f_locals:  # as a decorator
        function = frame.f_locals["func"]
        name = f"{function.__module__}.{function.__qualname__}"
    else:
        name = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"
    return "" if name.startswith(IGNORED_MODULES) else name


# --- What a statement locks -------------------------------------------------------------------------------------------


def locks_of(sql, params):
    """Return the locks that a statement takes."""
    head = sql[:6]
    if head == "SELECT":
        if "pg_advisory_xact_lock" in sql:
            yield Lock(LOG, None, "LOCK")
        elif " FOR " in sql[-200:] and (found := re.search(r" FOR (?:NO KEY )?UPDATE(?: OF (.*))?$", sql)):
            tables = re.findall(r'"(\w+)"', found[1] or "") or re.findall(r'(?:FROM|JOIN) "(\w+)"', sql)
            for table in dict.fromkeys(tables):
                yield from _locks_on_rows(table, sql, params, "LOCK")
    elif head in {"UPDATE", "DELETE"}:
        if found := re.match(r'(?:UPDATE|DELETE FROM) "(\w+)"', sql):
            yield from _locks_on_rows(found[1], sql, params, head)
    elif head == "INSERT":
        yield from _locks_of_insert(sql, params)


def _locks_of_insert(sql, params):
    found = re.match(r'INSERT INTO "(\w+)" \((.*?)\)', sql)
    if not found or (model := MODELS_BY_TABLE.get(found[1])) is None or model._meta.app_label not in APP_LABELS:
        return
    columns = re.findall(r'"(\w+)"', found[2])
    values = params if sql.count("%s") == len(columns) else repeat(None)  # of many, each column is one list
    given = dict(zip(columns, values, strict=False))
    if model._meta.label_lower in CONTESTED_TABLES:
        about = ("recommendations.edition", int(given["key"])) if given.get("kind") == "readiness" else None
        yield Lock(model._meta.label_lower, None, "INSERT", about)
    if " ON CONFLICT" in sql and " DO UPDATE" in sql:
        yield Lock(model._meta.label_lower, None, "UPDATE")
    for column in model._meta.concrete_fields:
        keys = given.get(column.column)
        if column.remote_field and keys is not None:
            for key in keys if isinstance(keys, list) else [keys]:
                yield Lock(column.related_model._meta.label_lower, key, "REFER")


def _locks_on_rows(table, sql, params, how):
    """Return a lock on each row that a statement names by primary key, else one lock without a key."""
    model = MODELS_BY_TABLE.get(table)
    if model is None or model._meta.app_label not in APP_LABELS:
        return
    where = sql.find(" WHERE ")
    named = rf'"{table}"\."{model._meta.pk.column}" (?:= %s|IN \(%s(?:, %s)*\))'
    found = re.search(named, sql[where:]) if where >= 0 else None
    if not found:
        yield Lock(model._meta.label_lower, None, how)
        return
    first = sql[: where + found.start()].count("%s")
    keys = params[first : first + found[0].count("%s")]
    for key in sorted(keys) if " ORDER BY " in sql else keys:
        yield Lock(model._meta.label_lower, key, how)
