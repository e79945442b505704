"""Texts and tables in text, as they are: read by people, never run."""

import unicodedata

import magic

from dialogues.cleaning import HEAD, Unclean

_ALLOWED = "\t\n\r\f\ufeff"
_MARKUP = frozenset({"text/html", "text/xml", "application/xml", "image/svg+xml", "text/rtf", "application/rtf"})


def clean(content: bytes) -> bytes:
    """The same bytes; raises Unclean where they are no plain text in UTF-8."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Unclean(
            "isn't a text in UTF-8. Save it again as plain text in UTF-8 (in Excel: “CSV UTF-8”), then choose it again."
        ) from error
    if magic.from_buffer(content[:HEAD], mime=True) in _MARKUP or text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise Unclean("holds a page or a drawing with code in it. Save it as a PDF, then choose it again.")
    if any(unicodedata.category(character) == "Cc" and character not in _ALLOWED for character in text):
        raise Unclean("holds what is no text. Open it to see, save it again as plain text, then choose it again.")
    return content
