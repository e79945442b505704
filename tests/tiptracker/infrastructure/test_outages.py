"""Which errors count as an outage: real errors of databases and disk, and no others."""

import errno
import sqlite3
from contextlib import closing

import psycopg
import psycopg.errors
import psycopg_pool
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, ProgrammingError

from tiptracker.infrastructure.outages import BUSY, FULL, READ_ONLY, UNREACHABLE, find_outage


def sqlite_error(*statements, path=":memory:", **more):
    """Return the error that one of the statements raises."""
    try:
        with closing(sqlite3.connect(path, **more)) as connection:
            for statement in statements:
                connection.execute(statement)
    except sqlite3.Error as error:
        return error
    raise AssertionError("SQLite took all of it.")


def test_a_full_disk_reported_by_sqlite_is_an_outage():
    filling = "INSERT INTO a SELECT randomblob(100000)"
    assert find_outage(sqlite_error("CREATE TABLE a (b)", "PRAGMA max_page_count = 3", filling)) is FULL


def test_sqlite_that_can_only_be_read():
    assert (
        find_outage(sqlite_error("CREATE TABLE a (b)", "PRAGMA query_only = on", "INSERT INTO a VALUES (1)"))
        is READ_ONLY
    )


def test_sqlite_that_somebody_else_writes_to(tmp_path):
    path = tmp_path / "db.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    error = sqlite_error("CREATE TABLE a (b)", path=path, timeout=0)

    other.close()
    assert find_outage(error) is BUSY


def test_sqlite_whose_file_cannot_be_opened(tmp_path):
    assert find_outage(sqlite_error("SELECT 1", path=tmp_path / "nowhere" / "db.sqlite3")) is UNREACHABLE


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (psycopg.errors.DiskFull(), FULL),
        (psycopg.errors.IoError(), FULL),
        (psycopg.errors.ReadOnlySqlTransaction(), READ_ONLY),
        (psycopg.errors.LockNotAvailable(), BUSY),
        (psycopg.errors.QueryCanceled(), BUSY),
        (psycopg.errors.DeadlockDetected(), BUSY),
        (psycopg.errors.AdminShutdown(), UNREACHABLE),
        (psycopg.errors.CannotConnectNow(), UNREACHABLE),
        (psycopg.errors.TooManyConnections(), UNREACHABLE),
        (psycopg.errors.IdleInTransactionSessionTimeout(), UNREACHABLE),
        (psycopg.errors.ConnectionTimeout(), UNREACHABLE),
        (psycopg.OperationalError("server closed the connection unexpectedly"), UNREACHABLE),
        (psycopg_pool.PoolTimeout(), UNREACHABLE),
        (psycopg.errors.UniqueViolation(), None),
        (psycopg.errors.UndefinedTable(), None),
        (psycopg.errors.RaiseException("a trigger of ours"), None),
    ],
)
def test_errors_of_postgresql_that_are_outages(error, outage):
    assert find_outage(error) is outage


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG])
def test_a_full_disk_is_an_outage(number):
    assert find_outage(OSError(number, "as the disk says it")) is FULL


def test_the_cause_is_found_behind_what_it_led_to():
    try:
        try:
            raise psycopg.errors.DiskFull
        except psycopg.Error as cause:
            raise OperationalError("as Django says it") from cause
    except OperationalError as error:
        within = RuntimeError("as a view says it")
        within.__context__ = error

    assert find_outage(within) is FULL


@pytest.mark.parametrize(
    "error",
    [
        None, ValueError("a fault of ours"), FileNotFoundError(errno.ENOENT, "no such file"), IntegrityError("twice"),
        ProgrammingError("no such column"), sqlite3.OperationalError("no such table: a"),
    ],
)  # fmt: skip
def test_a_fault_of_the_program_is_no_outage(error):
    assert find_outage(error) is None


def test_a_connection_that_was_closed_is_an_outage():
    assert find_outage(InterfaceError("connection already closed")) is UNREACHABLE
