"""The statements that a page sends, and what PostgreSQL does for each: EXPLAIN (ANALYZE, BUFFERS)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple

from django.db import connection

SHOWN_NODES = 4
"""How many nodes of a plan are shown: those that yield the most rows."""
PLANNED = ("SELECT", "WITH")
CHANGING = ("UPDATE", "DELETE")
"""Statements that are only planned, because to run them again would change rows."""


class Statement(NamedTuple):
    """A statement with its parameters, and how long it took, in milliseconds. `failed`: for example at a time limit."""

    sql: str
    params: Any
    ms: float
    failed: bool

    @property
    def verb(self) -> str:
        return self.sql.lstrip("( ").partition(" ")[0].upper()


class Scan(NamedTuple):
    """A node of a plan that reads a table: how many rows it read and dropped in all its rounds."""

    kind: str
    table: str
    index: str
    rows: int

    def __str__(self) -> str:
        index = f" by {self.index}" if self.index else ""
        return f"{self.kind} {self.table}{index}: {self.rows:,}"


@dataclass
class Plan:
    """The plan of a statement: its milliseconds, the pages it read, and the tables."""

    statement: Statement
    ms: float
    pages: int
    scans: list[Scan] = field(default_factory=list)

    def in_short(self) -> str:
        """Return the nodes that read most, in words."""
        most = sorted(self.scans, key=lambda scan: -scan.rows)[:SHOWN_NODES]
        return "; ".join(dict.fromkeys(map(str, most)))

    def read_through(self) -> set[str]:
        """Return the tables that are read from beginning to end."""
        return {scan.table for scan in self.scans if scan.kind == "Seq Scan"}


@contextmanager
def captured_statements() -> Iterator[list[Statement]]:
    """Collect the statements that the body sends."""
    sent: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, *others: Any) -> Any:
        began, failed = perf_counter(), True
        try:
            result = execute(sql, params, *others)
            failed = False
            return result
        finally:
            sent.append(Statement(sql, params, 1000 * (perf_counter() - began), failed))

    with connection.execute_wrapper(note):
        yield sent


def explain(statement: Statement) -> Plan | None:
    """Run a statement again with EXPLAIN. One that changes rows or took too long is only planned.

    None for others, such as INSERT.
    """
    if statement.verb in PLANNED and not statement.failed:
        options = "ANALYZE, BUFFERS, FORMAT JSON"
    elif statement.verb in (*PLANNED, *CHANGING):
        options = "FORMAT JSON"
    else:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({options}) {statement.sql}", statement.params)
        found = cursor.fetchone()[0]
    top = (json.loads(found) if isinstance(found, str) else found)[0]
    root = top["Plan"]
    pages = root.get("Shared Hit Blocks", 0) + root.get("Shared Read Blocks", 0)
    ms = statement.ms if statement.failed else top.get("Execution Time", 0) + top.get("Planning Time", 0)
    return Plan(statement, ms, pages, list(_scans(root)))


def _scans(node: dict[str, Any], index: str = "") -> Iterator[Scan]:
    """Yield the nodes that read a table; a bitmap's index is named with its table."""
    kind, inner = node["Node Type"], node.get("Plans", [])
    if kind == "Bitmap Heap Scan":
        index = ", ".join(sorted(set(_bitmap_indexes(node))))
    if table := node.get("Relation Name"):
        dropped = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        rows = (node.get("Actual Rows", node["Plan Rows"]) + dropped) * node.get("Actual Loops", 1)
        if node.get("Actual Loops", 1):
            yield Scan(kind, table, node.get("Index Name", index), int(rows))
    for each in inner:
        yield from _scans(each)


def _bitmap_indexes(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Bitmap Index Scan":
        yield node["Index Name"]
    for each in node.get("Plans", []):
        yield from _bitmap_indexes(each)


def pages_of_tables() -> dict[str, int]:
    """Return how many pages each table has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, relpages FROM pg_class WHERE relkind = 'r'")
        return dict(cursor.fetchall())
