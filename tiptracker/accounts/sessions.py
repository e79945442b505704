"""Sessions that know when they began and were last used, and how long each role's may last.

On the machine's time, as are all sessions. A session is stamped whenever it is saved, so none is without its limits.
"""

import logging
import time
from typing import NamedTuple

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase, UpdateError

from tiptracker.choices import Role
from tiptracker.infrastructure.outages import FULL, READ_ONLY, find_outage

logger = logging.getLogger(__name__)

BEGAN_AT, SEEN_AT = "began_at", "seen_at"
STAMP_INTERVAL_SECONDS = 60
"""Seconds of use that need no new stamp: a page more or less isn't worth a write of its own."""


class SessionStore(db.SessionStore):
    """Django's sessions in the database, with two stamps in each: seconds since 1970."""

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
        # Django takes every error for a session that was ended meanwhile, and answers 400.
        outage = find_outage(cause)
        if outage not in {READ_ONLY, FULL}:
            raise cause if outage and cause else ended
        # A database that can only be read is read all the same.
        logger.warning("A session could not be saved: %s", cause)


class SessionLimits(NamedTuple):
    """How long a session lasts, in minutes: unused, and altogether."""

    idle: int
    altogether: int


def start_session(session: SessionBase) -> None:
    """Count from now on: somebody signed in. What came before, on the sign-in page, does not count."""
    session[BEGAN_AT] = int(time.time())


def describe_expiry(session: SessionBase, role: str) -> str:
    """Why somebody of this role has to sign in again, as a sentence, or "" while the session lasts."""
    now = time.time()
    limits = SessionLimits(*settings.SESSION_MINUTES[Role(role)])
    if now - session.get(SEEN_AT, 0) > limits.idle * 60:
        return f"Nothing was done for {limits.idle} minutes, so you were signed out. Sign in again to go on."
    if now - session.get(BEGAN_AT, 0) > limits.altogether * 60:
        return f"You were signed out after {limits.altogether // 60} hours. Sign in again to go on."
    return ""


def touch_session(session: SessionBase) -> None:
    """Note that the session is used, where the last note of it is older than a minute."""
    if time.time() - session.get(SEEN_AT, 0) > STAMP_INTERVAL_SECONDS:
        session.modified = True
