"""CSV files, however they end their lines and whatever stands between their cells. Pure."""

import csv
import io

from recommendations.importing.tables.cells import MOST_ROWS, TOO_MANY, Cells, Line, fitting
from recommendations.importing.tables.charsets import GUESSED, Charset, decode
from tiptracker.errors import Refused
from tiptracker.web.formula_escaping import restored

_BETWEEN = (",", ";", "\t", "|")
_LOOKED_AT = 20
"""Rows by which what stands between the cells is told."""


def read_delimited(content: bytes, charset: Charset | None = None) -> Cells:
    """The cells; CR, LF and CRLF end a row, but not within quotation marks. Raises Refused, naming the row.

    An apostrophe that keeps a spreadsheet from running a text is no part of it.
    """
    text, is_guess = decode(content, charset)
    return Cells(tuple(_lines(text, _between(text))), (GUESSED,) if is_guess else ())


def read_pasted(text: str) -> Cells:
    """The same of what somebody pasted from a spreadsheet."""
    return Cells(tuple(_lines(text, _between(text))))


def _between(text: str) -> str:
    """What stands between the cells: whatever gives most of the first rows equally many cells, more than one."""
    best, most = _BETWEEN[0], 0
    for sign in _BETWEEN:
        widths = []
        reader = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=sign)
        try:
            for row, _ in zip(reader, range(_LOOKED_AT), strict=False):
                widths.append(len(row))
        except csv.Error:
            pass
        widest = max(set(widths), key=widths.count, default=0)
        agreeing = widths.count(widest) if widest > 1 else 0
        if agreeing > most:
            best, most = sign, agreeing
    return best


def _lines(text: str, sign: str) -> list[Line]:
    lines: list[Line] = []
    number = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True):
            number += 1
            if any(cell.strip() for cell in row):
                lines.append(Line(number, fitting([restored(cell) for cell in row], number)))
            if len(lines) > MOST_ROWS or number > 10 * MOST_ROWS:
                raise Refused(TOO_MANY, field="file")
    except csv.Error as error:
        raise Refused(
            f"Row {number + 1} can’t be read: {_why(error)}. Mend it in the spreadsheet, then choose the file again.",
            field="file",
        ) from error
    return lines


def _why(error: csv.Error) -> str:
    said = str(error)
    if "unexpected end" in said:
        return "a quotation mark is opened there and never closed"
    if "expected after" in said:
        return "something stands behind a closing quotation mark"
    if "field larger" in said:
        return "a cell is too long, perhaps since a quotation mark is missing"
    return "it is no sound CSV"
