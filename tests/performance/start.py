"""What it takes to create a new database and to start the demonstration, beside a Python that only loads Django."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from tempfile import TemporaryDirectory
from time import perf_counter

from django.conf import settings

from tests.running_server import free_port

GOALS_S = {"first start": 15, "second start": 3}


def tell_start(say: Callable[[str], None]) -> None:
    """Print both; a time is never wrong, since machines differ."""
    say("\nStart, SQLite")
    with TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DEMO_CLOCK"}}
        environment |= {"VAR_DIR": folder, "REDIS_URL": "", "PORT": str(free_port())}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        load = _processor_seconds(["-c", "import django; django.setup()"], environment)
        create = _processor_seconds(["manage.py", "migrate", "--verbosity=0"], environment)
        say(f"  new database: {create:.1f} s of processor time; loading Django alone: {load:.1f} s")
        for name, goal in GOALS_S.items():
            seconds = _seconds_to_greeting(environment)
            say(f"  demonstration, {name}: ready after {seconds:.1f} s, {seconds / load:.0f}×  goal {goal} s")


def _processor_seconds(arguments: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=settings.BASE_DIR, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _seconds_to_greeting(environment: dict[str, str]) -> float:
    """Return how long `manage.py demo` takes until it answers and everybody can sign in. It is stopped then."""
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any("Sign in as one of these" in line for line in process.stdout)
        seconds = perf_counter() - began
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    return seconds
