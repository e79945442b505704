"""Draw a file in a process of its own: whatever a hostile file does to a library, this process stays as it is."""

import json

from dialogues.drawing import Outline, Size, Undrawable
from recommendations.reading.confined import Failed, run_confined

MOST_WAITED = 20
"""Seconds by the clock; the processor's time is limited in the process itself."""


def outline_apart(content: bytes, media_type: str) -> Outline:
    """As `outline`, apart: with little memory and time, an empty environment, and no way to write a file."""
    pages, sizes = json.loads(_apart(content, media_type, 0))
    return Outline(pages, tuple(Size(*size) for size in sizes))


def draw_apart(content: bytes, media_type: str, page: int) -> bytes:
    """As `draw`, apart."""
    return _apart(content, media_type, page)


def _apart(content: bytes, media_type: str, page: int) -> bytes:
    try:
        return run_confined("dialogues.drawing", media_type, str(page), content=content, most_waited=MOST_WAITED)
    except Failed as error:
        raise Undrawable from error
