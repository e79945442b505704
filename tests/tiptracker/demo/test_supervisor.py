import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tiptracker.demo.supervisor import Supervisor

SLEEP_SCRIPT = "import time; time.sleep(60)"
SLEEPER = [sys.executable, "-c", SLEEP_SCRIPT]
PROCESS_WITH_CHILD = [
    sys.executable,
    "-c",
    f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP_SCRIPT!r}]); time.sleep(60)",
]
SHORT_PROCESS = [sys.executable, "-c", "print('I could not go on'); raise SystemExit(3)"]
SUPERVISOR = """
import os, sys, time
from pathlib import Path
from tiptracker.demo.supervisor import Supervisor, stop_on_signals
stop_on_signals()
with Supervisor(dict(os.environ), Path.cwd(), Path(sys.argv[1])) as supervisor:
    supervisor.start("one", [sys.executable, "-c", "import time; time.sleep(60)"])
    supervisor.start("two", [sys.executable, "-c", "import time; time.sleep(60)"])
    print("started", flush=True)
    time.sleep(60)
"""


def processes_with(mark):
    """The ids of running processes that have MARK=`mark` in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            is_dead = "\nState:\tZ" in (folder / "status").read_text()
        except OSError:
            continue
        if f"MARK={mark}".encode() in environment.split(b"\0") and not is_dead:
            found.append(int(folder.name))
    return sorted(found)


def wait_until_gone(mark, *, seconds=30):
    give_up_at = time.monotonic() + seconds
    while left := processes_with(mark):
        assert time.monotonic() < give_up_at, f"still running: {left}"
        time.sleep(0.05)


@pytest.fixture
def process_mark(tmp_path):
    return f"supervision-{tmp_path}"


@pytest.fixture
def supervisor(tmp_path, process_mark):
    with Supervisor(os.environ | {"MARK": process_mark}, tmp_path, tmp_path / "logs") as supervisor:
        yield supervisor


def test_supervisor_tells_which_child_died_and_what_it_said_last(supervisor):
    supervisor.start("patient", SLEEPER)
    supervisor.start("hasty", SHORT_PROCESS)

    child = supervisor.watch()

    assert (child.name, child.process.returncode) == ("hasty", 3)
    assert child.last_lines() == "I could not go on"


def test_the_supervisor_restarts_a_child_that_ran_for_a_while_and_gives_up_one_that_did_not(supervisor, monkeypatch):
    monkeypatch.setattr("tiptracker.demo.supervisor.MIN_UPTIME_SECONDS", 0.3)
    twice = "import pathlib, time; f = pathlib.Path('runs'); n = f.stat().st_size if f.exists() else 0; "
    twice += "f.open('a').write('.'); time.sleep(0 if n else 0.6)"
    supervisor.start("worker", [sys.executable, "-c", twice])

    child = supervisor.watch(restart={"worker"})

    assert child.name == "worker"
    assert (supervisor.folder / "runs").read_text() == ".."


def test_supervisor_leaves_no_child_and_no_grandchild(supervisor, process_mark):
    supervisor.start("one", SLEEPER)
    supervisor.start("two", PROCESS_WITH_CHILD)
    while len(processes_with(process_mark)) < 3:
        time.sleep(0.05)

    supervisor.stop()

    wait_until_gone(process_mark, seconds=2)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda s: s.name)
def test_nothing_is_left_however_the_supervisor_ends(how, tmp_path, process_mark):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(tmp_path / "logs")],
        env=os.environ | {"MARK": process_mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with supervisor:
        assert supervisor.stdout.readline() == b"started\n"
        assert len(processes_with(process_mark)) == 3
        supervisor.send_signal(how)

    wait_until_gone(process_mark)
