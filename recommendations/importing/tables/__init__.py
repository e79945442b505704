"""Read a table of recommendations from a spreadsheet: bytes to cells, then cells to the rows of the list.

`read_table` opens the file, `columns.guess_columns` says what each column holds, `rows.read_rows` returns the list. The
user can correct the columns in between, because the cells stay as they were read.
"""

from recommendations.importing.tables.cells import (
    MAX_FILE_BYTES,
    OLD_EXCEL_SIGNATURE,
    ZIP_SIGNATURE,
    TableCells,
    UnreadableTable,
)
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.csv_files import read_delimited
from recommendations.importing.tables.workbook_sandbox import read_workbook_in_sandbox
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.confinement import SandboxRunner


def read_table(content: bytes, charset: Charset | None = None, *, run: SandboxRunner) -> TableCells:
    """Return the cells of a CSV file or Excel workbook (.xlsx), recognized by content and not by name.

    `charset` is the encoding of a CSV file that the user chose; None guesses it. Raises Refused with a sentence that
    says what to do.
    """
    if not content.strip():
        raise UnreadableTable("empty_file", gettext_noop("The file is empty. Choose the file with the list."))
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableTable(
            "too_large",
            gettext_noop("The file is larger than %(limit)s MB. Copy only the list into a new file."),
            limit=MAX_FILE_BYTES // 1024**2,
        )
    if is_workbook(content):
        return TableCells(read_workbook_in_sandbox(content, run=run))
    return read_delimited(content, charset)


def is_workbook(content: bytes) -> bool:
    """Return whether the bytes start like a workbook, of the current format or of before 2007."""
    return content.startswith((ZIP_SIGNATURE, OLD_EXCEL_SIGNATURE))
