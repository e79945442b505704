"""Run a command, and end when it no longer does its work, so that whoever started the container starts it again.

A container engine starts a process again that has ended, and leaves one alone that hangs. This program ends in place of
the command. No Django here, nor anything else that isn't Python's own: run it as a file.

    python tiptracker/infrastructure/watchdog.py --url http://127.0.0.1:8000/health/ -- granian …
    python tiptracker/infrastructure/watchdog.py --file /tmp/alive --seconds 120 -- celery …
    python tiptracker/infrastructure/watchdog.py --url http://127.0.0.1:8000/health/ --once

The command finds the path of `--file` in ALIVE_FILE, and touches it while it works. `--once` asks a single time, and
its exit code is the answer.
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
from pathlib import Path
from urllib.parse import urlsplit

SECONDS_TO_STOP = 20.0
REQUEST_TIMEOUT_SECONDS = 5.0


def find_failure(arguments: argparse.Namespace) -> str:
    """Why the command does not work, in a few words; empty where it does."""
    return _check_url(arguments.url) if arguments.url else _check_file(arguments.file, arguments.seconds)


def _check_url(url: str) -> str:
    """The address answers 200; by the first of the names that the application goes by."""
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
    """The file was touched within so many seconds."""
    try:
        age = time.time() - file.stat().st_mtime
    except OSError:
        return f"{file} is not there"
    return "" if age < seconds else f"{file} was last touched {age:.0f} seconds ago"


REASON_WITHOUT_RESTART = "database"
"""What a check says where the command itself is well: to start it again would only take away the page that says so."""


def watch(arguments: argparse.Namespace) -> int:
    """Run the command until it ends, or until its check has failed so many times in a row; gives the exit code."""
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
    """Ask it to end, and after a while end it and all that it started."""
    child.terminate()
    with suppress(subprocess.TimeoutExpired):
        child.wait(SECONDS_TO_STOP)
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _log(sentence: str) -> None:
    sys.stderr.write(f"watchdog: {sentence}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a command, and end when it no longer does its work.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--url", help="what answers 200 while the command works")
    what.add_argument("--file", type=Path, help="what the command touches while it works")
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
