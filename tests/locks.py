"""Which rows a transaction locks, in which order, as PostgreSQL is asked for them; and what is wrong with that order.

A lock may wait for somebody where it is exclusive (SELECT … FOR UPDATE, UPDATE, DELETE), where a row is added whose
unique key somebody else may be adding too (jobs), and where a row is added that refers to one which somebody may delete,
or change the key of.
"""

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection, transaction
from django.db.models.signals import post_save

from tiptracker.locking import ORDER

PACKAGES = ("tiptracker", "recommendations", "dialogues", "reports")
LOG = "the log"
CONTESTED = {"jobs.job"}
"""Whoever adds a row of these may wait for somebody else who adds the same."""
TABLES = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@dataclass(frozen=True)
class Lock:
    """A lock on a row of a table: its key, None where the statement doesn't say; `mode` is what PostgreSQL calls it."""

    table: str
    key: object
    mode: str

    @property
    def is_exclusive(self):
        return self.mode != "KEY SHARE"


@dataclass
class Recorded:
    """What one transaction of the product locked, in this order; `name` is the function that opened it."""

    name: str
    locks: list = field(default_factory=list)
    own: set = field(default_factory=set)
    faults: list = field(default_factory=list)


class Recorder:
    """Notes the locks of each transaction that the product opens while it is on, as `transactions`."""

    def __init__(self):
        self.transactions = []
        self.current = None
        self.outside = []

    def __call__(self, execute, sql, params, many, context):
        taken = list(locks_of(sql, params))
        if taken and self.current:
            self.current.locks += taken
            self.current.faults += unordered(sql, taken)
        elif any(lock.mode.startswith("FOR ") for lock in taken):
            self.outside.append(sql)
        return execute(sql, params, many, context)

    def note_new(self, sender, instance, created, **_):
        if created and self.current:
            self.current.own.add((sender._meta.label_lower, instance.pk))


@contextmanager
def recording():
    """Record what the body locks on this thread's connection."""
    recorder = Recorder()
    enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__

    def is_product(frame):
        """The name of the product's function in which an `atomic` begins; "" where it isn't the product's."""
        if frame.f_code.co_name == "inner" and "func" in frame.f_locals:
            function = frame.f_locals["func"]
            module, name = function.__module__, function.__qualname__
        else:
            module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname
        return f"{module}.{name}" if not module.startswith(("tests", "_pytest")) else ""

    def begin(block):
        enter(block)
        import sys

        if recorder.current is None and not block._from_testcase and (name := is_product(sys._getframe(1))):
            recorder.current = Recorded(name)
            recorder.current.block = len(connection.atomic_blocks)
            recorder.transactions.append(recorder.current)

    def end(block, *error):
        if recorder.current and len(connection.atomic_blocks) == recorder.current.block:
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


def locks_of(sql, params):
    """The locks that a statement takes, in no certain order."""
    if "pg_advisory_xact_lock" in sql:
        yield Lock(LOG, None, "ADVISORY")
    elif sql.startswith("SELECT") and (found := re.search(r"FOR (?:NO KEY )?UPDATE(?: OF (.*))?$", sql)):
        named = re.findall(r'"(\w+)"', found[1] or "") or re.findall(r'(?:FROM|JOIN) "(\w+)"', sql)
        mode = "FOR NO KEY UPDATE" if "FOR NO KEY" in found[0] else "FOR UPDATE"
        for table in dict.fromkeys(named):
            yield from _rows(table, sql, params, mode)
    elif found := re.match(r'(UPDATE|DELETE FROM) "(\w+)"', sql):
        yield from _rows(found[2], sql, params, "UPDATE" if found[1] == "UPDATE" else "DELETE")
    elif found := re.match(r'INSERT INTO "(\w+)" \((.*?)\)', sql):
        model = TABLES.get(found[1])
        if model is None:
            return
        if model._meta.label_lower in CONTESTED:
            yield Lock(model._meta.label_lower, None, "INSERT")
        columns = re.findall(r'"(\w+)"', found[2])
        values = params if sql.count("%s") == len(columns) else [None] * len(columns)  # many come as one list a column
        for one in model._meta.concrete_fields:
            if one.remote_field and one.column in columns:
                keys = values[columns.index(one.column)]
                for key in keys if isinstance(keys, list) else [keys]:
                    if key is not None:
                        yield Lock(one.related_model._meta.label_lower, key, "KEY SHARE")


def _rows(table, sql, params, mode):
    """A lock on each row of `table` that a statement names by its key; one without a key where it names none."""
    model = TABLES.get(table)
    if model is None:
        return
    column = model._meta.pk.column
    pattern = rf'"{table}"\."{column}" (?:= %s|IN \((%s(?:, %s)*)\))'
    where = sql.find(" WHERE ")
    found = re.search(pattern, sql[where:]) if where >= 0 else None
    if not found:
        yield Lock(model._meta.label_lower, None, mode)
        return
    first = sql[: where + found.start()].count("%s")
    for key in params[first : first + (found[0].count("%s"))]:
        yield Lock(model._meta.label_lower, key, mode)


def unordered(sql, taken):
    """What is wrong with one statement by itself: several rows, without saying in which order."""
    exclusive = [lock for lock in taken if lock.is_exclusive and lock.table != LOG]
    if len(exclusive) > 1 and "ORDER BY" not in sql:
        return [f"rows of {exclusive[0].table} are locked together, in no order: {sql[:200]}"]
    return []


def faults_of(recorded, strong):
    """Where a transaction locks out of order; `strong` are the tables of which somebody deletes rows, or changes keys."""
    faults, held, highest = list(recorded.faults), set(recorded.own), (-1, 0)
    for lock in recorded.locks:
        if lock.mode == "KEY SHARE" and lock.table not in strong:
            continue
        if (lock.table, lock.key) in held or (lock.table, None) in held:
            continue
        if lock.table != LOG and lock.table not in ORDER:
            faults.append(f"{lock.table} has no place in tiptracker/locking.py ({lock.mode})")
            continue
        place = (len(ORDER) if lock.table == LOG else ORDER.index(lock.table), lock.key)
        if place[0] < highest[0] or (place[0] == highest[0] and _comes_before(lock.key, highest[1])):
            before = LOG if highest[0] == len(ORDER) else ORDER[highest[0]]
            faults.append(f"{lock.table} {lock.key} ({lock.mode}) after {before} {highest[1]}")
        else:
            highest = place
        held.add((lock.table, lock.key))
    return faults


def _comes_before(key, other):
    with suppress(TypeError):
        return key < other
    return False


def strong_tables(transactions):
    """Tables with rows that some transaction deletes, or locks against those too who only refer to them."""
    return {
        lock.table
        for recorded in transactions
        for lock in recorded.locks
        if lock.mode in {"DELETE", "FOR UPDATE"} and (lock.table, lock.key) not in recorded.own
    }
