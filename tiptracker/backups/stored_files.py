"""The stored files that rows name, with the hashes that the rows give them."""

from collections.abc import Iterator
from typing import IO, cast

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.module_loading import import_string

from tiptracker.backups.archive_format import Manifest
from tiptracker.backups.archive_reader import MemberContent
from tiptracker.backups.streams import HashedReader
from tiptracker.errors import Refused
from tiptracker.localization import gettext

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


def write_stored(name: str, content: MemberContent, manifest: Manifest, written: list[str]) -> None:
    """Write a file of an archive under its name, and add the name to `written`. Raises Refused.

    A file that is there already must be the same.
    """
    if default_storage.exists(name):
        if hash_stored(name) != manifest.files.get(name):
            raise Refused(
                "other_file",
                gettext("There is another file “%(name)s” already. Restore into an empty folder or bucket.")
                % {"name": name},
            )
        return
    written.append(name)
    try:
        stored = default_storage.save(name, File(cast("IO[bytes]", HashedReader(content)), name))
    except OSError as error:
        raise Refused(
            "media_root",
            gettext("The file “%(name)s” cannot be written: %(reason)s. Make space, then restore again.")
            % {"name": name, "reason": error},
        ) from error
    if stored != name:
        written.append(stored)
        raise Refused("other_file", gettext("The file “%(name)s” got another name.") % {"name": name})
