"""Background tasks: the nightly backup, its weekly proof, and the file of redactions. Each works on machine time.

A backup and a proof run in processes of their own, because they take long and hold a snapshot: this process meanwhile
reports that the job is alive.
"""

from celery import shared_task
from django.conf import settings

from tiptracker.accounts.models import User
from tiptracker.audit.actions import log_now
from tiptracker.backups import retention
from tiptracker.backups.actions import newest_backup_state, record_missing_backup, remove_expired_backups
from tiptracker.backups.destinations import parse_destination
from tiptracker.backups.models import Backup
from tiptracker.backups.processes import TIME_LIMIT_SECONDS, prove_newest_backup, run_backup
from tiptracker.backups.redaction_file import update_redaction_file
from tiptracker.jobs.actions import JobProgress, enqueue
from tiptracker.jobs.tasks import job_task


@shared_task(name="backups_due")
def enqueue_due_backups() -> None:
    """Every hour: enqueue the backup of the day, the proof of the week, and the file of redactions."""
    if not settings.BACKUP_DESTINATION or not User.objects.get_queryset().exists():
        return
    now, place = log_now(), parse_destination(settings.BACKUP_DESTINATION)
    rows = Backup.objects.filter(destination=place.destination.label, removed_at=None).exclude(name="")
    last = rows.order_by("-created_at").values_list("created_at", flat=True).first()
    if retention.is_backup_due(last_success=last, now=now):
        enqueue("backup", "nightly")
        return
    last_try = rows.exclude(tried_at=None).order_by("-tried_at").values_list("tried_at", flat=True).first()
    if retention.is_proof_due(last_proof=newest_backup_state(now).last_proven_at, last_try=last_try, now=now):
        enqueue("prove_backup", "newest")
    enqueue("redaction_file", "newest")


@job_task("backup", time_limit=TIME_LIMIT_SECONDS)
def make_nightly_backup(progress: JobProgress) -> None:
    """Make the backup of the day, and delete those that the rule does not keep."""
    run_backup(progress, now=log_now())
    remove_expired_backups(parse_destination(settings.BACKUP_DESTINATION).destination, now=log_now())


@job_task("prove_backup", time_limit=TIME_LIMIT_SECONDS)
def prove_backup(progress: JobProgress) -> None:
    """Restore the newest backup into a temporary database, and prove it."""
    prove_newest_backup(progress, now=log_now())


@job_task("redaction_file")
def write_redaction_file(progress: JobProgress) -> None:
    """Add to the file of redactions what it lacks, and look whether the newest backup is still beside it."""
    if settings.BACKUP_DESTINATION:
        destination = parse_destination(settings.BACKUP_DESTINATION).destination
        update_redaction_file(destination, at=log_now().isoformat())
        record_missing_backup(destination, now=log_now())
