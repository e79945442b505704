"""Confine the current process before it opens a file from outside. `tiptracker.sandbox.sandbox` starts it.

Whatever a hostile file does to a library that parses it, the calling process is not affected.
"""

import os
import resource
import sys
from typing import Protocol

MAX_MEMORY_BYTES = 1536 * 1024 * 1024
MAX_CPU_SECONDS = 8
"""Processor seconds. Almost no file that users send needs as much as one."""
NICENESS = 15
"""Low priority, so that processes that serve pages go first."""
_FORBIDDEN_EVENTS = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "pty.")


class SandboxRunner(Protocol):
    """A callable that runs confined processes. `tiptracker.sandbox.sandbox.Sandbox` is one, for a given person."""

    def __call__(self, module: str, *arguments: str, content: bytes, timeout_seconds: float) -> bytes | None:
        """Return what `python -m module` answers to `content`, or None if it fails.

        `timeout_seconds` is the longest time by the clock.
        """


def confine(*, max_seconds: int = MAX_CPU_SECONDS, max_memory: int = MAX_MEMORY_BYTES) -> None:
    """Limit this process from now on: memory, processor time, no written files, no connections, no other programs.

    The last two limits apply to Python code only. The C libraries that parse files have no code to open connections.
    """
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))
    # At the first limit a signal states the reason; at the second the process ends even if it handles the signal.
    resource.setrlimit(resource.RLIMIT_CPU, (max_seconds, max_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse_event)


def _refuse_event(event: str, _: object) -> None:
    if event.startswith(_FORBIDDEN_EVENTS):
        raise PermissionError(f"{event} is not permitted while a file is opened")
