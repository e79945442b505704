"""Files of the record on the disk: each is there whole, or not at all."""

from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.core.files.storage import FileSystemStorage

PARTIAL_SUFFIX = ".part"
"""How the name of a file ends that is still being written."""


class AtomicFileStorage(FileSystemStorage):
    """Files that get their name once they are whole. What a full disk cut off is removed."""

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
