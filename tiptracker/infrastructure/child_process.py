"""Let a process end with the one that started it. No Django here.

As a program, it replaces itself by another Python program that ends with its parent. So a process with several threads
needs to run nothing of its own between fork and exec.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Let the kernel send this process SIGTERM as soon as its parent, process `parent`, ends (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # the parent ended before the call
        os.kill(os.getpid(), signal.SIGTERM)


def child_command(arguments: Sequence[str]) -> list[str]:
    """Return the command for a Python program that ends with this process."""
    return [sys.executable, "-m", "tiptracker.infrastructure.child_process", str(os.getpid()), *arguments]


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])  # noqa: S606 -- our own command
