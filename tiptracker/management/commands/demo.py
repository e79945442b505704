"""`manage.py demo`: the public record of Lesotho and an exercise, with web server and workers under one supervisor."""

import fcntl
import os
import socket
import time
from contextlib import suppress
from datetime import datetime
from datetime import time as clock_time
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from tiptracker import environment as env
from tiptracker.demo import database, supervisor
from tiptracker.demo.own_environment import url_host
from tiptracker.infrastructure.child_process import die_with_parent
from tiptracker.localization import format_date

PASSWORD = "lumelang-2021"  # noqa: S105 -- everybody may read it; with it only this machine is served
MASERU_ZONE = ZoneInfo("Africa/Maseru")
START_TIME = clock_time(9)
START_TIMEOUT_SECONDS = 60


class DemoOptions(NamedTuple):
    """Options of the demonstration, read from the environment."""

    host: str
    port: int
    day: datetime
    password: str
    is_reset: bool


class Command(BaseCommand):
    help = (
        "Run the demonstration until Ctrl-C: web server, workers, mailbox and the exercise of Lesotho. It takes no "
        "arguments; these variables choose: HOST (an address), PORT (a number), DAY (a first day, such as "
        "2022-03-31), RESET (1 starts again from the beginning), DEMO_PASSWORD, DATABASE_URL and REDIS_URL. Exits "
        "with 1 if one of them is wrong or a process does not start. Example: PORT=8001 DAY=2022-03-31 manage.py demo"
    )
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        wishes = _read_options()
        _refuse_taken_port(wishes.host, wishes.port)
        if not settings.DEMONSTRATION:
            raise CommandError("The demonstration needs settings of its own: start it with manage.py demo.")
        supervisor.stop_on_signals()
        if os.environ.get("MAKELEVEL"):  # `make` waits for this process; without it there is no parent to end with
            die_with_parent(os.getppid())
        try:
            self._run(wishes)
        except supervisor.StopRequested:
            self.stdout.write("\nStopped.")

    def _run(self, wishes: DemoOptions) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR_DIR / "running").open("w") as lock_file:
            try:
                fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandError("This demonstration is running already. Stop that one first (Ctrl-C).") from None
            self._prepare_database(is_reset=wishes.is_reset)
            settings.DEMO_CLOCK = self._clock_from(wishes.day)
            self._serve(wishes, os.environ | {"DEMO_CLOCK": settings.DEMO_CLOCK})

    def _prepare_database(self, *, is_reset: bool) -> None:
        if problem := database.describe_foreign_data():
            raise CommandError(
                f"{problem} The demonstration does not use it. Give it its own database with DATABASE_URL=."
            )
        if is_reset:
            self.stdout.write("Starting over.")
            database.drop_tables()
            var = settings.VAR_DIR
            for folder in (settings.MEDIA_ROOT, settings.MAIL_DIR, var / "cache", var / "broker"):
                _delete_files(folder)
        call_command("migrate", verbosity=0)

    def _clock_from(self, day: datetime) -> str:
        """Return DEMO_CLOCK for a start now: 9:00 of that day, or just after the last recorded row if that is later."""
        last = database.last_recorded_at()
        if last and last >= day:
            day = last.astimezone(MASERU_ZONE).replace(microsecond=0)
            self.stdout.write(f"Going on after the last recorded row, {day:%H:%M} on {format_date(day)} in Maseru.")
        return f"{day.isoformat()} {timezone.now().isoformat()}"

    def _serve(self, wishes: DemoOptions, environment: dict[str, str]) -> None:
        """Serve the record, loaded up to the domain time, and wait for a stop signal or the end of a child.

        The web server starts while the record is loaded. The workers start after it answers, because they would slow it
        down and have nothing to do before.
        """
        logs = settings.VAR_DIR / "logs"
        with supervisor.Supervisor(environment, settings.BASE_DIR, logs) as running:
            _close_database()
            running.start("web", supervisor.web_command(wishes.host, wishes.port))
            call_command("load_lesotho", exercise=True, stdout=self.stdout)
            database.set_passwords(wishes.password)
            address = f"http://{url_host(wishes.host)}:{wishes.port}"
            _wait_until_answered(f"{address}/health/", running)
            _close_database()
            running.start("worker", supervisor.worker_command(with_beat=True))
            running.start("mail-worker", supervisor.mail_worker_command())
            self.stdout.write(_greeting(address, wishes, environment["DEMO_CLOCK"], logs))
            self.stdout.flush()
            child = running.watch(restart={"worker", "mail-worker"})
            raise CommandError(f"The {child.name} ended, so everything stops. It said last:\n{child.last_lines()}")


def _read_options() -> DemoOptions:
    """Read and check the environment. Raises CommandError with a sentence that says what to do."""
    try:
        host, port, day = env.HOST.read(), env.PORT.read(), env.DAY.read()
        password, is_reset = env.DEMO_PASSWORD.read() or PASSWORD, env.RESET.read()
    except ImproperlyConfigured as error:
        raise CommandError(f"{error} Examples: PORT=8001, DAY=2022-02-14, RESET=1.") from None
    if password == PASSWORD and not _is_loopback(host):
        raise CommandError(
            f"HOST={host} would let others in with a password that everybody can read. Choose one: DEMO_PASSWORD=…"
        )
    return DemoOptions(host, port, datetime.combine(day, START_TIME, MASERU_ZONE), password, is_reset)


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host} port {port} can't be used ({os.strerror(error.errno or 0)}). "
                f"Stop what uses it, or choose another: make demo PORT={port + 1}"
            ) from None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _close_database() -> None:
    """Close database connections. Child processes should start from a process without connections and their threads."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own


def _delete_files(folder: Path) -> None:
    """Delete the files below `folder`, which belongs to the demonstration. Folders may stay."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


def _wait_until_answered(url: str, running: supervisor.Supervisor) -> None:
    give_up_at = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < give_up_at:
        if child := running.find_ended_child():
            raise CommandError(f"The {child.name} did not start. It said last:\n{child.last_lines()}")
        with suppress(URLError, OSError):
            urlopen(url, timeout=5).close()  # noqa: S310 -- our own server, plain HTTP
            return
        time.sleep(0.05)
    raise CommandError(f"Nothing answered at {url} within {START_TIMEOUT_SECONDS} seconds. The logs may say why.")


def _greeting(address: str, wishes: DemoOptions, demo_clock: str, logs: Path) -> str:
    domain, _ = demo_clock.split()
    now = datetime.fromisoformat(domain)
    width = max(len(email) for email in database.DEMO_ACCOUNTS)
    people = "\n".join(f"  {email:<{width}}  {purpose}" for email, purpose in database.DEMO_ACCOUNTS.items())
    return f"""
TIP Tracker, demonstration: {address}
In Maseru it is {now:%H:%M} on {now:%A}, {format_date(now)}. Lesotho's deadline is 28 February 2022.

Sign in as one of these; the password is {wishes.password}

{people}

What to try
  1. As police@demo.example, open a commitment and send an update with a file that proves it.
  2. As officer@demo.example, open My tasks, accept the update, and assess its benchmark. Readiness rises
     by the points that the page announced.
  3. As ambassador@demo.example, read the dashboard and download the briefing.
  4. As justice@demo.example, look for the update: another ministry sees nothing of it.
  5. As admin@demo.example, add a second post. Invite its officer at an address that ends in @demo.example:
     the invitation is saved in {settings.MAIL_DIR}.

The record is public. Everything between 22 November 2021 and 27 January 2022 is an exercise, and marked as one.
Logs are in {logs}. RESET=1 starts again from the beginning. Ctrl-C stops everything.
"""
