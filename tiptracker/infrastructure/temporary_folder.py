"""A folder for the temporary files of a process, which the next process removes if this one is killed. No Django here.

A process that is killed cannot clean up. Its folder is locked for as long as it lives, and the kernel frees the lock.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

_PREFIX = f"tiptracker-process-{os.getuid()}-"


def use_own_folder() -> Path:
    """Let this process create its temporary files in a folder of its own. Remove those of processes that are gone.

    The lock is kept until the process ends. Call it after a fork, so that no other process has the lock too.
    """
    remove_abandoned_folders()
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_common_folder()))
        if _lock(folder) is not None and folder.exists():  # nobody took it for an abandoned one in between
            tempfile.tempdir = str(folder)
            return folder


def remove_own_folder() -> None:
    """Remove the folder of this process, which is about to end."""
    folder = Path(tempfile.gettempdir())
    tempfile.tempdir = str(_common_folder())
    if folder != _common_folder():
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned_folders() -> int:
    """Remove the folders of processes that are gone, and return how many."""
    removed = 0
    for folder in _common_folder().glob(f"{_PREFIX}*"):
        if (lock := _lock(folder)) is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
            removed += 1
    return removed


@cache
def _common_folder() -> Path:
    """Return the folder for the temporary files of all processes, as it was before this process had its own."""
    return Path(tempfile.gettempdir())


def _lock(folder: Path) -> int | None:
    """Return the folder as a locked file, or None if somebody else has the lock or the folder is gone."""
    with suppress(FileNotFoundError):
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return file
    return None
