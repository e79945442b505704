"""Delete expired data every night. No fact of the record and no row that another row refers to is deleted.

Each kind is deleted in batches with a transaction each, so that other users do not wait long. What fails one night is
deleted the next. Readiness runs stay, because they are part of the record.
"""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.cache.backends.filebased import FileBasedCache
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ForeignObjectRel, ProtectedError, QuerySet

from tiptracker import clock
from tiptracker.audit.actions import record
from tiptracker.infrastructure.file_writes import find_unreferenced_files
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.infrastructure.storage import stored_names
from tiptracker.jobs.models import Job
from tiptracker.mail.models import Mail
from tiptracker.notifications.models import Notice

logger = logging.getLogger(__name__)

BATCH_SIZE = 500
MAX_BATCHES = 200
"""Batches of one kind in one night. The rest is deleted the next night."""
MIN_SUSPICIOUS_ORPHANS = 100
MAX_ORPHAN_SHARE = 0.1
"""Limits against deleting the files of another database.

If more than MIN_SUSPICIOUS_ORPHANS files, and more than this share of all files, belong to no row, then the files and
the database probably do not belong together. No file is deleted then.
"""


@dataclass
class RemovedCounts:
    """How many items of each kind were deleted."""

    jobs: int = 0
    mails: int = 0
    notices: int = 0
    sessions: int = 0
    files: int = 0
    cached: int = 0


def remove_expired(*, now: datetime) -> RemovedCounts:
    """Delete everything that has expired, and record the counts in the activity log.

    `now` is in machine time. A second call deletes nothing more.
    """
    removed = RemovedCounts(
        jobs=_remove_rows(finished_jobs(before=now - timedelta(days=settings.JOBS_KEPT_DAYS))),
        mails=_remove_rows(finished_mails(before=now - timedelta(days=settings.MAILS_KEPT_DAYS))),
        notices=_remove_rows(
            Notice.objects.over(before=clock.to_domain_time(now - timedelta(days=settings.NOTICES_KEPT_DAYS)))
        ),
        sessions=_remove_rows(Session.objects.filter(expire_date__lt=now)),
        files=remove_orphan_files(before=now - timedelta(days=settings.ORPHAN_FILES_KEPT_DAYS)),
        cached=remove_expired_cache_files(),
    )
    # allauth saves its own row of a session shortly before the session itself is saved.
    ended_sessions = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    _remove_rows(ended_sessions.filter(created_at__lt=now - timedelta(days=1)))
    if any(asdict(removed).values()):
        with transaction.atomic():
            record("housekeeping.done", by=None, after=asdict(removed))
    logger.info("Housekeeping removed %s", asdict(removed))
    return removed


def finished_jobs(*, before: datetime) -> QuerySet[Job]:
    """Return jobs that ended before a moment and that no row refers to."""
    over = Job.objects.filter(finished_at__lt=before)
    for relation in Job._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            name = relation.field.name
            pointing = relation.related_model._base_manager.filter(**{f"{name}__isnull": False})
            over = over.exclude(pk__in=pointing.values(name))
    return over


def finished_mails(*, before: datetime) -> QuerySet[Mail]:
    """Return mails that were sent, refused or given up before a moment."""
    return Mail.objects.filter(finished_at__lt=before)


def _remove_rows(rows: QuerySet[Any]) -> int:
    """Delete rows in batches. A batch that other rows refer to by now stays until the next night."""
    removed, after = 0, None
    for _ in range(MAX_BATCHES):
        remaining = rows.order_by("pk") if after is None else rows.filter(pk__gt=after).order_by("pk")
        keys = list(remaining.values_list("pk", flat=True)[:BATCH_SIZE])
        if not keys:
            break
        after = keys[-1]
        try:
            with transaction.atomic():
                locked = lock_rows(rows.filter(pk__in=keys))  # only rows that are still expired
                rows.model._base_manager.filter(pk__in=[row.pk for row in locked]).delete()
                removed += len(locked)
        except ProtectedError:
            logger.warning("Some %s are pointed at by now, and stay", rows.model._meta.verbose_name_plural)
    return removed


# --- Files ------------------------------------------------------------------------------------------------------------


def remove_orphan_files(*, before: datetime) -> int:
    """Delete stored files that no row refers to and that were last changed before a moment.

    Also delete the content of files that were dropped or redacted, if a process was killed before it could do that.

    A file is written before the row that refers to it. `before` must therefore be much longer ago than any transaction
    lasts.
    """
    checked, orphans = 0, []
    for names in batched(stored_names(), BATCH_SIZE, strict=False):
        checked += len(names)
        orphans += find_unreferenced_files(names)
    if len(orphans) > MIN_SUSPICIOUS_ORPHANS and len(orphans) > checked * MAX_ORPHAN_SHARE:
        logger.error(
            "%s of %s kept files belong to no row of this database. None was removed: check that MEDIA_ROOT and "
            "DATABASE_URL belong together, or FILES_URL and DATABASE_URL.",
            len(orphans),
            checked,
        )
        return 0
    removed = 0
    for name in orphans[: BATCH_SIZE * MAX_BATCHES]:
        try:
            if default_storage.get_modified_time(name) < before and find_unreferenced_files([name]):
                default_storage.delete(name)
                removed += 1
        except FileNotFoundError:  # another process deleted it
            continue
    return removed


def remove_expired_cache_files() -> int:
    """Delete expired entries of a cache that is stored in files. Redis does this by itself."""
    removed = 0
    for cache in caches.all():
        if isinstance(cache, FileBasedCache):
            for path in cache._list_cache_files():  # type: ignore[attr-defined]  # Django's own, and its only way to ask
                try:
                    with open(path, "rb") as file:  # noqa: PTH123 -- as Django's own opens it
                        removed += cache._is_expired(file)  # type: ignore[attr-defined]  # which also deletes it
                except FileNotFoundError:
                    continue
    return removed
