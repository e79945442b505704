"""Clean a file in a process of its own: whatever a hostile file does to a library, this process stays as it is."""

import json

from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import SanitizedFile
from tiptracker.sandbox.confinement import SandboxRunner

TIMEOUT_SECONDS = 60
"""Seconds by the clock; the processor's time is limited in the process itself."""


def sanitize_file_in_sandbox(content: bytes, extension: str, *, run: SandboxRunner) -> SanitizedFile:
    """As `clean`, apart: with little memory and time, an empty environment, and no way to write a file.

    Raises Unclean, and whatever `run` does where it can't begin.
    """
    answer = run("dialogues.files.sanitizers", extension, content=content, most_waited=TIMEOUT_SECONDS)
    if answer is None:
        raise FileRejected(
            "can't be opened here: it takes too long or too much room. Print it to a PDF, or save it smaller, then "
            "choose it again."
        )
    head, _, cleaned = answer.partition(b"\n")
    said = json.loads(head)
    if "refusal" in said:
        raise FileRejected(said["refusal"])
    return SanitizedFile(said["media_type"], cleaned)
