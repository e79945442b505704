"""Inspect an upload: check its size, name and type, scan it, sanitize it and hash it."""

import errno
import hashlib
import logging
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.sanitizer_sandbox import sanitize_file_in_sandbox
from dialogues.files.scanner import ScannerUnavailable, scan
from dialogues.files.upload_rules import (
    describe_empty_file,
    describe_oversized_file,
    describe_rejection,
    format_size,
)
from tiptracker.errors import Refused, TryLater
from tiptracker.localization import gettext
from tiptracker.privacy.personal_data import remove_numbers
from tiptracker.sandbox.confinement import SandboxRunner

logger = logging.getLogger(__name__)

MAX_NAME_LENGTH = 255

_REQUEST_SIZE_KEY = "tiptracker.too_much"
"""Key in `request.META` for the size, in bytes, of a request whose files were all skipped.

No client header can set it.
"""


class InspectedFile(NamedTuple):
    """A file ready to be stored: its name, media type and clean content, and the SHA-256, in hex, of what was sent."""

    name: str
    media_type: str
    content: bytes
    received_sha256: str


def inspect_upload(upload: "UploadedFile[bytes]", *, run: SandboxRunner) -> InspectedFile:
    """Return a clean copy of `upload`. Refuse an upload that is empty, too large, or not what its name says.

    This is slow: don't call it in a transaction. Raises Refused, and TryLater if the sandbox `run` can't start.
    """
    name = clean_file_name(upload.name or "")
    if not upload.size:
        raise Refused("empty_file", describe_empty_file(name), field="files")
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise Refused("too_large", describe_oversized_file(name, format_size(upload.size)), field="files")
    sent = b"".join(upload.chunks())
    if settings.CLAMD_URL:  # scan before any other library opens the file
        _refuse_malware(name, sent)
    try:
        media_type, content = sanitize_file_in_sandbox(sent, PurePosixPath(name).suffix.lower(), run=run)
    except FileRejected as reason:
        raise Refused("file_rejected", describe_rejection(reason, name), field="files") from reason
    except TryLater as refusal:
        sentence = gettext("“%(name)s” was not attached. %(reason)s") % {"name": name, "reason": refusal}
        raise TryLater(
            refusal.code, sentence, seconds=refusal.seconds, status=refusal.status, field="files"
        ) from refusal
    return InspectedFile(name, media_type, content, sha256(sent))


def _refuse_malware(name: str, content: bytes) -> None:
    try:
        found = scan(content, settings.CLAMD_URL)
    except ScannerUnavailable as error:
        logger.exception("The scanner gave no verdict")
        sentence = gettext(
            "“%(name)s” was not attached, because the malware check is not available now. Your text is saved. Try "
            "again in a few minutes, or send without the file."
        )
        raise Refused("scanner_unavailable", sentence % {"name": name}, field="files") from error
    if found:
        logger.warning("Malware in an upload: %s", found)
        sentence = gettext(
            "“%(name)s” contains malware (%(malware)s) and was not saved. Have the computer checked that the file came "
            "from, then attach a clean copy."
        )
        raise Refused("malware", sentence % {"name": name, "malware": found}, field="files")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of a file's content, in hex."""
    return hashlib.sha256(content).hexdigest()


class TotalSizeLimitHandler(FileUploadHandler):
    """First upload handler: skips all files of a request above UPLOAD_MAX_TOTAL_BYTES, and keeps the typed fields.

    A server reads no more of a request than its stated length, so a client can't get around the limit by understating
    it.
    """

    is_too_much = False

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 -- Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.is_too_much = content_length > settings.UPLOAD_MAX_TOTAL_BYTES
        if self.is_too_much and self.request:
            self.request.META[_REQUEST_SIZE_KEY] = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.is_too_much:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Return nothing: the next handlers keep the file."""


class LostUpload(UploadedFile):  # type: ignore[type-arg]
    """A file of a form that could not be stored for lack of disk space.

    Reading it raises OSError; other fields are intact.
    """

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        raise OSError(errno.ENOSPC, "There was no room for an upload", self.name)

    read = chunks


class TolerantTemporaryFileHandler(FileUploadHandler):
    """Keep a large upload on disk while it is inspected. A full disk loses the file, not the typed fields.

    The file has no name, unlike that of Django's handler, so nothing stays behind if the process is killed.
    """

    is_lost = False
    stored: "UploadedFile[bytes] | None" = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.is_lost, self.stored = False, None
        super().new_file(*args, **kwargs)
        with self._losing():
            file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 -- closed with the request
            self.stored = UploadedFile(file, self.file_name, self.content_type, 0, self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.stored is not None and not self.is_lost:
            with self._losing():
                self.stored.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        if self.stored is not None and not self.is_lost:
            with self._losing():
                self.stored.seek(0)
                self.stored.size = file_size
                return self.stored
        return LostUpload(file=None, name=self.file_name, content_type=self.content_type, size=file_size)

    def upload_interrupted(self) -> None:
        if self.stored is not None:
            self.stored.close()

    @contextmanager
    def _losing(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            logger.exception("There was no room for an upload")
            self.is_lost = True
            if self.stored is not None:
                with suppress(OSError):
                    self.stored.close()


def describe_oversized_request(request: HttpRequest) -> str:
    """Return a message if the files of a request were skipped as too large together, else an empty string."""
    if not (size := request.META.get(_REQUEST_SIZE_KEY)):
        return ""
    sentence = gettext(
        "No file was attached: together they have %(size)s, and the limit is %(limit)s at once. Attach fewer files, or "
        "smaller scans."
    )
    return sentence % {"size": format_size(size), "limit": format_size(settings.UPLOAD_MAX_TOTAL_BYTES)}


def clean_file_name(name: str) -> str:
    """Return the last part of a path, at most 255 characters long, without numbers that could identify a person.

    Invisible characters and those that change the reading direction are removed.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(
        c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] not in "CZ" or c == " "
    )
    path = PurePosixPath(" ".join(visible.split()).strip(". ") or "file")
    suffix = path.suffix if len(path.suffix) <= 10 else ""
    stem = remove_numbers(path.name.removesuffix(suffix))
    return stem[: MAX_NAME_LENGTH - len(suffix)] + suffix
