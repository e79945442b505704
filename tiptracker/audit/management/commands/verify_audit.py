"""Check the activity log against its own hashes, and the redacted texts against the redactions."""

from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from tiptracker.audit.actions import find_head_fault, find_log_fault, find_redaction_faults, log_head
from tiptracker.audit.database_rights import find_privileged_role


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
        "with 1, and names the first entry that was changed, removed or inserted, or the marks that do not match. "
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
        if fault := find_log_fault():
            raise CommandError(f"The log has a fault: {fault[1]}.", returncode=1)
        if expect and (head_fault := find_head_fault(*expect)):
            raise CommandError(f"The log has a fault: {head_fault}.", returncode=1)
        if faults := find_redaction_faults():
            more = f"; {len(faults) - MAX_LISTED_FAULTS} more like these" if len(faults) > MAX_LISTED_FAULTS else ""
            listed = "; ".join(faults[:MAX_LISTED_FAULTS])
            raise CommandError(f"The redacted texts do not match the redactions: {listed}{more}.", returncode=1)
        newest = log_head()
        if newest is None:
            self.stdout.write("The log is empty.")
        else:
            self.stdout.write(f"The log has no fault: {newest[0]} entries, seal {newest[0]}:{newest[1]}.")
