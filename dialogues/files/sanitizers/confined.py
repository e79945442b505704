"""Clean a file in a process of its own: whatever a hostile file does to a library, this process stays as it is."""

import json

from dialogues.files.sanitizers.errors import Unclean
from dialogues.files.sanitizers.file_types import Cleaned
from tiptracker.sandbox.confinement import Run

MOST_WAITED = 60
"""Seconds by the clock; the processor's time is limited in the process itself."""


def clean_apart(content: bytes, extension: str, *, run: Run) -> Cleaned:
    """As `clean`, apart: with little memory and time, an empty environment, and no way to write a file.

    Raises Unclean, and whatever `run` does where it can't begin.
    """
    answer = run("dialogues.files.sanitizers", extension, content=content, most_waited=MOST_WAITED)
    if answer is None:
        raise Unclean(
            "can't be opened here: it takes too long or too much room. Print it to a PDF, or save it smaller, then "
            "choose it again."
        )
    head, _, cleaned = answer.partition(b"\n")
    said = json.loads(head)
    if "refusal" in said:
        raise Unclean(said["refusal"])
    return Cleaned(said["media_type"], cleaned)
