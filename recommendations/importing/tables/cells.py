"""What a table is before anybody knows what its columns mean, and how much of one is read. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from tiptracker.errors import Refused
from tiptracker.text_rules import seen

LARGEST = 10 * 1024 * 1024
"""Bytes of a file."""
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook begins, of today and of before 2007."""
MOST_ROWS = 20_000
MOST_COLUMNS = 40
LONGEST_CELL = 10_000
"""Characters; the longest recommendation there was is a tenth of it."""
TOO_MANY = f"The table has more than {MOST_ROWS:,} rows. Keep one country’s list of one year in it."


class Line(NamedTuple):
    """A row of the table: the number that its file gives it, and its cells as text."""

    number: int
    cells: tuple[str, ...]


class Cells(NamedTuple):
    """A table as it was read: its lines without the empty ones, and what a reader should look at twice."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def fitting(row: Sequence[str], number: int) -> tuple[str, ...]:
    """The cells of a row without blanks around them and without what nobody sees; Refused where they are too much."""
    if len(row) > MOST_COLUMNS:
        raise Refused(f"Row {number} has {len(row)} cells. Keep the columns of the list alone.", field="file")
    if any(len(cell) > LONGEST_CELL for cell in row):
        raise Refused(
            f"Row {number} has a cell of more than {LONGEST_CELL:,} characters. A quotation mark may be missing.",
            field="file",
        )
    return tuple(seen(cell).strip() for cell in row)
