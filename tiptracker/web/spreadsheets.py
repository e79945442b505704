"""Write rows as CSV or as an Excel sheet. Days and numbers keep their type, and no text becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal

import xlsxwriter

from tiptracker.web.formula_escaping import escape_formulas

BYTE_ORDER_MARK = "\ufeff"
"""Tells Excel that a file is UTF-8."""
MAX_CELL_LENGTH = 32_767
"""Characters that an Excel cell can hold."""


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a CSV file, so that a long file is never in memory as a whole. Every cell is quoted."""
    writer = csv.writer(_EchoBuffer(), quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK + writer.writerow([escape_formulas(head) for head in heads])
    for row in rows:
        yield writer.writerow([escape_formulas(cell) if isinstance(cell, str) else cell for cell in row])


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]], zone: tzinfo) -> str:
    """Return a whole CSV file. Days look like 2022-01-28; moments in `zone` include the offset from UTC."""
    return "".join(csv_lines(heads, ([_format_cell(cell, zone) for cell in row] for row in rows)))


def workbook(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]], zone: tzinfo) -> bytes:
    """Return an Excel file with one sheet and a frozen header row. Moments are in `zone`, as Excel has no zones."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # "@" is Excel's format for text. The cell stays text when it is edited.
        text, day, moment = (book.add_format({"num_format": how}) for how in ("@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        sheet = book.add_worksheet(name.capitalize()[:31])
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, book.add_format({"bold": True}))
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                match cell:
                    case datetime():
                        sheet.write_datetime(place, column, cell.astimezone(zone).replace(tzinfo=None), moment)
                    case date():
                        sheet.write_datetime(place, column, cell, day)
                    case str() if cell:
                        sheet.write_string(place, column, cell[:MAX_CELL_LENGTH], text)
                    case int() | float() | Decimal():
                        sheet.write_number(place, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofit(300)
    return content.getvalue()


def _format_cell(cell: object, zone: tzinfo) -> object:
    if isinstance(cell, datetime):
        return cell.astimezone(zone).isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else cell


class _EchoBuffer:
    """A target for the csv writer that returns each line."""

    def write(self, line: str) -> str:
        return line
