"""A table of recommendations, as a spreadsheet saves it: bytes to cells, cells to rows of the list. Pure.

`read_cells` opens the file, `guess_columns` says what each column holds, `read_rows` takes the list out. A person may
correct the columns between the two: cells stay as they were read.
"""

from recommendations.importing.tables.cells import LARGEST, OLD_EXCEL, ZIP, Cells
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import Column, guess_columns
from recommendations.importing.tables.confined import read_workbook_apart
from recommendations.importing.tables.csv_files import read_delimited, read_pasted
from recommendations.importing.tables.rows import Listed, Row, Wrong, read_rows
from tiptracker.errors import Refused
from tiptracker.sandbox.confinement import Run

__all__ = [
    "Cells",
    "Charset",
    "Column",
    "Listed",
    "Row",
    "Wrong",
    "guess_columns",
    "is_workbook",
    "read_cells",
    "read_pasted",
    "read_rows",
]


def read_cells(content: bytes, charset: Charset | None = None, *, run: Run) -> Cells:
    """The cells of a CSV file or an Excel workbook (.xlsx), told apart by what is in it, not by its name.

    `charset` is what somebody said that a CSV file is written in; None tells it by the bytes. Raises Refused, with a
    sentence that says what to do, where it can't be read.
    """
    if not content.strip():
        raise Refused("The file is empty. Choose the one that holds the list.", field="file")
    if len(content) > LARGEST:
        raise Refused(
            f"The file is larger than {LARGEST // 1024**2} MB. A list of recommendations is far smaller: "
            "keep the list alone in a file of its own.",
            field="file",
        )
    if is_workbook(content):
        return Cells(read_workbook_apart(content, run=run))
    return read_delimited(content, charset)


def is_workbook(content: bytes) -> bool:
    """Whether the bytes begin like a workbook, of today or of before 2007."""
    return content.startswith((ZIP, OLD_EXCEL))
