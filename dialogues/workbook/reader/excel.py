"""Read a workbook (.xlsx) that was filled in. It runs in a confined process; no Django here."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import islice
from operator import is_
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL

from dialogues.workbook.reader.cells import (
    MAX_COLUMNS,
    MAX_LINES,
    Cell,
    CellKind,
    SheetLine,
    UnreadableWorkbook,
    select_own_lines,
)
from recommendations.importing.tables.cells import OLD_EXCEL_SIGNATURE, UnreadableTable
from recommendations.importing.tables.excel import refuse_unsafe_zip
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.xml_limits import TooMuchXml
from tiptracker.text_rules import remove_invisible

_MAX_ROW = 1_048_576
"""The number of the last row that a spreadsheet has."""
_EMPTY_ROW = (EMPTY_CELL,) * MAX_COLUMNS
_LITERALS = re.compile(r'"[^"]*"|\\.')
"""Texts within the format of a number."""
_RETURN = "_x000D_"
"""The first half of a line break of Windows, as Excel and our own workbooks write it. The library does not read it."""
_STRICT_NAMESPACE = b"http://purl.oclc.org/ooxml/"
_UNUSABLE = gettext_noop(
    "The workbook is damaged, too large or no workbook of ours. Download a new workbook and copy your text into it."
)
_UNSAFE = {
    "unsupported_format": gettext_noop(
        "The file is not an Excel workbook. In your program, choose “Save as” and the type “Excel workbook (.xlsx)”."
    ),
    "password_protected": gettext_noop("The workbook has a password. Save it without a password and choose it again."),
}
"""What to say of a file that was refused before it was opened, by code. `_UNUSABLE` for all others."""


def read_workbook(content: bytes) -> list[SheetLine]:
    """Return the lines of the sheets with a hidden row, each from that row on; empty if no sheet has one.

    Raises Refused if the workbook has macros, or is damaged, locked or too large.
    """
    if content.startswith(OLD_EXCEL_SIGNATURE):
        raise UnreadableWorkbook(
            "old_or_locked",
            gettext_noop(
                "The workbook is in an old Excel format or has a password. Save it as .xlsx without a password and "
                "choose it again."
            ),
        )
    try:
        _refuse_macros(content)
        refuse_unsafe_zip(content)
        _refuse_strict_format(content)
        return _read_marked_sheets(content)
    except UnreadableWorkbook:
        raise
    except UnreadableTable as error:
        raise UnreadableWorkbook(error.code, _UNSAFE.get(error.code, _UNUSABLE)) from error
    except TooMuchXml as error:
        raise UnreadableWorkbook("too_large", _UNUSABLE) from error
    except Exception as error:  # the library can fail in any way on a damaged file; the advice is the same
        raise UnreadableWorkbook("damaged", _UNUSABLE) from error


def _refuse_macros(content: bytes) -> None:
    """Refuse a workbook with macros, by the parts that hold them, whatever its name says."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name.lower() for name in archive.namelist()]
    if any("vbaproject" in name or name.startswith(("xl/macrosheets/", "basic/", "scripts/")) for name in names):
        raise UnreadableWorkbook(
            "macros",
            gettext_noop(
                "The workbook contains macros, which ours do not. Save it as .xlsx without macros and choose it again."
            ),
        )


def _refuse_strict_format(content: bytes) -> None:
    """Refuse the strict variant of the format, in which the library finds no sheets."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("xl/workbook.xml") as part:
        is_strict = _STRICT_NAMESPACE in part.read()
    if is_strict:
        raise UnreadableWorkbook(
            "strict_format",
            gettext_noop(
                "The workbook was saved as “Strict Open XML”. In your program, choose “Save as” and the type “Excel "
                "workbook (.xlsx)”."
            ),
        )


def _read_marked_sheets(content: bytes) -> list[SheetLine]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheets: dict[str, tuple[str, list[SheetLine]]] = {}
        for sheet in book.worksheets:
            if lines := _read_sheet(sheet):
                first, known = sheets.setdefault(lines[0].cells[0].text, (sheet.title, lines))
                if lines != known:
                    raise _copied_sheet_error(first, sheet.title)
    finally:
        book.close()
    return [line for _, lines in sheets.values() for line in lines]


def _copied_sheet_error(*names: str) -> UnreadableWorkbook:
    first, second = (remove_invisible(name, in_one_line=True)[:100] for name in names)
    return UnreadableWorkbook(
        "copied_sheet",
        gettext_noop(
            "The sheets “%(first)s” and “%(second)s” are copies of each other, with different text. Delete the one "
            "that you do not want to send, save the workbook and choose it again."
        ),
        first=first,
        second=second,
    )


def _read_sheet(sheet: Any) -> list[SheetLine]:
    """Return the lines of a sheet of ours, as `select_own_lines` does; empty if it is none."""
    sheet.reset_dimensions()  # a sheet's stated size may be wrong, so only its rows count
    return select_own_lines(list(islice(_read_filled_lines(sheet), MAX_LINES + 3)))


def _read_filled_lines(sheet: Any) -> Iterator[SheetLine]:
    """Return the lines with a cell that is not empty.

    Programs also write the last of a million rows, if its format was changed. So empty rows must cost very little.
    """
    empty = None  # the library gives the same row again for each that is missing
    for number, row in enumerate(sheet.iter_rows(max_row=_MAX_ROW, max_col=MAX_COLUMNS), start=1):
        if row is empty or all(map(is_, row, _EMPTY_ROW)):
            empty = row
            continue
        cells = tuple(map(_read_cell, row))
        if any(cell.text for cell in cells):
            yield SheetLine(number, cells)


def _read_cell(cell: Any) -> Cell:
    """Return a cell with its kind. Text that only begins with "=" is no formula."""
    match cell.data_type, cell.value:
        case "f", value:
            return Cell(CellKind.FORMULA, str(value) or "=")
        case "e", value:
            return Cell(CellKind.ERROR, str(value))
        case _, None:
            return Cell(CellKind.TEXT, "")
        case _, date() as day:  # also a moment
            return Cell(CellKind.DAY, day.isoformat()[: len("2022-01-28")])
        case _, int() | float() as number if not isinstance(number, bool):
            return _read_number(number, cell.number_format)
    return Cell(CellKind.TEXT, remove_invisible(str(cell.value).replace(_RETURN, "")).strip())


def _read_number(number: float, shown_as: str) -> Cell:
    """Return a number. Who types "50%" gets 0.5, shown as a percentage; it is read as it was typed."""
    if "%" in _LITERALS.sub("", shown_as):
        return Cell(CellKind.TEXT, f"{_format_float(number * 100)}%")
    return Cell(CellKind.NUMBER, str(number) if isinstance(number, int) else _format_float(number))


def _format_float(number: float) -> str:
    """Return a number without an exponent, and a whole number without a decimal point."""
    return f"{number:f}".rstrip("0").rstrip(".")
