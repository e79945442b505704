"""Make, prove and delete backups, and say how they are."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from tiptracker.accounts.models import User
from tiptracker.backups import retention
from tiptracker.backups.archive_format import Manifest, backup_name, parse_backup_name
from tiptracker.backups.archive_writer import write_archive
from tiptracker.backups.destinations import BackupPlace, Destination
from tiptracker.backups.encryption import SUFFIX, encrypt_to, parse_recipients
from tiptracker.backups.models import Backup, BackupProof
from tiptracker.backups.redaction_file import update_redaction_file
from tiptracker.backups.streams import DoubledWriter, HashedWriter
from tiptracker.errors import Refused
from tiptracker.localization import gettext

FAILURES_KEPT = timedelta(days=90)
"""How long the row of a failed backup is kept."""


class MadeBackup(NamedTuple):
    """A new backup: its row and what it contains."""

    backup: Backup
    manifest: Manifest


def make_backup(place: BackupPlace, *, now: datetime, copy: Path | None = None) -> MadeBackup:
    """Write a backup of the database and the files, while people work. `now` is machine time.

    With `copy`, the same bytes are also written there, before they are encrypted.

    Raises Refused. A failed backup leaves nothing at the destination but the row that says why.
    """
    destination, made_at = place.destination, now.astimezone(UTC).isoformat()
    try:
        _refuse_empty_record()
        recipients = parse_recipients(settings.BACKUP_RECIPIENTS)
        name = place.name or backup_name(now) + (SUFFIX if recipients else "")
        redaction_head = update_redaction_file(destination, at=made_at)
        with ExitStack() as stack:
            sink = HashedWriter(stack.enter_context(destination.create(name)))
            copied = stack.enter_context(copy.open("xb")) if copy else None
            with encrypt_to(sink, recipients) as stream:
                target = DoubledWriter(stream, copied) if copied else stream
                manifest = write_archive(target, made_at=made_at, redaction_head=redaction_head)
            head = manifest.header.log_head
            line = {"key": made_at, "name": name, "made_at": made_at, "log_head": list(head) if head else None}
            # Before the backup gets its name, so that no backup lacks its line.
            update_redaction_file(destination, at=made_at, backup=line)
    except Refused as refusal:
        Backup.objects.create(created_at=now, destination=destination.label, problem=str(refusal))
        raise
    number, digest = head or (0, "")
    backup = Backup.objects.create(
        created_at=now,
        destination=destination.label,
        name=name,
        size=sink.size,
        is_encrypted=bool(recipients),
        log_number=number,
        log_hash=digest,
        problem=_describe_faults(manifest),
    )
    return MadeBackup(backup, manifest)


def _refuse_empty_record() -> None:
    """Refuse to back up an installation without accounts: `restore` would take it for the newest backup."""
    if not User.objects.get_queryset().exists():
        raise Refused(
            "no_record",
            gettext(
                "Nobody has an account here, so there is no record to back up. If this machine replaces another one, "
                "restore the backup of that one: see “Restore” in docs/operating.md."
            ),
        )


def _describe_faults(manifest: Manifest) -> str:
    """Return what was wrong in the installation when the backup was made, with what to do; "" if nothing was."""
    if manifest.log_fault:
        return gettext("The activity log has a fault: %(fault)s. See “When something fails”.") % {
            "fault": manifest.log_fault
        }
    if manifest.faulty_files:
        return gettext(
            "Files that were missing or altered when the backup was made: %(number)d. Restore them from an older "
            "backup."
        ) % {"number": len(manifest.faulty_files)}
    return ""


def record_failure(*, destination: str, problem: str, now: datetime) -> None:
    """Keep why a backup could not be made, if its process could not do that itself."""
    Backup.objects.create(created_at=now, destination=destination, problem=problem)


@transaction.atomic
def record_proof(*, destination: str, name: str, proof: BackupProof, problem: str, now: datetime) -> None:
    """Keep the result of a proof: `problem` is empty if the backup was proven. `now` is machine time.

    A backup that was made before this database was restored has no row yet.
    """
    made_at = parse_backup_name(name) or now
    row, _ = Backup.objects.get_or_create(
        destination=destination, name=name, defaults={"created_at": made_at, "is_encrypted": name.endswith(SUFFIX)}
    )
    row.tried_at, row.problem = now, problem
    if not problem:
        row.proven_at, row.proof = now, proof
    row.save(update_fields=["tried_at", "problem", "proven_at", "proof"])


def record_restored(place: BackupPlace, *, made_at: datetime, now: datetime) -> None:
    """Keep that this record was restored from a backup, and so proven. Moments are machine time."""
    Backup.objects.update_or_create(
        destination=place.destination.label,
        name=place.name,
        defaults={"proven_at": now, "tried_at": now, "proof": BackupProof.RESTORED, "problem": ""},
        create_defaults={
            "created_at": made_at,
            "is_encrypted": place.name.endswith(SUFFIX),
            "proven_at": now,
            "tried_at": now,
            "proof": BackupProof.RESTORED,
        },
    )


def record_missing_backup(destination: Destination, *, now: datetime) -> None:
    """Notice that the newest backup is no longer where it was written. `now` is machine time. Raises Refused."""
    newest = Backup.objects.filter(destination=destination.label, removed_at=None).exclude(name="").first()
    if newest is None or newest.name in destination.list_names():
        return
    newest.removed_at = now
    newest.problem = gettext("%(name)s is no longer at %(place)s. Find out who removed it, and make another one.") % {
        "name": newest.name,
        "place": destination.label,
    }
    newest.save(update_fields=["removed_at", "problem"])


def remove_expired_backups(destination: Destination, *, now: datetime) -> list[str]:
    """Delete the backups that the rule does not keep, and return their names. `now` is machine time.

    Only files with the name of a backup are looked at. Raises Refused.
    """
    backups = {name: moment for name in destination.list_names() if (moment := parse_backup_name(name))}
    rows = Backup.objects.filter(destination=destination.label)
    proven = rows.filter(proven_at__isnull=False, name__in=backups).values_list("name", flat=True)
    expired = retention.list_expired(backups, proven=set(proven))
    for name in expired:
        destination.delete(name)
        rows.filter(name=name).update(removed_at=now)
    rows.filter(name="", created_at__lt=now - FAILURES_KEPT).delete()
    return expired


class BackupState(NamedTuple):
    """How the nightly backups are, for a status page. Moments are machine time; None: never.

    `problem` is what went wrong last, with what to do, unless a later backup and a later proof succeeded.
    """

    is_configured: bool
    last_success_at: datetime | None
    last_proven_at: datetime | None
    proof: str
    problem: str
    problem_at: datetime | None
    is_late: bool
    is_unproven: bool


def newest_backup_state(now: datetime) -> BackupState:
    """Return how the backups are at `now` (machine time), in three queries."""
    made = Backup.objects.filter(removed_at=None).exclude(name="").order_by("-created_at").first()
    proven = Backup.objects.filter(proven_at__isnull=False).order_by("-proven_at").first()
    newest = Backup.objects.exclude(problem="").order_by("-created_at").first()
    problem_at = max(filter(None, (newest.created_at, newest.tried_at))) if newest else None
    if newest and problem_at and _is_over(newest, problem_at, made, proven):
        newest, problem_at = None, None
    created_at, proven_at = made.created_at if made else None, proven.proven_at if proven else None
    return BackupState(
        is_configured=bool(settings.BACKUP_DESTINATION),
        last_success_at=created_at,
        last_proven_at=proven_at,
        proof=proven.proof if proven else "",
        problem=newest.problem if newest else "",
        problem_at=problem_at,
        is_late=created_at is None or now - created_at > retention.LATE_AFTER,
        is_unproven=proven_at is None or now - proven_at > retention.UNPROVEN_AFTER,
    )


def _is_over(row: Backup, problem_at: datetime, made: Backup | None, proven: Backup | None) -> bool:
    """Return whether a later success shows that the problem is over: a backup or a proof, whichever failed.

    If the backup is gone, a later one ends its problem.
    """
    if row.removed_at:
        return bool(made and made.created_at > row.created_at)
    if row.tried_at:
        return bool(proven and proven.proven_at and proven.proven_at > problem_at)
    return bool(made and made.pk != row.pk and made.created_at > problem_at)
