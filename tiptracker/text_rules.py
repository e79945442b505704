"""Rules for free text on pages and in the API: length limits and characters."""

import unicodedata

NARRATIVE_MAX_LENGTH = 20_000
"""Characters of a narrative, which tells what happened."""
REASON_MAX_LENGTH = 4_000
"""Characters of a reason, a promise, a criterion or the text of a recommendation."""
COVERING_NOTE_MAX_LENGTH = 600
"""Characters of the note at the head of a briefing, so that its first part stays two pages long."""
PASSWORD_MIN_LENGTH = 12
"""Characters that a new password needs."""
PASSWORD_MAX_LENGTH = 1_000
"""Characters of a password."""
DAY_MAX_LENGTH = 100
"""Characters of a day or a moment in an address."""

_OTHER_APOSTROPHES = "’‘‛ʹʻʼʽ´`′＇"
_LINE_BREAKS = str.maketrans(dict.fromkeys("\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}", "\n"))
_LINE_BREAKS_TO_SPACES = str.maketrans(dict.fromkeys("\t\r\n", " "))
_KEPT_CONTROLS = "\t\r\n\0"
"""Control characters that stay. Lines and tabs have an effect; the null character is refused with its own sentence."""


def remove_invisible(text: str, *, in_one_line: bool = False) -> str:
    """Return `text` without invisible characters: control, zero-width and text-direction characters.

    With `in_one_line`, line breaks and tabs become spaces.
    """
    if text.isprintable():  # no line breaks and tabs either; most texts, and far faster than looking at each letter
        return text
    text = "".join(
        letter
        for letter in text.translate(_LINE_BREAKS)
        if letter.isprintable() or letter in _KEPT_CONTROLS or unicodedata.category(letter) not in ("Cc", "Cf")
    )
    return text.translate(_LINE_BREAKS_TO_SPACES) if in_one_line else text


def normalize_apostrophes(text: str) -> str:
    """Return `text` with one form of apostrophe. Phones and keyboards type different ones for the same district."""
    for other in _OTHER_APOSTROPHES:  # far faster than a table
        text = text.replace(other, "'")
    return text


def strip_accents(name: str) -> str:
    """Return `name` without accents, for English sort order: Å sorts with A."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))


def normalize_name(name: str) -> str:
    """Return a form of `name` that ignores the kind of apostrophe and upper or lower case."""
    return normalize_apostrophes(name).casefold()
