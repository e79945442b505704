"""What every test stands on: settings from an environment of its own, a migrated database, browsers, real servers.

`DATABASE_URL` and `REDIS_URL` choose the servers to test on; without them all is embedded (SQLite, a file broker).
Triggers are always on. Ordinary tests use `db` and roll back. What must commit (threads, servers, journeys) asks for
`fresh_database`: a copy of the migrated template of its own, since no table that is append-only can be emptied.
"""

import gc
import gzip
import os
import re
import runpy
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from functools import cache as once
from itertools import count
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(tempfile.mkdtemp(prefix="tiptracker-test-"))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")

# What differs between machines may not differ between tests: all but these two is set here, before Django loads.
CHOSEN = {"DATABASE_URL": f"sqlite:///{VAR_DIR}/db.sqlite3", "REDIS_URL": ""}
for name in (
    "SECURE",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_PROXY_HEADER",
    "TRUSTED_PROXIES",
    "DEMONSTRATION",
    "DEMO_CLOCK",
    "MEDIA_ROOT",
    "EMAIL_HOST",
    "PUBLIC_URL",
    "UPLOAD_MAX_BYTES",
    "UPLOAD_MAX_FILES",
    "UPLOAD_MAX_TOTAL_BYTES",
    "UPLOAD_MAX_UPDATE_BYTES",
    "UPLOAD_MAX_MINISTRY_BYTES",
    "CLAMD_URL",
    "PYTHONDONTWRITEBYTECODE",  # else each process that is started compiles Django anew, which is half of its start
):
    os.environ.pop(name, None)
for name, default in CHOSEN.items():
    os.environ.setdefault(name, default)
if os.environ["REDIS_URL"]:
    # Redis knows databases by number: the tests use those from 8 upwards, one a process, and empty them.
    number = 8 + int(WORKER.removeprefix("gw"))
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "tiptracker.settings",
    "SECRET_KEY": "a key for the tests alone, which nothing outside them ever sees",
    "VAR_DIR": str(VAR_DIR),
    "STATIC_ROOT": str(BASE_DIR / "var" / "static"),
    "LOG_LEVEL": "WARNING",
    "SECOND_FACTOR_REQUIRED": "false",  # tests of it turn it on
    "DATABASE_POOL": "4",
    # Playwright's synchronous API runs a loop in the test's thread, where Django would refuse to touch the database.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    # Nothing else is reached, from here or from a process that is started here.
    "MAY_REACH": " ".join(urlsplit(os.environ[name]).hostname or "" for name in CHOSEN),
    "REACHED": str(VAR_DIR / "reached"),
    "PYTHONPATH": str(BASE_DIR / "tests" / "network_guard"),
}
watched = runpy.run_path(str(BASE_DIR / "tests" / "network_guard" / "sitecustomize.py"))

from tests import database_roles

if urlsplit(os.environ["DATABASE_URL"]).scheme.startswith("postgres"):
    database_roles.create_roles()

import django

django.setup()

import django.test
import hypothesis
import psycopg
import pytest
from celery import Celery
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.core.mail.backends import locmem
from django.core.management import call_command
from django.db import connection, connections
from django.http import HttpResponse
from django.test.utils import teardown_databases
from django.utils import timezone

from tests.html_whitespace import without_layout
from tests.locks import recording
from tests.refusals import made
from tests.running_server import CHROMIUM, CHROMIUM_FLAGS, Live, serve
from tiptracker.celery import app
from tiptracker.infrastructure.cache import redis_breaker
from tiptracker.jobs.models import Job, State
from tiptracker.sandbox import sandbox
from tiptracker.sandbox.process import ProcessResult

# A quick hash, but one that the real hasher of a live server reads all the same.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1

# A busy machine is no fault of the code: no test has a clock. A change that is to land is tried on twice as much.
hypothesis.settings.register_profile("quick", deadline=None, max_examples=10)
hypothesis.settings.register_profile("here", deadline=None, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=100)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS", "here"))


class Browser(django.test.Client):
    """Goes on by itself from a page's address without an edition to the edition at hand, with all that it sends.

    So tests ask for pages by their names alone, where it doesn't matter of which edition.
    """

    def generic(self, method, path, data="", *args, **more):
        made.clear()
        response = super().generic(method, path, data, *args, **more)
        bare, onward = path.partition("?")[0], urlsplit(response.headers.get("Location", "")).path
        if onward != bare and onward.endswith(bare) and re.fullmatch("/[A-Z]{3}/[0-9]{4}", onward.removesuffix(bare)):
            more["QUERY_STRING"] = ""  # what was asked stands in the address that is led to
            response = super().generic(method, response.headers["Location"], data, *args, **more)
        response.refusals = tuple(made)
        return response


django.test.Client = Browser


def _text_without_layout(response: HttpResponse) -> str:
    text = response.content.decode(response.charset)
    return without_layout(text) if "html" in response.headers.get("Content-Type", "") else text


# Tests read a page's `text` as its reader does, whatever its template's line breaks and indentation; `content` is raw.
HttpResponse.text = property(_text_without_layout)

MOST_KEPT_BYTES = 1_000_000
"""How large a file may be whose opening is remembered for other tests."""

MASERU = ZoneInfo("Africa/Maseru")
THE_DAY = date(2022, 1, 28)
"""Today, where a test says nothing else: one month before Lesotho's deadline."""

if connection.vendor == "sqlite":
    # A file, since other threads and processes have to see copies of it.
    connection.settings_dict["TEST"]["NAME"] = VAR_DIR / "test.sqlite3"
else:
    connection.settings_dict["TEST"]["NAME"] = f"test_{connection.settings_dict['NAME']}_{os.getpid()}"


# --- The clock --------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def set_clock(request: pytest.FixtureRequest, settings) -> Callable[..., None]:
    """The domain's clock stands at 9:00 in Maseru on THE_DAY, or on the test's `@pytest.mark.day("2022-03-31")`.

    Call it to set another day (and time) in the midst of a test. Live servers are started with the same clock.
    """

    def set_to(day: date, at: time = time(9), zone: ZoneInfo = MASERU) -> None:
        settings.DEMO_CLOCK = f"{datetime.combine(day, at, zone).isoformat()} {timezone.now().isoformat()}"

    marker = request.node.get_closest_marker("day")
    set_to(date.fromisoformat(marker.args[0]) if marker else THE_DAY)
    return set_to


@pytest.fixture
def reached() -> Path:
    """Where it is written down what somebody tried to reach who may not."""
    return Path(os.environ["REACHED"])


@pytest.fixture(autouse=True)
def nobody_else_is_reached(reached: Path) -> Iterator[None]:
    """Whoever swallows the error is found all the same."""
    yield
    if reached.exists():
        tried = reached.read_text()
        reached.unlink()
        pytest.fail(f"Something was to be reached over the network:\n{tried}", pytrace=False)


@pytest.fixture(autouse=True)
def nothing_is_sent_in_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes through a socket in production and not in a test is watched like a socket: mails and messages."""

    def watch(owner: type, name: str) -> None:
        sends = getattr(owner, name)

        def watched_sends(*arguments, **named):
            watched["refuse_in_transaction"](f"{owner.__name__}.{name}")
            return sends(*arguments, **named)

        monkeypatch.setattr(owner, name, watched_sends)

    watch(locmem.EmailBackend, "send_messages")
    watch(Celery, "send_task")


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits and the like are kept in the cache; no test inherits another's."""
    redis_breaker.answered()
    cache.clear()


_opened: dict[tuple[object, ...], ProcessResult] = {}


@pytest.fixture(autouse=True)
def files_are_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A confined process that has opened a file is not started again for the same: each takes a third of a second."""
    start = sandbox.run_process

    def run_process(command, content, **limits):
        key = (*command, content, limits["most_waited"])
        result = _opened.get(key) or start(command, content, **limits)
        if result.code == 0 and len(content) < MOST_KEPT_BYTES:
            _opened[key] = result
        return result

    monkeypatch.setattr(sandbox, "run_process", run_process)


@pytest.fixture(autouse=True)
def rows_are_locked_in_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test has the product do, rows are locked in the one order; SQLite locks the whole database instead."""
    if connection.vendor != "postgresql" or "unordered_locks" in request.keywords:
        yield
        return
    with recording() as recorder:
        yield
    if faults := recorder.all_faults():
        pytest.fail("Two who do this may wait for each other for ever:\n" + "\n".join(faults), pytrace=False)


# --- Databases --------------------------------------------------------------------------------------------------------


def copy_database(source: str, target: str) -> None:
    """Copy a whole database, triggers and all. Nobody may be connected to the source (PostgreSQL)."""
    if connection.vendor == "postgresql":
        database_roles.copy_on_postgres(source, target)
        return
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def drop_database(name: str) -> None:
    """Drop a database that `copy_database` made."""
    if connection.vendor == "postgresql":
        database_roles.maintain(f'DROP DATABASE "{name}" WITH (FORCE)')
        return
    for suffix in ("", "-wal", "-shm"):
        Path(f"{name}{suffix}").unlink(missing_ok=True)


def connect_to(name: str) -> None:
    """Let this process work on another database from now on."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()
    connection.settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker
) -> Iterator[None]:
    """The migrated test database. pytest-django's own makes none where all the tests asked for bring their own copy."""
    with django_db_blocker.unblock():
        made = database_roles.set_up_databases()
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":  # the session of a process that was killed may outlive it by a moment
            name = str(connection.settings_dict["NAME"])
            connect_to(name)
            database_roles.maintain("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)
        with database_roles.as_owner():
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def database_template(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """A migrated database that nothing ever connects to, so that it can be copied at any time."""
    name = str(connection.settings_dict["NAME"])
    template = f"{name}_template"
    with django_db_blocker.unblock():
        connect_to(name)
        copy_database(name, template)
    yield template
    drop_database(template)


_copies = count(1)


@contextmanager
def a_copy_of(source: str) -> Iterator[str]:
    """Let this process work on a copy of a database, which is dropped at the end; gives its name."""
    ordinary = str(connection.settings_dict["NAME"])
    name = f"{ordinary}_{next(_copies)}"
    copy_database(source, name)
    connect_to(name)
    yield name
    connect_to(ordinary)
    drop_database(name)


@pytest.fixture
def fresh_database(database_template: str, django_db_blocker) -> Iterator[str]:
    """A database of the test's own, in which it may commit; gives its URL, for other processes."""
    with django_db_blocker.unblock(), a_copy_of(database_template) as name:
        if connection.vendor == "postgresql":
            yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        else:
            yield f"sqlite:///{name}"


@pytest.fixture(scope="session")
def database_of_0_1_0(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """The database that release 0.1.0 left (see tests/fixtures/0.1.0/README.md), migrated once in a process.

    Nothing stays connected to it, so that each test can have a copy.
    """
    ordinary = str(connection.settings_dict["NAME"])
    name = f"{ordinary}_0_1_0"
    folder = BASE_DIR / "tests" / "fixtures" / "0.1.0"
    if connection.vendor == "postgresql":
        database_roles.maintain(f'CREATE DATABASE "{name}" OWNER {database_roles.OWNER}')
        dump = gzip.decompress((folder / "postgres.sql.gz").read_bytes()).decode()
        with psycopg.connect(database_roles.SUPERUSER_URL, dbname=name, autocommit=True) as server:
            server.execute(f"GRANT ALL ON SCHEMA public TO {database_roles.OWNER}")
            server.execute(f"SET ROLE {database_roles.OWNER}")
            server.execute(re.sub(r"^\\.*$", "", dump, flags=re.MULTILINE))  # what only psql understands
    else:
        Path(name).write_bytes(gzip.decompress((folder / "sqlite.sqlite3.gz").read_bytes()))
    with django_db_blocker.unblock():
        connect_to(name)
        with database_roles.as_owner():
            call_command("migrate", verbosity=0)
        if connection.vendor == "postgresql":
            database_roles.grant(name)
        connect_to(ordinary)
    yield name
    drop_database(name)


@pytest.fixture
def put_back(fresh_database: str) -> Iterator[Callable[[], None]]:
    """Call it to have `fresh_database` as it was when it was called first."""
    name = str(connection.settings_dict["NAME"])
    kept = f"{name}_kept"
    is_kept = False

    def back() -> None:
        nonlocal is_kept
        connect_to(name)
        if is_kept:
            drop_database(name)
            copy_database(kept, name)
        else:
            copy_database(name, kept)
            is_kept = True

    yield back
    if is_kept:
        drop_database(kept)


@pytest.fixture
def run_jobs() -> Callable[[], list[Job]]:
    """Call it to do every job that is due, in this process, as a worker would; gives those jobs as they stand then."""
    app.loader.import_default_modules()  # not in the test itself: it sets logging up anew
    return do_jobs


def do_jobs() -> list[Job]:
    done: list[Job] = []
    while job := Job.objects.filter(state=State.QUEUED, due_at__lte=timezone.now()).order_by("pk").first():
        assert job.pk not in [other.pk for other in done], f"{job} was left queued by its own task"
        app.tasks[job.kind](job.pk)
        done.append(job)
    return list(Job.objects.filter(pk__in=[job.pk for job in done]).order_by("pk"))


# --- Servers and browsers ---------------------------------------------------------------------------------------------


@pytest.fixture
def live(request: pytest.FixtureRequest, fresh_database: str) -> Iterator[Live]:
    """A real web server and a real worker on `fresh_database`, where the test's own process may write too."""
    with serve(fresh_database, with_worker="without_worker" not in request.keywords) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Africa/Maseru", "reduced_motion": "reduce"}


def pytest_configure(config: pytest.Config) -> None:
    """Let each process of pytest-xdist come to its own environment first: where this is set, Django loads at once."""
    if getattr(config.option, "numprocesses", None):
        del os.environ["DJANGO_SETTINGS_MODULE"]


SLOW_FOLDERS = {"concurrency", "deployment", "journeys", "performance", "security"}
"""What is in them starts servers or asks every address, which takes minutes."""
SLOW_IMPORTS = {"subprocess", "reports.briefings.pdf", "tests.reports.printed_document", "tiptracker.sandbox.sandbox"}
"""A file of tests that imports one of these, or something from it, starts processes or draws documents."""


@once
def is_slow(module: ModuleType) -> bool:
    """Whether a file of tests takes long, by where it is and what it imports; those of views render pages."""
    path = Path(str(module.__file__))
    folders = path.relative_to(BASE_DIR).parts
    imported = {
        each.__name__ if isinstance(each, ModuleType) else getattr(each, "__module__", "")
        for each in vars(module).values()
    }
    return path.name.startswith("test_views") or bool(SLOW_FOLDERS & set(folders) or SLOW_IMPORTS & imported)


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, since some tests wait for servers; Redis has room for six."""
    return min((os.cpu_count() or 1) + 1, 6)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives a browser is a journey; without Chromium it isn't run, unless JOURNEYS=required.

    What uses a database is marked, so that the rest need not be run again on another one, and what `make quick` leaves
    out. Journeys and what else is long come first, so that at the end nobody waits for one of them.
    """
    for item in items:
        is_served = {"browser", "live"} & set(getattr(item, "fixturenames", ()))
        if is_served or is_slow(item.module) or item.get_closest_marker("long"):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("django_db") or "django_db_setup" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)
        if "browser" in getattr(item, "fixturenames", ()) or "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            if not CHROMIUM:
                if os.environ.get("JOURNEYS") == "required":
                    raise pytest.UsageError("JOURNEYS=required, and there is no Chromium: apt-get install chromium")
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
    items.sort(key=lambda item: not any(item.iter_markers("journey")) and not any(item.iter_markers("long")))


def pytest_collection_finish() -> None:
    """What stands now stands to the end: it need not be looked through for garbage again and again."""
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(VAR_DIR, ignore_errors=True)
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal and not CHROMIUM and not hasattr(config, "workerinput"):
        skipped = sum("no Chromium" in str(report.longrepr) for report in terminal.stats.get("skipped", []))
        terminal.write_line(
            f"{skipped} browser journeys were not run: there is no Chromium here (apt-get install chromium)."
        )
