"""Draw a file in a process of its own: whatever a hostile file does to a library, this process stays as it is."""

import json

from dialogues.files.previews import Outline, PreviewError, Size
from tiptracker.sandbox.confinement import SandboxRunner

TIMEOUT_SECONDS = 60
"""Seconds by the clock; the processor's time is limited in the process itself."""


PREVIEW_MODULE = "dialogues.files.previews"


def read_outline_in_sandbox(content: bytes, media_type: str, *, run: SandboxRunner) -> Outline:
    """As `outline`, apart: with little memory and time, an empty environment, and no way to write a file.

    Raises Undrawable, and whatever `run` does where it can't begin.
    """
    pages, sizes = json.loads(_run_in_sandbox(content, media_type, 0, run))
    return Outline(pages, tuple(Size(*size) for size in sizes))


def draw_page_in_sandbox(content: bytes, media_type: str, page: int, *, run: SandboxRunner) -> bytes:
    """As `draw`, apart."""
    return _run_in_sandbox(content, media_type, page, run)


def _run_in_sandbox(content: bytes, media_type: str, page: int, run: SandboxRunner) -> bytes:
    answer = run(PREVIEW_MODULE, media_type, str(page), content=content, most_waited=TIMEOUT_SECONDS)
    if answer is None:
        raise PreviewError
    return answer
