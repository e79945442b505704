"""What becomes of jobs while the parts that do them are killed, emptied or restarted, each a hundred times.

Each fault has an installation of its own (`tests.reliability.installation`); two run at the same time. Counted: jobs
that were lost, done twice, done again because their process was killed before it saved the end, or in two living
processes at once; and the longest wait from when a job was asked for until it was done. `make faults ONLY=survival`
runs this alone, `TRIALS=10` fewer of each.
"""

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from tests.performance.faults import is_asked_for, say, wait_for
from tests.reliability.installation import JobInstallation, Outcome

WHOLE = "survival of jobs"
TRIALS = int(os.environ.get("TRIALS") or 100)
GOAL_SECONDS = 60.0


class JobFault(NamedTuple):
    """A fault, and what is asked for just before it. `silently`: only the schedule can find these jobs."""

    name: str
    inject: Callable[[JobInstallation], None]
    jobs: int = 2
    silently: bool = False
    pause: float = 0.3
    settles: bool = False
    """Whether to wait after each trial until a worker has taken all jobs, so that none waits for the next trial."""
    more: Mapping[str, str] = {}


JOB_FAULTS = [
    JobFault("process of the worker killed in a job", JobInstallation.kill_child, settles=True),
    JobFault("worker killed in jobs", JobInstallation.kill_worker, settles=True),
    JobFault("beat killed", JobInstallation.kill_beat, silently=True, settles=True),
    JobFault("Redis emptied", JobInstallation.empty_redis, jobs=3, pause=2.5),
    JobFault("Redis killed, back empty", JobInstallation.restart_redis, jobs=4, pause=3.0),
    JobFault("PostgreSQL killed in jobs", JobInstallation.restart_postgres, jobs=4, pause=3.0),
    JobFault(
        "clock put back by an hour",
        JobInstallation.put_clock_back,
        silently=True,
        pause=7.0,
        more={"MOVABLE_CLOCK": "yes"},
    ),
    JobFault("of two beats, the one at work killed", JobInstallation.kill_beat_at_work, silently=True, settles=True),
]


NAMES = (WHOLE, *(fault.name for fault in JOB_FAULTS))


def try_fault(fault: JobFault, trials: int) -> tuple[Outcome, int]:
    """Inject a fault so many times while jobs are asked for. Gives what became of them, and of the schedule."""
    with JobInstallation(**fault.more) as installation:
        for _ in range(trials):
            installation.ask(fault.jobs, silently=fault.silently)
            fault.inject(installation)
            time.sleep(fault.pause)
            if fault.settles:
                wait_for(installation.are_all_taken, f"a worker for all jobs with “{fault.name}”", seconds=180)
        return installation.outcome(), installation.doubled_by_schedule()


def main() -> None:
    """Print the table; SystemExit where a job was lost or doubled, or waited longer than the goal."""
    faults = [fault for fault in JOB_FAULTS if is_asked_for(fault.name, WHOLE)]
    say(f"\nJobs survive: {TRIALS} trials of each fault")
    say(
        f"{'fault':<40}{'jobs':>6}{'lost':>6}{'twice':>7}{'unsaved':>9}{'at once':>9}{'sent twice':>12}"
        f"{'longest wait, s':>17}"
    )
    wrong = []
    with ThreadPoolExecutor(2) as pool:
        for fault, (found, sent_twice) in zip(
            faults, pool.map(lambda fault: try_fault(fault, TRIALS), faults), strict=True
        ):
            say(
                f"{fault.name:<40}{found.asked:>6}{found.lost:>6}{found.doubled:>7}{found.unsaved:>9}{found.at_once:>9}"
                f"{sent_twice:>12}{found.longest:>17.1f}"
            )
            if found.lost or found.doubled or found.at_once or sent_twice or found.longest > GOAL_SECONDS:
                wrong.append(fault.name)
    if wrong:
        raise SystemExit(f"faults: jobs were lost, doubled or late with: {', '.join(wrong)}. The table says which.")


if __name__ == "__main__":
    main()
