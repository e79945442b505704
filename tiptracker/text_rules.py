"""What a text holds that somebody writes, and how long it may be: the same by page and by API."""

import unicodedata

NARRATIVE = 20_000
"""Characters: where somebody tells what happened."""
REASON = 4_000
"""Characters: a reason, a promise, a criterion, what a recommendation says."""
COVERING_NOTE = 600
"""Characters: what stands at the head of a briefing, whose first pages stay two."""
SECRET = 1_000
"""Characters: a password."""
DAY = 100
"""Characters: a day or a moment in an address."""

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘‛ʹʻʼʽ´`′＇", "'"))
_LINES = str.maketrans(dict.fromkeys("\v\f\x85\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}", "\n"))
_ONE_LINE = str.maketrans(dict.fromkeys("\t\r\n", " "))
_KEPT = "\t\r\n\0"
"""Control characters that stay: lines and tabs do something, and the last is refused in a sentence of its own."""


def seen(text: str, *, in_one_line: bool = False) -> str:
    """`text` without characters that nobody sees: control, of no width, or turning the direction of reading."""
    text = "".join(
        letter
        for letter in text.translate(_LINES)
        if letter.isprintable() or letter in _KEPT or unicodedata.category(letter) not in ("Cc", "Cf")
    )
    return text.translate(_ONE_LINE) if in_one_line else text


def with_plain_apostrophes(text: str) -> str:
    """`text` with one apostrophe for the many that are typed: a telephone's and a keyboard's name the same district."""
    return text.translate(_APOSTROPHES)


def without_accents(name: str) -> str:
    """`name` with its letters alone, as an English list puts it in order: Å beside A."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))


def alike(name: str) -> str:
    """What two spellings of one name have in common: apostrophes and capitals aside."""
    return with_plain_apostrophes(name).casefold()
