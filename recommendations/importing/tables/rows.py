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
from tiptracker.localization import format_number, gettext, join_with_and, ngettext
from tiptracker.text_rules import REASON_MAX_LENGTH, normalize_name

type RowValues = Mapping[ColumnType, str]
"""The cells of a row by what its columns hold; "" for what the table lacks."""

MAX_ITEM_NUMBER = 10_000
_NO_VALUES = dict.fromkeys(ColumnType, "")
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
            gettext(
                "No column contains the text of the recommendations. Choose that column below, or import another file."
            ),
            field="columns",
        )
    lines = cells.lines[1:] if columns.has_headings else cells.lines
    if not lines:
        raise Refused(
            "no_rows", gettext("The table has no rows below the headings. Choose another file."), field="file"
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
    notes = [str(note) for note in cells.notes]
    if others:
        notes.append(
            ngettext(
                "%(number)d row of another country or year is left out.",
                "%(number)d rows of other countries or years are left out.",
                others,
            )
            % {"number": others}
        )
    if not is_numbered:
        notes.append(gettext("No column contains numbers. The list is numbered in the order of its rows."))
    elif all(parse_number(values[ColumnType.NUMBER]) is None for _, values in own):
        notes.append(
            gettext(
                "The column “Number” contains no numbers. Set that column to “Not used”. The list is then numbered in "
                "the order of its rows."
            )
        )
    return ImportedList(tuple(sorted(rest, key=lambda row: row.number)), (*unreadable, *doubled), tuple(notes))


def _values_by_column(line: TableLine, columns: ColumnLayout) -> RowValues:
    return _NO_VALUES | {column: cell for column, cell in zip(columns.types, line.cells, strict=False) if column}


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
        found = join_with_and([name for name, _ in others.most_common(3)])
        raise Refused(
            "another_edition",
            gettext(
                "This list is about %(found)s, not about %(expected)s. Choose the list of %(expected)s, or import this "
                "one into its own edition."
            )
            % {"found": found, "expected": str(expected)},
        )
    return own, sum(others.values())


def _describe_problem(number: str, text: str) -> str:
    """Return why a row can't be used, or ""."""
    parsed = parse_number(number)
    if not text:
        return gettext("It has no text.")
    if _SPREADSHEET_ERROR.fullmatch(text) or _SPREADSHEET_ERROR.fullmatch(number):
        cell = text if _SPREADSHEET_ERROR.fullmatch(text) else number
        return gettext("The spreadsheet shows an error in it: %(error)s.") % {"error": cell}
    if len(text) > REASON_MAX_LENGTH:
        return gettext(
            "It is longer than %(length)s characters. Check whether it contains more than one recommendation."
        ) % {"length": format_number(REASON_MAX_LENGTH)}
    if not number:
        return gettext("It has no number.")
    if parsed is None or not 1 <= parsed <= MAX_ITEM_NUMBER:
        return gettext("“%(text)s” is not a number from 1 to %(limit)s.") % {
            "text": number[:40],
            "limit": format_number(MAX_ITEM_NUMBER),
        }
    return ""


def _build_item(line: int, number: str, values: RowValues) -> ImportedItem:
    pillar_text = values[ColumnType.PILLAR]
    pillar = parse_pillar(pillar_text)
    supporting = [name for name in _MINISTRY_SEPARATOR.split(values[ColumnType.SUPPORTING]) if name]
    return ImportedItem(
        number=parse_number(number) or 0,
        text=" ".join(values[ColumnType.TEXT].split()),
        doubt=gettext("“%(text)s” is not a pillar. Choose the pillar below.") % {"text": pillar_text}
        if pillar_text and pillar is None
        else "",
        pillar=pillar,
        lead=" ".join(values[ColumnType.LEAD].split()),
        supporting=tuple(supporting),
        line=line,
    )


def _refuse_two_lists(rows: list[ImportedItem]) -> None:
    """Refuse rows whose numbers start again at 1, because it is unclear which of the two lists is meant."""
    begins = [row.line for row, following in pairwise(rows) if (row.number, following.number) == (1, 2)]
    if len(begins) > 1:
        raise Refused(
            "several_lists",
            gettext(
                "The table contains two lists: the numbers begin at 1 in row %(first)s and again in row %(second)s. "
                "Keep only one list."
            )
            % {"first": begins[0], "second": begins[1]},
            field="file",
        )


def _separate_duplicates(rows: list[ImportedItem]) -> tuple[list[UnreadableRow], list[ImportedItem]]:
    """Return rows that repeat an earlier row's number or text, as unusable, and the other rows."""
    numbers: dict[int, ImportedItem] = {}
    words: dict[str, ImportedItem] = {}
    wrong: list[UnreadableRow] = []
    for row in rows:
        if first := numbers.get(row.number):
            reason = gettext("Row %(row)s already has number %(number)s.") % {"row": first.line, "number": row.number}
            wrong.append(UnreadableRow(row.line or 0, reason))
        elif first := words.get(normalize_name(row.text)):
            reason = gettext("It has the same text as row %(row)s.") % {"row": first.line}
            wrong.append(UnreadableRow(row.line or 0, reason))
        else:
            numbers[row.number] = words[normalize_name(row.text)] = row
    return wrong, list(numbers.values())
