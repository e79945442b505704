"""A command whose check fails is ended, so that its container is restarted."""

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

WATCHDOG = [sys.executable, str(settings.BASE_DIR / "tiptracker" / "infrastructure" / "watchdog.py")]
QUICK_OPTIONS = ["--every", "0.02", "--failures", "3", "--grace", "0"]
SLEEP_COMMAND = ["--", "sleep", "60"]


def run_watchdog(*arguments):
    return subprocess.run([*WATCHDOG, *arguments], capture_output=True, text=True, check=False, timeout=50)


@contextmanager
def serve_health(code, said):
    """An address whose answer has the status `code` and is `said`, as JSON."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(code)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_):
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/health/"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [
        (200, {"status": "ok"}, ""),
        (503, {"status": "unavailable", "reason": "static"}, "static"),
        (500, {}, "status 500"),
        (503, ["static"], "status 503"),
    ],
)
def test_once_it_says_whether_the_address_answers(status, said, reason):
    with serve_health(status, said) as url:
        asked = run_watchdog("--url", url, "--once")

    assert asked.returncode == int(bool(reason))
    assert reason in asked.stderr


def test_a_command_that_does_not_answer_is_ended():
    asked = run_watchdog("--url", "http://127.0.0.1:9/health/", *QUICK_OPTIONS, *SLEEP_COMMAND)

    assert asked.returncode == 1
    assert "no answer (ConnectionRefusedError): 3 of 3 times in a row" in asked.stderr


def test_a_command_that_shows_no_sign_of_life_is_ended(tmp_path):
    """… also one that did until then."""
    file = tmp_path / "alive"
    asked = run_watchdog(
        "--file", str(file), "--seconds", "0.2", *QUICK_OPTIONS, "--", "sh", "-c", 'touch "$ALIVE_FILE"; exec sleep 60'
    )

    assert asked.returncode == 1
    assert f"{file} was last touched" in asked.stderr


def test_the_watchdog_does_not_end_a_command_for_an_outage_that_a_restart_cannot_fix():
    with serve_health(503, {"status": "unavailable", "reason": "database"}) as url:
        asked = run_watchdog("--url", url, *QUICK_OPTIONS, "--", "sleep", "0.5")

    assert (asked.returncode, asked.stderr) == (0, "")


def test_a_command_has_time_to_start_before_the_watchdog_ends_it():
    asked = run_watchdog(
        "--url", "http://127.0.0.1:9/health/", "--every", "0.02", "--grace", "60", "--", "sleep", "0.5"
    )

    assert (asked.returncode, asked.stderr) == (0, "")


@pytest.mark.parametrize(("command", "code"), [("exit 7", 7), ("kill -9 $$", 128 + 9)])
def test_a_command_that_ends_by_itself_ends_it_with_its_code(tmp_path, command, code):
    assert run_watchdog("--file", str(tmp_path / "alive"), "--", "sh", "-c", command).returncode == code


def test_a_container_that_is_stopped_stops_its_command(tmp_path):
    """… and gives it the time it takes, without a look at the check that fails by then."""
    script = "trap 'sleep 0.5; exit 5' TERM; touch \"$ALIVE_FILE\"; while :; do sleep 0.05; done"
    file = tmp_path / "alive"
    quick = ["--every", "0.02", "--failures", "3", "--grace", "60", "--seconds", "60"]
    process = subprocess.Popen([*WATCHDOG, "--file", str(file), *quick, "--", "sh", "-c", script])
    while not file.exists():
        time.sleep(0.01)
    time.sleep(0.2)  # it was seen once, so that what fails from now on would count
    process.send_signal(signal.SIGTERM)
    file.unlink()

    assert process.wait(50) == 5
