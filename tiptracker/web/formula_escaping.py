"""Texts that a spreadsheet would run: made harmless when they leave as CSV, given back when such a file comes. Pure.

Which sign parts the cells of a CSV file, the reader's own country decides: read with another than ours, a text is cut
at its semicolons and lines, and what follows begins a cell. So each place in a text where a cell may begin gets an
apostrophe, by which spreadsheets know a text, before what would be a formula. One that stands there already gets one
more, so that nothing is lost on the way back.
"""

import re
from collections.abc import Callable

_CELL_SEPARATORS = r",;:|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
_FORMULA_START = re.compile(
    rf"(?P<before>(?P<part>^|[{_CELL_SEPARATORS}])[\s\ufeff\"]*)(?P<marks>'*)(?P<sign>[=@+＝＠＋－-])"
)
_CELL_END = re.compile(rf"[{_CELL_SEPARATORS.replace('|', '')}]")
"""Where such a cell would end; not at a "|", which in a formula calls a program."""
_DANGEROUS = re.compile(r"[|!(]")
"""Behind a sign of arithmetic in the midst of a text: a program, another sheet, a function. "- police" is a line."""


def escape_formulas(text: str) -> str:
    """`text` with an apostrophe before whatever in it a spreadsheet would run."""
    return _change_marks(text, lambda marks: f"'{marks}", least=0)


def unescape_formulas(text: str) -> str:
    """The text that `escape_formulas` made this of; any other one is left as it is."""
    return _change_marks(text, lambda marks: marks[1:], least=1)


def _change_marks(text: str, change: Callable[[str], str], least: int) -> str:
    def changed(found: re.Match[str]) -> str:
        if len(found["marks"]) < least or not _is_formula(text, found):
            return found[0]
        return f"{found['before']}{change(found['marks'])}{found['sign']}"

    return _FORMULA_START.sub(changed, text)


def _is_formula(text: str, found: re.Match[str]) -> bool:
    """Whether a cell that began there would be run: at the start of a text, and by = and @, it always might be."""
    if found["sign"] in "=@＝＠" or not found["part"]:
        return True
    end = _CELL_END.search(text, found.end())
    return _DANGEROUS.search(text, found.end(), end.start() if end else len(text)) is not None
