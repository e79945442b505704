"""`manage.py restore SOURCE`: restore a backup into an empty installation, and prove it."""

from argparse import SUPPRESS, ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tiptracker.accounts.models import User
from tiptracker.backups.approvals import ask_two_administrators
from tiptracker.backups.destinations import parse_destination
from tiptracker.backups.processes import KEEP_NOTHING, prove_in_temporary_database
from tiptracker.backups.restoring import RestoreOptions, restore_backup
from tiptracker.errors import Refused


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty installation: check it, load it, carry out the redactions that were made after "
        "it, and prove the result. Stop web, worker, mail and beat before. If something fails, it exits with 1 and the "
        "database stays empty. Example: manage.py restore /srv/backups"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", help="a backup, or the folder or s3://bucket/folder that has it; of a folder, the newest one"
        )
        parser.add_argument(
            "--identity",
            type=Path,
            metavar="FILE",
            default=settings.BACKUP_IDENTITY,
            help="the file with the private key of age, for an encrypted backup; default: BACKUP_IDENTITY",
        )
        parser.add_argument(
            "--redactions",
            metavar="PLACE",
            help="the folder or s3://bucket/folder with the newest file of redactions; default: where the backup is",
        )
        parser.add_argument(
            "--without-redactions",
            action="store_true",
            help="if the newest file of redactions is lost: ask two administrators to confirm",
        )
        parser.add_argument(
            "--with-other-key",
            action="store_true",
            help="if the SECRET_KEY of the backup is lost: everybody sets up a new second step",
        )
        parser.add_argument(
            "--prove",
            action="store_true",
            help="prove the backup only, in a temporary database, and compare its files with their hashes; this "
            "installation stays as it is",
        )
        parser.add_argument(KEEP_NOTHING, action="store_true", help=SUPPRESS)  # what --prove calls

    def handle(self, *, source: str, identity: Path | None, redactions: str | None, **options: Any) -> None:
        if options["prove"]:
            self._prove(source, identity, redactions, **options)
            return
        try:
            place = parse_destination(source)
            proven = restore_backup(
                place,
                RestoreOptions(
                    identity_file=identity,
                    redactions=parse_destination(redactions).destination if redactions else None,
                    also=parse_destination(settings.BACKUP_DESTINATION).destination
                    if settings.BACKUP_DESTINATION
                    else None,
                    confirm=self._confirm if options["without_redactions"] else None,
                    accepts_other_key=options["with_other_key"],
                    writes_files=not options["keep_nothing"],
                    say=self.stdout.write,
                ),
            )
        except FileNotFoundError as error:
            raise CommandError(f"There is no backup {source}: {error}.", returncode=1) from error
        except Refused as refusal:
            raise CommandError(f"{refusal} Nothing was restored.", returncode=1) from refusal
        self.stdout.write(
            f"Proven: {proven.rows} rows of {proven.tables} tables, {proven.files} files by their hashes, "
            f"{proven.triggers} triggers, a log of {proven.entries} entries; {proven.runs}{proven.known}"
        )
        if options["keep_nothing"]:
            self.stdout.write("Nothing was kept, because this was a proof.")

    def _prove(self, source: str, identity: Path | None, redactions: str | None, **options: Any) -> None:
        arguments = [source]
        arguments += ["--identity", str(identity.absolute())] if identity else []
        arguments += ["--redactions", redactions] if redactions else []
        arguments += ["--without-redactions"] if options["without_redactions"] else []
        arguments += ["--with-other-key"] if options["with_other_key"] else []
        if code := prove_in_temporary_database(arguments):
            raise CommandError("The backup was not proven. The line above says why.", returncode=code)

    def _confirm(self, problem: Refused) -> tuple[User, User]:
        return ask_two_administrators(problem, say=self.stdout.write)
