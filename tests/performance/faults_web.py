"""What slow lines and a killed process cost others, straight at the web server, without the proxy in front of it.

Seconds are printed and never judged, since machines differ. What makes it fail (exit 1): a page that isn't answered
while others are slow, a slow body that doesn't end in 408, a process that isn't replaced.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from tests.conftest import VAR_DIR  # sets the environment of the tests, and with it Django, first

from django.conf import settings  # isort: skip
from django.core.management import call_command
from django.db import connection

from tests.deployment.container import dockerfile
from tests.running_server import free_port, stop

NAMES = ("slow lines", "web process killed")
SLOW_LINES = 50
SLOW_BODY = (
    f"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrf={'k' * 32}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin=a"
).encode()


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextmanager
def web() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Granian as the image runs it, on an empty database; the process and its address."""
    connection.settings_dict["NAME"] = VAR_DIR / "faults.sqlite3"
    call_command("migrate", verbosity=0)
    port = free_port()
    command = dockerfile()[""].command
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{VAR_DIR}/faults.sqlite3", "GRANIAN_PORT": str(port)}
    with (VAR_DIR / "faults-web.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command[command.index("--") + 1 :]],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        url = f"http://localhost:{port}/accounts/login/"
        while not is_answered(url):
            assert process.poll() is None, (VAR_DIR / "faults-web.log").read_text()
            time.sleep(0.1)
        for _ in range(20):  # each process serves its first page
            is_answered(url)
        yield process, url
    finally:
        stop(process)


def is_answered(url: str) -> bool:
    """Whether the page is answered 200 within 10 seconds."""
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310 -- our own server
            return int(answer.status) == 200
    except (HTTPError, URLError, OSError):
        return False


def pages(url: str, count: int = 60) -> tuple[str, int]:
    """How long a page takes, as a sentence, and how many of them weren't answered."""
    took, failed = [], 0
    for _ in range(count):
        began = time.perf_counter()
        failed += not is_answered(url)
        took.append(time.perf_counter() - began)
    cuts = quantiles(took, n=20)
    return f"median {cuts[9] * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms, {failed} of {count} not answered", failed


def slow_lines(url: str) -> int:
    """Pages while so many bodies never end, and when these are given up; the number of faults."""
    port = int(url.split(":")[2].split("/", maxsplit=1)[0])
    began = time.perf_counter()
    with ExitStack() as stack:
        lines = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)) for _ in range(SLOW_LINES)
        ]
        for line in lines:
            line.sendall(SLOW_BODY)
        sentence, failed = pages(url)
        say(f"  beside {SLOW_LINES} slow bodies: {sentence}")
        ended = [line.recv(12) == b"HTTP/1.1 408" for line in lines]
    seconds = time.perf_counter() - began
    say(f"  slow bodies given up with 408: {sum(ended)} of {SLOW_LINES}, the last after {seconds:.1f} s")
    return failed + ended.count(False)


def killed_process(server: subprocess.Popen[bytes], url: str) -> int:
    """Pages while one of two processes is killed and replaced; the number of faults."""

    def serving() -> list[str]:
        return Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()

    before = serving()
    os.kill(int(before[0]), signal.SIGKILL)
    began = time.perf_counter()
    answers: list[bool] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            answers.append(is_answered(url))

    asking = threading.Thread(target=ask)
    asking.start()
    while server.poll() is None and (before[0] in serving() or len(serving()) < len(before)):
        if time.perf_counter() - began > 60:
            break
        time.sleep(0.05)
    replaced = server.poll() is None and before[0] not in serving() and len(serving()) == len(before)
    say(f"  killed process {'replaced' if replaced else 'NOT replaced'} after {time.perf_counter() - began:.1f} s")
    is_over.set()
    asking.join()
    sentence, failed = pages(url)
    say(f"  meanwhile {answers.count(False)} of {len(answers)} pages not answered; afterwards {sentence}")
    return failed + (not replaced)


def main() -> None:
    """Print what was measured; SystemExit where something went wrong."""
    say("\nWeb server, without the proxy")
    try:
        with web() as (server, url):
            say(f"  at rest: {pages(url)[0]}")
            faults = slow_lines(url) + killed_process(server, url)
    finally:
        shutil.rmtree(VAR_DIR, ignore_errors=True)
    if faults:
        raise SystemExit("faults: the web server kept somebody from a page, or was not whole again; it stands above.")


if __name__ == "__main__":
    main()
