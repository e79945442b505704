"""Typesetting rules for print: unbreakable phrases, curly apostrophes, and characters without a glyph.

A document contains the text as recorded; this module changes only how it prints. `undo_typesetting` reverses that.
"""

import re
import unicodedata

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
WORD_JOINER = "\N{WORD JOINER}"
"""A character without width that prevents a line break."""

INVISIBLE_CHARACTERS = frozenset(f"\n\r\t\N{SOFT HYPHEN}{WORD_JOINER}")
"""Characters that need no glyph."""

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DAY_BEFORE_MONTH = re.compile(rf"(?<!\d)(\d\d?) (?=(?:{_MONTHS})[a-z]*\b)")
_COUNTED_WORDS = "days?|weeks?|years?|points?|times|overdue|open|waiting|returned|verified|withdrawn|to|is|are|more"
_NUMBER_BEFORE_WORD = re.compile(rf"(\d) (?=(?:{_COUNTED_WORDS})\b)")
_BENCHMARK_KEY = re.compile(r"\b([Bb]enchmarks?:?) (?=\d+[a-z]\b)")
_NUMBER_OF_NUMBER = re.compile(r"(\d) of (?=\d)")
_STATUTE_REFERENCE = re.compile(r"(\d) U\.S\.C\. (?=\d)")
_LAW_PARAGRAPH = re.compile(r"(?<=\))(?=\(\w)")
_APOSTROPHE = re.compile(r"(?<=\w)&#x27;|&#x27;(?=\w&#x27;\w)")
_CODE_POINT_RUN = re.compile(r"\[U\+[0-9A-F]{4,6}(?:\s+U\+[0-9A-F]{4,6})*\]")


def typeset(html: str) -> str:
    """Typeset the body of an HTML document.

    Phrases such as `31 days`, `8 Nov`, `6 of 10`, `benchmark 4a` and `22 U.S.C. 7106(b)(2)` no longer break across
    lines. A straight apostrophe, which Django's templates escape, becomes a curly one within or after a word, and
    before the first letter in a case such as `'M'e`. Any other may be a quotation mark and stays.
    """
    starts = max(html.find("<body"), 0)
    body = _APOSTROPHE.sub("\N{RIGHT SINGLE QUOTATION MARK}", html[starts:])
    body = _STATUTE_REFERENCE.sub(rf"\1{NO_BREAK_SPACE}U.S.C.{NO_BREAK_SPACE}", body)
    body = _LAW_PARAGRAPH.sub(WORD_JOINER, body)
    body = _BENCHMARK_KEY.sub(rf"\1{NO_BREAK_SPACE}", body)
    body = _NUMBER_OF_NUMBER.sub(rf"\1{NO_BREAK_SPACE}of{NO_BREAK_SPACE}", body)
    return html[:starts] + _NUMBER_BEFORE_WORD.sub(
        rf"\1{NO_BREAK_SPACE}", _DAY_BEFORE_MONTH.sub(rf"\1{NO_BREAK_SPACE}", body)
    )


def replace_missing_glyphs(text: str, glyphs: frozenset[str]) -> str:
    """Return the text composed (NFC), with characters that have no glyph replaced by their code points.

    A run of such characters shares one pair of brackets.
    """
    composed = unicodedata.normalize("NFC", text)
    missing = set(composed) - glyphs - INVISIBLE_CHARACTERS
    if not missing:
        return composed
    run = re.compile(f"[{re.escape(''.join(sorted(missing)))}]+")
    return run.sub(lambda found: f"[{' '.join(f'U+{ord(sign):04X}' for sign in found[0])}]", composed)


def undo_typesetting(text: str) -> str:
    """Return the text of a printed document as it was before typesetting. Apostrophes stay curly."""
    spelt = _CODE_POINT_RUN.sub(
        lambda run: "".join(chr(int(sign, 16)) for sign in re.findall(r"U\+([0-9A-F]+)", run[0])), text
    )
    return spelt.replace(NO_BREAK_SPACE, " ").replace(WORD_JOINER, "")
