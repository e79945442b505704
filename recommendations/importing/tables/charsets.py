"""Decode bytes: UTF-8 with and without a byte order mark, UTF-16, Windows-1252, Mac OS Roman.

A file does not state its encoding, but its bytes exclude many. Invalid UTF-8 is never read as UTF-8. Windows-1252 and
Mac OS Roman are accepted only if the result reads like a language. Doubtful results carry a note for the user or are
refused.
"""

import codecs
import re
from contextlib import suppress

from recommendations.importing.encodings import MISDECODED, guess_utf_16, split_byte_order_mark
from recommendations.importing.stored_sentences import StoredSentence
from recommendations.importing.tables.cells import UnreadableTable
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class Charset(ChoiceEnum):
    """The encoding of a text file."""

    UTF_8 = "utf-8", gettext_noop("UTF-8")
    UTF_16 = "utf-16", gettext_noop("UTF-16")
    WINDOWS_1252 = "cp1252", gettext_noop("Windows-1252 (Western European)")
    MAC_ROMAN = "mac_roman", gettext_noop("Mac OS Roman (older Excel on a Mac)")


_GUESS_NOTE = gettext_noop(
    "The file does not state its encoding. We read it as %(encoding)s. Check apostrophes, dashes and accented letters. "
    "If they are wrong, choose another encoding and import the file again."
)
_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]")
_NOT_WINDOWS_1252 = re.compile(f"{_CONTROL_CHARACTERS.pattern}|{MISDECODED.pattern}")
_MAC_ROMAN_AS_WINDOWS_1252 = re.compile(
    r"(?<!\w)(?:[ÐÑÒÓÔÕ](?!\w)|[ÒÔ](?=[A-Z])|Û(?=\d))"
    r"|(?<=[A-Za-z])[ŠŸ‚ƒ„†‡ˆ‰‹•˜™](?=[a-z])|(?:^|(?<=[\",;\t]))¥ ",
    re.MULTILINE,
)
"""Marks and accented letters of Mac OS Roman, as they look when they are read as Windows-1252."""
_NOT_MAC_ROMAN = re.compile(
    rf"{_CONTROL_CHARACTERS.pattern}"
    r"|[^\x00-\x7fÀ-ÖØ-öø-ÿœŒŸ\xa0‘’“”‚„«»‹›–—…•·°§£€™®©¿¡]"  # signs that a list of recommendations does not have
    r"|[A-Za-z][À-ÖØ-ÞŒŸ](?=[a-zà-öø-ÿ])|[a-zà-öø-ÿ][À-ÖØ-ÞŒŸ]"  # a capital within a word
    r"|[À-ÖØ-ÞŒŸ][à-öø-ÿ]|(?!éé|ç)[à-öø-ÿ]{2}"  # accented letters in a row
    r"|(?<!\w)[à-öø-ÿ](?![\w’'])(?<![àéèêóôöå])"  # an accented letter alone, which is no word
    r"|\w[“„«¿¡€£§©](?=\w)|[‘“„«](?:\s|$)|(?<!\w)[•·](?=\w)"  # signs where no text has them
)
"""Signs of a text in another 8-bit encoding that was read as Mac OS Roman, in which every byte is a character."""


def describe_guess(charset: Charset) -> StoredSentence:
    """Return the note on an encoding that was guessed."""
    return StoredSentence(_GUESS_NOTE, {"encoding": charset.label.partition(" (")[0]})


def decode(content: bytes, charset: Charset | None = None) -> tuple[str, Charset | None]:
    """Return the text, and its encoding if that is a guess that the user should check.

    `charset` is the encoding that the user chose. Raises Refused if the bytes don't fit it, or fit no encoding.
    """
    if charset is not None:
        return _decode_as(content, charset), None
    name, rest = split_byte_order_mark(content)
    if name:
        return _decode_strictly(rest, name, name.upper()), None
    if name := guess_utf_16(content):
        return _decode_strictly(content, name, name.upper()), None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_by_plausibility(content)
    return _decode_strictly(content, "utf-8", "UTF-8"), None


def _decode_by_plausibility(content: bytes) -> tuple[str, Charset]:
    """Return the text in the 8-bit encoding in which it reads like a language, and that encoding.

    If it does in both, it is Windows-1252, unless it has signs in places where only Mac OS Roman explains them, such as
    those of its quotation marks. Raises Refused if it does in neither.
    """
    windows = content.decode("cp1252", errors="replace")
    mac = content.decode("mac_roman")
    is_mac = not _NOT_MAC_ROMAN.search(mac)
    if not _NOT_WINDOWS_1252.search(windows) and not (is_mac and _MAC_ROMAN_AS_WINDOWS_1252.search(windows)):
        return windows, Charset.WINDOWS_1252
    if is_mac:
        return mac, Charset.MAC_ROMAN
    raise UnreadableTable(
        "undecodable",
        gettext_noop(
            "The file does not state its encoding, and it is not UTF-8, UTF-16, Windows-1252 or Mac OS Roman. Save it "
            "as “CSV UTF-8” or as an Excel workbook and choose it again."
        ),
    )


def _decode_as(content: bytes, charset: Charset) -> str:
    if charset is Charset.UTF_16:
        marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return _decode_strictly(content, "utf-16" if marked else guess_utf_16(content) or "utf-16-le", charset.label)
    return _decode_strictly(content, "utf-8-sig" if charset is Charset.UTF_8 else charset.value, charset.label)


def _decode_strictly(content: bytes, name: str, label: str) -> str:
    """Return the text. Raises Refused if the bytes don't fit, or if the text has what no text has.

    `label` is the name of the encoding for the user.
    """
    with suppress(UnicodeDecodeError):
        text = content.decode(name)
        if not _CONTROL_CHARACTERS.search(text):
            return text
    raise UnreadableTable(
        "undecodable",
        gettext_noop(
            "The file can’t be read as %(encoding)s. Save it as “CSV UTF-8” or as an Excel workbook and choose it "
            "again."
        ),
        encoding=label,
    )
