"""`make demo` as a person runs it: the real command and its processes, in its own folder."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from tests.running_server import free_port
from tests.tiptracker.demo.test_supervisor import processes_with, wait_until_gone
from tiptracker.demo.database import DEMO_ACCOUNTS

pytestmark = pytest.mark.both_databases


@pytest.fixture
def environment(tmp_path, request):
    """What the command is started with; embedded, or on the servers that the tests were given."""
    chosen = {}
    if connection.vendor == "postgresql":
        chosen["DATABASE_URL"] = request.getfixturevalue("fresh_database")
    kept = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DEMO_CLOCK", "MAKELEVEL"}
    }
    return kept | chosen | {"VAR_DIR": str(tmp_path), "PORT": str(free_port()), "MARK": f"demo-{tmp_path}"}


class Demonstration:
    """The command in a process of its own, from its start until `stop`."""

    def __init__(self, environment):
        self.mark = environment["MARK"]
        self.url = f"http://127.0.0.1:{environment['PORT']}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops everything" in line:
                return
        raise AssertionError(f"It did not start:\n{self.said}")

    def end(self, how):
        """End it by the signal `how`; gives what it said last and its exit code, once nothing of it is left."""
        self.process.send_signal(how)
        return self.is_over()

    def is_over(self):
        last, _ = self.process.communicate(timeout=30)
        wait_until_gone(self.mark)
        return last, self.process.returncode

    def signs_in(self, email, password):
        """Whether this person gets in by the sign-in page, and the address where they arrive."""
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        page = browser.open(f"{self.url}/accounts/login/").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        data = {"csrfmiddlewaretoken": token, "login": email, "password": password}
        return browser.open(f"{self.url}/accounts/login/", urlencode(data).encode()).url.removeprefix(self.url)


@pytest.mark.long
def test_demo_starts_signs_in_every_role_restarts_and_cleans_up(environment):
    """… whatever ends it: Ctrl-C, its own death, that of a child, or that of the `make` that waits for it."""
    first = Demonstration(environment)
    assert f"demonstration: {first.url}" in first.said
    assert "09:00 on Friday, 28 January 2022" in first.said
    assert all(email in first.said for email in DEMO_ACCOUNTS)
    assert "the password is lumelang-2021" in first.said
    arrived = {email: first.signs_in(email, "lumelang-2021") for email in DEMO_ACCOUNTS}
    assert arrived == {
        "officer@demo.example": "/LSO/2021/dashboard/",
        "second.officer@demo.example": "/LSO/2021/dashboard/",
        "ambassador@demo.example": "/LSO/2021/dashboard/",
        "home.affairs@demo.example": "/LSO/2021/ministry/",
        "police@demo.example": "/LSO/2021/ministry/",
        "justice@demo.example": "/LSO/2021/ministry/",
        "observer@demo.example": "/LSO/2021/dashboard/",
        "admin@demo.example": "/setup/",
    }
    assert first.end(signal.SIGINT) == ("\nStopped.\n", 0)

    second = Demonstration(environment | {"DAY": "2021-12-01", "DEMO_PASSWORD": "another long one"})
    assert "Going on after the last recorded row" in second.said
    assert " 0 facts written" in second.said
    assert second.signs_in("police@demo.example", "another long one") == "/LSO/2021/ministry/"
    assert second.end(signal.SIGKILL)[1] == -signal.SIGKILL

    third = Demonstration(environment)
    web = min(  # those that it has started come after it
        process for process in processes_with(third.mark) if b"granian" in Path(f"/proc/{process}/cmdline").read_bytes()
    )
    os.kill(web, signal.SIGKILL)
    last, code = third.is_over()
    assert "The web ended, so everything stops. It said last:" in last
    assert code == 1

    maker = subprocess.Popen(
        [sys.executable, "-c", "import subprocess, sys; subprocess.run([sys.executable, 'manage.py', 'demo'])"],
        cwd=settings.BASE_DIR,
        env=environment | {"MAKELEVEL": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with maker:
        give_up_at = time.monotonic() + 60
        while len(processes_with(environment["MARK"])) < 5:  # that, the command, web and two workers
            assert time.monotonic() < give_up_at
            time.sleep(0.1)
        maker.kill()
    wait_until_gone(environment["MARK"])


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HOST", "192.0.2.1", "HOST=192.0.2.1 would let others in with a password that everybody can read."),
        ("PORT", "eighty", "Examples: PORT=8001"),
        ("PORT", "70000", "Examples: PORT=8001"),
        ("DAY", "tomorrow", "DAY=2022-02-14"),
        ("RESET", "perhaps", "RESET=1"),
    ],
)
def test_demo_refuses_with_a_sentence(name, value, sentence, monkeypatch):
    monkeypatch.setenv(name, value)

    with pytest.raises(CommandError, match=re.escape(sentence)):
        call_command("demo")


def test_demo_says_that_the_port_is_taken(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))

        with pytest.raises(CommandError, match=rf"port {port} can't be used .* make demo PORT={port + 1}"):
            call_command("demo")
