"""What each column of a table holds: told by its heading, else by what stands below. Pure."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.tables.cells import Cells, Line
from recommendations.importing.tables.values import number_in, pillar_in
from tiptracker.choices import Word


class Column(Word):
    """What a column may hold."""

    NUMBER = "number"
    TEXT = "text", "What it says"
    PILLAR = "pillar"
    LEAD = "lead", "Lead ministry"
    SUPPORTING = "supporting", "Supporting ministries"
    COUNTRY = "country"
    YEAR = "year"
    NOTHING = "", "Nothing of the list"


class Columns(NamedTuple):
    """What each column holds, and whether the first line is headings."""

    holds: tuple[Column, ...]
    has_headings: bool


_HEADINGS: tuple[tuple[Column, re.Pattern[str]], ...] = tuple(
    (column, re.compile(words))
    for column, words in (
        (Column.SUPPORTING, r"support|other ministr|assist|partner"),
        (Column.LEAD, r"lead|ministry|agency|responsib|owner|in charge|^who\b"),
        (Column.PILLAR, r"pillar|three ps|3 ?ps|^p$|area"),
        (Column.COUNTRY, r"country|^iso|alpha|government of"),
        (Column.YEAR, r"year|edition"),
        (Column.NUMBER, r"^(no|nr|n|#|№|num|number|priority|rank|item|order)\b\.?|number|^#$|^№$|^id$"),
        (Column.TEXT, r"recommend|text|wording|what it says|description|^action"),
    )
)
"""By what a heading may say; the first that fits, so the narrower come before the wider."""
_MINISTRY = re.compile(r"(?:the )?(?:ministry|min\.|department) of\b", re.IGNORECASE)
_SHORT = 12
"""Characters: where no heading says so, a longer cell is no number, though there is one in it."""
_LONG = 30
"""Characters: on average longer than this, a column holds sentences."""


def guess_columns(cells: Cells) -> Columns:
    """What each column holds. The first of several that say the same holds it; NOTHING where nobody can tell."""
    if not cells.lines:
        return Columns((), False)
    first, below = cells.lines[0], cells.lines[1:]
    holds = _by_headings(first, below)
    says_numbers = any(_said(heading) is Column.NUMBER for heading in first.cells)
    if Column.TEXT in holds or (says_numbers and len(below) > 0 and number_in(first.cells[0]) is None):
        return Columns(_filled(holds, below), True)
    return Columns(_by_content(cells.lines), False)


def _said(heading: str) -> Column:
    """What a heading says that its column holds."""
    said = " ".join(heading.casefold().split())
    return next((column for column, words in _HEADINGS if len(said) <= 60 and words.search(said)), Column.NOTHING)


def _by_headings(line: Line, below: Sequence[Line]) -> list[Column]:
    """A column of numbers has to hold one at least: what is headed “Priority” may say “high”."""
    found: list[Column] = []
    for heading, cells in zip(line.cells, _columns(below, len(line.cells)), strict=True):
        column = _said(heading)
        is_of_words = column is Column.NUMBER and cells and all(number_in(cell) is None for cell in cells)
        found.append(column if column not in found and not is_of_words else Column.NOTHING)
    return found


def _filled(holds: Sequence[Column], below: Sequence[Line]) -> tuple[Column, ...]:
    """The same, with text, pillars and lead ministries by what stands below where no heading says which that is."""
    told = (*_by_content(below), *[Column.NOTHING] * len(holds))
    return tuple(
        guess if said is Column.NOTHING and guess is not Column.NUMBER and guess not in holds else said
        for said, guess in zip(holds, told, strict=False)
    )


def _by_content(lines: Sequence[Line]) -> tuple[Column, ...]:
    """Without headings: the longest sentences are the text, whole numbers that rise are the numbers; pillars and
    ministries are what most cells of a column begin with.
    """
    columns = _columns(lines, max((len(line.cells) for line in lines), default=0))
    lengths = [sum(map(len, column)) / max(len(column), 1) for column in columns]
    longest = max(lengths, default=0)
    found = [Column.NOTHING] * len(columns)
    if longest >= _LONG:
        found[lengths.index(longest)] = Column.TEXT
    for place, cells in enumerate(columns):
        column = next((column for column, holds in _HOLDS if column not in found and holds(cells)), Column.NOTHING)
        if found[place] is Column.NOTHING:
            found[place] = column
    return tuple(found)


def _columns(lines: Sequence[Line], width: int) -> list[list[str]]:
    """The cells of each column, as far as rows have them."""
    return [[line.cells[place] for line in lines if place < len(line.cells)] for place in range(width)]


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether each is one, and they rise."""
    numbers = [number for cell in cells if len(cell) <= _SHORT and (number := number_in(cell)) is not None]
    return bool(cells) and len(numbers) == len(cells) and all(one < other for one, other in pairwise(numbers))


def _are_pillars(cells: Sequence[str]) -> bool:
    return _are_mostly(cells, lambda cell: pillar_in(cell) is not None)


def _are_ministries(cells: Sequence[str]) -> bool:
    return _are_mostly(cells, lambda cell: _MINISTRY.match(cell) is not None)


def _are_mostly(cells: Sequence[str], what: Callable[[str], bool]) -> bool:
    """Whether that is so of more than half of those that say something."""
    said = [cell for cell in cells if cell]
    return sum(map(what, said)) * 2 > len(said)


_HOLDS: tuple[tuple[Column, Callable[[Sequence[str]], bool]], ...] = (
    (Column.NUMBER, _are_numbers),
    (Column.PILLAR, _are_pillars),
    (Column.LEAD, _are_ministries),
)
"""What tells by its cells alone what a column holds."""
