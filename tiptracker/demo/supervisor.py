"""Run the web server and the worker as children of one process, and leave none of them behind. No Django here."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

PR_SET_PDEATHSIG = 1
SECONDS_TO_STOP = 10.0
MIN_UPTIME_SECONDS = 10.0
"""Whoever ends sooner after its start would only end again."""


def web_command(host: str, port: int) -> list[str]:
    """Granian with one worker process: so the demonstration and the journeys run it; production has more of them."""
    where = ["--host", host, "--port", str(port)]
    more = ["--http", "1", "--no-ws", "--workers", "1", "--respawn-failed-workers", "--workers-kill-timeout", "3"]
    return [sys.executable, "-m", "granian", "--interface", "asginl", *where, *more, "tiptracker.asgi:application"]


def worker_command(*, with_beat: bool, queues: str = "celery") -> list[str]:
    """One Celery worker of `queues` that does one thing at a time; `with_beat`, it keeps the schedule too."""
    beat = ["--beat"] if with_beat else []
    return [*_WORKER_COMMAND, "--pool", "solo", "--queues", queues, *beat, *_QUIET_OPTIONS]


def mail_worker_command() -> list[str]:
    """The Celery worker that sends mails: four at a time, so that one which is not answered holds up no other."""
    return [
        *_WORKER_COMMAND,
        "--pool",
        "threads",
        "--concurrency",
        "4",
        "--queues",
        "mail",
        "--hostname",
        "mail@%h",
        *_QUIET_OPTIONS,
    ]


_WORKER_COMMAND = [sys.executable, "-m", "celery", "--app", "tiptracker", "worker"]
_QUIET_OPTIONS = ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]


def die_with_parent(parent: int) -> None:
    """Have the kernel send this process SIGTERM as soon as process `parent`, its parent, is gone (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it went before the kernel was asked
        os.kill(os.getpid(), signal.SIGTERM)


class StopRequested(Exception):
    """Somebody asked this process to end."""


def stop_on_signals() -> None:
    """Make Ctrl-C, SIGTERM and a closed terminal raise Stopped in the main thread."""

    def stop(*_: object) -> None:
        raise StopRequested

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


@dataclass(frozen=True)
class ChildProcess:
    """A running process, the leader of its own group, its command, since when it runs, and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    command: Sequence[str]
    started_at: float

    def last_lines(self, count: int = 15) -> str:
        """The end of what it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


@dataclass
class Supervisor:
    """Starts children, tells when one has died, and stops them all on the way out, however it is left.

    Each child leads a group of its own, so that Ctrl-C reaches only the supervisor and no grandchild outlives its
    parent; where the supervisor itself is killed, the kernel tells the children.
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str]) -> ChildProcess:
        """Run `command`; what it says goes to the end of `name`.log, which the supervisor begins anew."""
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

    def dead(self) -> ChildProcess | None:
        """The first child that has ended, if any."""
        return next((child for child in self.children if child.process.poll() is not None), None)

    def watch(self, *, again: Collection[str] = ()) -> ChildProcess:
        """Wait until a child ends, and give it; one named in `again` is started anew, if it had stood for a while.

        What a worker was doing is a row, and is done again.
        """
        while True:
            while (child := self.dead()) is None:
                time.sleep(0.2)
            if child.name not in again or time.monotonic() - child.started_at < MIN_UPTIME_SECONDS:
                return child
            self.children.remove(child)
            self.start(child.name, child.command)

    def stop(self) -> None:
        """Ask all to end, and after a while end whatever is left of their groups."""
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
