"""Which rows the product locks in a transaction, and in which order, as PostgreSQL is asked for them.

A statement may wait for somebody else where it locks rows (SELECT … FOR UPDATE, UPDATE, DELETE), where it adds a row
that somebody else may be adding too (`CONTESTED`), and where it adds a row that refers to one that may be deleted
(`DELETED`): all of that has to be in the order of `tiptracker/infrastructure/locking.py`. The log's lock comes last.
"""

import re
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import repeat

from django.apps import apps
from django.db import connection, transaction
from django.db.models.signals import post_save

from tiptracker.infrastructure.locking import LOCK_ORDER

LOG = "the log"
CONTESTED = {"accounts.user", "jobs.job"}
DELETED = {
    "accounts.user_countries",
    "audit.listread",
    "dialogues.agendaitem",
    "dialogues.draft",
    "dialogues.draft_files",
    "dialogues.participant",
    "idempotency.idempotencykey",
    "lock_outs.lockoutcount",
    "jobs.job",
    "mail.mail",
    "mfa.authenticator",
    "recommendations.editionimport",
    "recommendations.recommendation_supporting",
    "saved_filters.savedfilter",
    "undo.removedrow",
    "usersessions.usersession",
}
"""Tables of which the product deletes rows."""
LEFT_OUT = ("tests.", "_pytest.")
"""Where transactions begin that aren't looked at."""
TABLES = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
OURS = (
    "accounts", "audit", "dialogues", "idempotency", "jobs", "lock_outs", "mail", "mfa", "recommendations", "reports",
    "saved_filters", "undo", "usersessions",
)  # fmt: skip


@dataclass(frozen=True)
class Lock:
    """A lock on the row with this key (None: on some rows, or all), by a statement that begins with `how`.

    `about` is the row that a new one belongs to: where this transaction made that, nobody else adds the same.
    """

    table: str
    key: object
    how: str
    about: tuple | None = None


@dataclass
class Transaction:
    """What one transaction locked, in this order; `name` is the function that opened it."""

    name: str
    depth: int
    locks: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    held: set = field(default_factory=set)
    last: tuple = (-1, 0)

    def take(self, locks, sql):
        """Note what a statement locks, and what is wrong with that."""
        self.locks += locks
        for lock in locks:
            if lock.about in self.held:
                continue
            if lock.how == "REFER" and lock.table not in DELETED:
                continue  # nobody ever locks such a row against those who refer to it
            if lock.how == "DELETE" and lock.table not in DELETED:
                self._find_fault(f"deletes rows of {lock.table}: add it to DELETED in tests/locks.py")
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


class Recorder:
    """Notes the locks of each transaction that the product opens on this thread's connection."""

    def __init__(self):
        self.transactions = []
        self.current = None
        self.faults = []

    def __call__(self, execute, sql, params, many, context):
        if locks := list(locks_of(sql, params)):
            if self.current:
                self.current.take(locks, sql)
            elif " FOR " in sql[-80:] and connection.in_atomic_block and not _is_open_elsewhere():
                self.faults.append(f"Rows are locked outside of a transaction: {sql[:300]}")
        return execute(sql, params, many, context)

    def note_new(self, sender, instance, created, **_):
        """Nobody waits for a row that this transaction made."""
        if created and self.current:
            self.current.held.add((sender._meta.label_lower, instance.pk))

    def all_faults(self):
        return [*self.faults, *(fault for one in self.transactions for fault in one.faults)]


def _is_open_elsewhere():
    """Whether a transaction is open that isn't the product's, besides a test's own around everything."""
    return any(not block._from_testcase for block in connection.atomic_blocks)


@contextmanager
def recording():
    """Record what the body locks."""
    recorder = Recorder()
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__

    def begin(block):
        is_outermost = not block._from_testcase and not _is_open_elsewhere()
        enter(block)
        if is_outermost and (name := _opened_by(sys._getframe(1))):
            recorder.current = Transaction(name, len(connection.atomic_blocks))
            recorder.transactions.append(recorder.current)

    def end(block, *error):
        if recorder.current and len(connection.atomic_blocks) <= recorder.current.depth:
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


def _opened_by(frame):
    """The full name of the function that opens a transaction; "" where that is looked at by nobody."""
    if frame.f_code.co_name == "inner" and "func" in frame.f_locals:  # as a decorator
        function = frame.f_locals["func"]
        name = f"{function.__module__}.{function.__qualname__}"
    else:
        name = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"
    return "" if name.startswith(LEFT_OUT) else name


# --- What a statement locks -------------------------------------------------------------------------------------------


def locks_of(sql, params):
    """The locks that a statement takes."""
    head = sql[:6]
    if head == "SELECT":
        if "pg_advisory_xact_lock" in sql:
            yield Lock(LOG, None, "LOCK")
        elif " FOR " in sql[-200:] and (found := re.search(r" FOR (?:NO KEY )?UPDATE(?: OF (.*))?$", sql)):
            tables = re.findall(r'"(\w+)"', found[1] or "") or re.findall(r'(?:FROM|JOIN) "(\w+)"', sql)
            for table in dict.fromkeys(tables):
                yield from _rows(table, sql, params, "LOCK")
    elif head in {"UPDATE", "DELETE"}:
        if found := re.match(r'(?:UPDATE|DELETE FROM) "(\w+)"', sql):
            yield from _rows(found[1], sql, params, head)
    elif head == "INSERT":
        yield from _added(sql, params)


def _added(sql, params):
    found = re.match(r'INSERT INTO "(\w+)" \((.*?)\)', sql)
    if not found or (model := TABLES.get(found[1])) is None or model._meta.app_label not in OURS:
        return
    columns = re.findall(r'"(\w+)"', found[2])
    values = params if sql.count("%s") == len(columns) else repeat(None)  # of many, each column is one list
    given = dict(zip(columns, values, strict=False))
    if model._meta.label_lower in CONTESTED:
        about = ("recommendations.edition", int(given["key"])) if given.get("kind") == "readiness" else None
        yield Lock(model._meta.label_lower, None, "INSERT", about)
    if " ON CONFLICT" in sql and " DO UPDATE" in sql:
        yield Lock(model._meta.label_lower, None, "UPDATE")
    for one in model._meta.concrete_fields:
        keys = given.get(one.column)
        if one.remote_field and keys is not None:
            for key in keys if isinstance(keys, list) else [keys]:
                yield Lock(one.related_model._meta.label_lower, key, "REFER")


def _rows(table, sql, params, how):
    """A lock on each row of `table` that a statement names by its key; one without a key where it names none."""
    model = TABLES.get(table)
    if model is None or model._meta.app_label not in OURS:
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
