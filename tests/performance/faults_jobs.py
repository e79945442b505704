"""How soon jobs are begun on the embedded default, with four senders on a machine that is busy with something else.

A worker as the demonstration and the journeys run it, on SQLite and the broker in files. Four processes ask for jobs,
each in a transaction that writes something besides, while a loop burns each core. Counted: jobs that were lost, done
twice, or begun more than two seconds after they were asked for or after the job before them ended.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tiptracker.demo.supervisor import worker_command

BASE_DIR = Path(__file__).resolve().parents[2]
NAMES = ("jobs on a busy machine",)
JOBS, SENDERS = 1000, 4
PAUSE = 0.1
"""Seconds between two jobs of a sender: so the worker often has nothing to do, and takes a message as it comes."""
SECONDS_TO_BEGIN = 2.0
PATIENCE = 30.0
"""Seconds without another job done after which those that are missing count as lost."""


@dataclass(frozen=True)
class Measured:
    """What came of the jobs that were asked for."""

    asked: int
    lost: int
    doubled: int
    late: int
    longest: float
    """Seconds from when a job was asked for, or the one before it ended, until it was begun."""


def main() -> None:
    """Measure, and print what came of it."""
    with tempfile.TemporaryDirectory(prefix="tiptracker-jobs-") as folder:
        found = measure(Path(folder), jobs=JOBS)
    sys.stdout.write(
        f"{found.asked} jobs, {SENDERS} senders, both cores busy: {found.lost} lost, {found.doubled} done twice, "
        f"{found.late} begun later than {SECONDS_TO_BEGIN:.0f} s; the longest wait was {found.longest:.2f} s\n"
    )


def measure(folder: Path, *, jobs: int, senders: int = SENDERS, burning: int | None = None) -> Measured:
    """Ask for `jobs` jobs from `senders` processes, all in `folder`, and wait until nothing more is done."""
    environment = os.environ | {
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "REDIS_URL": "",
        "SECRET_KEY": "a key for this measurement alone, which nothing outside it ever sees",
        "LOG_LEVEL": "WARNING",
    }
    python = [sys.executable, "-c"]
    migrate = "from django.core.management import call_command as call; call('migrate', verbosity=0)"
    begin = f"import django; django.setup(); {migrate}"
    subprocess.run([*python, begin], env=environment, cwd=BASE_DIR, check=True)
    log = (folder / "worker.log").open("wb")
    work = [*worker_command(with_beat=False), "--include", "tests.performance.job_probes"]
    with log, running(work, environment, log), burners(os.cpu_count() or 2 if burning is None else burning):
        _send(environment, senders=1, jobs=1)
        _wait(folder, 1)  # until the worker has started
        for name in ("asked", "done"):
            (folder / name).unlink()
        _send(environment, senders=senders, jobs=jobs // senders)
        _wait(folder, jobs // senders * senders)
    return judge(_lines(folder / "asked"), _lines(folder / "done"))


def judge(asked: list[list[float]], done: list[list[float]]) -> Measured:
    """Count, from when each job was asked for (job, moment), begun and ended (job, moment, moment)."""
    asked_at = dict(asked)
    times = Counter(job for job, _, _ in done)
    waits, free_since = [], 0.0
    for job, begun, ended in sorted(done, key=lambda run: run[1]):
        waits.append(begun - max(asked_at.get(job, begun), free_since))
        free_since = max(free_since, ended)
    return Measured(
        asked=len(asked_at),
        lost=len(asked_at.keys() - times.keys()),
        doubled=sum(count - 1 for count in times.values()),
        late=sum(wait > SECONDS_TO_BEGIN for wait in waits),
        longest=max(waits, default=0.0),
    )


def _send(environment: dict[str, str], *, senders: int, jobs: int) -> None:
    send = "import django; django.setup(); from tests.performance.job_probes import send; send({!r}, {}, {})"
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", send.format(f"{senders}-{number}", jobs, PAUSE)], env=environment, cwd=BASE_DIR
        )
        for number in range(senders)
    ]
    ended = [process.wait() for process in begun]
    if any(ended):
        raise RuntimeError("A sender failed. What it said stands above.")


def _wait(folder: Path, wanted: int) -> None:
    """Until so many jobs were done, or no more was for a while."""
    count, since = -1, time.monotonic()
    while count < wanted and time.monotonic() - since < PATIENCE:
        if (now := len(_lines(folder / "done"))) != count:
            count, since = now, time.monotonic()
        time.sleep(0.1)


def _lines(path: Path) -> list[list[float]]:
    return [[float(part) for part in line.split()] for line in path.read_text().splitlines()] if path.exists() else []


@contextmanager
def running(command: list[str], environment: dict[str, str], log: object) -> Iterator[subprocess.Popen[bytes]]:
    """A process, until the end."""
    process = subprocess.Popen(command, env=environment, cwd=BASE_DIR, stdout=log, stderr=log)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def burners(count: int) -> Iterator[None]:
    """So many processes that do nothing but use a core."""
    burning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in burning:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main()
