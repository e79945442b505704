"""Sessions that record when they began and were last used, and the limits on how long each role may stay signed in.

All times here are machine time, as for every session. Each save stamps the session, so every session has its limits.
"""

import logging
import time
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.utils import timezone

from tiptracker.choices import Role
from tiptracker.infrastructure.outages import FULL, READ_ONLY, find_outage
from tiptracker.infrastructure.prepared_rows import PreparedRows
from tiptracker.localization import ngettext

logger = logging.getLogger(__name__)

BEGAN_AT, SEEN_AT = "began_at", "seen_at"
STAMP_INTERVAL_SECONDS = 60
"""Seconds between two stamps of the same session: one more page is not worth a database write."""


class SessionStore(db.SessionStore):
    """Django's database sessions with two time stamps in each, in seconds since 1970."""

    def save(self, must_create: bool = False) -> None:
        now = int(time.time())
        self[SEEN_AT] = now
        self.setdefault(BEGAN_AT, now)
        try:
            super().save(must_create)
        except UpdateError as error:
            ended, cause = error, error.__context__
        else:
            return
        # Django treats every error as a session that another request has ended, and answers 400.
        outage = find_outage(cause)
        if outage not in {READ_ONLY, FULL}:
            raise cause if outage and cause else ended
        # A read-only or full database can still serve pages.
        logger.warning("A session could not be saved: %s", cause)

    def _get_session_from_db(self) -> Any:
        """Return the row of the session; None if it has ended. As in Django, but the query is built once."""
        rows = _SESSION.rows(key=self.session_key) if self.session_key else []
        row = next((row for row in rows if row.expire_date > timezone.now()), None)
        if row is None:
            self._session_key = None
        return row


_SESSION: PreparedRows[Any] = PreparedRows(
    lambda key: SessionStore.get_model_class().objects.filter(session_key=key), key=str
)


def start_session(session: SessionBase) -> None:
    """Start the time limits now, at sign-in. Time spent on the sign-in page does not count."""
    session[BEGAN_AT] = int(time.time())


def describe_expiry(session: SessionBase, role: str) -> str:
    """Return the sentence that explains why a user of this role must sign in again, or "" while the session lasts."""
    now = time.time()
    idle, altogether = settings.SESSION_MINUTES[Role(role)]
    if now - session.get(SEEN_AT, 0) > idle * 60:
        return ngettext(
            "You were signed out after %(number)d minute without activity. Sign in again to continue.",
            "You were signed out after %(number)d minutes without activity. Sign in again to continue.",
            idle,
        ) % {"number": idle}
    if now - session.get(BEGAN_AT, 0) > altogether * 60:
        hours = altogether // 60
        return ngettext(
            "You were signed out after %(number)d hour. Sign in again to continue.",
            "You were signed out after %(number)d hours. Sign in again to continue.",
            hours,
        ) % {"number": hours}
    return ""


def touch_session(session: SessionBase) -> None:
    """Mark the session as used, if its last stamp is older than STAMP_INTERVAL_SECONDS."""
    if time.time() - session.get(SEEN_AT, 0) > STAMP_INTERVAL_SECONDS:
        session.modified = True
