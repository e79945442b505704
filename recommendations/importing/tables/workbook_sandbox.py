"""Read workbooks in a process of their own, because the library is not safe with malicious files."""

import json

from recommendations.importing.tables.cells import TableLine
from tiptracker.errors import Refused
from tiptracker.sandbox.confinement import SandboxRunner

_TIMEOUT_SECONDS = 60
"""Wall-clock seconds. The process itself limits its processor time."""


def read_workbook_in_sandbox(content: bytes, *, run: SandboxRunner) -> tuple[TableLine, ...]:
    """Return the lines of the only sheet with content. Raises Refused."""
    answered = run("recommendations.importing.tables", content=content, most_waited=_TIMEOUT_SECONDS)
    if answered is None:
        raise Refused(
            "reader_failed",
            "The workbook takes too long or too much room to open. Copy the list alone into a new one.",
            field="file",
        )
    answer = json.loads(answered)
    if isinstance(answer, dict):
        raise Refused(answer["code"], answer["sentence"], field="file")
    return tuple(TableLine(number, tuple(cells)) for number, cells in answer)
