"""An installation without a record, on its own PostgreSQL and Redis, whose parts fail while jobs are asked for.

Jobs are probes (`tests.performance.job_probes.long_probe`). Each leaves a line when it is asked for, begun and done, so
that lost and doubled ones are counted from what happened, not from what the application believes.
"""

import os
import re
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from tests.performance.faults import BASE_DIR, BIN, Installation, wait_for, web_command, worker_command

PROBES = "tests.performance.job_probes"
SENDING = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d[,.]\d+).*Sending due task ([\w-]+)")
TAKES_OVER = "This process keeps the schedule."
SHORTEST_PAUSES = {
    name: timedelta(seconds=seconds / 2)
    for name, seconds in {"waiting-jobs": 5, "current-briefings": 30, "notices": 60}.items()
}
UNSAVED_SECONDS = 1.0
"""A process that was killed so soon after the end of a job had not saved it."""
MOST_SECONDS = 180.0
"""Seconds after which a job that was not done counts as lost."""


class Outcome(NamedTuple):
    """What came of the jobs that were asked for."""

    asked: int
    lost: int
    doubled: int
    unsaved: int
    """Jobs whose process was killed after the work and before its end was saved. They are done again, as they must."""
    at_once: int
    """Jobs that two living processes had at the same time."""
    longest: float
    """Seconds from when a job was asked for until it was done."""


class JobInstallation(Installation):
    """PostgreSQL, Redis, a worker and the schedule. `web` is started only where it is asked for."""

    def _start(self) -> None:
        self._has_web = bool(self._more.pop("WEB", ""))
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir()
        self._more["TMPDIR"] = str(self.temporary)
        self.clock = self.folder / "clock"
        self.hours = 0
        if self._more.pop("MOVABLE_CLOCK", ""):
            libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
            if not libraries:
                raise SystemExit("faults: there is no faketime here: apt-get install faketime")
            # The clock of our own processes; what they wait for and what they measure goes on as it is.
            self._put_clock(0)
            self._more |= {
                "LD_PRELOAD": str(libraries[0]),
                "FAKETIME_TIMESTAMP_FILE": str(self.clock),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1",
            }
        super()._start()

    def _put_clock(self, hours: int) -> None:
        part = self.clock.with_suffix(".new")
        part.write_text(f"{hours:+d}h")
        part.replace(self.clock)

    def fill(self) -> None:
        """Leave the record empty."""

    def start_services(self) -> None:
        """Start the worker and the schedule, and a process that asks for jobs."""
        if self._has_web:
            self.web = self.running(self.process("web", web_command(), port=self.port))
        self.killed_at: dict[int, float] = {}
        self.worker = self.running(self.process("worker", [*worker_command(), "--include", PROBES]))
        self.beats = [self.running(self.process("beat", worker_command("beat")))]
        self.sender = self._start_sender()
        self.ask()
        wait_for(lambda: len(self.lines("done")) == 1, "the first job")

    def _start_sender(self) -> subprocess.Popen[str]:
        send = f"import django; django.setup(); from {PROBES} import send_on_request; send_on_request()"
        with (self.folder / "sender.log").open("ab") as log:
            process = subprocess.Popen(
                [str(BIN / "python"), "-c", send],
                env=self.environment,
                cwd=BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._stack.enter_context(process)  # closes its pipes, and waits for its end
        self._stack.callback(process.kill)
        return process

    def start_what_ended(self) -> None:
        """Start a service again that has ended by itself, as an engine does."""
        for service in (self.worker, *self.beats):
            if service.process and service.process.poll() is not None:
                self.killed_at |= {service.process.pid: time.monotonic()}
                service.start()

    def ask(self, count: int = 1, *, silently: bool = False) -> None:
        """Ask for jobs; returns once they are committed."""
        self.start_what_ended()
        for _ in range(count):
            self._tell_sender("silent" if silently else "job")

    def look_for_lost_jobs(self) -> None:
        """Look once, as the schedule does every ten seconds."""
        self._tell_sender("look")

    def _tell_sender(self, line: str) -> None:
        assert self.sender.stdin
        assert self.sender.stdout
        self.sender.stdin.write(f"{line}\n")
        self.sender.stdin.flush()
        if not self.sender.stdout.readline():
            raise SystemExit(f"faults: no more jobs can be asked for: {(self.folder / 'sender.log').read_text()}")

    def lines(self, name: str) -> list[list[str]]:
        """What the probes noted."""
        path = self.folder / "var" / name
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            return list(connection.execute(statement))  # type: ignore[call-overload]

    # --- Faults -------------------------------------------------------------------------------------------------------

    def wait_for_first_runs(self) -> list[int]:
        """Wait until jobs run for their first time, and no others; gives the processes that have them."""
        found: list[int] = []

        def are_running() -> bool:
            ended = {tuple(line[:2]) for line in self.lines("done")}
            times = Counter(job for job, *_ in self.lines("begun"))
            running = [
                (job, int(pid), float(moment))
                for job, pid, moment in self.lines("begun")
                if (job, pid) not in ended and int(pid) not in self.killed_at
            ]
            found[:] = [pid for _, pid, _ in running]
            # One that is about to end would be killed in the next job, which may be another's second run.
            earliest = time.monotonic() - 0.3
            return bool(running) and all(times[job] == 1 and moment > earliest for job, _, moment in running)

        for _ in range(20):
            with suppress(SystemExit):
                wait_for(are_running, "a job to kill", seconds=3)
                return found
            self.ask()  # the jobs of this trial ended beside lost ones of the trial before
        raise SystemExit("faults: no job could be killed in its first run within a minute.")

    def kill_child(self) -> None:
        """Kill a process of the worker in the middle of a job."""
        pid = self.wait_for_first_runs()[0]
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.killed_at[pid] = time.monotonic()

    def kill_worker(self) -> None:
        """Kill the worker with all of its processes in the middle of jobs, and start it again as an engine does."""
        self.wait_for_first_runs()
        killed = self.worker.family  # also one that begins a job just now
        self.worker.kill()
        self.killed_at |= dict.fromkeys(killed, time.monotonic())
        self.worker.start()

    def kill_beat(self) -> None:
        self.beats[0].kill()
        self.beats[0].start()

    def kill_beat_at_work(self) -> None:
        """Kill the one of two processes that keeps the schedule, wait until the other does, and start it again."""
        if len(self.beats) == 1:
            self.beats.append(self.running(self.process("second-beat", worker_command("beat"))))
        at_work = self.beats[0]
        told = self.takeovers()
        at_work.kill()
        wait_for(lambda: self.takeovers() > told, "the other schedule")
        at_work.start()
        self.beats.reverse()

    def empty_redis(self) -> None:
        subprocess.run(
            ["redis-cli", "-p", str(self.redis.port), "FLUSHALL"], check=True, stdout=subprocess.DEVNULL, timeout=10
        )

    def restart_redis(self) -> None:
        """Kill Redis. It comes back empty."""
        self.redis.kill()
        self.redis.start()

    def put_clock_back(self) -> None:
        """Put the clock of all of our processes back by an hour."""
        self.hours -= 1
        self._put_clock(self.hours)

    def restart_postgres(self) -> None:
        """Kill PostgreSQL with all sessions, those that are begun meanwhile too, and start it again."""
        self.postgres.freeze()
        self.postgres.kill()
        (self.postgres.folder / "postgres" / "postmaster.pid").unlink(missing_ok=True)
        self.postgres.start()

    # --- What came of it ----------------------------------------------------------------------------------------------

    def are_only_lost_left(self) -> bool:
        """Whether the only jobs that are not done are those whose process was killed."""
        left = self.query("SELECT id, state FROM jobs_job WHERE kind = 'long_probe' AND state <> 'ready'")
        last = {int(job): int(pid) for job, pid, _ in self.lines("begun")}
        return all(state == "running" and last.get(job) in self.killed_at for job, state in left)

    def are_all_taken(self) -> bool:
        """Whether no job waits for a worker."""
        return not self.query("SELECT 1 FROM jobs_job WHERE state = 'queued'")

    def unfinished(self) -> int:
        """How many jobs are not done."""
        self.start_what_ended()
        return int(self.query("SELECT count(*) FROM jobs_job WHERE kind = 'long_probe' AND state <> 'ready'")[0][0])

    def outcome(self) -> Outcome:
        """Wait until all jobs are done, or for as long as somebody would, and count."""
        with suppress(SystemExit):
            wait_for(lambda: not self.unfinished(), "all jobs", seconds=MOST_SECONDS)
        keys = dict(self.query("SELECT id, key FROM jobs_job WHERE kind = 'long_probe'"))
        asked = {key: float(moment) for key, moment in self.lines("asked")}
        ended: dict[str, list[float]] = defaultdict(list)
        was_saved: dict[str, list[bool]] = defaultdict(list)
        for job, pid, moment in sorted(self.lines("done"), key=lambda line: float(line[2])):
            ended[keys[int(job)]].append(float(moment))
            was_saved[job].append(not 0 <= self.killed_at.get(int(pid), 0.0) - float(moment) < UNSAVED_SECONDS)
        done_again = [saved for times in was_saved.values() for saved in times[:-1]]
        return Outcome(
            asked=len(asked),
            lost=len(asked.keys() - ended.keys()) + self.unfinished(),
            doubled=sum(done_again),
            unsaved=len(done_again) - sum(done_again),
            at_once=sum(self._overlaps()),
            longest=max(min(moments) - asked[key] for key, moments in ended.items() if key in asked),
        )

    def takeovers(self) -> int:
        """How many times a process began to keep the schedule."""
        return sum(beat.log.read_text().count(TAKES_OVER) for beat in self.beats if beat.log.exists())

    def doubled_by_schedule(self) -> int:
        """How many messages of the schedule came sooner after the one before than half of their interval."""
        sent = defaultdict(list)
        for beat in self.beats:
            for moment, entry in SENDING.findall(beat.log.read_text(errors="replace")):
                sent[entry].append(datetime.fromisoformat(moment.replace(",", ".")))
        doubled = 0
        for entry, moments in sent.items():
            moments.sort()
            shortest = SHORTEST_PAUSES.get(entry, timedelta())
            doubled += sum(later - earlier < shortest for earlier, later in pairwise(moments))
        return doubled

    def _overlaps(self) -> Iterator[bool]:
        """Whether each job had two living processes at the same time."""
        ends: dict[tuple[str, str], list[float]] = defaultdict(list)
        for job, pid, moment in self.lines("done"):
            ends[job, pid].append(float(moment))
        runs: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for job, pid, moment in self.lines("begun"):
            end = ends[job, pid].pop(0) if ends[job, pid] else self.killed_at.get(int(pid), float("inf"))
            runs[job].append((float(moment), end))
        for spans in runs.values():
            spans.sort()
            yield any(later[0] < earlier[1] for earlier, later in pairwise(spans))
