"""Find what each column of a table holds, from its heading or else from its cells."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.tables.cell_values import parse_number, parse_pillar
from recommendations.importing.tables.cells import TableCells, TableLine
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop


class ColumnType(ChoiceEnum):
    """What a column may hold."""

    NUMBER = "number", gettext_noop("Number")
    TEXT = "text", gettext_noop("Text of the recommendation")
    PILLAR = "pillar", gettext_noop("Pillar")
    LEAD = "lead", gettext_noop("Lead ministry")
    SUPPORTING = "supporting", gettext_noop("Supporting ministries")
    COUNTRY = "country", gettext_noop("Country")
    YEAR = "year", gettext_noop("Year")
    NOTHING = "", gettext_noop("Not used")


class ColumnLayout(NamedTuple):
    """What each column holds, and whether the first line is headings."""

    types: tuple[ColumnType, ...]
    has_headings: bool


_HEADING_PATTERNS = {
    ColumnType.SUPPORTING: r"support|other ministr|assist|partner",
    ColumnType.LEAD: r"lead|ministry|agency|responsib|owner|in charge|^who\b",
    ColumnType.PILLAR: r"pillar|three ps|3 ?ps|^p$|area",
    ColumnType.COUNTRY: r"country|^iso|alpha|government of",
    ColumnType.YEAR: r"year|edition",
    ColumnType.NUMBER: r"^(no|nr|n|#|№|num|number|priority|rank|item|order)\b\.?|number|^#$|^№$|^id$",
    ColumnType.TEXT: r"recommend|text|wording|what it says|description|^action",
}
"""Patterns of headings. The first match wins, so narrow patterns come before wide ones."""
_MINISTRY_NAME = re.compile(r"(?:the )?(?:ministry|min\.|department) of\b", re.IGNORECASE)
_MAX_NUMBER_LENGTH = 12
"""Most characters of a number cell if no heading says that the column holds numbers."""
_MIN_TEXT_LENGTH = 30
"""Average length, in characters, from which a column holds sentences."""


def guess_columns(cells: TableCells) -> ColumnLayout:
    """Return what each column holds; NOTHING if unknown. If several headings say the same, the first column counts."""
    if not cells.lines:
        return ColumnLayout((), False)
    first, below = cells.lines[0], cells.lines[1:]
    types = _types_from_headings(first, below)
    says_numbers = any(_type_from_heading(heading) is ColumnType.NUMBER for heading in first.cells)
    if ColumnType.TEXT in types or (says_numbers and len(below) > 0 and parse_number(first.cells[0]) is None):
        return ColumnLayout(_fill_from_content(types, below), True)
    return ColumnLayout(_types_from_content(cells.lines), False)


def _type_from_heading(heading: str) -> ColumnType:
    """Return what a heading says about its column."""
    text = " ".join(heading.casefold().split())
    if len(text) > 60:
        return ColumnType.NOTHING
    matching = (column for column, pattern in _HEADING_PATTERNS.items() if re.search(pattern, text))
    return next(matching, ColumnType.NOTHING)


def _types_from_headings(line: TableLine, below: Sequence[TableLine]) -> list[ColumnType]:
    """Return what the headings say about the columns.

    A column of numbers must contain at least one number, because a column headed “Priority” may say “high”.
    """
    types: list[ColumnType] = []
    for heading, cells in zip(line.cells, _column_cells(below, len(line.cells)), strict=True):
        column = _type_from_heading(heading)
        is_of_words = column is ColumnType.NUMBER and cells and all(parse_number(cell) is None for cell in cells)
        types.append(column if column not in types and not is_of_words else ColumnType.NOTHING)
    return types


def _fill_from_content(types: Sequence[ColumnType], below: Sequence[TableLine]) -> tuple[ColumnType, ...]:
    """Fill columns without a known heading from their cells: text, pillars and lead ministries, but not numbers."""
    guesses = (*_types_from_content(below), *[ColumnType.NOTHING] * len(types))
    return tuple(
        guess
        if heading_type is ColumnType.NOTHING and guess is not ColumnType.NUMBER and guess not in types
        else heading_type
        for heading_type, guess in zip(types, guesses, strict=False)
    )


def _types_from_content(lines: Sequence[TableLine]) -> tuple[ColumnType, ...]:
    """Return what the columns hold, judged by their cells.

    The column with the longest text is the text. Rising whole numbers are the numbers. Pillars and ministries are
    recognized by the start of most cells.
    """
    columns = _column_cells(lines, max((len(line.cells) for line in lines), default=0))
    lengths = [sum(map(len, column)) / max(len(column), 1) for column in columns]
    longest = max(lengths, default=0)
    types = [ColumnType.NOTHING] * len(columns)
    if longest >= _MIN_TEXT_LENGTH:
        types[lengths.index(longest)] = ColumnType.TEXT
    for place, cells in enumerate(columns):
        column = next(
            (column for column, matches in _CONTENT_TESTS if column not in types and matches(cells)), ColumnType.NOTHING
        )
        if types[place] is ColumnType.NOTHING:
            types[place] = column
    return tuple(types)


def _column_cells(lines: Sequence[TableLine], width: int) -> list[list[str]]:
    """Return the cells of each column. Short rows lack the last ones."""
    return [[line.cells[place] for line in lines if place < len(line.cells)] for place in range(width)]


def _are_numbers(cells: Sequence[str]) -> bool:
    """Return whether every cell is a number and the numbers rise."""
    numbers = [
        number for cell in cells if len(cell) <= _MAX_NUMBER_LENGTH and (number := parse_number(cell)) is not None
    ]
    return bool(cells) and len(numbers) == len(cells) and all(number < other for number, other in pairwise(numbers))


def _are_mostly(cells: Sequence[str], test: Callable[[str], object]) -> bool:
    """Return whether `test` finds something in more than half of the non-empty cells."""
    filled = [cell for cell in cells if cell]
    return sum(test(cell) is not None for cell in filled) * 2 > len(filled)


_CONTENT_TESTS: tuple[tuple[ColumnType, Callable[[Sequence[str]], bool]], ...] = (
    (ColumnType.NUMBER, _are_numbers),
    (ColumnType.PILLAR, lambda cells: _are_mostly(cells, parse_pillar)),
    (ColumnType.LEAD, lambda cells: _are_mostly(cells, _MINISTRY_NAME.match)),
)
"""Tests that recognize a column by its cells alone."""
