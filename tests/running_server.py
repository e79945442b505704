"""A real web server and a real worker on a database of their own: for journeys, and for what needs processes."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.cache import cache
from django.test import Client

from tests.authentication import enter
from tests.factories import PASSWORD
from tiptracker.demo.supervisor import web_command, worker_command

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Live:
    """A running TIP Tracker. What the test's own process writes in `fresh_database`, this one reads."""

    port: int
    environment: dict[str, str]
    log: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def web(self) -> subprocess.Popen[bytes]:
        return self.processes[0]

    @property
    def worker(self) -> subprocess.Popen[bytes]:
        return self.processes[-1]

    def start(self, command: list[str]) -> None:
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                command,
                env=self.environment,
                cwd=settings.BASE_DIR,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.processes.append(process)

    def start_worker(self) -> None:
        """Another worker, beside the one there is or in its place."""
        self.start(worker_command(with_beat=False, queues="celery,mail"))

    def sign_in(self, page, user) -> None:
        """Sign in as a person does, by the page."""
        self.type_password(page, user)
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def type_password(self, page, user) -> None:
        """The first step of it."""
        page.goto(f"{self.url}/accounts/login/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit] >> nth=0")

    def enter(self, context, user) -> None:
        """Give a browser context the session of `user` without the sign-in page, where that isn't the story."""
        client = Client()
        enter(client, user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])


@contextmanager
def serve(database_url: str, *, with_worker: bool = True, **more: str) -> Iterator[Live]:
    """Granian and a Celery worker on `database_url`; files, keys and broker are the test process's own.

    `more` is set in their environment besides.
    """
    cache.clear()
    if not settings.REDIS_URL:
        for left in settings.BROKER_DIR.glob("**/*.msg"):
            left.unlink()
    port = free_port()
    environment = os.environ | {"DATABASE_URL": database_url, "LOG_LEVEL": "INFO"}
    if settings.DEMO_CLOCK:
        environment |= {"DEMONSTRATION": "true", "DEMO_CLOCK": settings.DEMO_CLOCK}
    environment |= more
    live = Live(port, environment, settings.VAR_DIR / f"live-{port}.log")
    try:
        live.start(web_command("127.0.0.1", port))
        if with_worker:
            live.start_worker()
        wait_until_served(live)
        yield live
    finally:
        for process in live.processes:
            stop(process)


def wait_until_served(live: Live, *, seconds: float = 30) -> None:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if live.web.poll() is not None:
            break
        try:
            urlopen(f"{live.url}/accounts/login/", timeout=10).close()  # noqa: S310 -- our own server, plain HTTP
        except HTTPError as error:
            raise AssertionError(f"The sign-in page answers {error.code}:\n{live.log.read_text()}") from error
        except (URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"The server did not start:\n{live.log.read_text()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End all of its process group at once: a worker that is asked takes five seconds, and nobody wants its work."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
