"""Start a real web server and a real worker on their own database, for journeys and tests that need processes."""

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

from tests.authentication import force_sign_in
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
class RunningServer:
    """A running TIP Tracker. It reads what the process of the test writes to `fresh_database`."""

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
        """Start another worker, beside the first one or after it ended."""
        self.start(worker_command(with_beat=False, queues="celery,mail"))

    def sign_in(self, page, user) -> None:
        """Sign in by the sign-in page."""
        self.type_password(page, user)
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def type_password(self, page, user) -> None:
        """Send e-mail address and password on the sign-in page."""
        page.goto(f"{self.url}/accounts/login/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit] >> nth=0")

    def force_sign_in(self, context, user) -> None:
        """Give a browser context a session of `user` without the sign-in page."""
        client = Client()
        force_sign_in(client, user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])


@contextmanager
def serve(database_url: str, *, with_worker: bool = True, **more: str) -> Iterator[RunningServer]:
    """Run Granian and a Celery worker on `database_url`, with the files, keys and broker of the test process.

    Args:
        more: further variables of their environment.
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
    live = RunningServer(port, environment, settings.VAR_DIR / f"live-{port}.log")
    try:
        live.start(web_command("127.0.0.1", port))
        if with_worker:
            live.start_worker()
        wait_until_served(live)
        yield live
    finally:
        for process in live.processes:
            stop(process)


def wait_until_served(live: RunningServer, *, seconds: float = 30) -> None:
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
    """Kill the whole process group. A worker that is asked to end takes five seconds."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
