"""Clean a file in a process of its own: whatever a hostile file does to a library, this process stays as it is."""

import json
import logging
import subprocess
import sys
from pathlib import Path

from dialogues.cleaning import Cleaned, Unclean

logger = logging.getLogger(__name__)

MOST_WAITED = 30
"""Seconds by the clock; the processor's time is limited in the process itself."""
_TOP = Path(__file__).resolve().parents[2]


def clean_apart(content: bytes, extension: str) -> Cleaned:
    """As `clean`, apart: with little memory and time, an empty environment, and no way to write a file."""
    command = [sys.executable, "-B", "-m", "dialogues.cleaning", extension]
    try:
        done = subprocess.run(  # noqa: S603 -- our own command
            command, input=content, capture_output=True, cwd=_TOP, env={}, timeout=MOST_WAITED, check=True
        )
    except subprocess.SubprocessError as error:
        told = (getattr(error, "stderr", None) or b"").decode(errors="replace")[-2000:]
        logger.warning("A file could not be cleaned: %s %s", error, told)
        raise Unclean(
            "can't be opened here: it takes too long or too much room. Print it to a PDF, or save it smaller, then "
            "choose it again."
        ) from error
    head, _, cleaned = done.stdout.partition(b"\n")
    said = json.loads(head)
    if "refusal" in said:
        raise Unclean(said["refusal"])
    return Cleaned(said["media_type"], cleaned)
