"""`manage.py export_post CODE DESTINATION`: write one country's record, its people and its files into an archive."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tiptracker.audit.actions import log_now
from tiptracker.backups.destinations import parse_destination
from tiptracker.errors import Refused
from tiptracker.portable_post.exporting import export_post


class Command(BaseCommand):
    help = (
        "Write one country's record, its people and its files into an archive, for “import_post” in another "
        "installation. Exits with 1, and leaves no archive, if something fails. Example: manage.py export_post LSO /srv"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="the ISO 3166-1 alpha-3 code of the country, such as LSO")
        parser.add_argument(
            "destination", help="a folder, a file that ends with .tar or .tar.age, or s3://bucket/folder"
        )
        parser.add_argument(
            "--recipient",
            action="append",
            metavar="KEY",
            help="a public key of age, to which the archive is encrypted: that of the receiver. It may be given "
            "several times; default: BACKUP_RECIPIENTS",
        )

    def handle(self, *, code: str, destination: str, recipient: list[str] | None, **options: Any) -> None:
        recipients = settings.BACKUP_RECIPIENTS if recipient is None else recipient
        try:
            made = export_post(code=code, place=parse_destination(destination), recipients=recipients, now=log_now())
        except Refused as refusal:
            raise CommandError(f"{refusal} No archive was written.", returncode=1) from refusal
        manifest = made.manifest
        if not recipients:
            self.stderr.write("The archive is not encrypted. It has the whole record: name a public key (--recipient).")
        if made.unfinished:
            self.stderr.write(f"Drafts and unfinished imports or briefings that stay behind: {made.unfinished}.")
        self.stdout.write(
            f"Wrote {made.name}: {manifest.post['name']}, {manifest.rows} rows of {len(manifest.tables)} tables, "
            f"{manifest.tables['accounts.user'].rows} people, {len(manifest.files)} files, {made.size / 1_000_000:.1f} "
            f"MB, a log of {manifest.post['entries']} entries, seal {manifest.post['head']}."
        )
