"""Read a filled-in workbook (.xlsx) or CSV file: bytes to the lines below the hidden row that names the columns.

Excel files are read in a process of their own, because the libraries are not safe with malicious files.
"""

import json
from collections.abc import Sequence

from dialogues.workbook.columns import SHEET_MARKS
from dialogues.workbook.reader.cells import (
    MAX_FILE_BYTES,
    MAX_LINES,
    Cell,
    CellKind,
    SheetLine,
    UnreadableWorkbook,
    too_large_error,
    too_many_lines_error,
)
from recommendations.importing.tables import is_workbook
from recommendations.importing.tables.cells import UnreadableTable
from recommendations.importing.tables.csv_files import read_delimited
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.confinement import SandboxRunner

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
        raise UnreadableWorkbook(error.code, error.sentence.message, **error.sentence.values) from error
    return _select_lines(
        [
            SheetLine(
                line.number,
                tuple(Cell(CellKind.FORMULA if text.startswith("=") else CellKind.TEXT, text) for text in line.cells),
            )
            for line in table.lines
        ]
    )


def _select_lines(lines: Sequence[SheetLine]) -> list[SheetLine]:
    """Return the lines from the hidden row on; empty if there is none. Raises Refused if there are too many."""
    marks = (place for place, line in enumerate(lines) if line.cells and line.cells[0].text in SHEET_MARKS)
    own = list(lines[start:]) if (start := next(marks, None)) is not None else []
    if len(own) > MAX_LINES + 2:  # with the hidden row and the headings
        raise too_many_lines_error()
    return own
