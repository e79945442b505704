"""Draw a file in a separate process, so that a hostile file can harm only that process."""

import json

from dialogues.files.previews import Outline, PreviewError, Size
from tiptracker.sandbox.confinement import SandboxRunner

TIMEOUT_SECONDS = 60
"""Seconds of elapsed time. The process itself limits its processor time."""


PREVIEW_MODULE = "dialogues.files.previews"


def read_outline_in_sandbox(content: bytes, media_type: str, *, run: SandboxRunner) -> Outline:
    """Call `read_outline` in the sandbox: little memory and time, an empty environment, and no way to write a file.

    Raises PreviewError, and whatever `run` raises if it can't start.
    """
    pages, sizes = json.loads(_run_in_sandbox(content, media_type, 0, run))
    return Outline(pages, tuple(Size(*size) for size in sizes))


def draw_page_in_sandbox(content: bytes, media_type: str, page: int, *, run: SandboxRunner) -> bytes:
    """Call `draw_page` in the sandbox."""
    return _run_in_sandbox(content, media_type, page, run)


def _run_in_sandbox(content: bytes, media_type: str, page: int, run: SandboxRunner) -> bytes:
    answer = run(PREVIEW_MODULE, media_type, str(page), content=content, timeout_seconds=TIMEOUT_SECONDS)
    if answer is None:
        raise PreviewError
    return answer
