"""What a file really is: decided by its content, never by what the sender says of it. Refuse, clean, hash."""

import hashlib
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, BinaryIO, NamedTuple, cast

import magic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from PIL import Image, ImageFile

from tiptracker.refusals import Refused

NAME_LENGTH = 255
MOST_PIXELS = 150_000_000
"""More than any telephone's camera takes; beyond it a picture is made to fill a server's memory."""
MOST_ENTRIES = 10_000
HEAD = 64 * 1024
TAIL = 2048
"""Where a PDF's end mark must be found: some scanners write a little behind it."""

_TOO_MUCH = "tiptracker.too_much"
"""Where a request remembers its size, in bytes, if no file of it was taken in. No header of a client's lands there."""


class Inspected(NamedTuple):
    """What was found out about a file: the name to keep, its media type, its size in bytes, its SHA-256 in hex."""

    name: str
    media_type: str
    size: int
    sha256: str


class Sort(NamedTuple):
    """A sort of file that is taken: what people call it, media type, extensions, what libmagic says, our check."""

    called: str
    media_type: str
    extensions: tuple[str, ...]
    recognized: frozenset[str]
    is_sound: Callable[[BinaryIO], bool]


def inspect(upload: "UploadedFile[bytes]") -> Inspected:
    """What `upload` is; refuses one that is empty, too large, of no sort that is taken, damaged or falsely named."""
    name = clean_name(upload.name or "")
    content = cast("BinaryIO", upload.file)
    size = content.seek(0, 2)
    if not size:
        raise Refused(f"“{name}” is empty. Choose the file again.", field="files")
    if size > settings.UPLOAD_MAX_BYTES:
        raise Refused(
            f"“{name}” has {_megabytes(size)}; at most {_megabytes(settings.UPLOAD_MAX_BYTES)} can be taken. "
            "Send a smaller scan, or split it.",
            field="files",
        )
    sort = _sort_of(content)
    extension = PurePosixPath(name).suffix.lower()
    if sort is None:
        raise Refused(_explain(name, extension), field="files")
    if extension not in sort.extensions:
        raise Refused(
            f"“{name}” is {sort.called} by its content, but its name doesn't end in {' or '.join(sort.extensions)}. "
            "Name it for what it is, then choose it again.",
            field="files",
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Inspected(name, sort.media_type, size, digest.hexdigest())


class TotalLimit(FileUploadHandler):
    """First of the upload handlers: above UPLOAD_MAX_TOTAL_BYTES no file is taken in; what was typed is.

    The length that a request states is all that a server reads of it, so it can't be told too small.
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
            self.request.META[_TOO_MUCH] = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.is_too_much:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Nothing: the handlers behind this one keep the file."""


def too_much(request: HttpRequest) -> str:
    """What to say where the files of a request were too much together, so that none was taken; else nothing."""
    if not (size := request.META.get(_TOO_MUCH)):
        return ""
    most = settings.UPLOAD_MAX_TOTAL_BYTES
    return (
        f"Together the files have {_megabytes(size)}; at most {_megabytes(most)} can be taken at once, so none was. "
        "Attach fewer of them, or smaller scans."
    )


def clean_name(name: str) -> str:
    """The last part of a path, without characters that are invisible or turn the reading order, 255 at most."""
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(
        c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] not in "CZ" or c == " "
    )
    path = PurePosixPath(" ".join(visible.split()).strip(". ") or "file")
    suffix = path.suffix if len(path.suffix) <= 10 else ""
    stem = path.name.removesuffix(suffix)
    return stem[: NAME_LENGTH - len(suffix)] + suffix


def _explain(name: str, extension: str) -> str:
    taken = next((sort for sort in SORTS if extension in sort.extensions), None)
    if taken:
        return (
            f"“{name}” is named like {taken.called}, but its content is damaged or something else. Open it to see, "
            "save it again, then choose it again."
        )
    return f"“{name}” can't be taken. Send a PDF, a Word or Excel file (.docx, .xlsx) or a picture (.jpg, .png)."


def _sort_of(content: BinaryIO) -> Sort | None:
    content.seek(0)
    seen = magic.from_buffer(content.read(HEAD), mime=True)
    return next((sort for sort in SORTS if seen in sort.recognized and sort.is_sound(content)), None)


def _is_pdf(content: BinaryIO) -> bool:
    content.seek(0)
    head = content.read(5)
    content.seek(max(0, content.seek(0, 2) - TAIL))
    return head == b"%PDF-" and b"%%EOF" in content.read()


def _is_office(folder: str) -> Callable[[BinaryIO], bool]:
    """A check for the zip of a document whose parts lie in `folder`; one with macros or a password isn't taken."""

    def check(content: BinaryIO) -> bool:
        try:
            with zipfile.ZipFile(content) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        names = {entry.filename for entry in entries}
        return (
            len(entries) <= MOST_ENTRIES
            and "[Content_Types].xml" in names
            and any(name.startswith(f"{folder}/") for name in names)
            and not any(name.lower().endswith("vbaproject.bin") for name in names)
            and not any(entry.flag_bits & 1 for entry in entries)
        )

    return check


def _is_picture(kind: str) -> Callable[[BinaryIO], bool]:
    """A check that a picture of `kind` (Pillow's name) can be read to its end."""

    def check(content: BinaryIO) -> bool:
        content.seek(0)
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once loaded, has it on for the whole process
        try:
            with Image.open(content, formats=[kind]) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    return False
                if kind == "PNG":
                    picture.verify()
                else:
                    picture.draft("RGB", (width // 8, height // 8))  # an eighth is read quickly, and to the end
                    picture.load()
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
            return False
        return True

    return check


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB"


_OFFICE = "application/vnd.openxmlformats-officedocument"
_ZIPPED = frozenset({"application/zip", "application/octet-stream", _OFFICE})
SORTS = (
    Sort("a PDF", "application/pdf", (".pdf",), frozenset({"application/pdf"}), _is_pdf),
    Sort(
        "a Word document",
        f"{_OFFICE}.wordprocessingml.document",
        (".docx",),
        _ZIPPED | {f"{_OFFICE}.wordprocessingml.document"},
        _is_office("word"),
    ),
    Sort(
        "an Excel workbook",
        f"{_OFFICE}.spreadsheetml.sheet",
        (".xlsx",),
        _ZIPPED | {f"{_OFFICE}.spreadsheetml.sheet"},
        _is_office("xl"),
    ),
    Sort("a JPEG picture", "image/jpeg", (".jpg", ".jpeg"), frozenset({"image/jpeg"}), _is_picture("JPEG")),
    Sort("a PNG picture", "image/png", (".png",), frozenset({"image/png"}), _is_picture("PNG")),
)


def taken() -> str:
    """What may be sent, for beside a file field: which kinds, how large."""
    most = _megabytes(settings.UPLOAD_MAX_BYTES).replace(".0 ", " ")
    return f"PDF, Word (.docx), Excel (.xlsx), JPEG or PNG, at most {most} a file."


EXTENSIONS = tuple(extension for sort in SORTS for extension in sort.extensions)
"""For a file field's `accept`."""
