"""Slots that all processes of a machine share. Each is a locked file, which the kernel frees if its process dies.

A slot is an open file. A process that inherits the file holds the slot too, so a confined process keeps its slot until
it ends.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_POLL_SECONDS = 0.05
"""Seconds between two attempts to get a slot."""


@contextmanager
def acquire_slot(folder: Path, name: str, count: int, *, timeout_seconds: float = 0) -> Iterator[int | None]:
    """Hold one of `count` slots called `name` during the block, or yield None.

    None means that no slot became free within `timeout_seconds`.
    """
    deadline = time.monotonic() + timeout_seconds
    with ExitStack() as stack:
        while (lock := _try_lock_slot(folder, name, count)) is None and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        if lock is not None:
            stack.callback(os.close, lock)
        yield lock


def _try_lock_slot(folder: Path, name: str, count: int) -> int | None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(count):
        file = os.open(folder / f"{name}-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return file
    return None
