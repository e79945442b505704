"""Decide whether an error is an outage of the database or the disk.

An outage passes without a change of the program. A wrong SQL statement, a missing table and a violated constraint are
not outages.
"""

import errno
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import psycopg
from django.db import Error, connection
from django.db.utils import DatabaseError, InterfaceError

from tiptracker.localization import gettext_noop

logger = logging.getLogger(__name__)

OUTAGE_PATIENCE_SECONDS, RETRY_PAUSE_SECONDS = 30.0, 0.5
"""How long a worker tries to save what it did, and the pause between two tries."""


class Outage(NamedTuple):
    """The part that failed, a title and a sentence in English, and after how many seconds to try again.

    `may_be_saved` means that the error may have come after everything was saved. `page_sentence` replaces the sentence
    if a page was only opened, and `sign_in_sentence` if the person is not signed in.
    """

    part: str
    title: str
    sentence: str
    retry_after: int
    may_be_saved: bool = False
    page_sentence: str = ""
    sign_in_sentence: str = ""


_NO_SIGN_IN = gettext_noop(
    "You cannot sign in at the moment, because TIP Tracker cannot record it. Try again in a few minutes. If it still "
    "fails, tell your administrator."
)

UNREACHABLE = Outage(
    "database",
    gettext_noop("TIP Tracker cannot reach its database"),
    gettext_noop("The fault is on our side and has been recorded. Try again in a minute."),
    10,
    may_be_saved=True,
)
BUSY = Outage(
    "database",
    gettext_noop("Other people are saving at the moment"),
    gettext_noop("Other people are saving to the same part of the record. Try again now."),
    5,
)
READ_ONLY = Outage(
    "database",
    gettext_noop("TIP Tracker can save nothing at the moment"),
    gettext_noop(
        "You can read the record. Try to save again in a few minutes. If it still fails, tell your administrator."
    ),
    120,
    page_sentence=gettext_noop(
        "This page cannot be opened while nothing can be saved. Try again in a few minutes. If it still fails, tell "
        "your administrator."
    ),
    sign_in_sentence=_NO_SIGN_IN,
)
FULL = Outage(
    "disk",
    gettext_noop("The disk of the server is full"),
    gettext_noop("Files cannot be saved, and perhaps nothing else. Tell your administrator, then try again."),
    300,
    sign_in_sentence=_NO_SIGN_IN,
)

FILES_UNREACHABLE = Outage(
    "files",
    gettext_noop("TIP Tracker cannot reach its files"),
    gettext_noop(
        "Files cannot be saved or opened. The fault is on our side and has been recorded. Try again in a minute."
    ),
    30,
)

_BY_SQLSTATE = {
    "25006": READ_ONLY,
    "40001": BUSY,  # a concurrent transaction interfered
    "40P01": BUSY,  # a deadlock
    "53100": FULL,
    "53200": UNREACHABLE,  # out of memory
    "53300": UNREACHABLE,  # too many connections
    "55P03": BUSY,  # waiting for a lock took too long
    "57014": BUSY,  # a statement took too long
    "58030": FULL,  # a file could not be written
}
_LOST_CONNECTION_CLASSES = ("08", "57P", "25P03")
_BY_SQLITE_CODE = {
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: UNREACHABLE,
}
_BY_ERRNO = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: FULL,
    errno.EIO: FULL,
    errno.EROFS: FULL,
}


def find_outage(error: BaseException | None) -> Outage | None:
    """Return the outage that `error`, or an error that led to it, points to, if any."""
    return next(filter(None, map(_classify, _error_chain(error))), None)


def save_through_outage[Saved](save: Callable[[], Saved]) -> Saved:
    """Call `save`, and call it again while the database cannot be reached, for OUTAGE_PATIENCE_SECONDS.

    For a worker that has done something and now records it: otherwise it would do that again later. `save` must have
    the same result if it is called twice, because an outage may hide that it was saved.
    """
    give_up_at = time.monotonic() + OUTAGE_PATIENCE_SECONDS
    while True:
        try:
            return save()
        except Error as error:
            if connection.in_atomic_block or find_outage(error) is not UNREACHABLE or time.monotonic() > give_up_at:
                raise
            logger.warning("The database cannot be reached. What was done is saved once it can be: %s", error)
            connection.close()
            time.sleep(RETRY_PAUSE_SECONDS)


def _error_chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _classify(error: BaseException) -> Outage | None:
    if isinstance(known := getattr(error, "outage", None), Outage):
        return known
    if isinstance(error, psycopg.Error):
        return _classify_postgres(error)
    if isinstance(error, sqlite3.Error):
        return _BY_SQLITE_CODE.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF)
    if isinstance(error, InterfaceError | DatabaseError) and isinstance(error.__cause__, psycopg.Error | sqlite3.Error):
        return None  # its cause is checked next
    if isinstance(error, InterfaceError):
        return UNREACHABLE  # the connection was closed
    return _BY_ERRNO.get(error.errno or 0) if isinstance(error, OSError) else None


def _classify_postgres(error: psycopg.Error) -> Outage | None:
    state = error.sqlstate
    if state is None:  # no answer: the server was not reached, or the connection was lost
        return UNREACHABLE if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) else None
    if state.startswith(_LOST_CONNECTION_CLASSES):
        return UNREACHABLE
    return _BY_SQLSTATE.get(state)
