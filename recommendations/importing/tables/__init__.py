"""A table of recommendations, as a spreadsheet saves it: bytes to cells, cells to rows of the list. Pure.

`read_table` opens the file, `guess_columns` says what each column holds, `read_rows` takes the list out. A person may
correct the columns between the two: cells stay as they were read.
"""

from recommendations.importing.tables.cells import MAX_FILE_BYTES, OLD_EXCEL_SIGNATURE, ZIP_SIGNATURE, TableCells
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import ColumnType, guess_columns
from recommendations.importing.tables.csv_files import read_delimited, read_pasted_table
from recommendations.importing.tables.rows import ImportedItem, ImportedList, UnreadableRow, read_rows
from recommendations.importing.tables.workbook_sandbox import read_workbook_in_sandbox
from tiptracker.errors import Refused
from tiptracker.sandbox.confinement import SandboxRunner

__all__ = [
    "Charset",
    "ColumnType",
    "ImportedItem",
    "ImportedList",
    "TableCells",
    "UnreadableRow",
    "guess_columns",
    "is_workbook",
    "read_pasted_table",
    "read_rows",
    "read_table",
]


def read_table(content: bytes, charset: Charset | None = None, *, run: SandboxRunner) -> TableCells:
    """The cells of a CSV file or an Excel workbook (.xlsx), told apart by what is in it, not by its name.

    `charset` is what somebody said that a CSV file is written in; None tells it by the bytes. Raises Refused, with a
    sentence that says what to do, where it can't be read.
    """
    if not content.strip():
        raise Refused("The file is empty. Choose the one that holds the list.", field="file")
    if len(content) > MAX_FILE_BYTES:
        raise Refused(
            f"The file is larger than {MAX_FILE_BYTES // 1024**2} MB. A list of recommendations is far smaller: "
            "keep the list alone in a file of its own.",
            field="file",
        )
    if is_workbook(content):
        return TableCells(read_workbook_in_sandbox(content, run=run))
    return read_delimited(content, charset)


def is_workbook(content: bytes) -> bool:
    """Whether the bytes begin like a workbook, of today or of before 2007."""
    return content.startswith((ZIP_SIGNATURE, OLD_EXCEL_SIGNATURE))
