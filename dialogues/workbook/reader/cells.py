"""The cells of a workbook that was filled in, and the limits for reading one. No Django here."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from dialogues.workbook.columns import SHEET_MARKS
from recommendations.importing.stored_sentences import StoredSentence
from tiptracker.errors import Refused
from tiptracker.localization import gettext_noop

MAX_FILE_BYTES = 5 * 1024 * 1024
"""Most bytes of a file. A workbook of ours has a hundredth of it."""
MAX_LINES = 400
"""Most lines below the headings. A ministry has some ten open commitments."""
MAX_COLUMNS = 40
MAX_CELL_LENGTH = 25_000
"""Most characters of a cell: more than the form accepts, so that the form says by how much it is too long."""


class CellKind(StrEnum):
    """What a cell holds. Formulas and errors are refused, each with its reason."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    FORMULA = "formula"
    ERROR = "error"


class Cell(NamedTuple):
    """A cell as text: whole numbers without a decimal point, days as 2022-01-28."""

    kind: CellKind
    text: str


class SheetLine(NamedTuple):
    """A line of a sheet: its row number in the file, and its cells."""

    number: int
    cells: tuple[Cell, ...]


def select_own_lines(lines: Sequence[SheetLine]) -> list[SheetLine]:
    """Return the lines of a sheet of ours: first the hidden row that names the columns, then the others in their order.

    Its mark is the first cell, as columns before it were inserted. Who sorts a sheet may move the hidden row too, so
    the lines above it count. Empty if no line has a mark. Raises Refused if a sheet of ours is too large.
    """
    marks = (
        (place, column)
        for place, line in enumerate(lines)
        for column, cell in enumerate(line.cells)
        if cell.text in SHEET_MARKS
    )
    head, first = next(marks, (-1, 0))
    if head < 0:
        return []
    if len(lines) > MAX_LINES + 2:  # with the hidden row and the headings
        raise too_many_lines_error()
    for line in lines:
        if any(len(cell.text) > MAX_CELL_LENGTH for cell in line.cells):
            raise too_long_error(line.number)
    ordered = (lines[head], *lines[:head], *lines[head + 1 :])
    return [SheetLine(line.number, line.cells[first:]) for line in ordered]


class UnreadableWorkbook(Refused):
    """A workbook that can't be read, with a sentence that says why and what to do.

    The process that reads it does not know the reader's language, so the sentence is translated afterwards.
    """

    def __init__(self, code: str, message: str, **values: str | int) -> None:
        self.sentence = StoredSentence(message, values)
        super().__init__(code, message, field="file")

    def __str__(self) -> str:
        return str(self.sentence)


def too_large_error() -> UnreadableWorkbook:
    """Return the error for a file of more than MAX_FILE_BYTES."""
    return UnreadableWorkbook(
        "too_large",
        gettext_noop(
            "The file is larger than %(limit)s MB. Remove pictures and other sheets from the workbook. Attach proof in "
            "the preview."
        ),
        limit=MAX_FILE_BYTES // 1024**2,
    )


def too_many_lines_error() -> UnreadableWorkbook:
    """Return the error for a sheet with more than MAX_LINES lines."""
    return UnreadableWorkbook(
        "too_many",
        gettext_noop("The sheet has more than %(number)s rows. Download a new workbook and copy your text into it."),
        number=MAX_LINES,
    )


def too_long_error(number: int) -> UnreadableWorkbook:
    """Return the error for a line with a cell of more than MAX_CELL_LENGTH characters. `number` is its row number."""
    return UnreadableWorkbook(
        "too_long",
        gettext_noop("Row %(row)s has a cell of more than %(length)s characters. Shorten it, or attach it as a file."),
        row=number,
        length=MAX_CELL_LENGTH,
    )
