"""Sanitize a file in a separate process, so that a hostile file can harm only that process."""

import json

from dialogues.files.sanitizers.errors import FileRejected, gettext_noop
from dialogues.files.sanitizers.file_types import SanitizedFile
from tiptracker.sandbox.confinement import SandboxRunner

TIMEOUT_SECONDS = 60
"""Seconds of elapsed time. The process itself limits its processor time."""


def sanitize_file_in_sandbox(content: bytes, extension: str, *, run: SandboxRunner) -> SanitizedFile:
    """Call `sanitize_file` in the sandbox: little memory and time, an empty environment, and no way to write a file.

    Raises FileRejected, and whatever `run` raises if it can't start.
    """
    answer = run("dialogues.files.sanitizers", extension, content=content, timeout_seconds=TIMEOUT_SECONDS)
    if answer is None:
        raise FileRejected(
            gettext_noop("“%(name)s” cannot be checked: that takes too long or needs too much memory."),
            gettext_noop("Print the file to a PDF, or make it smaller, then attach it again."),
        )
    first_line, _, cleaned = answer.partition(b"\n")
    head = json.loads(first_line)
    if "sentences" in head:
        raise FileRejected(*head["sentences"], **head["values"])
    return SanitizedFile(head["media_type"], cleaned)
