"""A process for files from outside: how little it may do. `tiptracker.sandbox` starts it.

Whatever a hostile file does to a library that takes it apart, the process that asked stays as it is.
"""

import os
import resource
import sys
from typing import Protocol

MAX_MEMORY_BYTES = 1536 * 1024 * 1024
MAX_CPU_SECONDS = 8
"""Of the processor's time: hardly anything that people send takes one."""
NICENESS = 15
"""How far behind those who serve pages it stands where both want the processor."""
_FORBIDDEN_EVENTS = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "pty.")


class SandboxRunner(Protocol):
    """What runs confined processes: `tiptracker.sandbox.Sandbox`, which says for whom."""

    def __call__(self, module: str, *arguments: str, content: bytes, most_waited: float) -> bytes | None:
        """What `python -m module` answers to `content`, in `most_waited` seconds by the clock; None where it can't."""


def confine(*, most_seconds: int = MAX_CPU_SECONDS, most_memory: int = MAX_MEMORY_BYTES) -> None:
    """From now on: little memory and time, no file written, no connection made, no other program started.

    The last two hold for what Python does; the libraries in C that take files apart have no code to connect with.
    """
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    # At the first a signal says why it ends, at the second it ends whatever it does about the signal.
    resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse_event)


def _refuse_event(event: str, _: object) -> None:
    if event.startswith(_FORBIDDEN_EVENTS):
        raise PermissionError(f"{event} has no place in opening a file")
