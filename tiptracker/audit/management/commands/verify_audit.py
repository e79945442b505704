"""Hold the log against its own hashes, and what was redacted against the redactions."""

from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from tiptracker.audit.actions import fault_of_head, faults_of_marks, head, verify
from tiptracker.audit.database_rights import role_that_could_switch_triggers_off


def noted(text: str) -> tuple[int, str]:
    """A head as it was noted: number and hash."""
    number, colon, digest = text.partition(":")
    if not (colon and number.isdecimal() and len(digest) == 64):
        raise ArgumentTypeError(f"{text} is no head. Give it as NUMBER:HASH, as the log's page shows it.")
    return int(number), digest.lower()


MOST_NAMED = 1000
"""Of redacted texts that do not fit, in one message; the rest is counted."""


class Command(BaseCommand):
    help = (
        "Checks the whole audit log; names the first entry that was changed, is missing or was put in. Checks the "
        "redacted texts too; names each that no redaction names, and the other way round."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect",
            metavar="NUMBER:HASH",
            type=noted,
            help="A head that was noted before. The hashes alone can't tell that the log's end was cut off; this can.",
        )

    def handle(self, *, expect: tuple[int, str] | None, **options: object) -> None:
        if role := role_that_could_switch_triggers_off():
            self.stderr.write(
                f"Warning: the database role {role} could switch off the triggers that keep the record. "
                "Let the application use a lesser role: see deploy/postgres/roles.sql."
            )
        if fault := verify():
            raise CommandError(f"The log does not hold: {fault[1]}.", returncode=1)
        if expect and (said := fault_of_head(*expect)):
            raise CommandError(f"The log does not hold: {said}.", returncode=1)
        if faults := faults_of_marks():
            more = f"; {len(faults) - MOST_NAMED} more like these" if len(faults) > MOST_NAMED else ""
            told = "; ".join(faults[:MOST_NAMED])
            raise CommandError(f"The redacted texts do not fit the redactions: {told}{more}.", returncode=1)
        newest = head()
        if newest is None:
            self.stdout.write("The log is empty.")
        else:
            self.stdout.write(f"The log holds: {newest[0]} entries, head {newest[0]}:{newest[1]}.")
