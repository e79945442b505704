"""What a table is before anybody knows what its columns mean, and how much of one is read. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from tiptracker.errors import Refused
from tiptracker.text_rules import remove_invisible

MAX_FILE_BYTES = 10 * 1024 * 1024
"""Bytes of a file."""
ZIP_SIGNATURE, OLD_EXCEL_SIGNATURE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook begins, of today and of before 2007."""
MAX_ROWS = 20_000
MAX_COLUMNS = 40
MAX_CELL_LENGTH = 10_000
"""Characters; the longest recommendation there was is a tenth of it."""
TOO_MANY_ROWS = f"The table has more than {MAX_ROWS:,} rows. Keep one country’s list of one year in it."


class TableLine(NamedTuple):
    """A row of the table: the number that its file gives it, and its cells as text."""

    number: int
    cells: tuple[str, ...]


class TableCells(NamedTuple):
    """A table as it was read: its lines without the empty ones, and what a reader should look at twice."""

    lines: tuple[TableLine, ...]
    notes: tuple[str, ...] = ()


def clean_cells(row: Sequence[str], number: int) -> tuple[str, ...]:
    """The cells of a row without blanks around them and without what nobody sees; Refused where they are too much."""
    if len(row) > MAX_COLUMNS:
        raise Refused(f"Row {number} has {len(row)} cells. Keep the columns of the list alone.", field="file")
    if any(len(cell) > MAX_CELL_LENGTH for cell in row):
        raise Refused(
            f"Row {number} has a cell of more than {MAX_CELL_LENGTH:,} characters. A quotation mark may be missing.",
            field="file",
        )
    return tuple(remove_invisible(cell).strip() for cell in row)
