"""What a text holds that somebody writes, and how long it may be: the same by page and by API."""

import unicodedata

NARRATIVE_MAX_LENGTH = 20_000
"""Characters: where somebody tells what happened."""
REASON_MAX_LENGTH = 4_000
"""Characters: a reason, a promise, a criterion, what a recommendation says."""
COVERING_NOTE_MAX_LENGTH = 600
"""Characters: what stands at the head of a briefing, whose first pages stay two."""
PASSWORD_MAX_LENGTH = 1_000
"""Characters: a password."""
DAY_MAX_LENGTH = 100
"""Characters: a day or a moment in an address."""

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛ʹʻʼʽ´`′＇", "'"))
_LINE_BREAKS = str.maketrans(dict.fromkeys("\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}", "\n"))
_LINE_BREAKS_TO_SPACES = str.maketrans(dict.fromkeys("\t\r\n", " "))
_KEPT_CONTROLS = "\t\r\n\0"
"""Control characters that stay: lines and tabs do something, and the last is refused in a sentence of its own."""


def remove_invisible(text: str, *, in_one_line: bool = False) -> str:
    """`text` without characters that nobody sees: control, of no width, or turning the direction of reading."""
    text = "".join(
        letter
        for letter in text.translate(_LINE_BREAKS)
        if letter.isprintable() or letter in _KEPT_CONTROLS or unicodedata.category(letter) not in ("Cc", "Cf")
    )
    return text.translate(_LINE_BREAKS_TO_SPACES) if in_one_line else text


def normalize_apostrophes(text: str) -> str:
    """`text` with one apostrophe for the many that are typed: a telephone's and a keyboard's name the same district."""
    return text.translate(_APOSTROPHES)


def strip_accents(name: str) -> str:
    """`name` with its letters alone, as an English list puts it in order: Å beside A."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))


def normalize_name(name: str) -> str:
    """What two spellings of one name have in common: apostrophes and capitals aside."""
    return normalize_apostrophes(name).casefold()
