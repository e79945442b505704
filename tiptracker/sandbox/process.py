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

    It was killed if `timed_out` (it ran for longer than the time limit) or `answer_too_long`.
    """

    answer: bytes
    errors: str
    code: int
    seconds: float
    timed_out: bool = False
    answer_too_long: bool = False


def run_process(
    command: Sequence[str],
    content: bytes,
    *,
    folder: Path,
    timeout_seconds: float,
    max_answer_bytes: int,
    inherited_files: Sequence[int] = (),
) -> ProcessResult:
    """Run `command` with `content` on its standard input and an empty environment, and wait for its end.

    Args:
        timeout_seconds: longest time by the clock.
        max_answer_bytes: maximum length of the answer.
        inherited_files: open files that the process inherits. They stay locked until it ends, even if this process
            ends first.
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
    try:
        pipes = _ProcessPipes(process, content, max_answer_bytes)
    except BaseException:  # such as a kernel without pidfd_open
        process.kill()
        process.communicate()
        raise
    try:
        is_finished = pipes.exchange_until(time.monotonic() + timeout_seconds)
    finally:
        if not pipes.is_over:
            process.kill()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        pipes.close()
    return ProcessResult(
        answer=bytes(pipes.answer),
        errors=pipes.errors.decode(errors="replace"),
        code=process.returncode,
        seconds=used.ru_utime + used.ru_stime,
        timed_out=not is_finished and not pipes.answer_too_long,
        answer_too_long=pipes.answer_too_long,
    )


class _ProcessPipes:
    """The pipes to and from a process, written and read as data arrives."""

    def __init__(self, process: subprocess.Popen[bytes], content: bytes, max_answer_bytes: int) -> None:
        if not (process.stdin and process.stdout and process.stderr):  # pragma: no cover -- Popen was told to make them
            raise ValueError("a process without pipes")
        self.stdin, self.stdout, self.stderr = process.stdin, process.stdout, process.stderr
        self.pidfd = os.pidfd_open(process.pid)
        self.unsent = memoryview(content)
        self.answer, self.errors = bytearray(), bytearray()
        self.max_answer_bytes = max_answer_bytes
        self.is_over = self.answer_too_long = False

    def exchange_until(self, deadline: float) -> bool:
        """Exchange data until the process ends or a limit is reached. Return whether it ended by itself.

        `deadline` is a moment of `time.monotonic()`.
        """
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.pidfd, selectors.EVENT_READ)
            for pipe, event in (
                (self.stdin, selectors.EVENT_WRITE),
                (self.stdout, selectors.EVENT_READ),
                (self.stderr, selectors.EVENT_READ),
            ):
                os.set_blocking(pipe.fileno(), False)
                waiting.register(pipe, event)
            while {self.stdout, self.stderr, self.pidfd} & {key.fileobj for key in waiting.get_map().values()}:
                ready = waiting.select(max(deadline - time.monotonic(), 0))
                if not ready or self.answer_too_long:
                    return False
                for key, _ in ready:
                    if self._is_finished(key.fileobj):
                        waiting.unregister(key.fileobj)
        self.is_over = True
        return True

    def _is_finished(self, pipe: object) -> bool:
        if pipe is self.stdin:
            return self._write()
        if pipe is self.pidfd:
            return True
        into = self.answer if pipe is self.stdout else self.errors
        piece = os.read(self.stdout.fileno() if pipe is self.stdout else self.stderr.fileno(), _CHUNK_BYTES)
        if pipe is self.stdout:
            self.answer_too_long = len(into) + len(piece) > self.max_answer_bytes
        elif len(into) > _MAX_ERROR_BYTES:
            del into[:_CHUNK_BYTES]
        into += piece
        return not piece

    def _write(self) -> bool:
        try:
            self.unsent = self.unsent[os.write(self.stdin.fileno(), self.unsent[:_CHUNK_BYTES]) :]
        except BrokenPipeError:  # the process has ended or has stopped reading
            self.unsent = self.unsent[:0]
        if not self.unsent:
            self.stdin.close()
        return not self.unsent

    def close(self) -> None:
        os.close(self.pidfd)
        for pipe in (self.stdin, self.stdout, self.stderr):
            pipe.close()
