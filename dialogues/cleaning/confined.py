"""How little the process that cleans a file may do."""

import resource
import sys

MOST_MEMORY = 1536 * 1024 * 1024
MOST_SECONDS = 10
"""Of the processor's time: hardly anything that people send takes one."""
_WAYS_OUT = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.spawn", "pty.")


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
        raise PermissionError(f"{event} has no place in cleaning a file")
