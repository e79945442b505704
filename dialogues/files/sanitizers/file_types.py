"""What a file really is, and a copy of it that can do no harm: bytes in, bytes out.

What a file is, its content decides; the name has to agree. The libraries that take files apart are written for sound
ones, so that `apart.clean_apart` runs them in a process of its own. They are imported only where they are needed.
"""

from collections.abc import Callable
from typing import NamedTuple

import magic

from dialogues.files.sanitizers import text
from dialogues.files.sanitizers.errors import Unclean


class Cleaned(NamedTuple):
    """A file as it may be kept: its media type and its bytes."""

    media_type: str
    content: bytes


class Sort(NamedTuple):
    """A sort of file that is taken: what people call it, its media type, its extensions, what makes a clean copy."""

    called: str
    media_type: str
    extensions: tuple[str, ...]
    clean: Callable[[bytes], bytes]


def clean(content: bytes, extension: str) -> Cleaned:
    """A harmless copy of `content`, named with `extension` (lower case, with its dot); raises Unclean."""
    sort = _sort_of(content, extension)
    if sort is None:
        raise Unclean(_explain(content, extension))
    if extension not in sort.extensions:
        raise Unclean(
            f"is {sort.called} by its content, but its name doesn't end in {' or '.join(sort.extensions)}. "
            "Name it for what it is, then choose it again."
        )
    try:
        return Cleaned(sort.media_type, sort.clean(content))
    except Unclean:
        raise
    except Exception as error:  # a hostile file makes a library fail in any way; all of them mean the same
        raise Unclean(_damaged(sort)) from error


def _sort_of(content: bytes, extension: str) -> Sort | None:
    seen = magic.from_buffer(content[: text.HEAD], mime=True)
    if seen in _RECOGNIZED:
        return _RECOGNIZED[seen]
    if content.startswith(b"PK\x03\x04"):
        from dialogues.files.sanitizers import office  # noqa: PLC0415 -- only where it is needed

        return {"word": WORD, "xl": EXCEL}.get(office.folder_of(content))
    # A text has no mark of its own: its name says that it is one.
    return next((sort for sort in (TEXT, CSV) if extension in sort.extensions), None)


def _explain(content: bytes, extension: str) -> str:
    if extension in _APPLES_PICTURES:
        return (
            "is a picture in Apple’s own format (HEIC), which most computers can’t show. On the iPhone choose "
            "Settings, Camera, Formats, “Most Compatible” and take it again, or send a screenshot of it."
        )
    taken = next((sort for sort in SORTS if extension in sort.extensions), None)
    if taken in {WORD, EXCEL} and content.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "has a password. Save it without one, then choose it again."
        return f"is in an old format. Save it anew as {taken.called} ({taken.extensions[0]}), then choose it again."
    if taken:
        return _damaged(taken)
    return (
        "can't be taken. Send a PDF, a Word or Excel file (.docx, .xlsx), a text (.txt, .csv) or a picture "
        "(.jpg, .png)."
    )


def _damaged(sort: Sort) -> str:
    return (
        f"is named like {sort.called}, but its content is damaged or something else. Open it to see, save it again, "
        "then choose it again."
    )


def _pdf(content: bytes) -> bytes:
    from dialogues.files.sanitizers import pdf  # noqa: PLC0415 -- only where it is needed

    return pdf.clean(content)


def _word(content: bytes) -> bytes:
    from dialogues.files.sanitizers import office  # noqa: PLC0415 -- only where it is needed

    return office.clean(content, "word")


def _excel(content: bytes) -> bytes:
    from dialogues.files.sanitizers import office  # noqa: PLC0415 -- only where it is needed

    return office.clean(content, "xl")


def _jpeg(content: bytes) -> bytes:
    from dialogues.files.sanitizers import images  # noqa: PLC0415 -- only where it is needed

    return images.clean(content, "JPEG")


def _png(content: bytes) -> bytes:
    from dialogues.files.sanitizers import images  # noqa: PLC0415 -- only where it is needed

    return images.clean(content, "PNG")


_APPLES_PICTURES = (".heic", ".heif")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The container of .doc and .xls, and of a .docx or .xlsx with a password ([MS-OFFCRYPTO] 2.3.4)."""
_OFFICE = "application/vnd.openxmlformats-officedocument"
PDF = Sort("a PDF", "application/pdf", (".pdf",), _pdf)
WORD = Sort("a Word document", f"{_OFFICE}.wordprocessingml.document", (".docx",), _word)
EXCEL = Sort("an Excel workbook", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",), _excel)
JPEG = Sort("a JPEG picture", "image/jpeg", (".jpg", ".jpeg"), _jpeg)
PNG = Sort("a PNG picture", "image/png", (".png",), _png)
TEXT = Sort("a text", "text/plain", (".txt",), text.clean)
CSV = Sort("a table in text", "text/csv", (".csv",), text.clean_table)
SORTS = (PDF, WORD, EXCEL, TEXT, CSV, JPEG, PNG)
_RECOGNIZED = {"application/pdf": PDF, "image/jpeg": JPEG, "image/png": PNG, "image/apng": PNG}

EXTENSIONS = tuple(extension for sort in SORTS for extension in sort.extensions)
"""For a file field's `accept`."""
