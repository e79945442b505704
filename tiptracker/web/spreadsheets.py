"""Rows as CSV or as an Excel sheet: days are days, numbers numbers, and nothing that somebody typed a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal

import xlsxwriter

from tiptracker.web.formula_escaping import escape_formulas

BYTE_ORDER_MARK = "\ufeff"
"""By which Excel knows that a file is UTF-8."""
MAX_CELL_LENGTH = 32_767
"""Characters that a cell of Excel holds."""


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of the file, one at a time, so that a long one is never held whole. Every cell stands in quotes."""
    writer = csv.writer(_EchoBuffer(), quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK + writer.writerow([escape_formulas(head) for head in heads])
    for row in rows:
        yield writer.writerow([escape_formulas(cell) if isinstance(cell, str) else cell for cell in row])


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[object]], zone: tzinfo) -> str:
    """The whole file; days as in 2022-01-28, moments with the distance of their zone from UTC."""
    return "".join(csv_lines(heads, ([_format_cell(cell, zone) for cell in row] for row in rows)))


def workbook(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]], zone: tzinfo) -> bytes:
    """An Excel file of one sheet; its head stays in sight. Excel knows no zones: moments are those of `zone`."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        # "@" is Excel's word for a text, which stays one when somebody edits it.
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
    """What a csv writer writes to; it hands each line back."""

    def write(self, line: str) -> str:
        return line
