"""The stored files that rows name, with the hashes that the rows give them."""

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.utils.module_loading import import_string

from tiptracker.backups.streams import HashedReader

FILE_HASHES = ("dialogues.actions.files.list_stored_hashes", "reports.actions.rendering.list_stored_hashes")
"""Functions that yield name and SHA-256 of files. They are import paths, because this package must not import those
apps."""


def list_file_hashes() -> Iterator[tuple[str, str]]:
    """Yield name and SHA-256 of every file whose content has to be stored."""
    for path in FILE_HASHES:
        yield from import_string(path)()


def hash_stored(name: str) -> str:
    """Return the SHA-256 of a stored file, or "" if it cannot be read."""
    try:
        with default_storage.open(name) as file:
            reader = HashedReader(file)
            while reader.read():
                pass
    except OSError:
        return ""
    return reader.sha256.hexdigest()
