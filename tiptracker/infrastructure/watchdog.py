"""Run a command and exit when it stops working, so that the container is restarted.

A container engine restarts a process that has ended, but leaves a hanging one alone. So this program ends the command
and itself. It uses only Python's standard library, no Django, and runs as a file:

    python tiptracker/infrastructure/watchdog.py --url http://127.0.0.1:8000/health/ -- granian …
    python tiptracker/infrastructure/watchdog.py --file /tmp/alive --seconds 120 -- celery …
    python tiptracker/infrastructure/watchdog.py --url http://127.0.0.1:8000/health/ --once

The command gets the path of `--file` in ALIVE_FILE and touches that file while it works. `--once` checks a single
time, and the exit code is the answer.
"""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

SECONDS_TO_STOP = 20.0
REQUEST_TIMEOUT_SECONDS = 5.0


def find_failure(arguments: argparse.Namespace) -> str:
    """Return why the command does not work, in a few words. Empty if it works."""
    return _check_url(arguments.url) if arguments.url else _check_file(arguments.file, arguments.seconds)


def _check_url(url: str) -> str:
    """Return a reason unless the address answers 200. The request uses the first of ALLOWED_HOSTS."""
    address = urlsplit(url)
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "localhost"
    line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=REQUEST_TIMEOUT_SECONDS)
    try:
        line.request("GET", address.path, headers={"Host": host})
        answer = line.getresponse()
        if answer.status == http.HTTPStatus.OK:
            return ""
        with suppress(ValueError, KeyError, TypeError):
            return str(json.loads(answer.read())["reason"])
        return f"status {answer.status}"
    except (OSError, http.client.HTTPException) as error:
        return f"no answer ({type(error).__name__})"
    finally:
        line.close()


def _check_file(file: Path, seconds: float) -> str:
    """Return a reason unless the file was touched within `seconds`."""
    try:
        age = time.time() - file.stat().st_mtime
    except OSError:
        return f"{file} is not there"
    return "" if age < seconds else f"{file} was last touched {age:.0f} seconds ago"


REASON_WITHOUT_RESTART = "database"
"""Reason for which the command is not restarted: it works itself, and its page reports the outage."""


def watch(arguments: argparse.Namespace) -> int:
    """Run the command until it ends, or until its check fails `--failures` times in a row. Return the exit code."""
    if arguments.file:
        arguments.file.unlink(missing_ok=True)
        os.environ["ALIVE_FILE"] = str(arguments.file)
    child = subprocess.Popen(arguments.command, start_new_session=True)  # noqa: S603 -- what the image says
    is_stopping = False

    def stop(number: int, _: object) -> None:
        nonlocal is_stopping
        is_stopping = True
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, stop)
    counts_from = time.monotonic() + arguments.grace
    failures = 0
    while True:
        with suppress(subprocess.TimeoutExpired):
            code = child.wait(arguments.every)
            return 128 - code if code < 0 else code
        reason = "" if is_stopping else find_failure(arguments)
        if not reason or reason == REASON_WITHOUT_RESTART:
            failures, counts_from = 0, 0.0
        elif time.monotonic() >= counts_from:
            failures += 1
            _log(f"{reason}: {failures} of {arguments.failures} times in a row")
        if failures >= arguments.failures:
            _log("stopping, to be started again")
            _stop(child)
            return 1


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Ask the command to end, and after SECONDS_TO_STOP kill it with all its child processes."""
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(SECONDS_TO_STOP)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _log(sentence: str) -> None:
    """Log a sentence as the application logs its messages (`log_lines.py`)."""
    line = f"watchdog: {sentence}"
    if os.environ.get("LOG_FORMAT") == "json":
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": at, "level": "WARNING", "logger": "watchdog", "message": sentence})
    sys.stderr.write(f"{line}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a command, and end when it no longer does its work.")
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--url", help="what answers 200 while the command works")
    target.add_argument("--file", type=Path, help="what the command touches while it works")
    parser.add_argument("--seconds", type=float, default=120.0, help="how old the file may be")
    parser.add_argument("--once", action="store_true", help="ask once; run nothing")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two checks")
    parser.add_argument("--failures", type=int, default=6, help="how many in a row end the command")
    parser.add_argument("--grace", type=float, default=120.0, help="seconds in which it may not work yet")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    if arguments.once:
        if reason := find_failure(arguments):
            _log(reason)
        return int(bool(reason))
    return watch(arguments)


if __name__ == "__main__":
    sys.exit(main())
