"""CSV files, however they end their lines and whatever stands between their cells. Pure."""

import csv
import io

from recommendations.importing.tables.cells import MAX_ROWS, TOO_MANY_ROWS, TableCells, TableLine, clean_cells
from recommendations.importing.tables.charsets import GUESSED_CHARSET, Charset, decode
from tiptracker.errors import Refused
from tiptracker.web.formula_escaping import unescape_formulas

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 20
"""Rows by which what stands between the cells is told."""


def read_delimited(content: bytes, charset: Charset | None = None) -> TableCells:
    """The cells; CR, LF and CRLF end a row, but not within quotation marks. Raises Refused, naming the row.

    An apostrophe that keeps a spreadsheet from running a text is no part of it.
    """
    text, is_guess = decode(content, charset)
    return TableCells(tuple(_read_lines(text, _guess_delimiter(text))), (GUESSED_CHARSET,) if is_guess else ())


def read_pasted_table(text: str) -> TableCells:
    """The same of what somebody pasted from a spreadsheet."""
    return TableCells(tuple(_read_lines(text, _guess_delimiter(text))))


def _guess_delimiter(text: str) -> str:
    """What stands between the cells: whatever gives most of the first rows equally many cells, more than one."""
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
