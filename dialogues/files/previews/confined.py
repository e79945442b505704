"""Draw a file in a process of its own: whatever a hostile file does to a library, this process stays as it is."""

import json

from dialogues.files.previews import Outline, Size, Undrawable
from tiptracker.sandbox.confinement import Run

MOST_WAITED = 60
"""Seconds by the clock; the processor's time is limited in the process itself."""


MODULE = "dialogues.files.previews"


def outline_apart(content: bytes, media_type: str, *, run: Run) -> Outline:
    """As `outline`, apart: with little memory and time, an empty environment, and no way to write a file.

    Raises Undrawable, and whatever `run` does where it can't begin.
    """
    pages, sizes = json.loads(_apart(content, media_type, 0, run))
    return Outline(pages, tuple(Size(*size) for size in sizes))


def draw_apart(content: bytes, media_type: str, page: int, *, run: Run) -> bytes:
    """As `draw`, apart."""
    return _apart(content, media_type, page, run)


def _apart(content: bytes, media_type: str, page: int, run: Run) -> bytes:
    answer = run(MODULE, media_type, str(page), content=content, most_waited=MOST_WAITED)
    if answer is None:
        raise Undrawable
    return answer
