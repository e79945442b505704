"""Run the web server and the workers as children of one process, and stop them all at the end. No Django here."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tiptracker.infrastructure.child_process import die_with_parent

SECONDS_TO_STOP = 10.0
MIN_UPTIME_SECONDS = 10.0
"""A child that ends sooner after its start is not restarted, because it would end again."""


def web_command(host: str, port: int) -> list[str]:
    """Return the command for Granian with one worker process. Production runs more of them."""
    address = ["--host", host, "--port", str(port)]
    options = ["--http", "1", "--no-ws", "--workers", "1", "--respawn-failed-workers", "--workers-kill-timeout", "3"]
    return [sys.executable, "-m", "granian", "--interface", "asginl", *address, *options, "tiptracker.asgi:application"]


def worker_command(*, with_beat: bool, queues: str = "celery") -> list[str]:
    """Return the command for one Celery worker of `queues` that runs one task at a time.

    With `with_beat` it also runs the schedule.
    """
    beat = ["--beat"] if with_beat else []
    return [*_WORKER_COMMAND, "--pool", "solo", "--queues", queues, *beat, *_QUIET_OPTIONS]


def mail_worker_command() -> list[str]:
    """Return the command for the Celery worker that sends mails.

    It sends four at a time, so that one slow mail server does not delay the others.
    """
    threads = ["--pool", "threads", "--concurrency", "4"]
    return [*_WORKER_COMMAND, *threads, "--queues", "mail", "--hostname", "mail@%h", *_QUIET_OPTIONS]


_WORKER_COMMAND = [sys.executable, "-m", "celery", "--app", "tiptracker", "worker"]
_QUIET_OPTIONS = ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]


class StopRequested(BaseException):
    """A signal asked this process to stop. No handler of errors stops it on its way."""


def stop_on_signals() -> None:
    """Make Ctrl-C, SIGTERM and a closed terminal raise StopRequested in the main thread."""

    def stop(*_: object) -> None:
        raise StopRequested

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


@dataclass(frozen=True)
class ChildProcess:
    """A running child process, which leads its own process group."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    command: Sequence[str]
    started_at: float

    def last_lines(self, count: int = 15) -> str:
        """Return the last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


@dataclass
class Supervisor:
    """Start child processes, notice when one ends, and stop all of them on exit.

    Each child leads its own process group. Ctrl-C therefore reaches only the supervisor, and no grandchild outlives its
    parent. If the supervisor itself is killed, the kernel signals the children.
    """

    environment: Mapping[str, str]
    folder: Path
    logs: Path
    children: list[ChildProcess] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.unlink()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str]) -> ChildProcess:
        """Run `command` and append its output to `name`.log. The supervisor deletes old logs when it starts."""
        log, parent = self.logs / f"{name}.log", os.getpid()
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 -- our own commands
                command,
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509 -- no threads here yet
            )
        child = ChildProcess(name, process, log, command, time.monotonic())
        self.children.append(child)
        return child

    def find_ended_child(self) -> ChildProcess | None:
        """Return the first child that has ended, if any."""
        return next((child for child in self.children if child.process.poll() is not None), None)

    def watch(self, *, restart: Collection[str] = ()) -> ChildProcess:
        """Wait until a child ends and return it.

        A child named in `restart` is restarted instead, if it ran for at least MIN_UPTIME_SECONDS. Unfinished jobs of a
        worker are rows, so they run again.
        """
        while True:
            while (child := self.find_ended_child()) is None:
                time.sleep(0.2)
            if child.name not in restart or time.monotonic() - child.started_at < MIN_UPTIME_SECONDS:
                return child
            self.children.remove(child)
            self.start(child.name, child.command)

    def stop(self) -> None:
        """Ask all children to end, and kill what is left of their process groups after SECONDS_TO_STOP."""
        for child in self.children:
            with suppress(ProcessLookupError):
                child.process.terminate()
        give_up_at = time.monotonic() + SECONDS_TO_STOP
        for child in self.children:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, give_up_at - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self.children.clear()
