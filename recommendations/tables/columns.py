"""What each column of a table holds: told by its heading, else by what stands below. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from recommendations.tables.cells import Cells, Line
from tiptracker.words import Word


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
        (Column.LEAD, r"lead|ministry|agency|responsible|owner"),
        (Column.PILLAR, r"pillar|three ps|3 ?ps|^p$|area"),
        (Column.COUNTRY, r"country|^iso|alpha|government of"),
        (Column.YEAR, r"year|edition"),
        (Column.NUMBER, r"^(no|nr|n|#|№|num|number|priority|rank|item|order)\b\.?|number|^#$|^№$|^id$"),
        (Column.TEXT, r"recommend|text|wording|what it says|description|^action"),
    )
)
"""By what a heading may say; the first that fits, so the narrower come before the wider."""
_NUMBER = re.compile(r"\W*\d{1,5}\W*")
_LONG = 30
"""Characters: on average longer than this, a column holds sentences."""


def guess_columns(cells: Cells) -> Columns:
    """What each column holds. The first of several that say the same holds it; NOTHING where nobody can tell."""
    if not cells.lines:
        return Columns((), False)
    first, below = cells.lines[0], cells.lines[1:]
    holds = _by_headings(first)
    if Column.TEXT in holds or (Column.NUMBER in holds and len(below) > 0 and not _NUMBER.fullmatch(first.cells[0])):
        return Columns(_filled(holds, below), True)
    return Columns(_by_content(cells.lines), False)


def _by_headings(line: Line) -> list[Column]:
    found: list[Column] = []
    for heading in line.cells:
        said = " ".join(heading.casefold().split())
        fitting = (column for column, words in _HEADINGS if len(said) <= 60 and words.search(said))
        column = next(fitting, Column.NOTHING)
        found.append(column if column not in found else Column.NOTHING)
    return found


def _filled(holds: Sequence[Column], below: Sequence[Line]) -> tuple[Column, ...]:
    """The same, with the column of sentences as the text where no heading says which that is."""
    if Column.TEXT in holds:
        return tuple(holds)
    by_content = _by_content(below)
    return tuple(
        Column.TEXT if guess is Column.TEXT and said is Column.NOTHING else said
        for said, guess in zip(holds, (*by_content, *[Column.NOTHING] * len(holds)), strict=False)
    )


def _by_content(lines: Sequence[Line]) -> tuple[Column, ...]:
    """Without headings: the longest sentences are the text, whole numbers that rise are the numbers."""
    width = max((len(line.cells) for line in lines), default=0)
    columns = [[line.cells[place] for line in lines if place < len(line.cells)] for place in range(width)]
    lengths = [sum(map(len, column)) / max(len(column), 1) for column in columns]
    longest = max(lengths, default=0)
    found = [Column.NOTHING] * width
    if longest >= _LONG:
        found[lengths.index(longest)] = Column.TEXT
    for place, column in enumerate(columns):
        if Column.NUMBER not in found and column and all(map(_NUMBER.fullmatch, column)):
            numbers = [int("".join(filter(str.isdigit, cell))) for cell in column]
            if all(one < other for one, other in pairwise(numbers)):
                found[place] = Column.NUMBER
    return tuple(found)
