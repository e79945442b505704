"""Read plain text, or HTML that is recognized as such, in any supported encoding."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress

from recommendations.importing.readers.paragraph import Paragraph, UnreadableFile, split_paragraphs

_HTML_START = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype html|html|head|body|main|article|section|div|p|ul|ol|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_MARKUP = re.compile(r"<(?:\?xml|!doctype|!entity|svg|\w+:)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([\w-]+)""", re.IGNORECASE)
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),  # before UTF-16, whose mark starts with the same bytes
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_MISDECODED = re.compile("[a-z][À-ÖØ-ÞŠŽŸ¡-¶¸-¿]|[À-ÿ¡-¿ƒ†‡ˆ‰Œœ]{3}|\ufffd")
"""Signs of a text in another 8-bit encoding: capitals and signs within words, rows of accented letters."""
_ALLOWED_CONTROLS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"


def read_text(content: bytes) -> Iterator[Paragraph]:
    """Return the paragraphs. Raises UnreadableFile if the content is not text."""
    text = decode_report(content)
    begins = text[:4096].lstrip()
    if _HTML_START.match(begins):
        from recommendations.importing.readers import html  # noqa: PLC0415 -- only where it is needed

        return html.read_html(text)
    if _OTHER_MARKUP.match(begins):
        raise UnreadableFile("is XML that is no web page. Save it as .docx, PDF or plain text, then choose it again.")
    if any(unicodedata.category(letter) == "Cc" and letter not in _ALLOWED_CONTROLS for letter in set(text)):
        raise UnreadableFile(
            "is neither a text, a web page, a PDF nor a Word document. Save it as one of them, then choose it again."
        )
    return split_paragraphs(text)


def decode_report(content: bytes) -> str:
    """Decode a text by its byte order mark, as UTF-8, by the charset that the page states, or else as Windows-1252.

    Raises UnreadableFile if the result has letters in places where no language has them.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    if encoding := _guess_utf_16(content[:4096]):
        return content.decode(encoding, errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        stated = _META_CHARSET.search(content[:4096])
    if stated:
        with suppress(LookupError):
            return content.decode(stated[1].decode(), errors="replace")
    text = content.decode("cp1252", errors="replace")
    if _MISDECODED.search(text):
        raise UnreadableFile(
            "doesn’t say in which letters it was saved, and they are neither those of UTF-8 nor of Windows. Save it as "
            "UTF-8, then choose it again."
        )
    return text


def _guess_utf_16(beginning: bytes) -> str:
    """Return the byte order of UTF-16 without a mark, or "". In it every second byte of most Western letters is 0."""
    half = len(beginning) // 2
    low, high = beginning[0::2].count(0), beginning[1::2].count(0)
    if half and high > half * 0.7 and low < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if half and low > half * 0.7 and high < half * 0.1 else ""
