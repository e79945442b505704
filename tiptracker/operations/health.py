"""`/health/` (does this process work?) and `/ready/` (is it fit for traffic?).

Both say only yes or no to others. This machine, such as the watchdog beside the web server, also gets the reason.
"""

import logging
from collections.abc import Callable, Mapping

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.template.loader import get_template

from tiptracker.accounts import secrets_at_rest
from tiptracker.infrastructure.cache import redis_breaker
from tiptracker.operations.storage_checks import pending_migrations
from tiptracker.operations.this_machine import is_from_this_machine, unavailable_health

logger = logging.getLogger(__name__)


def health(request: HttpRequest) -> JsonResponse:
    """Report whether this process can serve pages, otherwise 503.

    This machine also reads the reason in one word, and what pages temporarily do without (`degraded`): Redis, and
    secrets that this SECRET_KEY cannot decrypt.
    """
    return _answer(request, HEALTH_CHECKS)


def ready(request: HttpRequest) -> JsonResponse:
    """Report whether this process is fit for traffic: it can serve pages, and the database has all migrations.

    Without Redis it is, because people can work.
    """
    return _answer(request, READY_CHECKS)


def _answer(request: HttpRequest, checks: Mapping[str, Callable[[], object]]) -> JsonResponse:
    for reason, check in checks.items():
        try:
            check()
        except Exception:
            logger.exception("Pages can't be served: %s.", reason)
            return unavailable_health(request.META, reason)
    if not is_from_this_machine(request.META):
        return JsonResponse({"status": "ok"})
    degraded = [word for word, is_so in DEGRADED_CHECKS.items() if is_so()]
    return JsonResponse({"status": "ok"} | ({"degraded": degraded} if degraded else {}))


def _reach_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _read_static_files() -> None:
    """Look up a file in the manifest and open it as the server would."""
    name = staticfiles_storage.stored_name("css/site.css")  # type: ignore[attr-defined]
    staticfiles_storage.open(name).close()


class MigrationsPending(Exception):
    """The database lacks migrations of this version."""


def _require_migrations() -> None:
    """Raise MigrationsPending if the database lacks migrations. Each process asks until it lacks none."""
    if not _migrated:
        if pending := pending_migrations():
            raise MigrationsPending(", ".join(pending))
        _migrated.add(True)


_migrated: set[bool] = set()
"""Holds True once this process found that the database has all migrations of its version."""

HEALTH_CHECKS: dict[str, Callable[[], object]] = {
    "static": _read_static_files,
    "templates": lambda: get_template("base.html"),
    "database": _reach_database,
}
"""What every page needs, by the word that reports it missing."""
READY_CHECKS = HEALTH_CHECKS | {"migrations": _require_migrations}


def _is_without_cache() -> bool:
    cache.get("health")
    return redis_breaker.is_open


DEGRADED_CHECKS = {"redis": _is_without_cache, "secret_key": secrets_at_rest.has_unreadable_secrets}
