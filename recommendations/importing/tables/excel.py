"""Read Excel workbooks (.xlsx): zips of XML parts, unpacked only up to a limit."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from recommendations.importing.tables.cells import (
    MAX_COLUMNS,
    MAX_ROWS,
    OLD_EXCEL_SIGNATURE,
    TableLine,
    UnreadableTable,
    clean_cells,
    too_many_rows_error,
)
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.xml_limits import TooMuchXml, XmlCounter

_MAX_PARTS = 1_000
_MAX_UNPACKED_BYTES = 64 * 1024 * 1024
"""Most bytes of all parts together. A larger workbook is likely a zip bomb."""
_LAST_ROW = 1_048_576
"""The last row that a sheet can have (Excel specifications and limits)."""
_ENTITY_DECLARATION = re.compile(
    rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)"
)
"""A document type or entity declaration, in UTF-8 or UTF-16. No valid part has one (ECMA-376, part 1, 9.1.1)."""
_TOO_LARGE = gettext_noop("The workbook unpacks to far more than a list. Copy only the list into a new workbook.")
_DAMAGED = gettext_noop(
    "The workbook is damaged or incomplete. Open it in Excel, save it as .xlsx and choose it again."
)


def read_workbook(content: bytes) -> list[TableLine]:
    """Return the lines of the only sheet with content.

    Raises Refused if the workbook is damaged, locked, too large or empty, or if several sheets have content.
    """
    if content.startswith(OLD_EXCEL_SIGNATURE):
        raise UnreadableTable(
            "old_or_locked",
            gettext_noop(
                "The workbook is in an old Excel format or has a password. Save it as .xlsx without a password and "
                "choose it again."
            ),
        )
    try:
        refuse_unsafe_zip(content)
        filled = _read_filled_sheets(content)
    except UnreadableTable:
        raise
    except TooMuchXml as error:
        raise UnreadableTable("too_large", _TOO_LARGE) from error
    except Exception as error:  # the library can fail in any way on a damaged file; the advice is the same
        raise UnreadableTable("damaged", _DAMAGED) from error
    if not filled:
        raise UnreadableTable("empty_file", gettext_noop("The workbook is empty. Choose the one with the list."))
    if len(filled) > 1:
        names = ", ".join(f"“{name}”" for name in filled)
        raise UnreadableTable(
            "several_sheets",
            gettext_noop("Several sheets have content: %(names)s. Keep only the sheet with the list."),
            names=names,
        )
    return next(iter(filled.values()))


def refuse_unsafe_zip(content: bytes) -> None:
    """Refuse a zip that is locked, unpacks to far more than a list, or declares entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if "xl/workbook.xml" not in archive.namelist():
            raise UnreadableTable(
                "unsupported_format",
                gettext_noop("The file is a zip file, but not an Excel workbook. Save the list as .xlsx or CSV."),
            )
        if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED_BYTES:
            raise UnreadableTable("too_large", _TOO_LARGE)
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableTable(
                "password_protected",
                gettext_noop("The workbook has a password. Save it without a password and choose it again."),
            )
        unpacked, xml = 0, XmlCounter()
        for part in parts:
            with archive.open(part) as stream:
                read = stream.read(_MAX_UNPACKED_BYTES - unpacked + 1)  # its stated size is not trusted
            unpacked += len(read)
            if unpacked > _MAX_UNPACKED_BYTES:
                raise UnreadableTable("too_large", _TOO_LARGE)
            if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
                continue
            if _ENTITY_DECLARATION.search(read):
                raise UnreadableTable(
                    "declares_entities",
                    gettext_noop(
                        "The workbook contains references to other files, which Excel does not write. Copy the list "
                        "into a new workbook."
                    ),
                )
            xml.add(read)


def _read_filled_sheets(content: bytes) -> dict[str, list[TableLine]]:
    """Return the lines of each visible sheet with content, by its name."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return {sheet.title: lines for sheet in shown if (lines := _pad_lines(_sheet_lines(sheet)))}
    finally:
        book.close()


def _pad_lines(lines: Iterable[TableLine]) -> list[TableLine]:
    """Return the lines with as many cells as the longest of them has."""
    kept = list(lines)
    width = max((len(line.cells) for line in kept), default=0)
    return [line._replace(cells=line.cells + ("",) * (width - len(line.cells))) for line in kept]


def _sheet_lines(sheet: Any) -> Iterator[TableLine]:
    """Return the lines with a cell that is not empty, each up to its last such cell.

    Raises UnreadableTable if there are more than MAX_ROWS of them.

    Programs also write the last of a million rows, if its format was changed. So empty rows must cost very little.
    """
    sheet.reset_dimensions()  # a sheet's stated size may be wrong, so only its rows count
    empty, filled = None, 0  # the library gives the same row again for each that is missing
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
        if number > _LAST_ROW:  # a damaged file: the library would count up to any number
            raise too_many_rows_error()
        width = 0 if row is empty else _filled_width(row)
        if not width:
            empty = row
            continue
        filled += 1
        if filled > MAX_ROWS:
            raise too_many_rows_error()
        yield TableLine(number, clean_cells([_format_cell(cell) for cell in row[:width]], number))


def _filled_width(row: Sequence[object]) -> int:
    """Return the number of cells up to the last that is not empty."""
    width = len(row)
    while width and row[width - 1] in (None, ""):
        width -= 1
    return width


def _format_cell(cell: object) -> str:
    """Return a cell as text: whole numbers without a decimal point, days as 2021-07-01."""
    match cell:
        case None:
            return ""
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
    return str(cell)
