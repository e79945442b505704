"""Read CSV files with any line ending and any of the usual delimiters."""

import csv
import io

from recommendations.importing.tables.cells import MAX_ROWS, TOO_MANY_ROWS, TableCells, TableLine, clean_cells
from recommendations.importing.tables.charsets import GUESSED_CHARSET, Charset, decode
from tiptracker.errors import Refused
from tiptracker.web.formula_escaping import unescape_formulas

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 20
"""How many rows to look at to guess the delimiter."""


def read_delimited(content: bytes, charset: Charset | None = None) -> TableCells:
    """Return the cells of a CSV file. Raises Refused with the number of the bad row.

    CR, LF and CRLF end a row, except within quotation marks. An apostrophe that only protects a cell from being run as
    a
    formula is removed.
    """
    text, is_guess = decode(content, charset)
    return TableCells(tuple(_read_lines(text, _guess_delimiter(text))), (GUESSED_CHARSET,) if is_guess else ())


def read_pasted_table(text: str) -> TableCells:
    """Return the cells of a table pasted from a spreadsheet. Raises Refused."""
    return TableCells(tuple(_read_lines(text, _guess_delimiter(text))))


def _guess_delimiter(text: str) -> str:
    """Return the delimiter that gives most of the first rows the same number of cells, more than one."""
    best, most = _DELIMITERS[0], 0
    for sign in _DELIMITERS:
        widths = []
        reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=sign)
        try:
            for row, _ in zip(reader, range(_SAMPLE_ROWS), strict=False):
                widths.append(len(row))
        except csv.Error:
            pass
        widest = max(set(widths), key=widths.count, default=0)
        agreeing = widths.count(widest) if widest > 1 else 0
        if agreeing > most:
            best, most = sign, agreeing
    return best


def _read_lines(text: str, sign: str) -> list[TableLine]:
    lines: list[TableLine] = []
    number = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True):
            number += 1
            if any(cell.strip() for cell in row):
                lines.append(TableLine(number, clean_cells([unescape_formulas(cell) for cell in row], number)))
            if len(lines) > MAX_ROWS or number > 10 * MAX_ROWS:
                raise Refused(TOO_MANY_ROWS, field="file")
    except csv.Error as error:
        raise Refused(
            f"Row {number + 1} can’t be read: {_describe_csv_error(error)}. Mend it in the spreadsheet, then choose "
            f"the file again.",
            field="file",
        ) from error
    return lines


def _describe_csv_error(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end" in said:
        return "a quotation mark is opened there and never closed"
    if "expected after" in said:
        return "something stands behind a closing quotation mark"
    if "field larger" in said:
        return "a cell is too long, perhaps since a quotation mark is missing"
    return "it is no sound CSV"
