"""Read workbooks in a process of their own, because the library is not safe with malicious files."""

import json

from recommendations.importing.tables.cells import TableLine, UnreadableTable
from tiptracker.localization import gettext_noop
from tiptracker.sandbox.confinement import SandboxRunner

_TIMEOUT_SECONDS = 60
"""Wall-clock seconds. The process itself limits its processor time."""


def read_workbook_in_sandbox(content: bytes, *, run: SandboxRunner) -> tuple[TableLine, ...]:
    """Return the lines of the only sheet with content. Raises Refused."""
    answered = run("recommendations.importing.tables", content=content, timeout_seconds=_TIMEOUT_SECONDS)
    if answered is None:
        raise UnreadableTable(
            "reader_failed",
            gettext_noop(
                "The workbook takes too long or too much memory to open. Copy only the list into a new workbook."
            ),
        )
    answer = json.loads(answered)
    if isinstance(answer, dict):
        message, values = answer["sentence"]
        raise UnreadableTable(answer["code"], message, **values)
    return tuple(TableLine(number, tuple(cells)) for number, cells in answer)
