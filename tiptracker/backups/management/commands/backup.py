"""`manage.py backup DESTINATION`: write a backup of the database and the files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tiptracker.audit.actions import log_now
from tiptracker.backups.actions import make_backup
from tiptracker.backups.destinations import parse_destination
from tiptracker.errors import Refused


class Command(BaseCommand):
    help = (
        "Write a backup of the database and the files, while people work. It is encrypted if BACKUP_RECIPIENTS is set. "
        "Exits with 1, and leaves no backup, if something fails. Example: manage.py backup /srv/backups"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "destination", help="a folder, a file that ends with .tar or .tar.age, or s3://bucket/folder"
        )
        parser.add_argument(
            "--copy", type=Path, metavar="FILE", help="also write the backup to this file, without encryption"
        )

    def handle(self, *, destination: str, copy: Path | None, **options: Any) -> None:
        try:
            place = parse_destination(destination)
            made = make_backup(place, now=log_now(), copy=copy)
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        backup, manifest = made.backup, made.manifest
        if backup.problem:
            self.stderr.write(backup.problem)
        if not backup.is_encrypted:
            self.stderr.write("The backup is not encrypted. Set BACKUP_RECIPIENTS to encrypt it.")
        self.stdout.write(
            f"Wrote {backup.name} to {backup.destination}: {manifest.rows} rows of {len(manifest.tables)} tables, "
            f"{len(manifest.files)} files, {backup.size / 1_000_000:.1f} MB, log {backup.log_number}:{backup.log_hash}."
        )
