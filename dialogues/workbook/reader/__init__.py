"""Read a filled-in workbook (.xlsx) or CSV file: bytes to the lines below the hidden row that names the columns.

Excel files are read in a process of their own, because the libraries are not safe with malicious files.
"""

import json

from dialogues.workbook.reader.cells import (
    MAX_FILE_BYTES,
    Cell,
    CellKind,
    SheetLine,
    UnreadableWorkbook,
    select_own_lines,
    too_large_error,
)
from recommendations.importing.tables import is_workbook
from recommendations.importing.tables.cells import UnreadableTable
from recommendations.importing.tables.csv_files import read_delimited
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.confinement import SandboxRunner

_CSV_SENTENCES = {
    "too_many": gettext_noop(
        "The file has far more rows or columns than a sheet of ours. Download a new workbook and copy your text into "
        "it."
    ),
    "too_long": gettext_noop(
        "Row %(row)s has a cell of more than %(length)s characters. Check whether a quotation mark is missing. If the "
        "text is that long, choose the Excel workbook (.xlsx) instead."
    ),
}
"""What to say of a CSV file instead of what its reader says of a list, by code."""
_TIMEOUT_SECONDS = 60
"""Wall-clock seconds. The process itself limits its processor time."""


def read_lines(content: bytes, *, run: SandboxRunner) -> list[SheetLine]:
    """Return the lines of our sheets: of each, first the names of its columns, then all lines below.

    Raises Refused with a sentence that says what to do, and TryLater if the sandbox `run` can't start.
    """
    if not content.strip():
        raise UnreadableWorkbook(
            "empty_file", gettext_noop("The file is empty. Choose the workbook that you filled in.")
        )
    if len(content) > MAX_FILE_BYTES:
        raise too_large_error()
    lines = _read_in_sandbox(content, run) if is_workbook(content) else _read_csv(content)
    if not lines:
        raise UnreadableWorkbook(
            "another_file",
            gettext_noop(
                "This is not a workbook of ours, or its first rows were removed. Download the workbook again. If it is "
                "a CSV file, save a sheet that you filled in, not the instructions."
            ),
        )
    return lines


def _read_in_sandbox(content: bytes, run: SandboxRunner) -> list[SheetLine]:
    answered = run("dialogues.workbook.reader", content=content, timeout_seconds=_TIMEOUT_SECONDS)
    if answered is None:
        raise UnreadableWorkbook(
            "reader_failed",
            gettext_noop(
                "The workbook takes too long or too much memory to open. Download a new workbook and copy your text "
                "into it."
            ),
        )
    answer = json.loads(answered)
    if isinstance(answer, dict):
        message, values = answer["sentence"]
        raise UnreadableWorkbook(answer["code"], message, **values)
    return [SheetLine(number, tuple(Cell(CellKind(kind), text) for kind, text in cells)) for number, cells in answer]


def _read_csv(content: bytes) -> list[SheetLine]:
    """Return the lines of a CSV file. A cell that begins with "=" is a formula that was saved as such."""
    try:
        table = read_delimited(content)
    except UnreadableTable as error:
        message = _CSV_SENTENCES.get(error.code, error.sentence.message)
        raise UnreadableWorkbook(error.code, message, **error.sentence.values) from error
    return select_own_lines(
        [
            SheetLine(
                line.number,
                tuple(Cell(CellKind.FORMULA if text.startswith("=") else CellKind.TEXT, text) for text in line.cells),
            )
            for line in table.lines
        ]
    )
