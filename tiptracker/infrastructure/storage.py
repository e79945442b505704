"""File storage on a disk that never leaves an incomplete file under its final name; what all storages share."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage

from tiptracker.infrastructure.outages import FILES_UNREACHABLE

PARTIAL_SUFFIX = ".part"
"""Suffix of a file that is still being written."""


class StorageUnavailableError(OSError):
    """The storage did not answer, or refused the request. Pages then answer 503 and keep what was typed."""

    outage = FILES_UNREACHABLE


class AtomicFileStorage(FileSystemStorage):
    """Store each file under a temporary name and rename it when it is complete. An incomplete file is deleted."""

    def _save(self, name: str, content: Any) -> str:
        part = f"{name}.{token_hex(8)}{PARTIAL_SUFFIX}"
        try:
            super()._save(part, content)  # type: ignore[misc]  # the stubs don't know it
            Path(self.path(part)).replace(self.path(name))
        except BaseException:
            with suppress(OSError):
                Path(self.path(part)).unlink(missing_ok=True)
            raise
        return name.replace("\\", "/")

    def names(self, folder: str = "") -> Iterator[str]:
        """Yield the names of all files in a folder and the folders below it."""
        try:
            folders, files = self.listdir(folder)
        except FileNotFoundError:
            return
        for name in files:
            yield f"{folder}/{name}" if folder else name
        for name in folders:
            yield from self.names(f"{folder}/{name}" if folder else name)


def stored_names() -> Iterator[str]:
    """Yield the names of all stored files, as rows refer to them."""
    yield from default_storage.names()  # type: ignore[attr-defined]  # both of our storages have it
