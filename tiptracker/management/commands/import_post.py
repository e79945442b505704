"""`manage.py import_post SOURCE`: load the archive of a post, and prove it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tiptracker.audit.actions import log_now
from tiptracker.backups.destinations import parse_destination
from tiptracker.errors import Refused
from tiptracker.portable_post.importing import import_post


class Command(BaseCommand):
    help = (
        "Load the archive that “export_post” wrote, beside the countries that are here already, and prove the result. "
        "Stop web, worker, mail and beat before. If something fails, it exits with 1 and nothing was changed. "
        "Example: manage.py import_post /srv/post-LSO-20261130T120000Z.tar"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", help="the archive: a file, or s3://bucket/folder/file")
        parser.add_argument(
            "--identity",
            type=Path,
            metavar="FILE",
            default=settings.BACKUP_IDENTITY,
            help="the file with the private key of age, for an encrypted archive; default: BACKUP_IDENTITY",
        )

    def handle(self, *, source: str, identity: Path | None, **options: Any) -> None:
        try:
            place = parse_destination(source)
            if not place.name:
                raise CommandError("Name the archive itself, not its folder.", returncode=1)
            done = import_post(place=place, identity_file=identity, now=log_now(), say=self.stdout.write)
        except FileNotFoundError as error:
            raise CommandError(f"There is no archive {source}: {error}.", returncode=1) from error
        except Refused as refusal:
            raise CommandError(f"{refusal} Nothing was imported.", returncode=1) from refusal
        if done.known_people:
            self.stdout.write(
                "These people have accounts here already. They keep their roles, and do not see the country until an "
                f"administrator adds it: {', '.join(done.known_people)}."
            )
        self.stdout.write(
            f"Proven: {done.country.name}, {done.rows} rows, {done.people} closed accounts, {done.files} files by "
            f"their hashes, an imported log of {done.entries} entries; {done.runs}"
        )
