"""One focal point's account tries to make the site slow for others: what an officer's dashboard takes meanwhile.

A real server (two processes of four threads, as the Dockerfile's CMD) and a real worker, on the databases that
DATABASE_URL and REDIS_URL name (PostgreSQL and Redis, if the numbers are to say anything). The account sends hostile
files, asks for pictures of them, saves drafts, searches, exports and downloads, over several connections at once.
"""

import argparse
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.conftest import MASERU, TODAY, VAR_DIR  # sets the environment of the tests, and with it Django

from datetime import datetime, time as time_of_day  # isort: skip
import os  # isort: skip

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import teardown_databases
from django.urls import reverse
from django.utils import timezone

from dialogues.actions.files import store_upload
from dialogues.actions.updates import send_update
from dialogues.choices import ClaimedProgress, DoneBy
from dialogues.models import Commitment, EvidenceFile
from tests.authentication import force_sign_in
from tests.database_roles import SUPERUSER_URL, as_owner, set_up_databases
from tests.exercise import load_exercise
from tests.running_server import RunningServer, free_port, stop, wait_until_served
from tests.security import hostile_files as hostile
from tiptracker.accounts.models import User
from tiptracker.choices import Role
from tiptracker.demo.supervisor import web_command

NAMES = ("hostile account",)
SECONDS = 600
CONNECTIONS = 8
"""At once, of the one account."""
MOST_TIMES = 2
"""How many times as long as at rest the dashboard may take meanwhile, at the 95th of 100."""
PAUSE = 0.5
"""Seconds between two looks of the officer."""
MOST_WAITED = 120


class Seen(NamedTuple):
    """What one kind of request was answered: how often, and how long it took, in ms."""

    statuses: Counter[str]
    took: list[float]


def say(line: str = "") -> None:
    """Print a line at once, also where the output is a file."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Browser:
    """One connection with one session; it follows no link."""

    def __init__(self, live: RunningServer, person: User) -> None:
        client = Client()
        force_sign_in(client, person)
        self.cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
        self.connection = HTTPConnection("127.0.0.1", live.port, timeout=MOST_WAITED)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str, bytes]:
        """The status, the place that is led to, and what was sent; status 0 where nothing was answered in time."""
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        try:
            self.connection.request(method, path, body, head)
            response: HTTPResponse = self.connection.getresponse()
            said = response.read()
        except (OSError, HTTPException):
            self.connection.close()
            return 0, "", b""
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return response.status, response.headers.get("Location", ""), said

    def page(self, path: str) -> str:
        """The address of the page that `path` leads to."""
        status, onward, _ = self.ask("GET", path)
        while status in {301, 302}:
            path = urlsplit(onward).path
            status, onward, _ = self.ask("GET", path)
        return path

    def token(self, path: str) -> str:
        """What a form of the page at `path` sends along, by which our own are known."""
        _, _, said = self.ask("GET", path)
        found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', said)
        return found[1].decode() if found else ""

    def send(self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> int:
        """Send a form with files; gives the status."""
        boundary = uuid4().hex
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
                 for name, text in fields.items()]  # fmt: skip
        for name, (called, content) in files.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n\r\n'
            parts.append(head.encode() + content + b"\r\n")
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.ask("POST", path, body, **headers)[0]


class Attack:
    """What the account does, over and over; each connection begins elsewhere in the round."""

    def __init__(self, live: RunningServer, person: User, commitment: Commitment, file: EvidenceFile) -> None:
        self.commitment, self.file = commitment, file
        self.seen: dict[str, Seen] = {}
        self.lock, self.is_over = threading.Lock(), threading.Event()
        # Made here, since each signs in by the database, of which this process has few connections.
        self.browsers = [Browser(live, person) for _ in range(CONNECTIONS)]
        self.files = [
            ("mesh.pdf", hostile.pdf_with_mesh_shading()),
            ("elements.docx", hostile.word_of_empty_elements(8_000_000)),
            ("pictures.docx", hostile.word_of_many_pictures()),
            ("nested.docx", hostile.word_nested()),
            ("texts.xlsx", hostile.workbook_of_shared_texts()),
            ("scans.jpg", hostile.jpeg_of_many_scans()),
            ("objects.pdf", hostile.pdf_of_very_many_objects()),
            ("cells.csv", hostile.table_of_empty_cells()),
        ]

    def run(self, seconds: float) -> None:
        threads = [threading.Thread(target=self.work, args=pair) for pair in enumerate(self.browsers)]
        for thread in threads:
            thread.start()
        self.is_over.wait(seconds)
        self.is_over.set()
        for thread in threads:
            thread.join()

    def work(self, number: int, browser: Browser) -> None:
        send = reverse("update_send", args=[self.commitment.pk])
        token = browser.token(send)
        doings = self.doings(browser, send, token)
        steps = cycle(doings[number % len(doings) :] + doings[: number % len(doings)])
        for name, doing in steps:
            if self.is_over.is_set():
                return
            begun = time.perf_counter()
            status = doing()
            took = (time.perf_counter() - begun) * 1000
            with self.lock:
                seen = self.seen.setdefault(name, Seen(Counter(), []))
                seen.statuses[str(status or "none")] += 1
                seen.took.append(took)

    def doings(self, browser: Browser, send: str, token: str) -> list[tuple[str, Callable[[], int]]]:
        """By name, what a round consists of."""
        fields = {"csrfmiddlewaretoken": token, "narrative": "Exercise: made up. " * 50, "title": ""}
        files = cycle(self.files)
        lists = browser.page(reverse("commitment_list"))

        def fresh() -> tuple[str, bytes]:
            """The next file, with something behind it that makes it another one than was sent before."""
            name, content = next(files)
            return name, content.replace(b"Train", uuid4().hex[:5].encode()) if name.endswith(".html") else content

        def get(path: str) -> Callable[[], int]:
            return lambda: browser.ask("GET", path)[0]

        draft = reverse("update_draft", args=[self.commitment.pk])
        found: list[tuple[str, Callable[[], int]]] = [
            ("send a hostile file", lambda: browser.send(send, fields, {"files": fresh()})),
            *((f"picture of page {n}", get(reverse("file_picture", args=[self.file.pk, n]))) for n in (1, 2)),
            ("save a draft with one", lambda: browser.send(draft, fields, {"files": fresh()})),
            ("save a draft", lambda: browser.send(draft, fields, {})),
            ("search", get(f"{lists}?{urlencode({'q': 'Exercise agree provider shelter'})}")),
            ("export to Excel", get(f"{lists}?as=xlsx")),
            ("download", get(reverse("evidence_file", args=[self.file.pk]))),
            ("own page", get(browser.page(reverse("ministry_home")))),
        ]
        return found


def p95(took: list[float]) -> float:
    return quantiles(took, n=20)[-1] if len(took) > 1 else took[0]


def watch(browser: Browser, path: str, until: Callable[[], bool]) -> tuple[list[float], Counter[str]]:
    """How long a page takes, in ms, asked for again and again, and how it was answered."""
    took: list[float] = []
    statuses: Counter[str] = Counter()
    while not until():
        begun = time.perf_counter()
        status, _, _ = browser.ask("GET", path)
        took.append((time.perf_counter() - begun) * 1000)
        statuses[str(status or "none")] += 1
        time.sleep(PAUSE)
    return took, statuses


@contextmanager
def served(database_url: str) -> Iterator[RunningServer]:
    """The server as it runs in production, and a worker beside it."""
    port = free_port()
    environment = os.environ | {"DATABASE_URL": database_url, "LOG_LEVEL": "WARNING"}
    environment |= {"DEMONSTRATION": "true", "DEMO_CLOCK": settings.DEMO_CLOCK, "DATABASE_POOL": "8"}
    live = RunningServer(port, environment, VAR_DIR / f"faults-{port}.log")
    web = web_command("127.0.0.1", port)
    web[web.index("--workers") + 1] = "2"
    try:
        live.start(web)
        live.start([sys.executable, "-m", "celery", "--app", "tiptracker", "worker", "--concurrency", "2"])
        wait_until_served(live)
        yield live
    finally:
        for process in live.processes:
            stop(process)


def prepare() -> tuple[User, User, Commitment, EvidenceFile]:
    """Lesotho with its exercise; an officer, and a focal point whose ministry sent a PDF that costs a minute a page."""
    load_exercise(verbosity=0)
    people = User.objects.get_queryset().filter(email__endswith="@demo.example")
    officer = people.filter(role=Role.OFFICER).first()
    for person in people.filter(role=Role.FOCAL_POINT).order_by("pk"):
        mine = Commitment.objects.filter(ministry=person.ministry).order_by("pk")
        now = datetime.combine(TODAY, time_of_day(9), MASERU)
        for commitment in mine:
            with suppress(Exception):
                upload = SimpleUploadedFile("mesh.pdf", hostile.pdf_with_mesh_shading())
                file = store_upload(upload=upload, by=person, now=now)
                send_update(
                    commitment=commitment,
                    narrative="Exercise: made up.",
                    claimed=ClaimedProgress.UNDER_WAY,
                    title="Exercise: made up",
                    happened_from=TODAY,
                    happened_to=TODAY,
                    done_by=DoneBy.GOVERNMENT,
                    files=[file],
                    figures=[],
                    by=person,
                    now=now,
                )
                return officer, person, commitment, file
    raise SystemExit("No ministry of the exercise can send an update.")


def main() -> None:
    """Print what was measured; SystemExit where the dashboard took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long the account tries")
    seconds = parser.parse_args().seconds
    settings.DEMO_CLOCK = f"{datetime.combine(TODAY, time_of_day(9), MASERU).isoformat()} {timezone.now().isoformat()}"
    made = set_up_databases()
    try:
        cache.clear()
        officer, person, commitment, file = prepare()
        cache.clear()
        name = connection.settings_dict["NAME"]
        url = f"sqlite:///{name}"
        if connection.vendor == "postgresql":
            url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        with served(url) as live:
            is_kept = measure(live, officer, Attack(live, person, commitment, file), seconds)
    finally:
        if connection.vendor == "postgresql":  # the sessions of a server that was killed may outlive it by a moment
            connection.close()
            with psycopg.connect(SUPERUSER_URL, dbname="postgres", autocommit=True) as server:
                server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        connection.close()
        with as_owner():
            teardown_databases(made, verbosity=0)
    if not is_kept:
        raise SystemExit("faults: one account kept the officer waiting; the table says how long.")


def measure(live: RunningServer, officer: User, attack: Attack, seconds: float) -> bool:
    """Measure at rest, then while the account tries; gives whether the dashboard kept its pace."""
    browser = Browser(live, officer)
    dashboard = browser.page("/")
    for _ in range(10):  # each process and thread has answered once
        browser.ask("GET", dashboard)
    end_of_rest = time.monotonic() + max(10, seconds / 6)
    rest, at_rest = watch(browser, dashboard, lambda: time.monotonic() > end_of_rest)
    beside, health, answers = Browser(live, officer), [], Counter[str]()
    trying = threading.Thread(target=attack.run, args=[seconds])
    trying.start()

    def look() -> None:
        took, statuses = watch(beside, "/health/", attack.is_over.is_set)
        health.extend(took)
        answers.update(statuses)

    looking = threading.Thread(target=look)
    looking.start()
    meanwhile, statuses = watch(browser, dashboard, attack.is_over.is_set)
    trying.join()
    looking.join()
    tell(attack, seconds)
    say()
    say(f"{'the officer':32} {'asked':>6} {'p50, ms':>8} {'p95, ms':>8} {'most, ms':>9}  answered")
    for what, took, told in (
        ("dashboard at rest", rest, at_rest),
        ("dashboard meanwhile", meanwhile, statuses),
        ("/health/ meanwhile", health, answers),
    ):
        line = f"{what:32} {len(took):6} {sorted(took)[len(took) // 2]:8.0f} {p95(took):8.0f} {max(took):9.0f}"
        say(f"{line}  {dict(told)}")
    times = p95(meanwhile) / p95(rest)
    is_kept = times <= MOST_TIMES and set(statuses) == {"200"}
    say(
        f"\np95 meanwhile is {times:.1f} times that at rest; at most {MOST_TIMES}: {'kept' if is_kept else 'NOT KEPT'}."
    )
    return is_kept


def tell(attack: Attack, seconds: float) -> None:
    """What the account did, and how it was answered."""
    load = Path("/proc/loadavg").read_text()[:14]
    say(f"One focal point's account, {CONNECTIONS} connections, {seconds:.0f} s, load {load}")
    say()
    say(f"{'the account':32} {'asked':>6} {'p50, ms':>8} {'p95, ms':>8}  answered")
    for name, seen in attack.seen.items():
        middle = sorted(seen.took)[len(seen.took) // 2]
        say(f"{name:32} {len(seen.took):6} {middle:8.0f} {p95(seen.took):8.0f}  {dict(seen.statuses)}")


if __name__ == "__main__":
    main()
