"""Read the rows of a list from a table with known columns. Unreadable rows are reported one by one."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from recommendations.choices import Pillar
from recommendations.importing.tables.cell_values import parse_number, parse_pillar
from recommendations.importing.tables.cells import TableCells, TableLine
from recommendations.importing.tables.columns import ColumnLayout, ColumnType
from tiptracker.errors import Refused
from tiptracker.text_rules import REASON_MAX_LENGTH, normalize_name

type RowValues = Mapping[ColumnType, str]
"""The cells of a row by what its columns hold; "" for what the table lacks."""

MAX_ITEM_NUMBER = 10_000
_MINISTRY_SEPARATOR = re.compile(r"\s*[;\n]\s*")
_SPREADSHEET_ERROR = re.compile(r"#(?:REF|N/A|VALUE|NAME|DIV/0|NULL|NUM)[!?]?")


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """An item of the list as read. `doubt` is a sentence for the user to check, or empty.

    `pillar` and the ministries' names are set only if the table gives them. `line` is its row in the file, if it has
    one.
    """

    number: int
    text: str
    doubt: str = ""
    pillar: Pillar | None = None
    lead: str = ""
    supporting: tuple[str, ...] = ()
    line: int | None = None


class UnreadableRow(NamedTuple):
    """A row of the file that can't be used, and the reason."""

    line: int
    reason: str


class ImportedList(NamedTuple):
    """The content of a file: items by number, rows that can't be used, and notes on the whole list."""

    rows: tuple[ImportedItem, ...]
    unreadable: tuple[UnreadableRow, ...] = ()
    notes: tuple[str, ...] = ()


class ExpectedEdition(NamedTuple):
    """The country and year that a list must be about. `names` are names of the country."""

    code: str
    year: int
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.names[0] if self.names else self.code} {self.year}"


def read_rows(cells: TableCells, columns: ColumnLayout, expected: ExpectedEdition) -> ImportedList:
    """Return the list of the country and year `expected`. Raises Refused if there is no list, or only another's."""
    if ColumnType.TEXT not in columns.types:
        raise Refused(
            "no_text_column",
            "No list was found: no column holds what the recommendations say. Say which one does, or choose another "
            "file.",
            field="columns",
        )
    lines = cells.lines[1:] if columns.has_headings else cells.lines
    if not lines:
        raise Refused(
            "no_rows", "No list was found: there is no row below the headings. Choose another file.", field="file"
        )
    own, others = _select_rows([(line.number, _values_by_column(line, columns)) for line in lines], expected)
    is_numbered = ColumnType.NUMBER in columns.types
    rows: list[ImportedItem] = []
    unreadable: list[UnreadableRow] = []
    for place, (line, values) in enumerate(own, start=1):
        number = values[ColumnType.NUMBER] if is_numbered else str(place)
        if reason := _describe_problem(number, values[ColumnType.TEXT]):
            unreadable.append(UnreadableRow(line, reason))
        else:
            rows.append(_build_item(line, number, values))
    _refuse_two_lists(rows)
    doubled, rest = _separate_duplicates(rows)
    notes = [*cells.notes]
    if others:
        notes.append(f"{others} rows of other countries or years are left out.")
    if not is_numbered:
        notes.append("No column holds numbers: the list is numbered in the order of its rows.")
    elif all(parse_number(values[ColumnType.NUMBER]) is None for _, values in own):
        notes.append(
            "No number can be read in the column that is said to hold them. Say that it holds “Nothing of the list”: "
            "the list is then numbered in the order of its rows."
        )
    return ImportedList(tuple(sorted(rest, key=lambda row: row.number)), (*unreadable, *doubled), tuple(notes))


def _values_by_column(line: TableLine, columns: ColumnLayout) -> RowValues:
    values = dict.fromkeys(ColumnType, "")
    values |= {column: cell for column, cell in zip(columns.types, line.cells, strict=False) if column}
    return values


def _select_rows(
    rows: list[tuple[int, RowValues]], expected: ExpectedEdition
) -> tuple[list[tuple[int, RowValues]], int]:
    """Return the rows (line and values) of the country and year `expected`, and how many other rows there are.

    Raises Refused if all rows belong to others.
    """
    names = {normalize_name(name) for name in (expected.code, *expected.names)}
    own = []
    others: Counter[str] = Counter()
    for line, values in rows:
        country, year = values[ColumnType.COUNTRY], values[ColumnType.YEAR]
        if (country and normalize_name(country) not in names) or (year and year != str(expected.year)):
            others[f"{country} {year}".strip()] += 1
        else:
            own.append((line, values))
    if not own:
        found = " and ".join(name for name, _ in others.most_common(3))
        raise Refused(
            "another_edition",
            f"This is the list of {found}, not of {expected}. Choose that of {expected}, or go to its own edition.",
        )
    return own, sum(others.values())


def _describe_problem(number: str, text: str) -> str:
    """Return why a row can't be used, or ""."""
    parsed = parse_number(number)
    if not text:
        return "It says nothing."
    if _SPREADSHEET_ERROR.fullmatch(text) or _SPREADSHEET_ERROR.fullmatch(number):
        return f"The spreadsheet holds an error there: {text if _SPREADSHEET_ERROR.fullmatch(text) else number}."
    if len(text) > REASON_MAX_LENGTH:
        return f"It is longer than {REASON_MAX_LENGTH:,} characters. Does it hold more than one recommendation?"
    if not number:
        return "It has no number."
    if parsed is None or not 1 <= parsed <= MAX_ITEM_NUMBER:
        return f"“{number[:40]}” is no number of a list, from 1 to {MAX_ITEM_NUMBER:,}."
    return ""


def _build_item(line: int, number: str, values: RowValues) -> ImportedItem:
    pillar_text = values[ColumnType.PILLAR]
    pillar = parse_pillar(pillar_text)
    supporting = [name for name in _MINISTRY_SEPARATOR.split(values[ColumnType.SUPPORTING]) if name]
    return ImportedItem(
        number=parse_number(number) or 0,
        text=" ".join(values[ColumnType.TEXT].split()),
        doubt=f"“{pillar_text}” is none of the three Ps: choose one." if pillar_text and pillar is None else "",
        pillar=pillar,
        lead=" ".join(values[ColumnType.LEAD].split()),
        supporting=tuple(supporting),
        line=line,
    )


def _refuse_two_lists(rows: list[ImportedItem]) -> None:
    """Refuse rows whose numbers start again at 1, because it is unclear which of the two lists is meant."""
    begins = [one.line for one, following in pairwise(rows) if (one.number, following.number) == (1, 2)]
    if len(begins) > 1:
        raise Refused(
            "several_lists",
            f"There are two lists: the numbers begin at 1 in row {begins[0]} and again in row {begins[1]}. "
            "Keep the one you want.",
            field="file",
        )


def _separate_duplicates(rows: list[ImportedItem]) -> tuple[list[UnreadableRow], list[ImportedItem]]:
    """Return rows that repeat an earlier row's number or text, as unusable, and the other rows."""
    numbers: dict[int, ImportedItem] = {}
    words: dict[str, ImportedItem] = {}
    wrong: list[UnreadableRow] = []
    for row in rows:
        if first := numbers.get(row.number):
            wrong.append(UnreadableRow(row.line or 0, f"Number {row.number} stands in row {first.line} already."))
        elif first := words.get(normalize_name(row.text)):
            wrong.append(UnreadableRow(row.line or 0, f"It says the same as row {first.line}."))
        else:
            numbers[row.number] = words[normalize_name(row.text)] = row
    return wrong, list(numbers.values())
