"""Draw a file in a process of its own: whatever a hostile file does to a library, this process stays as it is."""

import json
import logging
import subprocess
import sys
from pathlib import Path

from dialogues.drawing import Outline, Size, Undrawable

logger = logging.getLogger(__name__)

MOST_WAITED = 20
"""Seconds by the clock; the processor's time is limited in the process itself."""
_TOP = Path(__file__).resolve().parents[2]


def outline_apart(content: bytes, media_type: str) -> Outline:
    """As `outline`, apart: with little memory and time, an empty environment, and no way to write a file."""
    pages, sizes = json.loads(_apart(content, media_type, 0))
    return Outline(pages, tuple(Size(*size) for size in sizes))


def draw_apart(content: bytes, media_type: str, page: int) -> bytes:
    """As `draw`, apart."""
    return _apart(content, media_type, page)


def _apart(content: bytes, media_type: str, page: int) -> bytes:
    command = [sys.executable, "-B", "-m", "dialogues.drawing", media_type, str(page)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own command
            command, input=content, capture_output=True, cwd=_TOP, env={}, timeout=MOST_WAITED, check=True
        )
    except subprocess.SubprocessError as error:
        told = (getattr(error, "stderr", None) or b"").decode(errors="replace")[-2000:]
        logger.warning("A file could not be drawn: %s %s", error, told)
        raise Undrawable from error
    return done.stdout
