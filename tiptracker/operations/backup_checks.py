"""Check that backups are made and proven."""

from datetime import datetime

from django.conf import settings

from tiptracker.backups.actions import BackupState, newest_backup_state
from tiptracker.backups.models import Backup
from tiptracker.localization import gettext, gettext_noop
from tiptracker.operations import thresholds
from tiptracker.operations.checks import CheckResult, CheckState, StatusCheck
from tiptracker.operations.commands import log_command, manage_command
from tiptracker.operations.formatting import describe_duration


def check_backups(now: datetime) -> CheckResult:
    """Look at the last backup, and at the last one that was restored elsewhere and proven."""
    backups = newest_backup_state(now)
    if not backups.is_configured:
        return CheckResult(
            CheckState.ATTENTION,
            gettext("No backups are made every night, because BACKUP_DESTINATION is not set."),
            gettext("Set BACKUP_DESTINATION: see “Backup and restore” in docs/operating.md."),
        )
    measured = f"{_describe_last(backups, now)} {_describe_proof(backups, now)}"
    if backups.problem:
        return CheckResult(CheckState.FAILED, measured, backups.problem)
    if backups.is_late:
        return CheckResult(
            CheckState.FAILED,
            measured,
            gettext("Look at the schedule, which makes a backup every night. This command makes one now:"),
            (manage_command("backup", settings.BACKUP_DESTINATION),),
        )
    if backups.is_unproven and not _waits_for_first_proof(backups, now):
        return CheckResult(
            CheckState.ATTENTION,
            measured,
            gettext("The worker proves the newest backup once a week. Look at its log for “prove_backup”."),
            log_command("worker", word="prove_backup"),
        )
    return CheckResult(CheckState.OK, measured)


def _describe_last(backups: BackupState, now: datetime) -> str:
    if backups.last_success_at is None:
        return gettext("No backup was made yet.")
    return gettext("The last backup was made %(duration)s ago.") % {
        "duration": describe_duration(now - backups.last_success_at)
    }


def _describe_proof(backups: BackupState, now: datetime) -> str:
    if _waits_for_first_proof(backups, now):
        return gettext(
            "The worker restores and proves the first backup within two hours of making it. You need not do anything."
        )
    if backups.last_proven_at is None:
        return gettext("None was restored and proven yet.")
    return gettext("The last one that was restored and proven was so %(duration)s ago.") % {
        "duration": describe_duration(now - backups.last_proven_at)
    }


def _waits_for_first_proof(backups: BackupState, now: datetime) -> bool:
    """Return whether no backup was proven yet, and the first one was made a short time ago."""
    if backups.last_proven_at is not None or backups.problem:
        return False
    first = Backup.objects.exclude(name="").order_by("created_at").first()
    return first is not None and now - first.created_at < thresholds.FIRST_PROOF_WITHIN


BACKUPS = StatusCheck("backups", gettext_noop("Backups"), check_backups, uses_database=True)
