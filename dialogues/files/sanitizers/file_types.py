"""Detect what a file is, and make a harmless copy of it: bytes in, bytes out.

The content decides the type, and the name has to agree. The libraries that parse files are written for sound ones, so
`sanitizer_sandbox` runs them in a separate process. They are imported only where they are needed.
"""

from typing import NamedTuple

import magic

from dialogues.files.sanitizers import text
from dialogues.files.sanitizers.errors import FileRejected, gettext_noop, password_error


class SanitizedFile(NamedTuple):
    """A file ready to be stored: its media type and its bytes."""

    media_type: str
    content: bytes


class FileType(NamedTuple):
    """An accepted file type: its name, the same in every language, its media type and its extensions."""

    called: str
    media_type: str
    extensions: tuple[str, ...]


def sanitize_file(content: bytes, extension: str) -> SanitizedFile:
    """Return a harmless copy of `content`. `extension` is lower case, with its dot. Raises FileRejected."""
    sort = _detect_type(content, extension)
    if sort is None:
        raise _rejection(content, extension)
    if extension not in sort.extensions:
        raise FileRejected(
            gettext_noop("The content of “%(name)s” is of type %(type)s, but its name does not say so."),
            gettext_noop("Rename the file to end in %(extension)s, then attach it again."),
            type=sort.called,
            extension=sort.extensions[0],
        )
    try:
        return SanitizedFile(sort.media_type, _sanitize(content, sort))
    except FileRejected:
        raise
    except Exception as error:  # a hostile file can make a library raise anything, and it always means the same
        raise _damaged_error(sort) from error


def _detect_type(content: bytes, extension: str) -> FileType | None:
    seen = magic.from_buffer(content[: text.SNIFFED_BYTES], mime=True)
    if seen in _TYPES_BY_MEDIA_TYPE:
        return _TYPES_BY_MEDIA_TYPE[seen]
    if content.startswith(b"PK\x03\x04"):
        from dialogues.files.sanitizers import office  # noqa: PLC0415 -- only where it is needed

        return {"word": WORD, "xl": EXCEL}.get(office.find_main_folder(content))
    # A text file has no signature: only its name says that it is one.
    return next((sort for sort in (TEXT, CSV) if extension in sort.extensions), None)


def _rejection(content: bytes, extension: str) -> FileRejected:
    if extension in _APPLE_IMAGE_EXTENSIONS:
        return apple_image_error()
    taken = next((sort for sort in FILE_TYPES if extension in sort.extensions), None)
    if taken in {WORD, EXCEL} and content.startswith(_OLE_SIGNATURE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return password_error()
        return FileRejected(
            gettext_noop("“%(name)s” is in an old format."),
            gettext_noop("Save it in the format %(type)s (%(extension)s), then attach it again."),
            type=taken.called,
            extension=taken.extensions[0],
        )
    if taken:
        return _damaged_error(taken)
    return unknown_type_error()


def apple_image_error() -> FileRejected:
    """Return the error for a photograph in the format of the iPhone."""
    return FileRejected(
        gettext_noop("“%(name)s” is in Apple’s own format (HEIC), which most computers cannot show."),
        gettext_noop(
            "On the iPhone choose Settings, Camera, Formats, “Most Compatible” and take the photograph again, or "
            "attach a screenshot of it."
        ),
    )


def unknown_type_error() -> FileRejected:
    """Return the error for a file of a type that is not accepted."""
    return FileRejected(
        gettext_noop("“%(name)s” is of a type that cannot be attached."),
        gettext_noop(
            "Attach a PDF, a Word or Excel file (.docx, .xlsx), a text (.txt, .csv) or an image (.jpg, .png)."
        ),
    )


def _damaged_error(sort: FileType) -> FileRejected:
    return FileRejected(
        gettext_noop("“%(name)s” is damaged, or its content is not of type %(type)s."),
        gettext_noop("Open the file to check it, save it again, then attach it again."),
        type=sort.called,
    )


def _sanitize(content: bytes, sort: FileType) -> bytes:
    if sort == TEXT:
        return text.sanitize_text(content)
    if sort == CSV:
        return text.sanitize_table(content)
    if sort == PDF:
        from dialogues.files.sanitizers import pdf  # noqa: PLC0415 -- only where it is needed

        return pdf.sanitize_pdf(content)
    if sort in {WORD, EXCEL}:
        from dialogues.files.sanitizers import office  # noqa: PLC0415 -- only where it is needed

        return office.sanitize_office(content, "word" if sort == WORD else "xl")
    from dialogues.files.sanitizers import images  # noqa: PLC0415 -- only where it is needed

    drawn = images.sanitize_image(content, "JPEG" if sort == JPEG else "PNG")
    if len(drawn) > len(content):  # an image of a few bytes, which no program makes unless asked to
        raise ValueError("the image would be larger than it came")
    return drawn


_APPLE_IMAGE_EXTENSIONS = (".heic", ".heif")
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of .doc and .xls, and of a .docx or .xlsx with a password ([MS-OFFCRYPTO] 2.3.4)."""
_OFFICE_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument"
PDF = FileType("PDF", "application/pdf", (".pdf",))
WORD = FileType("Word", f"{_OFFICE_MEDIA_TYPE}.wordprocessingml.document", (".docx",))
EXCEL = FileType("Excel", f"{_OFFICE_MEDIA_TYPE}.spreadsheetml.sheet", (".xlsx",))
JPEG = FileType("JPEG", "image/jpeg", (".jpg", ".jpeg"))
PNG = FileType("PNG", "image/png", (".png",))
TEXT = FileType("TXT", "text/plain", (".txt",))
CSV = FileType("CSV", "text/csv", (".csv",))
FILE_TYPES = (PDF, WORD, EXCEL, TEXT, CSV, JPEG, PNG)
_TYPES_BY_MEDIA_TYPE = {"application/pdf": PDF, "image/jpeg": JPEG, "image/png": PNG, "image/apng": PNG}

EXTENSIONS = tuple(extension for sort in FILE_TYPES for extension in sort.extensions)
"""For the `accept` attribute of a file field."""
