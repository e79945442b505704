"""Workbooks are read in a process of their own: the library that takes them apart is written for sound ones. Pure."""

import json

from recommendations.importing.tables.cells import Line
from tiptracker.errors import Refused
from tiptracker.sandbox.confinement import Run

_MOST_WAITED = 60
"""Seconds by the clock; the processor's time is limited in the process itself."""


def read_workbook_apart(content: bytes, *, run: Run) -> tuple[Line, ...]:
    """The lines of the one sheet that holds something; raises Refused."""
    answered = run("recommendations.importing.tables", content=content, most_waited=_MOST_WAITED)
    if answered is None:
        raise Refused(
            "The workbook takes too long or too much room to open. Copy the list alone into a new one.", field="file"
        )
    answer = json.loads(answered)
    if isinstance(answer, str):
        raise Refused(answer, field="file")
    return tuple(Line(number, tuple(cells)) for number, cells in answer)
