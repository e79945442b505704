"""Read CSV files with any line ending and any of the usual delimiters."""

import csv
import io
import re
from contextlib import suppress
from itertools import islice

from recommendations.importing.tables.cells import (
    MAX_ROWS,
    TableCells,
    TableLine,
    UnreadableTable,
    clean_cells,
    too_many_rows_error,
)
from recommendations.importing.tables.charsets import Charset, decode, describe_guess
from tiptracker.localization import gettext_noop
from tiptracker.web.formula_escaping import unescape_formulas

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 20
"""How many rows to look at to guess the delimiter."""
_STATED_DELIMITER = re.compile(
    r"\ufeff?(?P<quote>\"?)sep=(?P<sign>[^\w\s\"]|[\t ])(?P=quote)[;,\t ]*(?:\r\n?|\n|\Z)", re.IGNORECASE
)
"""The line that Excel reads before a table, such as "sep=;". It is no row of the table."""


def read_delimited(content: bytes, charset: Charset | None = None) -> TableCells:
    """Return the cells of a CSV file. Raises Refused with the number of the bad row.

    CR, LF and CRLF end a row, except within quotation marks. An apostrophe that only protects a cell from being run as
    a formula is removed.
    """
    text, guess = decode(content, charset)
    return TableCells(_read_table(text), (describe_guess(guess),) if guess else ())


def read_pasted_table(text: str) -> TableCells:
    """Return the cells of a table pasted from a spreadsheet. Raises Refused."""
    return TableCells(_read_table(text))


def _read_table(text: str) -> tuple[TableLine, ...]:
    """Return the lines of a table. Its delimiter is the one that the first line states, or else a guess.

    A statement is not counted as a row, because a spreadsheet does not show it.
    """
    stated = _STATED_DELIMITER.match(text)
    table = text[stated.end() :] if stated else text
    if stated and _count_agreeing_rows(table[:100_000], stated["sign"]):
        return tuple(_read_lines(table, stated["sign"]))
    return tuple(_read_lines(table, _guess_delimiter(table)))


def _guess_delimiter(text: str) -> str:
    """Return the delimiter that gives most of the first rows the same number of cells, more than one."""
    return max(_DELIMITERS, key=lambda sign: _count_agreeing_rows(text[:100_000], sign))


def _count_agreeing_rows(text: str, sign: str) -> int:
    """Return how many of the first rows have the most frequent number of cells; 0 if that is one cell."""
    widths = []
    with suppress(csv.Error):
        for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=sign), _SAMPLE_ROWS):
            widths.append(len(row))  # noqa: PERF401 -- the rows before an error count
    widest = max(set(widths), key=widths.count, default=0)
    return widths.count(widest) if widest > 1 else 0


def _read_lines(text: str, sign: str) -> list[TableLine]:
    lines: list[TableLine] = []
    number = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True):
            number += 1
            if any(cell.strip() for cell in row):
                lines.append(TableLine(number, clean_cells([unescape_formulas(cell) for cell in row], number)))
            if len(lines) > MAX_ROWS or number > 10 * MAX_ROWS:
                raise too_many_rows_error()
    except csv.Error as error:
        raise UnreadableTable("invalid_csv", _csv_error_message(error), row=number + 1) from error
    return lines


def _csv_error_message(error: csv.Error) -> str:
    messages = {
        "unexpected end": gettext_noop(
            "Row %(row)s has an opening quotation mark without a closing one. Correct it in the spreadsheet and choose "
            "the file again."
        ),
        "expected after": gettext_noop(
            "Row %(row)s has text after a closing quotation mark. Correct it in the spreadsheet and choose the file "
            "again."
        ),
        "field larger": gettext_noop(
            "Row %(row)s has a cell that is too long. Check whether a quotation mark is missing, and choose the file "
            "again."
        ),
    }
    other = gettext_noop("Row %(row)s is not valid CSV. Correct it in the spreadsheet and choose the file again.")
    return next((message for part, message in messages.items() if part in str(error)), other)
