"""A process for files from outside: how little it may do, and how it is started.

Whatever a hostile file does to a library that takes it apart, the process that asked stays as it is.
"""

import logging
import resource
import subprocess
import sys
from pathlib import Path

MOST_MEMORY = 1536 * 1024 * 1024
MOST_SECONDS = 10
"""Of the processor's time: hardly anything that people send takes one."""
_WAYS_OUT = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "pty.")
_TOP = Path(__file__).resolve().parents[2]

logger = logging.getLogger(__name__)


class Failed(Exception):
    """The process ended without an answer, or took too long."""


def run_confined(module: str, *arguments: str, content: bytes, most_waited: float) -> bytes:
    """What `python -m module`, which confines itself, answers to `content`, in `most_waited` seconds; raises Failed.

    It has an empty environment; its processor time, which is what others can't slow down, it limits itself.
    """
    command = [sys.executable, "-B", "-m", module, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 -- our own command
            command, input=content, capture_output=True, cwd=_TOP, env={}, timeout=most_waited, check=True
        )
    except subprocess.SubprocessError as error:
        told = (getattr(error, "stderr", None) or b"").decode(errors="replace")[-2000:]
        logger.warning("A file could not be opened: %s %s", error, told)
        raise Failed from error
    return done.stdout


def confine() -> None:
    """From now on: little memory and time, no file written, no connection made, no other program started.

    The last two hold for what Python does; the libraries in C that take files apart have no code to connect with.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, _: object) -> None:
    if event.startswith(_WAYS_OUT):
        raise PermissionError(f"{event} has no place in opening a file")
