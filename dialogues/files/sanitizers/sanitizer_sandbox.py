"""Sanitize a file in a separate process, so that a hostile file can harm only that process."""

import json

from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import SanitizedFile
from tiptracker.sandbox.confinement import SandboxRunner

TIMEOUT_SECONDS = 60
"""Seconds of elapsed time. The process itself limits its processor time."""


def sanitize_file_in_sandbox(content: bytes, extension: str, *, run: SandboxRunner) -> SanitizedFile:
    """Call `sanitize_file` in the sandbox: little memory and time, an empty environment, and no way to write a file.

    Raises FileRejected, and whatever `run` raises if it can't start.
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
