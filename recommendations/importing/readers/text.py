"""Read plain text, or HTML that is recognized as such, in any supported encoding."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress

from recommendations.importing.encodings import MISDECODED, guess_utf_16, split_byte_order_mark
from recommendations.importing.readers.paragraph import Paragraph, UnreadableFile, split_paragraphs
from tiptracker.localization import gettext_noop

_HTML_START = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype html|html|head|body|main|article|section|div|p|ul|ol|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_MARKUP = re.compile(r"<(?:\?xml|!doctype|!entity|svg|\w+:)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([\w-]+)""", re.IGNORECASE)
_ALLOWED_CONTROLS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"


def read_text(content: bytes) -> Iterator[Paragraph]:
    """Return the paragraphs. Raises UnreadableFile if the content is not text."""
    text = decode_report(content)
    begins = text[:4096].lstrip()
    if _HTML_START.match(begins):
        from recommendations.importing.readers import html  # noqa: PLC0415 -- only where it is needed

        return html.read_html(text)
    if _OTHER_MARKUP.match(begins):
        raise UnreadableFile(
            "unsupported_format",
            gettext_noop(
                "“%(name)s” is XML, but not a web page. Save it as .docx, PDF or plain text and choose it again."
            ),
        )
    if any(unicodedata.category(letter) == "Cc" and letter not in _ALLOWED_CONTROLS for letter in set(text)):
        raise UnreadableFile(
            "unsupported_format",
            gettext_noop(
                "“%(name)s” is not a text, web page, PDF or Word document. Save it as one of these and choose it again."
            ),
        )
    return split_paragraphs(text)


def decode_report(content: bytes) -> str:
    """Decode a text by its byte order mark, as UTF-8, by the charset that the page states, or else as Windows-1252.

    Raises UnreadableFile if the result has letters in places where no language has them.
    """
    stated, rest = split_byte_order_mark(content)
    if encoding := stated or guess_utf_16(content):
        return rest.decode(encoding, errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        charset = _META_CHARSET.search(content[:4096])
    if charset:
        with suppress(LookupError):
            return content.decode(charset[1].decode(), errors="replace")
    text = content.decode("cp1252", errors="replace")
    if MISDECODED.search(text):
        raise UnreadableFile(
            "undecodable",
            gettext_noop(
                "“%(name)s” does not state its encoding, and it is neither UTF-8 nor Windows-1252. Save it as UTF-8 "
                "and choose it again."
            ),
        )
    return text
