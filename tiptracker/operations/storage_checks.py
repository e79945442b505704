"""Checks of what is stored: database, migrations, disks, secrets, activity log; and the version of the application."""

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from tiptracker import VERSION as VERSION_NUMBER
from tiptracker.accounts import secrets_at_rest
from tiptracker.audit.actions import find_head_fault
from tiptracker.audit.models import LogVerification
from tiptracker.infrastructure.storage import StorageUnavailableError
from tiptracker.localization import gettext, gettext_noop, ngettext
from tiptracker.operations import thresholds
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck
from tiptracker.operations.commands import (
    disk_usage_commands,
    log_command,
    manage_command,
    start_all_command,
    start_command,
    upgrade_command,
)
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
    try:
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRES_FIGURES)
            size_bytes, used, allowed, is_read_only = cursor.fetchone()
    except OperationalError:
        return CheckResult(
            CheckState.FAILED,
            gettext("PostgreSQL does not answer."),
            gettext("Start the service “db”, or look at its log. Until then, no page works."),
            start_command("db") + log_command("db"),
        )
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
            log_command("db"),
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
    next_step = gettext("This command applies what is missing:")
    return CheckResult(CheckState.FAILED, measured, next_step, (upgrade_command(),))


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
            gettext(
                "This disk is not measured, as this machine does not see it. DATABASE_DISK can name a folder on it."
            ),
        )
    next_step = gettext("Free space on the disk of the database, or give it a larger disk.")
    return _check_disk(str(folder), next_step)


def check_files_disk(now: datetime) -> CheckResult:
    """Measure what is free on the disk of the files, or ask whether their bucket answers."""
    try:
        folder = default_storage.path("")
    except NotImplementedError:
        return _check_bucket()
    next_step = gettext("Find out what takes the space on this disk. Then free some, or give it a larger disk.")
    return _check_disk(folder, next_step, disk_usage_commands(folder))


def _check_bucket() -> CheckResult:
    try:
        default_storage.exists("status")
    except StorageUnavailableError as error:
        next_step = gettext("Until the bucket answers, nobody can open or send files. Check FILES_URL and its key.")
        return CheckResult(CheckState.FAILED, str(error), next_step)
    return CheckResult(CheckState.OK, gettext("Files are in a bucket, which answers. Its space is not measured here."))


def _check_disk(folder: str, next_step: str, commands: tuple[str, ...] = ()) -> CheckResult:
    seen = Path(folder)
    while not seen.exists():  # nothing was stored yet
        seen = seen.parent
    usage = shutil.disk_usage(seen)
    share = usage.free / usage.total
    measured = gettext("The disk of %(folder)s has %(free)s of %(total)s free (%(share)s).") % {
        "folder": folder,
        "free": describe_bytes(usage.free),
        "total": describe_bytes(usage.total),
        "share": describe_share(share),
    }
    if share >= thresholds.DISK_FREE_ATTENTION:
        return CheckResult(CheckState.OK, measured)
    state = CheckState.FAILED if share < thresholds.DISK_FREE_FAILED else CheckState.ATTENTION
    return CheckResult(state, measured, next_step, commands)


# --- Secrets, activity log and version --------------------------------------------------------------------------------


def check_secrets(now: datetime) -> CheckResult:
    """Try to open the oldest and the newest secret of a second step with the keys of this installation."""
    if not secrets_at_rest.has_unreadable_secrets():
        return CheckResult(CheckState.OK, gettext("SECRET_KEY opens the secrets of second steps."))
    return CheckResult(
        CheckState.FAILED,
        gettext("SECRET_KEY does not open all secrets of second steps, so people cannot sign in with an app."),
        gettext(
            "Put back the former SECRET_KEY, or add it to SECRET_KEY_FALLBACKS: see “Replace SECRET_KEY” in "
            "docs/operating.md. Then start everything again."
        ),
        start_all_command(),
    )


def check_activity_log(now: datetime) -> CheckResult:
    """Look at the last verification of the activity log, and whether its newest entry is still there."""
    last = LogVerification.objects.first()
    verify_now = manage_command("verify_audit")
    if last is None:
        return CheckResult(
            CheckState.ATTENTION,
            gettext("The activity log has not been verified yet."),
            gettext("It is verified every night at 3:40 UTC. This command verifies it now:"),
            (verify_now,),
        )
    if last.fault or (last.number and find_head_fault(last.number, last.hash)):
        return CheckResult(
            CheckState.FAILED,
            gettext("The activity log has a fault."),
            gettext(
                "Do not change the database and its backups until your security officer has examined them. This "
                "command names the entry:"
            ),
            (verify_now,),
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
        log_command("beat") + log_command("worker"),
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
SECRETS = StatusCheck("secrets", gettext_noop("Stored secrets"), check_secrets, uses_database=True)
ACTIVITY_LOG = StatusCheck(
    "activity_log", gettext_noop("Activity log"), check_activity_log, uses_database=True, judges_upgrade=True
)
VERSION = StatusCheck("version", gettext_noop("Version"), check_version)
