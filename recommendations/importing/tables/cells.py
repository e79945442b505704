"""The cells of a table before its columns are known, and the limits for reading one."""

from collections.abc import Sequence
from typing import NamedTuple

from recommendations.importing.stored_sentences import StoredSentence
from tiptracker.errors import Refused
from tiptracker.localization import gettext_noop
from tiptracker.text_rules import remove_invisible

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Most bytes of a file."""
ZIP_SIGNATURE, OLD_EXCEL_SIGNATURE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a workbook, of the current format and of before 2007."""
MAX_ROWS = 20_000
MAX_COLUMNS = 40
MAX_CELL_LENGTH = 10_000
"""Most characters of a cell. The longest real recommendation has a tenth of it."""


class UnreadableTable(Refused):
    """A table that can't be read, with a sentence that says why and what to do.

    The process that reads a workbook does not know the reader's language, so the sentence is translated afterwards.
    """

    def __init__(self, code: str, message: str, **values: str | int) -> None:
        self.sentence = StoredSentence(message, values)
        super().__init__(code, message, field="file")

    def __str__(self) -> str:
        return str(self.sentence)


def too_many_rows_error() -> UnreadableTable:
    """Return the error for a table with more than MAX_ROWS rows."""
    return UnreadableTable(
        "too_many",
        gettext_noop("The table has more than %(number)s rows. Keep only one country’s list of one year."),
        number=MAX_ROWS,
    )


class TableLine(NamedTuple):
    """A row of the table: its row number in the file, and its cells as text."""

    number: int
    cells: tuple[str, ...]


class TableCells(NamedTuple):
    """A table as read: its non-empty lines, and notes for the user to check."""

    lines: tuple[TableLine, ...]
    notes: tuple[StoredSentence, ...] = ()


def clean_cells(row: Sequence[str], number: int) -> tuple[str, ...]:
    """Return the cells of a row without outer spaces and invisible characters. Raises Refused if it is too large."""
    if len(row) > MAX_COLUMNS:
        raise UnreadableTable(
            "too_many",
            gettext_noop("Row %(row)s has %(cells)s cells. Keep only the columns of the list."),
            row=number,
            cells=len(row),
        )
    if any(len(cell) > MAX_CELL_LENGTH for cell in row):
        raise UnreadableTable(
            "too_long",
            gettext_noop(
                "Row %(row)s has a cell of more than %(length)s characters. Check whether a quotation mark is missing."
            ),
            row=number,
            length=MAX_CELL_LENGTH,
        )
    return tuple(remove_invisible(cell).strip() for cell in row)
