"""Decode bytes: UTF-8 with and without a byte order mark, UTF-16, Windows-1252.

A file does not state its encoding, but its bytes exclude many. Invalid UTF-8 is never read as UTF-8, and Windows-1252
is accepted only if the result reads like a language. Doubtful results carry a note for the user or are refused.
"""

import codecs
import re
from contextlib import suppress

from recommendations.importing.encodings import MISDECODED, guess_utf_16, split_byte_order_mark
from tiptracker.choices import ChoiceEnum
from tiptracker.errors import Refused


class Charset(ChoiceEnum):
    """The encoding of a text file."""

    UTF_8 = "utf-8", "UTF-8"
    UTF_16 = "utf-16", "UTF-16"
    WINDOWS_1252 = "cp1252", "Windows-1252 (Western European)"


_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]")
_NOT_WINDOWS_1252 = re.compile(f"{_CONTROL_CHARACTERS.pattern}|{MISDECODED.pattern}")
_SAVE_AS_HINT = "Save it as “CSV UTF-8” or as an Excel workbook, then choose it again."
GUESSED_CHARSET = (
    "The file does not say what it is written in. It was read as Windows-1252: look whether apostrophes, dashes and "
    "accented letters are right, and choose another encoding if they are not."
)


def decode(content: bytes, charset: Charset | None = None) -> tuple[str, bool]:
    """Return the text, and whether its encoding is a guess that the user should check.

    `charset` is the encoding that the user chose. Raises Refused if the bytes don't fit it, or fit no encoding.
    """
    if charset is not None:
        return _decode_as(content, charset), False
    name, rest = split_byte_order_mark(content)
    if name:
        return _decode_strictly(rest, name, f"It begins like {name.upper()}, but goes on otherwise."), False
    if name := guess_utf_16(content):
        return _decode_strictly(content, name, "It looks like UTF-16, but is cut off or damaged."), False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        reason = "It is not told what the file is written in, and it is neither UTF-8 nor UTF-16 nor Windows-1252."
        return _decode_strictly(content, "cp1252", reason, _NOT_WINDOWS_1252), True
    return _decode_strictly(content, "utf-8", "It looks like no text."), False


def _decode_as(content: bytes, charset: Charset) -> str:
    reason = f"It can’t be read as {charset.label}."
    if charset is Charset.UTF_16:
        marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return _decode_strictly(content, "utf-16" if marked else guess_utf_16(content) or "utf-16-le", reason)
    return _decode_strictly(content, "utf-8-sig" if charset is Charset.UTF_8 else charset.value, reason)


def _decode_strictly(content: bytes, name: str, reason: str, refused: re.Pattern[str] = _CONTROL_CHARACTERS) -> str:
    """Return the text. Raises Refused with `reason` if the bytes don't fit, or if the text has what no text has."""
    with suppress(UnicodeDecodeError):
        text = content.decode(name)
        if not refused.search(text):
            return text
    raise Refused("undecodable", f"{reason} {_SAVE_AS_HINT}", field="file")
