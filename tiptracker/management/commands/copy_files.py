"""`manage.py copy_files SOURCE`: copy the files from a folder into a bucket, or back."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from tiptracker.infrastructure.s3_storage import S3FileStorage
from tiptracker.infrastructure.storage import PARTIAL_SUFFIX, AtomicFileStorage, StorageUnavailableError
from tiptracker.jobs.actions import enqueue

CHECKS = ("check_files", "check_briefings")
"""The jobs that compare all files with the hashes of their rows. The key of a job is the last file checked before."""


class Command(BaseCommand):
    help = (
        "Copy the files from another place to where FILES_URL or MEDIA_ROOT stores them now. Compare each copy, and "
        "queue the check of all files. A file that is there already is only compared, so this can be run again. It "
        "deletes nothing. Stop web and worker before. Example: manage.py copy_files /var/lib/tiptracker/files"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source",
            help="the folder or the bucket that has the files; s3://bucket/prefix is opened with FILES_S3_ENDPOINT and "
            "its key",
        )

    def handle(self, *, source: str, **options: Any) -> None:
        try:
            copied, existing, differing = _copy(_open_source(source))
        except StorageUnavailableError as error:
            raise CommandError(f"{error} Run this again: it goes on where it stopped.") from error
        if not copied + existing:
            raise CommandError(f"There are no files in {source}. Name the folder or bucket that has them.")
        self.stdout.write(f"Copied {copied} files. {existing} were there already.")
        if differing:
            names = "\n".join(differing)
            raise CommandError(f"{len(differing)} files have another content here than in {source}:\n{names}")
        with transaction.atomic():
            for kind in CHECKS:
                enqueue(kind, 0)
        self.stdout.write("Every copy is equal. Start the worker: it checks all files against their hashes.")


def _open_source(source: str) -> S3FileStorage | AtomicFileStorage:
    if source.startswith("s3://"):
        return S3FileStorage(url=source, **settings.FILES_S3_OPTIONS)
    return AtomicFileStorage(location=source)


def _copy(source: S3FileStorage | AtomicFileStorage) -> tuple[int, int, list[str]]:
    """Return how many files were copied, how many were there already, and the names of those that differ."""
    copied = existing = 0
    differing = []
    for name in source.names():
        if name.endswith(PARTIAL_SUFFIX):  # of an upload that was killed
            continue
        content = _read(source, name)
        if default_storage.exists(name):
            existing += 1
        else:
            default_storage.save(name, ContentFile(content))
            copied += 1
        if _read(default_storage, name) != content:
            differing.append(name)
    return copied, existing, differing


def _read(storage: Storage, name: str) -> bytes:
    with storage.open(name) as file:
        return bytes(file.read())
