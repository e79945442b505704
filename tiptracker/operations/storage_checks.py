"""Checks of what is stored: database, migrations, disks, activity log; and the version of the application."""

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tiptracker import VERSION as VERSION_NUMBER
from tiptracker.audit.actions import find_head_fault
from tiptracker.audit.models import LogVerification
from tiptracker.infrastructure.storage import StorageUnavailableError
from tiptracker.localization import gettext, gettext_noop, ngettext
from tiptracker.operations import thresholds
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck
from tiptracker.operations.formatting import describe_bytes, describe_duration, describe_share

# --- Database ---------------------------------------------------------------------------------------------------------

_POSTGRES_FIGURES = """
SELECT pg_database_size(current_database()),
       (SELECT sum(numbackends) FROM pg_stat_database),
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
       pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'
"""


def check_database(now: datetime) -> CheckResult:
    """Measure the size of the database and its connections, and whether it can be written to."""
    if connection.vendor == "sqlite":
        size = describe_bytes(_sqlite_path().stat().st_size if _sqlite_path().exists() else 0)
        return CheckResult(CheckState.OK, gettext("The database is a SQLite file of %(size)s.") % {"size": size})
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRES_FIGURES)
        size_bytes, used, allowed, is_read_only = cursor.fetchone()
    measured = gettext("The database has %(size)s and uses %(used)d of %(allowed)d connections.") % {
        "size": describe_bytes(size_bytes),
        "used": used,
        "allowed": allowed,
    }
    if is_read_only:
        return CheckResult(
            CheckState.FAILED,
            f"{measured} {gettext('It accepts no changes.')}",
            gettext("Find out why PostgreSQL is read-only: a full disk, or a standby server. Its log says more."),
        )
    share = used / allowed
    if share < thresholds.CONNECTIONS_ATTENTION:
        return CheckResult(CheckState.OK, measured)
    return CheckResult(
        CheckState.FAILED if share >= thresholds.CONNECTIONS_FAILED else CheckState.ATTENTION,
        measured,
        gettext("Find out who holds the connections (pg_stat_activity), or raise max_connections of PostgreSQL."),
    )


def check_migrations(now: datetime) -> CheckResult:
    """Look for migrations that the database lacks."""
    pending = pending_migrations()
    if not pending:
        return CheckResult(CheckState.OK, gettext("The database has all migrations of this version."))
    measured = ngettext(
        "The database lacks %(number)d migration: %(names)s.",
        "The database lacks %(number)d migrations, first %(names)s.",
        len(pending),
    ) % {"number": len(pending), "names": pending[0]}
    return CheckResult(CheckState.FAILED, measured, gettext("Run “manage.py upgrade”."))


def pending_migrations() -> list[str]:
    """Return the names of the migrations that the database lacks, in order, such as "audit.0010_versions"."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


# --- Disks ------------------------------------------------------------------------------------------------------------


def _sqlite_path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def check_database_disk(now: datetime) -> CheckResult:
    """Measure what is free on the disk of the database, if this machine sees it."""
    folder = _sqlite_path().parent if connection.vendor == "sqlite" else settings.DATABASE_DISK
    if not folder:
        return CheckResult(
            CheckState.OK,
            gettext("This machine does not see the disk of the database, so it is not measured here."),
            gettext("Watch it where PostgreSQL runs, or set DATABASE_DISK to a folder of that disk."),
        )
    return _check_disk(Path(folder), gettext("Free space on the disk of the database, or give it a larger disk."))


def check_files_disk(now: datetime) -> CheckResult:
    """Measure what is free on the disk of the files, or ask whether their bucket answers."""
    try:
        folder = Path(default_storage.path(""))
    except NotImplementedError:
        return _check_bucket()
    while not folder.exists():  # nothing was stored yet
        folder = folder.parent
    return _check_disk(folder, gettext("Free space on the disk of the files, or give it a larger disk."))


def _check_bucket() -> CheckResult:
    try:
        default_storage.exists("status")
    except StorageUnavailableError as error:
        next_step = gettext("Until the bucket answers, nobody can open or send files. Check FILES_URL and its key.")
        return CheckResult(CheckState.FAILED, str(error), next_step)
    return CheckResult(CheckState.OK, gettext("Files are in a bucket, which answers. Its space is not measured here."))


def _check_disk(folder: Path, next_step: str) -> CheckResult:
    usage = shutil.disk_usage(folder)
    share = usage.free / usage.total
    measured = gettext("%(free)s of %(total)s are free (%(share)s).") % {
        "free": describe_bytes(usage.free),
        "total": describe_bytes(usage.total),
        "share": describe_share(share),
    }
    if share >= thresholds.DISK_FREE_ATTENTION:
        return CheckResult(CheckState.OK, measured)
    state = CheckState.FAILED if share < thresholds.DISK_FREE_FAILED else CheckState.ATTENTION
    return CheckResult(state, measured, next_step)


# --- Activity log and version -----------------------------------------------------------------------------------------


def check_activity_log(now: datetime) -> CheckResult:
    """Look at the last nightly verification of the activity log, and whether its newest entry is still there."""
    last = LogVerification.objects.first()
    if last is None:
        return CheckResult(
            CheckState.ATTENTION,
            gettext("The activity log has not been verified yet."),
            gettext("It is verified every night at 3:40 UTC. To verify it now, run “manage.py verify_audit”."),
        )
    if last.fault or (last.number and find_head_fault(last.number, last.hash)):
        return CheckResult(
            CheckState.FAILED,
            gettext("The activity log has a fault."),
            gettext(
                "Run “manage.py verify_audit”, which names the entry. Do not change the database and its backups until "
                "your security officer has examined them."
            ),
        )
    age = now - last.at
    measured = gettext(
        "The activity log was verified %(duration)s ago, up to entry %(number)d, and had no fault. That entry is "
        "unchanged."
    ) % {"duration": describe_duration(age), "number": last.number}
    if age < thresholds.LOG_VERIFIED_ATTENTION:
        return CheckResult(CheckState.OK, measured)
    return CheckResult(
        CheckState.FAILED if age >= thresholds.LOG_VERIFIED_FAILED else CheckState.ATTENTION,
        measured,
        gettext("The nightly verification did not run. Look at the schedule and the worker, and at their logs."),
    )


def check_version(now: datetime) -> CheckResult:
    """Name the version of the application."""
    return CheckResult(CheckState.OK, gettext("This is version %(version)s.") % {"version": VERSION_NUMBER})


DATABASE = StatusCheck("database", gettext_noop("Database"), check_database, uses_database=True, judges_upgrade=True)
MIGRATIONS = StatusCheck(
    "migrations", gettext_noop("Migrations"), check_migrations, uses_database=True, judges_upgrade=True
)
DATABASE_DISK = StatusCheck("database_disk", gettext_noop("Disk of the database"), check_database_disk)
FILES_DISK = StatusCheck("files_disk", gettext_noop("Space for files"), check_files_disk)
ACTIVITY_LOG = StatusCheck(
    "activity_log", gettext_noop("Activity log"), check_activity_log, uses_database=True, judges_upgrade=True
)
VERSION = StatusCheck("version", gettext_noop("Version"), check_version)
