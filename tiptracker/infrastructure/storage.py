"""File storage that never leaves an incomplete file under its final name."""

from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.core.files.storage import FileSystemStorage

PARTIAL_SUFFIX = ".part"
"""Suffix of a file that is still being written."""


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
