"""Write a ministry's workbook: instructions, the sheet to fill in, and a hidden sheet with the lists of its cells.

It has no macros. Sheets are protected without a password where nothing is to be typed: this prevents slips, not intent.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import xlsxwriter
from django.utils.translation import get_language_bidi

from dialogues.workbook.columns import (
    FIGURE_COLUMNS,
    REQUESTS_MARK,
    SHEET_MARK,
    UPDATE_COLUMNS,
    Column,
    RequestColumn,
    describe_column,
)
from dialogues.workbook.content import WorkbookLine
from dialogues.workbook.labels import LIST_COLUMNS, list_labels
from dialogues.workbook.request_content import RequestSheetLine
from tiptracker import text_rules
from tiptracker.localization import gettext

_DAY_COLUMNS = frozenset({Column.HAPPENED_FROM, Column.HAPPENED_TO, Column.THROUGH_ON})
_WIDTHS: dict[StrEnum, int] = {
    Column.KEY: 4,
    Column.NUMBER: 13,
    Column.ABOUT: 44,
    Column.SITUATION: 34,
    Column.CLAIMED: 14,
    Column.TITLE: 30,
    Column.NARRATIVE: 60,
    Column.DONE_BY: 24,
    Column.DIRECTION: 24,
    Column.FILES: 30,
}
"""Widths in characters; 13 for the others."""
_REQUEST_WIDTHS: dict[StrEnum, int] = {
    RequestColumn.KEY: 4,
    RequestColumn.NUMBER: 16,
    RequestColumn.ABOUT: 54,
    RequestColumn.SITUATION: 34,
    RequestColumn.ANSWER: 16,
    RequestColumn.TEXT: 60,
    RequestColumn.FILES: 30,
}
_OTHER_WIDTH = 13
_FIRST_LINE = 2
"""Place of the first line to fill in, below the hidden row and the headings."""
_NARRATIVE_HEIGHT = 90
"""Height in points of the line of a commitment."""
_FIGURE_HEIGHT = 60
"""Height in points of the line of a figure."""
_TITLE_LENGTH = 200
"""Characters of a summary in one line, as in the form of an update."""


@dataclass(frozen=True)
class SheetTexts:
    """The texts of a workbook in its language: names of the sheets, and the instructions by paragraph."""

    instructions_name: str
    sheet_name: str
    requests_name: str
    title: str
    instructions: Sequence[str]


def write_workbook(
    lines: Sequence[WorkbookLine], request_lines: Sequence[RequestSheetLine], texts: SheetTexts
) -> bytes:
    """Return the workbook as an Excel file (.xlsx). A sheet without lines is left out."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        _write_instructions(book, texts)
        sheets: list[tuple[type[_SheetWriter], Any, Sequence[Any]]] = []
        if lines or not request_lines:
            sheets.append((_SheetWriter, book.add_worksheet(texts.sheet_name[:31]), lines))
        if request_lines:
            sheets.append((_RequestSheetWriter, book.add_worksheet(texts.requests_name[:31]), request_lines))
        lists = _write_lists(book)
        for writer, sheet, own_lines in sheets:
            writer(book, sheet, lists).write(own_lines)
            if get_language_bidi():
                sheet.right_to_left()
    return content.getvalue()


def _write_instructions(book: Any, texts: SheetTexts) -> None:
    sheet = book.add_worksheet(texts.instructions_name[:31])
    sheet.set_column(0, 0, 100)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, texts.title, book.add_format({"bold": True, "font_size": 14, "text_wrap": True}))
    paragraph = book.add_format({"text_wrap": True, "valign": "top"})
    for place, text in enumerate(texts.instructions, start=2):
        sheet.write_string(place, 0, text, paragraph)
    sheet.protect()
    if get_language_bidi():
        sheet.right_to_left()


def _write_lists(book: Any) -> Mapping[StrEnum, str]:
    """Write the labels of the lists to a hidden sheet. Return the range of each column's list."""
    sheet = book.add_worksheet("Lists")
    sheet.hide()
    ranges = {}
    for place, column in enumerate(sorted(LIST_COLUMNS)):
        labels = list_labels(column).values()
        for number, label in enumerate(labels):
            sheet.write_string(number, place, label)
        letter = chr(ord("A") + place)
        ranges[column] = f"=Lists!${letter}$1:${letter}${len(labels)}"
    sheet.protect()
    return ranges


class _SheetWriter:
    """Writes the sheet of commitments: a hidden row with the names of the columns, the headings, and the lines."""

    mark = SHEET_MARK
    columns: type[StrEnum] = Column
    widths: Mapping[StrEnum, int] = _WIDTHS
    fixed: StrEnum = Column.SITUATION
    """The column before which the columns stay in sight."""

    def __init__(self, book: Any, sheet: Any, lists: Mapping[StrEnum, str]) -> None:
        self.sheet, self.lists = sheet, lists
        shared = {"text_wrap": True, "valign": "top"}
        typed = shared | {"locked": False, "border": 1, "border_color": "#A9AEB1"}
        self.heading = book.add_format(shared | {"bold": True, "bg_color": "#DFE1E2"})
        self.locked = book.add_format(shared)
        self.key = book.add_format()  # wrapped, a key would make its line as high as a page
        self.unused = book.add_format(shared | {"bg_color": "#F0F0F0"})
        self.text = book.add_format(typed | {"num_format": "@"})
        self.day = book.add_format(typed | {"num_format": "yyyy-mm-dd"})
        self.number = book.add_format(typed | {"num_format": "General"})

    def write(self, lines: Iterable[Any]) -> None:
        columns = list(self.columns)
        for place, column in enumerate(columns):
            width = self.widths.get(column, _OTHER_WIDTH)
            self.sheet.set_column(place, place, width, None, {} if place else {"hidden": 1})
            self.sheet.write_string(0, place, column.value if place else self.mark, self.locked)
            self.sheet.write_string(1, place, describe_column(column), self.heading)
        self.sheet.set_row(0, None, None, {"hidden": 1})
        for row, line in enumerate(lines, start=_FIRST_LINE):
            self.sheet.set_row(row, self.height(line))
            for place, column in enumerate(columns):
                self._write_cell(row, place, column, line)
        self.sheet.freeze_panes(_FIRST_LINE, columns.index(self.fixed))
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(1)
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def height(self, line: Any) -> int:
        """Return the height of a line, in points."""
        return _FIGURE_HEIGHT if line.is_figure else _NARRATIVE_HEIGHT

    def _write_cell(self, row: int, place: int, column: Any, line: Any) -> None:
        own: dict[StrEnum, str] = {
            Column.NUMBER: str(line.number),
            Column.ABOUT: line.about,
            Column.SITUATION: line.situation,
        }
        fills_in = FIGURE_COLUMNS if line.is_figure else UPDATE_COLUMNS
        if place == 0:
            self.sheet.write_string(row, place, line.key, self.key)
        elif column in own:
            self.sheet.write_string(row, place, own[column], self.locked)
        elif column not in fills_in or (column is Column.THROUGH_ON and not line.asks_figures):
            self.sheet.write_blank(row, place, None, self.unused)
        else:
            self._write_typed_cell(row, place, column, line.values.get(column, ""))

    def _write_typed_cell(self, row: int, place: int, column: StrEnum, value: str) -> None:
        """Write a cell to fill in, with what it contains already, and the rule for what may be typed."""
        if column in _DAY_COLUMNS:
            if value:
                self.sheet.write_datetime(row, place, date.fromisoformat(value), self.day)
            else:
                self.sheet.write_blank(row, place, None, self.day)
        elif column == Column.FIGURE:
            if value:
                self.sheet.write_number(row, place, float(value), self.number)
            else:
                self.sheet.write_blank(row, place, None, self.number)
        else:
            label = list_labels(column).get(value, "") if column in LIST_COLUMNS else value
            self.sheet.write_string(row, place, label, self.text)
        if rule := self._find_rule(column):
            self.sheet.data_validation(row, place, row, place, rule)

    def _find_rule(self, column: StrEnum) -> dict[str, Any] | None:
        if column in self.lists:
            return _list_rule(self.lists[column])
        if column in _DAY_COLUMNS:
            return _day_rule()
        if column == Column.FIGURE:
            return _figure_rule()
        most = {
            Column.TITLE: _TITLE_LENGTH,
            Column.NARRATIVE: text_rules.NARRATIVE_MAX_LENGTH,
            RequestColumn.TEXT: text_rules.REASON_MAX_LENGTH,
        }.get(column)
        return _length_rule(most) if most else None


class _RequestSheetWriter(_SheetWriter):
    """Writes the sheet of requests: a row for each open line."""

    mark = REQUESTS_MARK
    columns = RequestColumn
    widths = _REQUEST_WIDTHS
    fixed = RequestColumn.SITUATION

    def height(self, line: RequestSheetLine) -> int:
        """Return the height of a line, in points."""
        return _NARRATIVE_HEIGHT

    def _write_cell(self, row: int, place: int, column: Any, line: RequestSheetLine) -> None:
        own = {
            RequestColumn.NUMBER: line.number,
            RequestColumn.ABOUT: line.about,
            RequestColumn.SITUATION: line.situation,
        }
        if place == 0:
            self.sheet.write_string(row, place, line.key, self.key)
        elif column in own:
            self.sheet.write_string(row, place, own[column], self.locked)
        elif column in (RequestColumn.FIGURE, RequestColumn.THROUGH_ON) and not line.is_figure:
            self.sheet.write_blank(row, place, None, self.unused)
        else:
            self._write_typed_cell(row, place, column, line.values.get(column, ""))


def _day_rule() -> dict[str, Any]:
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": date(1990, 1, 1),
        "maximum": "=TODAY()",
        "error_title": gettext("Not a date"),
        "error_message": gettext("Enter a date up to today, such as 2022-01-28."),
    }


def _figure_rule() -> dict[str, Any]:
    return {
        "validate": "decimal",
        "criteria": ">=",
        "value": 0,
        "error_title": gettext("Not a figure"),
        "error_message": gettext("Enter the figure in digits only, such as 16."),
    }


def _list_rule(source: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": source,
        "error_title": gettext("Not in the list"),
        "error_message": gettext("Choose one from the list."),
    }


def _length_rule(most: int) -> dict[str, Any]:
    sentence = gettext("Shorten this to %(number)d characters.")
    return {
        "validate": "length",
        "criteria": "<=",
        "value": most,
        "error_title": gettext("Too long"),
        "error_message": sentence % {"number": most},
    }
