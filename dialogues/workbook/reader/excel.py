"""Read a workbook (.xlsx) that was filled in. It runs in a confined process; no Django here."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from dialogues.workbook.columns import SHEET_MARKS
from dialogues.workbook.reader.cells import (
    MAX_CELL_LENGTH,
    MAX_COLUMNS,
    MAX_LINES,
    Cell,
    CellKind,
    SheetLine,
    UnreadableWorkbook,
    too_long_error,
    too_many_lines_error,
)
from recommendations.importing.tables.cells import OLD_EXCEL_SIGNATURE, UnreadableTable
from recommendations.importing.tables.excel import refuse_unsafe_zip
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.xml_limits import TooMuchXml
from tiptracker.text_rules import remove_invisible

_ROWS_ABOVE = 10
"""How many rows to look through for the hidden row that names the columns."""
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


def _read_marked_sheets(content: bytes) -> list[SheetLine]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheets: dict[str, list[SheetLine]] = {}
        for sheet in book.worksheets:
            if lines := _read_sheet(sheet):
                sheets.setdefault(lines[0].cells[0].text, lines)  # of a sheet that was copied, the first one counts
    finally:
        book.close()
    return [line for lines in sheets.values() for line in lines]


def _read_sheet(sheet: Any) -> list[SheetLine]:
    """Return the lines of a sheet from the hidden row on; empty if it has none."""
    sheet.reset_dimensions()  # a sheet's stated size may be wrong, so only its rows count
    rows = enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1)
    head = next(
        (SheetLine(number, _read_cells(row, number)) for number, row in islice(rows, _ROWS_ABOVE) if _is_marked(row)),
        None,
    )
    return [head, *_read_filled_lines(rows)] if head else []


def _is_marked(row: Any) -> bool:
    return bool(row) and row[0].value in SHEET_MARKS


def _read_filled_lines(rows: Iterator[tuple[int, Any]]) -> Iterator[SheetLine]:
    filled = 0
    for number, row in rows:
        cells = _read_cells(row, number)
        if not any(cell.text for cell in cells):
            continue
        filled += 1
        if filled > MAX_LINES + 1:  # with the headings
            raise too_many_lines_error()
        yield SheetLine(number, cells)


def _read_cells(row: Any, number: int) -> tuple[Cell, ...]:
    cells = tuple(map(_read_cell, row))
    if any(len(cell.text) > MAX_CELL_LENGTH for cell in cells):
        raise too_long_error(number)
    return cells


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
            return Cell(CellKind.NUMBER, str(number) if isinstance(number, int) else _format_float(number))
    return Cell(CellKind.TEXT, remove_invisible(str(cell.value)).strip())


def _format_float(number: float) -> str:
    """Return a number without an exponent, and a whole number without a decimal point."""
    return f"{number:f}".rstrip("0").rstrip(".")
