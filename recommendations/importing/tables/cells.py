"""The cells of a table before its columns are known, and the limits for reading one."""

from collections.abc import Sequence
from typing import NamedTuple

from tiptracker.errors import Refused
from tiptracker.text_rules import remove_invisible

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Most bytes of a file."""
ZIP_SIGNATURE, OLD_EXCEL_SIGNATURE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a workbook, of the current format and of before 2007."""
MAX_ROWS = 20_000
MAX_COLUMNS = 40
MAX_CELL_LENGTH = 10_000
"""Most characters of a cell. The longest real recommendation has a tenth of it."""
TOO_MANY_ROWS = f"The table has more than {MAX_ROWS:,} rows. Keep one country’s list of one year in it."


class TableLine(NamedTuple):
    """A row of the table: its row number in the file, and its cells as text."""

    number: int
    cells: tuple[str, ...]


class TableCells(NamedTuple):
    """A table as read: its non-empty lines, and notes for the user to check."""

    lines: tuple[TableLine, ...]
    notes: tuple[str, ...] = ()


def clean_cells(row: Sequence[str], number: int) -> tuple[str, ...]:
    """Return the cells of a row without outer spaces and invisible characters. Raises Refused if it is too large."""
    if len(row) > MAX_COLUMNS:
        raise Refused(
            "too_many", f"Row {number} has {len(row)} cells. Keep the columns of the list alone.", field="file"
        )
    if any(len(cell) > MAX_CELL_LENGTH for cell in row):
        raise Refused(
            "too_long",
            f"Row {number} has a cell of more than {MAX_CELL_LENGTH:,} characters. A quotation mark may be missing.",
            field="file",
        )
    return tuple(remove_invisible(cell).strip() for cell in row)
