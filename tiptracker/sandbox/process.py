"""Run a confined process and return its answer, its exit code and its processor time."""

import os
import selectors
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_CHUNK_BYTES = 64 * 1024
_MAX_ERROR_BYTES = 64 * 1024
"""Bytes kept of the error output of a process. The rest is discarded."""


class ProcessResult(NamedTuple):
    """Result of a process: answer, error output, exit code (negative: the signal) and processor seconds.

    `is_late` means that it was killed for exceeding the time limit; `is_too_much`, for an answer that was too long.
    """

    answer: bytes
    errors: str
    code: int
    seconds: float
    is_late: bool = False
    is_too_much: bool = False


def run_process(
    command: Sequence[str],
    content: bytes,
    *,
    folder: Path,
    most_waited: float,
    most_answered: int,
    inherited_files: Sequence[int] = (),
) -> ProcessResult:
    """Run `command` with `content` on its standard input and an empty environment, and wait for its end.

    Args:
        most_waited: time limit in seconds by the clock.
        most_answered: maximum length of the answer in bytes.
        held: open files that stay locked while the process runs, even if this process ends first.
    """
    process = subprocess.Popen(  # noqa: S603 -- our own command
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={},
        pass_fds=inherited_files,
    )
    conversation = _ProcessPipes(process, content, most_answered)
    try:
        is_finished = conversation.hold(time.monotonic() + most_waited)
    finally:
        if not conversation.is_over:
            process.kill()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        conversation.close()
    return ProcessResult(
        answer=bytes(conversation.answer),
        errors=conversation.errors.decode(errors="replace"),
        code=process.returncode,
        seconds=used.ru_utime + used.ru_stime,
        is_late=not is_finished and not conversation.is_too_much,
        is_too_much=conversation.is_too_much,
    )


class _ProcessPipes:
    """The pipes to and from a process, written and read as data arrives."""

    def __init__(self, process: subprocess.Popen[bytes], content: bytes, most_answered: int) -> None:
        if not (process.stdin and process.stdout and process.stderr):  # pragma: no cover -- they are asked for
            raise ValueError("a process without pipes")
        self.stdin, self.stdout, self.stderr = process.stdin, process.stdout, process.stderr
        self.end = os.pidfd_open(process.pid)
        self.left = memoryview(content)
        self.answer, self.errors = bytearray(), bytearray()
        self.most_answered = most_answered
        self.is_over = self.is_too_much = False

    def hold(self, until: float) -> bool:
        """Exchange data until the process ends. Return whether it ended by itself and within the limits."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.end, selectors.EVENT_READ)
            for pipe, event in (
                (self.stdin, selectors.EVENT_WRITE),
                (self.stdout, selectors.EVENT_READ),
                (self.stderr, selectors.EVENT_READ),
            ):
                os.set_blocking(pipe.fileno(), False)
                waiting.register(pipe, event)
            while {self.stdout, self.stderr, self.end} & {key.fileobj for key in waiting.get_map().values()}:
                ready = waiting.select(max(until - time.monotonic(), 0))
                if not ready or self.is_too_much:
                    return False
                for key, _ in ready:
                    if self._is_finished(key.fileobj):
                        waiting.unregister(key.fileobj)
        self.is_over = True
        return True

    def _is_finished(self, pipe: object) -> bool:
        if pipe is self.stdin:
            return self._write()
        if pipe is self.end:
            return True
        into = self.answer if pipe is self.stdout else self.errors
        piece = os.read(self.stdout.fileno() if pipe is self.stdout else self.stderr.fileno(), _CHUNK_BYTES)
        if pipe is self.stdout:
            self.is_too_much = len(into) + len(piece) > self.most_answered
        elif len(into) > _MAX_ERROR_BYTES:
            del into[:_CHUNK_BYTES]
        into += piece
        return not piece

    def _write(self) -> bool:
        try:
            self.left = self.left[os.write(self.stdin.fileno(), self.left[:_CHUNK_BYTES]) :]
        except BrokenPipeError:  # the process has ended or reads no more
            self.left = self.left[:0]
        if not self.left:
            self.stdin.close()
        return not self.left

    def close(self) -> None:
        os.close(self.end)
        for pipe in (self.stdin, self.stdout, self.stderr):
            pipe.close()
