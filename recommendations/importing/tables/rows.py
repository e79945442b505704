"""The rows of a list, taken out of a table whose columns are known; what can't be read is refused row by row. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from recommendations.choices import Pillar
from recommendations.importing.tables.cells import Cells, Line
from recommendations.importing.tables.columns import Column, Columns
from recommendations.importing.tables.values import number_in, pillar_in
from tiptracker.errors import Refused
from tiptracker.text_rules import REASON, alike

LARGEST_NUMBER = 10_000
_BETWEEN_MINISTRIES = re.compile(r"\s*[;\n]\s*")
_ERRORS = re.compile(r"#(?:REF|N/A|VALUE|NAME|DIV/0|NULL|NUM)[!?]?")


@dataclass(frozen=True, slots=True)
class Row:
    """An item of the list as it was read; `doubt` is a sentence for whoever looks it over, or empty.

    `pillar` and the names of ministries only where the table gives them. `line` is its row in the file, if it has one.
    """

    number: int
    text: str
    doubt: str = ""
    pillar: Pillar | None = None
    lead: str = ""
    supporting: tuple[str, ...] = ()
    line: int | None = None


class Wrong(NamedTuple):
    """A row of the file that can't be taken, and why."""

    line: int
    why: str


class Listed(NamedTuple):
    """What a file holds: rows by their number, rows that can't be taken, and what is to be said of the whole."""

    rows: tuple[Row, ...]
    wrong: tuple[Wrong, ...] = ()
    notes: tuple[str, ...] = ()


class Sought(NamedTuple):
    """The country and year whose list is wanted; `names` are how the country may be called."""

    code: str
    year: int
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.names[0] if self.names else self.code} {self.year}"


def read_rows(cells: Cells, columns: Columns, sought: Sought) -> Listed:
    """The list of the country and year `sought`. Raises Refused where there is none, or only another's."""
    if Column.TEXT not in columns.holds:
        raise Refused(
            "No list was found: no column holds what the recommendations say. Say which one does, or choose another "
            "file.",
            field="columns",
        )
    lines = cells.lines[1:] if columns.has_headings else cells.lines
    if not lines:
        raise Refused("No list was found: there is no row below the headings. Choose another file.", field="file")
    own, others = _own(lines, columns, sought)
    is_numbered = Column.NUMBER in columns.holds
    rows: list[Row] = []
    wrong: list[Wrong] = []
    for place, line in enumerate(own, start=1):
        told = _told(line, columns)
        number = told.get(Column.NUMBER, "") if is_numbered else str(place)
        if why := _why_not(number, told[Column.TEXT]):
            wrong.append(Wrong(line.number, why))
        else:
            rows.append(_row(line.number, number, told))
    _refuse_two_lists(rows)
    doubled, rest = _doubled(rows)
    notes = [*cells.notes]
    if others:
        notes.append(f"{others} rows of other countries or years are left out.")
    if not is_numbered:
        notes.append("No column holds numbers: the list is numbered in the order of its rows.")
    elif all(number_in(_told(line, columns)[Column.NUMBER]) is None for line in own):
        notes.append(
            "No number can be read in the column that is said to hold them. Say that it holds “Nothing of the list”: "
            "the list is then numbered in the order of its rows."
        )
    return Listed(tuple(sorted(rest, key=lambda row: row.number)), (*wrong, *doubled), tuple(notes))


def _told(line: Line, columns: Columns) -> Mapping[Column, str]:
    told = dict.fromkeys(Column, "")
    told |= {column: cell for column, cell in zip(columns.holds, line.cells, strict=False) if column}
    return told


def _own(lines: tuple[Line, ...], columns: Columns, sought: Sought) -> tuple[list[Line], int]:
    """The lines of the country and year sought, and how many are others'; Refused where all are."""
    names = {alike(name) for name in (sought.code, *sought.names)}
    own: list[Line] = []
    others: Counter[str] = Counter()
    for line in lines:
        told = _told(line, columns)
        country, year = told[Column.COUNTRY], told[Column.YEAR]
        if (country and alike(country) not in names) or (year and year != str(sought.year)):
            others[f"{country} {year}".strip()] += 1
        else:
            own.append(line)
    if not own:
        found = " and ".join(name for name, _ in others.most_common(3))
        raise Refused(
            f"This is the list of {found}, not of {sought}. Choose that of {sought}, or go to its own edition."
        )
    return own, sum(others.values())


def _why_not(number: str, text: str) -> str:
    """Why a row can't be taken, or ""."""
    read = number_in(number)
    if not text:
        return "It says nothing."
    if _ERRORS.fullmatch(text) or _ERRORS.fullmatch(number):
        return f"The spreadsheet holds an error there: {text if _ERRORS.fullmatch(text) else number}."
    if len(text) > REASON:
        return f"It is longer than {REASON:,} characters. Does it hold more than one recommendation?"
    if not number:
        return "It has no number."
    if read is None or not 1 <= read <= LARGEST_NUMBER:
        return f"“{number[:40]}” is no number of a list, from 1 to {LARGEST_NUMBER:,}."
    return ""


def _row(line: int, number: str, told: Mapping[Column, str]) -> Row:
    said = told[Column.PILLAR]
    pillar = pillar_in(said)
    supporting = [name for name in _BETWEEN_MINISTRIES.split(told[Column.SUPPORTING]) if name]
    return Row(
        number=number_in(number) or 0,
        text=" ".join(told[Column.TEXT].split()),
        doubt=f"“{said}” is none of the three Ps: choose one." if said and pillar is None else "",
        pillar=pillar,
        lead=" ".join(told[Column.LEAD].split()),
        supporting=tuple(supporting),
        line=line,
    )


def _refuse_two_lists(rows: list[Row]) -> None:
    """Refuse where the numbers begin anew: nobody can tell which of two lists is meant."""
    begins = [one.line for one, following in pairwise(rows) if (one.number, following.number) == (1, 2)]
    if len(begins) > 1:
        raise Refused(
            f"There are two lists: the numbers begin at 1 in row {begins[0]} and again in row {begins[1]}. "
            "Keep the one you want.",
            field="file",
        )


def _doubled(rows: list[Row]) -> tuple[list[Wrong], list[Row]]:
    """Rows whose number or words another row has had before, as wrong; and the others."""
    numbers: dict[int, Row] = {}
    words: dict[str, Row] = {}
    wrong: list[Wrong] = []

    def kept() -> Iterator[Row]:
        for row in rows:
            if first := numbers.get(row.number):
                wrong.append(Wrong(row.line or 0, f"Number {row.number} stands in row {first.line} already."))
            elif first := words.get(alike(row.text)):
                wrong.append(Wrong(row.line or 0, f"It says the same as row {first.line}."))
            else:
                numbers[row.number] = words[alike(row.text)] = row
                yield row

    rest = list(kept())
    return wrong, rest
