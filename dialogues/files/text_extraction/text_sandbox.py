"""Read the text of a file in a separate process, so that a hostile file can harm only that process."""

import json

from tiptracker.sandbox.confinement import SandboxRunner

TIMEOUT_SECONDS = 60
"""Seconds of elapsed time. The process itself limits its processor time."""


def extract_pages_in_sandbox(content: bytes, media_type: str, *, run: SandboxRunner) -> list[str]:
    """Call `extract_pages` in the sandbox. A file that can't be read has one empty page: it is found by its name alone.

    Raises whatever `run` raises if it can't start.
    """
    answer = run("dialogues.files.text_extraction", media_type, content=content, timeout_seconds=TIMEOUT_SECONDS)
    return [str(page) for page in json.loads(answer)] if answer is not None else [""]
