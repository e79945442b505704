"""Plain texts, and what turns out to be a page of HTML; in whatever letters it was saved."""

import re
import unicodedata
from collections.abc import Iterator

from recommendations.reading import Paragraph, Unreadable, paragraphs

_PAGE = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype html|html|head|body|main|article|section|div|p|ul|ol|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(r"<(?:\?xml|!doctype|!entity|svg|\w+:)", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([\w-]+)""", re.IGNORECASE)
_MARKED = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_KEPT = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"


def read(content: bytes) -> Iterator[Paragraph]:
    """Its paragraphs; raises Unreadable where it is no text."""
    text = decoded(content)
    begins = text[:4096].lstrip()
    if _PAGE.match(begins):
        from recommendations.reading import pages  # noqa: PLC0415 -- only where it is needed

        return pages.read(text)
    if _MARKUP.match(begins):
        raise Unreadable("is XML that is no web page. Save it as .docx, PDF or plain text, then choose it again.")
    if any(unicodedata.category(letter) == "Cc" and letter not in _KEPT for letter in text):
        raise Unreadable(
            "is neither a text, a web page, a PDF nor a Word document. Save it as one of them, then choose it again."
        )
    return paragraphs(text)


def decoded(content: bytes) -> str:
    """The text, by its mark, as UTF-8, by what the page says of itself, or else as Windows wrote it in the West."""
    for mark, encoding in _MARKED:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        stated = _CHARSET.search(content[:4096])
    try:
        return content.decode(stated[1].decode() if stated else "cp1252", errors="replace")
    except LookupError:
        return content.decode("cp1252", errors="replace")
