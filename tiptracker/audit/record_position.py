"""How far a snapshot reads tables to which rows are only added, so that what was kept can be brought up to date."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Model, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable, RawSQL

from tiptracker.accounts.models import Country
from tiptracker.audit.models import AuditEntry
from tiptracker.infrastructure.prepared_query import PreparedQuery


class RecordPosition(NamedTuple):
    """How far a snapshot reads: by table its newest key, and the newest entry of the activity log.

    `is_settled` says that no other transaction writes to these tables. PostgreSQL gives out keys before it commits, so
    a row may appear below a key that was read before. So facts are brought up to date from a position up to which all
    rows had appeared when they were read: from the position of an earlier reading at which nobody was writing. A writer
    holds the lock of its table before it gets a key, so whoever could still add a row below that position would have
    been seen. SQLite has one writer at a time, so its keys appear in order.

    Each log entry contains the hash of the one before. If the kept entry is still in its place, the database has not
    been restored to an earlier state since. Before the first entry, that cannot be told.
    """

    newest: Mapping[type[Model], int]
    log_number: int
    log_hash: str
    is_settled: bool
    former_hash: str
    """The hash of the log entry with the number that was asked for."""

    def is_after(self, former: "RecordPosition") -> bool:
        """Return whether the log continues an earlier reading, whose log number was asked for."""
        return bool(former.log_hash) and self.former_hash == former.log_hash


class PositionReader:
    """Reads the position of a snapshot in some tables."""

    def __init__(self, tables: Sequence[type[Model]]) -> None:
        self._tables = tables
        self._query = PreparedQuery(self._build, country=int, number=int)

    def read(self, country: int, log_number: int = 0) -> RecordPosition:
        """Return the position, with the hash of the log entry `log_number`. `country` (id) may be any that exists."""
        ((*keys, number, log_hash, former_hash, is_settled),) = self._query.rows(country=country, number=log_number)
        newest = {table: key or 0 for table, key in zip(self._tables, keys, strict=True)}
        return RecordPosition(newest, number or 0, log_hash or "", bool(is_settled), former_hash or "")

    def _build(self, country: int, number: int) -> QuerySet[Country, tuple[object, ...]]:
        def newest(table: type[Model], column: str, order: str) -> Subquery:
            return Subquery(table._default_manager.order_by(f"-{order}").values(column)[:1])

        return Country.objects.filter(pk=country).values_list(
            *(newest(table, "pk", "pk") for table in self._tables),
            newest(AuditEntry, "number", "number"),
            newest(AuditEntry, "hash", "number"),
            Subquery(AuditEntry.objects.filter(number=number).values("hash")),
            self._nobody_writes(),
        )

    def _nobody_writes(self) -> Combinable:
        """Return the condition that no other transaction holds the lock for writing of one of the tables."""
        if connection.vendor == "sqlite":
            return Value(1)
        tables = [f"'{connection.ops.quote_name(table._meta.db_table)}'::regclass" for table in self._tables]
        return RawSQL(_NOBODY_WRITES.format(tables=", ".join(tables)), [])  # noqa: S611 -- names of our own tables


_NOBODY_WRITES = """
NOT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND relation IN ({tables}) AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
"""
