"""Recognize the encoding of a text by its first bytes, and a text that was decoded wrongly."""

import codecs
import re

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark starts with the same bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
MISDECODED = re.compile("[a-z][À-ÖØ-ÞŠŽŸ¡-¶¸-¿]|[À-ÿ¡-¿ƒ†‡ˆ‰Œœ]{3}|\ufffd")
"""Signs of a text in another 8-bit encoding: capitals and signs within words, rows of accented letters."""


def split_byte_order_mark(content: bytes) -> tuple[str, bytes]:
    """Return the encoding that a byte order mark states, or "", and the content without the mark."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding, content[len(mark) :]
    return "", content


def guess_utf_16(content: bytes) -> str:
    """Return the byte order of UTF-16 without a mark, or "". In it every second byte of most Western letters is 0."""
    beginning = content[:4096]
    low, high = beginning[0::2].count(0), beginning[1::2].count(0)
    half = len(beginning) // 2
    if half and high > half * 0.7 and low < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if half and low > half * 0.7 and high < half * 0.1 else ""
