"""How often a list is served beside Redmine's of as many rows: Debian's Redmine on Puma with two workers and SQLite.

Redmine answers a visitor who is not signed in, on a copy of its database with 1,000 issues. Ours answers an officer.
Only where Redmine is installed (`apt-get install redmine redmine-sqlite puma`); elsewhere this says so.
"""

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from tests.performance.faults import Process, free_port, is_open, say, wait_for
from tests.performance.load_people import People, Post, processor_seconds

REDMINE = Path("/usr/share/redmine")
DATABASE = Path("/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default")
CONNECTIONS, SECONDS, FIRST_TIMES = 4, 6.0, 20
GOAL_TIMES, GOAL_TIMES_FIRST = 10, 4
_ISSUES = """
Redmine::DefaultData::Loader.load("en") if Redmine::DefaultData::Loader.no_data?
Setting.rest_api_enabled = "1"
project = Project.create!(name: "Made up", identifier: "bench", is_public: true, trackers: Tracker.all)
person = User.create!(login: "bench", firstname: "Made", lastname: "Up", mail: "bench@exercise.invalid")
1000.times do |number|
  Issue.create!(project: project, tracker: project.trackers.first, author: person, priority: IssuePriority.first,
    subject: "Exercise: made up, promise #{number}", description: "Exercise", due_date: Date.today + number % 90)
end
"""

_CHANGE = """
INSERT INTO audit_recordversion (part, token) VALUES ('no country', left(md5(random()::text), 24))
ON CONFLICT (part) DO UPDATE SET token = excluded.token
"""
"""A new version of what belongs to no country, and so of every page."""


@contextmanager
def redmine(folder: Path) -> Iterator[Process]:
    """Redmine with 1,000 issues, served."""
    with closing(sqlite3.connect(DATABASE)) as theirs, closing(sqlite3.connect(folder / "redmine.sqlite3")) as copy:
        theirs.backup(copy)
    port = free_port()
    environment = os.environ | {"RAILS_ENV": "production", "DATABASE_URL": f"sqlite3:{folder}/redmine.sqlite3"}
    fill = Process(
        ["ruby", "bin/rails", "runner", _ISSUES], log=folder / "redmine.log", environment=environment, folder=REDMINE
    )
    fill.start()
    assert fill.process is not None
    if fill.process.wait():
        raise SystemExit(f"load: Redmine could not be filled:\n{fill.log.read_text()[-2000:]}")
    command = ["puma", "--workers", "2", "--threads", "4:4", "--preload", "--bind", f"tcp://127.0.0.1:{port}"]
    server = Process(command, log=folder / "redmine.log", environment=environment, folder=REDMINE)
    try:
        server.start()
        wait_for(lambda: is_open(port), "Redmine")
        server.port = port
        yield server
    finally:
        server.kill()


class Server:
    """Those who ask one server, and what its answers cost."""

    def __init__(self, ask: Callable[[str], Awaitable[bytes]], parts: list[Process]) -> None:
        self.ask, self.parts = ask, parts

    async def measure(self, path: str, rows: int, row: bytes) -> tuple[float, float]:
        """Ask for a list by some connections for a while; gives requests a second, and ms of processor for each."""
        for _ in range(8):  # each process and thread has answered once
            page = await self.ask(path)
            assert page.count(row) >= rows, (path, page[:500])
        before, began = self._spent(), time.monotonic()

        async def go_on() -> int:
            count = 0
            while time.monotonic() - began < SECONDS:
                await self.ask(path)
                count += 1
            return count

        count = sum(await asyncio.gather(*(go_on() for _ in range(CONNECTIONS))))
        return count / (time.monotonic() - began), 1000 * (self._spent() - before) / count

    async def measure_first(self, path: str, change: Callable[[], object]) -> float:
        """Ask for a list after a change, some times; gives ms of processor for each."""
        before = self._spent()
        for _ in range(FIRST_TIMES):
            change()
            await self.ask(path)
        return 1000 * (self._spent() - before) / FIRST_TIMES

    def _spent(self) -> float:
        return sum(map(processor_seconds, self.parts))


async def compare(post: Post, theirs: Process) -> None:
    """Print both lists, as HTML and as JSON."""
    officer = next(person["cookie"] for person in post.people if person["reader"] == "officer")
    own_list = post.pages["officer"]["list"][0][0]
    ours = Server(People(post.port, [officer]).ask, [post.web, post.postgres, post.redis])
    other = Server(People(theirs.port, [""]).ask, [theirs])

    say(f"\n  {'list':16}{'a second':>10}{'ms each':>9}{'first':>7}{'Redmine a second':>18}{'ms each':>9}{'times':>8}")
    with psycopg.connect(post.environment["DATABASE_URL"], autocommit=True) as connection:
        for name, own_path, path, rows in (
            ("HTML, 25 rows", own_list, "/projects/bench/issues?per_page=25", 25),
            ("JSON, 100 rows", "/api/v1/commitments/?page_size=100", "/projects/bench/issues.json?limit=100", 100),
        ):
            rate, each = await ours.measure(own_path, rows, b"promise")
            first = await ours.measure_first(own_path, lambda: connection.execute(_CHANGE))
            their_rate, theirs_each = await other.measure(path, rows, b"promise")
            say(
                f"  {name:16}{rate:>10.0f}{each:>9.1f}{first:>7.0f}{their_rate:>18.0f}{theirs_each:>9.1f}"
                f"{theirs_each / each:>7.1f}×, first time {theirs_each / first:.1f}×"
            )
    say(f"  ms are of the processor, of all processes. Goals: {GOAL_TIMES}× from the cache, {GOAL_TIMES_FIRST}× first.")


def tell_redmine(post: Post) -> None:
    """Compare with Redmine if it is installed."""
    if not (REDMINE.exists() and DATABASE.exists() and shutil.which("puma")):
        say("\n  Nothing is compared with Redmine, which is not installed (Debian: redmine redmine-sqlite puma).")
        return
    with redmine(post.folder) as theirs:
        asyncio.run(compare(post, theirs))
