"""Check the activity log against its own hashes, store the result, and check redacted texts against redactions."""

from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from tiptracker.audit.actions import find_head_fault, find_redaction_faults, log_now
from tiptracker.audit.database_rights import find_privileged_role
from tiptracker.audit.models import ImportedLog, LogVerification
from tiptracker.audit.verification import check_log, store_verification


def parse_head(text: str) -> tuple[int, str]:
    """Return number and hash of a head as it was noted."""
    number, colon, digest = text.partition(":")
    if not (colon and number.isdecimal() and len(digest) == 64):
        raise ArgumentTypeError(f"{text} is not a seal. Give it as NUMBER:HASH, as the page of the log shows it.")
    return int(number), digest.lower()


MAX_LISTED_FAULTS = 1000
"""Most faults of redacted texts listed in one message; the rest is only counted."""


class Command(BaseCommand):
    help = (
        "Check the hashes of the whole activity log, and compare redaction marks with confirmed redactions. Exits "
        "with 1, and names the first entry that was changed, removed or inserted, or the marks that do not match. The "
        "status shows the result, and a fault is mailed, as after the nightly check. "
        "Example: manage.py verify_audit --expect 1204:9f86d081…"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            metavar="NUMBER:HASH",
            type=parse_head,
            help="number and hash of the newest entry as noted earlier, from the page of the log. The hashes alone "
            "can't show that the end of the log was cut off; this can",
        )

    def handle(self, *, expect: tuple[int, str] | None, **options: object) -> None:
        if role := find_privileged_role():
            self.stderr.write(
                f"Warning: the database role {role} could switch off the triggers that protect the record. "
                "Let the application use a role with fewer rights: see deploy/postgres/roles.sql."
            )
        found = check_log(now=log_now())
        self._store(found)
        if found.fault:
            raise CommandError(f"The log has a fault: {found.fault}.", returncode=1)
        if expect and (head_fault := find_head_fault(*expect)):
            raise CommandError(f"The log has a fault: {head_fault}.", returncode=1)
        if faults := find_redaction_faults():
            more = f"; {len(faults) - MAX_LISTED_FAULTS} more like these" if len(faults) > MAX_LISTED_FAULTS else ""
            listed = "; ".join(faults[:MAX_LISTED_FAULTS])
            raise CommandError(f"The redacted texts do not match the redactions: {listed}{more}.", returncode=1)
        if found.number:
            self.stdout.write(f"The log has no fault: {found.number} entries, seal {found.number}:{found.hash}.")
            for log in ImportedLog.objects.select_related("country"):
                self.stdout.write(f"Imported log of {log.country}, no fault: {log.entries} entries, seal {log.head}.")
        else:
            self.stdout.write("The log is empty.")

    def _store(self, found: LogVerification) -> None:
        try:
            store_verification(found)
        except DatabaseError as error:
            reason = str(error).partition("\n")[0]
            self.stderr.write(
                "The result could not be stored. So the status does not show it, and nobody gets a mail of a fault. "
                f"The database says: {reason}"
            )
