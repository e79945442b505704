"""A post with 200 people and all processes of production, and the browsers of these people, for `make load`."""

import asyncio
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from zlib import MAX_WBITS, decompress

from tests.performance.faults import Forms, Installation, Process, worker_command

PEOPLE = 200
PATIENCE_SECONDS = 30.0
DAY = "2022-03-30"
NICENESS_OF_A_QUARTER = 6
"""The niceness to which the scheduler of Linux gives a quarter of the share of niceness 0."""


class Asked(NamedTuple):
    """A request: when it is due, in seconds from the start, its kind, who sends it where, and a text of its page."""

    due: float
    kind: str
    person: int
    path: str
    holds: str


class Answered(NamedTuple):
    """A request, the milliseconds from when it was due, and what was wrong with the answer ("" for nothing)."""

    asked: Asked
    ms: float
    wrong: str


class Post(Installation):
    """A post with 200 people, and with all the processes of production. What is written reaches the disk."""

    postgres_options = ("-c", "fsync=on")

    def __init__(self, at_work: int = PEOPLE) -> None:
        """So many of the people are at work."""
        began = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
        super().__init__(
            DEMO_CLOCK=f"{DAY}T09:00:00+02:00 {began}",
            SECOND_FACTOR_REQUIRED="true",
            LOG_LEVEL="WARNING",
            EMAIL_HOST="",
            LIMIT_API="1000000/m",  # one person asks for a list as often as a server can answer
            LIMIT_API_ROWS="100000000",
        )
        self.at_work = at_work

    def fill(self) -> None:
        made = json.loads(self.run_python("-c", _MAKE_RECORD))
        self.people: Sequence[Mapping[str, str]] = made["people"][:: PEOPLE // self.at_work]
        self.pages: Mapping[str, Mapping[str, Sequence[Sequence[str]]]] = made["pages"]

    @property
    def cookies(self) -> list[str]:
        """The cookie of each person's session."""
        return [person["cookie"] for person in self.people]

    def start_others(self) -> dict[str, Process]:
        """Start what `make faults` does without; gives all processes by name."""
        others = {name: self.running(self.process(name, worker_command(name))) for name in ("mail", "beat")}
        give_way(self.worker)
        parts = {"web": self.web, "worker": self.worker, "PostgreSQL": self.postgres, "Redis": self.redis}
        return parts | others


_MAKE_RECORD = "import django; django.setup(); from tests.performance.load_record import main; main()"


class People:
    """Everybody's browsers, in one process and one thread."""

    def __init__(self, port: int, cookies: Sequence[str]) -> None:
        self.port, self.cookies = port, list(cookies)
        self.forms: dict[int, dict[str, str]] = {}
        self.sent = 0

    async def open_forms(self, post: Post) -> None:
        """Open the form of everybody who writes."""
        for number, person in enumerate(post.people):
            if pages := post.pages[person["reader"]].get("write"):
                status, headers, page = await self._send(number, "GET", pages[0][0])
                assert status == 200, (pages[0][0], status)
                self.cookies[number] += "; " + headers["set-cookie"].partition(";")[0]
                self.forms[number] = next(fields for _, fields in Forms(page.decode()).forms if "title" in fields)

    async def ask(self, path: str, person: int = 0) -> bytes:
        """Return the page or list at an address."""
        status, _, page = await self._send(person, "GET", path)
        assert status == 200, (path, status)
        return page

    async def work(self, asked: Sequence[Asked]) -> list[Answered]:
        """Send each request when it is due, and wait for all answers."""
        began, tasks = asyncio.get_running_loop().time(), []
        for one in asked:
            await asyncio.sleep(began + one.due - asyncio.get_running_loop().time())
            tasks.append(asyncio.create_task(self._ask(one, began)))
        return await asyncio.gather(*tasks)

    async def _ask(self, asked: Asked, began: float) -> Answered:
        loop, wrong = asyncio.get_running_loop(), ""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                wrong = await (self._write(asked) if asked.kind == "write" else self._read(asked))
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            wrong = type(error).__name__
        return Answered(asked, 1000 * (loop.time() - began - asked.due), wrong)

    async def _read(self, asked: Asked) -> str:
        status, _, page = await self._send(asked.person, "GET", asked.path)
        if status != 200:
            return str(status)
        return "" if asked.holds.encode() in page and page.rstrip().endswith(b"</html>") else "another page"

    async def _write(self, asked: Asked) -> str:
        """Log a piece of evidence by the form."""
        self.sent += 1
        typed = {
            "title": f"Exercise: made up under load, {self.sent}",
            "kind": "court",
            "happened_from": "2022-03-01",
            "happened_to": "2022-03-02",
            "done_by": "government",
            "stated_by": "Exercise: made up",
            "source": f"Exercise: made up, {self.sent}",
        }
        body = urlencode(self.forms[asked.person] | typed).encode()
        status, headers, _ = await self._send(asked.person, "POST", asked.path, body)
        return "" if status == 302 and headers["location"].startswith("/evidence/") else str(status)

    async def _send(self, person: int, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        """Send a request by a new connection; gives the status, the headers by their small names, and the body."""
        address = f"http://127.0.0.1:{self.port}"
        more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n" if body else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {address[7:]}\r\nCookie: {self.cookies[person]}\r\n"
            f"Accept-Encoding: gzip\r\nOrigin: {address}\r\nReferer: {address}{path}\r\n{more}Connection: close\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(head.encode() + body)
            answer = await reader.read(-1)
        finally:
            writer.close()
        return _read_answer(answer)


def _read_answer(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Take apart what the server sent until it closed the connection."""
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        raise EOFError
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(_chunks(body))
    if headers.get("content-encoding") == "gzip":
        body = decompress(body, MAX_WBITS | 16)
    return int(first.split()[1]), headers, body


def _chunks(body: bytes) -> Iterator[bytes]:
    while True:
        size, _, body = body.partition(b"\r\n")
        if not (length := int(size, 16)):
            return
        yield body[:length]
        body = body[length + 2 :]


def give_way(process: Process) -> None:
    """Give a process a quarter of the processor that others get, as `cpu_shares` in docker-compose.yml does."""
    for number in process.family:
        os.setpriority(os.PRIO_PROCESS, number, NICENESS_OF_A_QUARTER)
    group = Path(f"/proc/{process.pid}/autogroup")  # where the kernel shares between sessions, not processes
    if group.exists():
        group.write_text(str(NICENESS_OF_A_QUARTER))


def processor_seconds(process: Process) -> float:
    """What a process, its children and those that have ended took of a core until now."""
    ticks = 0
    for number in process.family:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended, and counts with its parent
            stated = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, stated[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")
