"""Escape text that a spreadsheet would run as a formula in CSV files, and undo this when such a file is imported.

Which character separates the cells of a CSV file depends on the reader's country. With another separator than ours, a
text is split at its semicolons and line breaks, and the rest begins a new cell. So every place in a text where a cell
may begin gets an apostrophe before a possible formula. Spreadsheets treat a cell with an apostrophe as text. An
apostrophe that is already there gets another one, so that nothing is lost on import.
"""

import re
from collections.abc import Callable

_CELL_SEPARATORS = r",;:|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
_CELL_START = re.compile(
    rf"(?P<before>(?P<part>^|[{_CELL_SEPARATORS}])[\s\ufeff\"]*+)(?P<marks>'*+)(?P<sign>[=@+＝＠＋－-])?"
)
"""Where a cell may begin, with the sign of a formula if it has one.

The sign may be missing, and nothing is tried twice: a text of spaces and line breaks is read once, from start to end.
"""
_DANGEROUS_OR_CELL_END = re.compile(rf"(?P<dangerous>[|!(])|[{_CELL_SEPARATORS}]")
"""After an arithmetic sign within a text: a program, another sheet or a function; or the end of such a cell.

"- police" is a list item. A "|" calls a program in a formula, so it ends no cell here.
"""


def escape_formulas(text: str) -> str:
    """Return `text` with an apostrophe before everything that a spreadsheet would run."""
    return _change_marks(text, lambda marks: f"'{marks}", least=0)


def unescape_formulas(text: str) -> str:
    """Return the text from which `escape_formulas` made this one. Any other text is unchanged."""
    return _change_marks(text, lambda marks: marks[1:], least=1)


def _change_marks(text: str, change: Callable[[str], str], least: int) -> str:
    def changed(match: re.Match[str]) -> str:
        if not match["sign"] or len(match["marks"]) < least or not _is_formula(text, match):
            return match[0]
        return f"{match['before']}{change(match['marks'])}{match['sign']}"

    return _CELL_START.sub(changed, text)


def _is_formula(text: str, match: re.Match[str]) -> bool:
    """Return whether a spreadsheet might run a cell that begins there.

    The start of a text, and the signs = and @, always count as a formula.
    """
    if match["sign"] in "=@＝＠" or not match["part"]:
        return True
    following = _DANGEROUS_OR_CELL_END.search(text, match.end())
    return bool(following and following["dangerous"])
