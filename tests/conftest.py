"""Fixtures of all tests: settings from a fixed environment, a migrated database, browsers and real servers.

`DATABASE_URL` and `REDIS_URL` choose the servers to test on; without them everything is embedded (SQLite, a file
broker). Triggers are always on. Ordinary tests use `db` and roll back. A test that must commit (threads, servers,
journeys) uses `fresh_database`: its own copy of the migrated template, because append-only tables cannot be emptied.
"""

import functools
import gc
import gzip
import os
import re
import runpy
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from itertools import count
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(tempfile.mkdtemp(prefix="tiptracker-test-"))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")

# Tests must not depend on the machine: everything but these two is set here, before Django loads.
DEFAULT_SERVER_URLS = {"DATABASE_URL": f"sqlite:///{VAR_DIR}/db.sqlite3", "REDIS_URL": ""}
for name in (
    "SECURE",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_PROXY_HEADER",
    "TRUSTED_PROXIES",
    "DEMONSTRATION",
    "DEMO_CLOCK",
    "MEDIA_ROOT",
    "FILES_URL",
    "PROXY_FILES_PATH",
    "EMAIL_HOST",
    "PUBLIC_URL",
    "UPLOAD_MAX_BYTES",
    "UPLOAD_MAX_FILES",
    "UPLOAD_MAX_TOTAL_BYTES",
    "UPLOAD_MAX_UPDATE_BYTES",
    "UPLOAD_MAX_MINISTRY_BYTES",
    "CLAMD_URL",
    "OPERATED_BY",
    "PYTHONDONTWRITEBYTECODE",  # otherwise each started process compiles Django again: half of its start-up time
):
    os.environ.pop(name, None)
for name, default in DEFAULT_SERVER_URLS.items():
    os.environ.setdefault(name, default)
if os.environ["REDIS_URL"]:
    # Redis numbers its databases. The tests use those from 8 upwards, one for each process, and empty them.
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
    # Other hosts cannot be reached, neither from here nor from a process that is started here.
    "TESTS_ALLOWED_HOSTS": " ".join(urlsplit(os.environ[name]).hostname or "" for name in DEFAULT_SERVER_URLS),
    "TESTS_BLOCKED_CONNECTIONS": str(VAR_DIR / "blocked_connections"),
    "PYTHONPATH": str(BASE_DIR / "tests" / "network_guard"),
}
network_guard = runpy.run_path(str(BASE_DIR / "tests" / "network_guard" / "sitecustomize.py"))

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
from django.core.cache import cache, caches
from django.core.mail.backends import locmem
from django.db import connection, connections
from django.http import HttpResponse
from django.test.utils import teardown_databases
from django.utils import timezone
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from dialogues.kept_statuses import forget_statuses
from reports.readiness.kept_readiness import forget_readiness
from tests.html_whitespace import collapse_layout_whitespace
from tests.locks import record_locks
from tests.papers.results import ResultRecorder
from tests.refusals import recorded_refusals
from tests.running_server import CHROMIUM, CHROMIUM_FLAGS, RunningServer, serve
from tests.s3_server import S3Server, serve_s3
from tests.upgrading import upgrade
from tiptracker.celery import app
from tiptracker.infrastructure.cache import redis_breaker
from tiptracker.infrastructure.call_stack import with_room_for_calls
from tiptracker.infrastructure.s3_storage import S3FileStorage
from tiptracker.infrastructure.storage import AtomicFileStorage
from tiptracker.jobs.models import Job, State
from tiptracker.languages import enabled
from tiptracker.languages.catalogues import compile_catalogues
from tiptracker.sandbox import sandbox
from tiptracker.sandbox.process import ProcessResult

compile_catalogues()  # before the first translation of the process

# A fast hash that the real hasher of a live server can still check.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1

# No example has a deadline, because a busy machine is no fault of the code. CI tries twice as many examples.
hypothesis.settings.register_profile("quick", deadline=None, max_examples=10)
hypothesis.settings.register_profile("here", deadline=None, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=100)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS", "here"))


class EditionClient(django.test.Client):
    """A test client that follows the redirect from a page's URL without an edition to the current edition.

    So tests can use `reverse` with the name alone if the edition does not matter. The request is repeated as it was.
    """

    def generic(self, method, path, data="", *args, **more):
        recorded_refusals.clear()
        response = super().generic(method, path, data, *args, **more)
        bare, onward = path.partition("?")[0], urlsplit(response.headers.get("Location", "")).path
        if onward != bare and onward.endswith(bare) and re.fullmatch("/[A-Z]{3}/[0-9]{4}", onward.removesuffix(bare)):
            more["QUERY_STRING"] = ""  # the URL of the redirect contains the query
            response = super().generic(method, response.headers["Location"], data, *args, **more)
        response.refusals = tuple(recorded_refusals)
        return response


django.test.Client = EditionClient


def _text_without_layout(response: HttpResponse) -> str:
    text = response.content.decode(response.charset)
    return collapse_layout_whitespace(text) if "html" in response.headers.get("Content-Type", "") else text


# `text` is a page without the line breaks and indentation of its template; `content` is raw.
HttpResponse.text = property(_text_without_layout)

MAX_CACHED_BYTES = 1_000_000
"""Results of the sandbox are reused in other tests for files up to this size."""

MASERU = ZoneInfo("Africa/Maseru")
TODAY = date(2022, 1, 28)
"""Today, unless a test sets another day: one month before Lesotho's deadline."""

if connection.vendor == "sqlite":
    # A file, because other threads and processes have to see copies of it.
    connection.settings_dict["TEST"]["NAME"] = VAR_DIR / "test.sqlite3"
else:
    connection.settings_dict["TEST"]["NAME"] = f"test_{connection.settings_dict['NAME']}_{os.getpid()}"


# --- The clock --------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def set_clock(request: pytest.FixtureRequest, settings) -> Callable[..., None]:
    """Set the application's clock to 9:00 in Maseru on TODAY, or on the test's `@pytest.mark.day("2022-03-31")`.

    Call the fixture to set another day and time during a test. Live servers are started with the same clock.
    """

    def set_to(day: date, at: time = time(9), zone: ZoneInfo = MASERU) -> None:
        settings.DEMO_CLOCK = f"{datetime.combine(day, at, zone).isoformat()} {timezone.now().isoformat()}"

    marker = request.node.get_closest_marker("day")
    set_to(date.fromisoformat(marker.args[0]) if marker else TODAY)
    return set_to


@pytest.fixture
def blocked_connections() -> Path:
    """The file in which blocked connections are logged."""
    return Path(os.environ["TESTS_BLOCKED_CONNECTIONS"])


@pytest.fixture(autouse=True)
def fail_on_network_access(blocked_connections: Path) -> Iterator[None]:
    """Fail a test that tried to reach another host, also if its code caught the error."""
    yield
    if blocked_connections.exists():
        tried = blocked_connections.read_text()
        blocked_connections.unlink()
        pytest.fail(f"Connections to other hosts were blocked:\n{tried}", pytrace=False)


@pytest.fixture(autouse=True)
def forbid_network_in_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard mails, task messages and stored files like sockets: production may reach all of them over the network."""

    def watch(owner: type, name: str) -> None:
        sends = getattr(owner, name)

        def watched_sends(*arguments, **named):
            network_guard["refuse_in_transaction"](f"{owner.__name__}.{name}")
            return sends(*arguments, **named)

        monkeypatch.setattr(owner, name, watched_sends)

    watch(locmem.EmailBackend, "send_messages")
    watch(Celery, "send_task")
    for storage in (AtomicFileStorage, S3FileStorage):
        for name in ("_open", "_save", "delete", "exists", "size", "listdir", "names", "get_modified_time"):
            watch(storage, name)


@pytest.fixture(autouse=True)
def forget_pages(request: pytest.FixtureRequest, settings) -> None:
    """Keep no pages in the cache, because tests write rows without an entry in the log. A live server keeps them.

    A test marked `kept_pages` begins with an empty cache and keeps pages.
    """
    settings.KEEP_PAGES = "kept_pages" in request.keywords
    if settings.KEEP_PAGES:
        caches["pages"].clear()


@pytest.fixture(autouse=True)
def clear_cache() -> None:
    """Empty the cache before each test, because rate limits and other counts are kept in it.

    The process also forgets the readiness, statuses and languages of other tests.
    """
    redis_breaker.answered()
    cache.clear()
    forget_readiness()
    forget_statuses()
    enabled._kept = float("inf"), frozenset()  # tests that sign a language off let the process read the rows


_sandbox_results: dict[tuple[object, ...], ProcessResult] = {}


@pytest.fixture(autouse=True)
def reuse_sandbox_results(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reuse the result of a sandbox process for the same command and file: each process takes a third of a second."""
    start = sandbox.run_process

    def run_process(command, content, **limits):
        key = (*command, content, limits["timeout_seconds"])
        result = _sandbox_results.get(key) or start(command, content, **limits)
        if result.code == 0 and len(content) < MAX_CACHED_BYTES:
            _sandbox_results[key] = result
        return result

    monkeypatch.setattr(sandbox, "run_process", run_process)


@pytest.fixture(autouse=True)
def check_lock_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the product locks rows in a wrong order. SQLite locks the whole database instead."""
    if connection.vendor != "postgresql" or "unordered_locks" in request.keywords:
        yield
        return
    with record_locks() as recorder:
        yield
    if faults := recorder.all_faults():
        pytest.fail("Two transactions that do this could deadlock:\n" + "\n".join(faults), pytrace=False)


# --- Databases --------------------------------------------------------------------------------------------------------


def copy_database(source: str, target: str) -> None:
    """Copy a whole database with its triggers. On PostgreSQL nobody may be connected to the source."""
    if connection.vendor == "postgresql":
        database_roles.copy_database_on_postgres(source, target)
        return
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def drop_database(name: str) -> None:
    """Drop a database that `copy_database` created."""
    if connection.vendor == "postgresql":
        database_roles.run_maintenance(f'DROP DATABASE "{name}" WITH (FORCE)')
        return
    for suffix in ("", "-wal", "-shm"):
        Path(f"{name}{suffix}").unlink(missing_ok=True)


def connect_to(name: str) -> None:
    """Connect this process to another database from now on."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()
    connection.settings_dict["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker
) -> Iterator[None]:
    """Create the migrated test database. pytest-django's own fixture does not, if all selected tests use copies."""
    with django_db_blocker.unblock():
        made = database_roles.set_up_databases()
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":  # the session of a killed process may outlive it for a moment
            name = str(connection.settings_dict["NAME"])
            connect_to(name)
            database_roles.run_maintenance(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name
            )
        with database_roles.as_owner():
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="module", autouse=True)
def vacuum_database() -> Iterator[None]:
    """After the tests of a file, empty the tables that they filled and rolled back (PostgreSQL)."""
    yield
    if (
        connection.vendor == "postgresql"
        and connection.settings_dict["NAME"] == connection.settings_dict["TEST"]["NAME"]
    ):
        database_roles.vacuum_large_tables()


@pytest.fixture(scope="session")
def database_template(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """A migrated database that nothing connects to, so that it can be copied at any time."""
    name = str(connection.settings_dict["NAME"])
    template = f"{name}_template"
    with django_db_blocker.unblock():
        connect_to(name)
        copy_database(name, template)
    yield template
    drop_database(template)


_copies = count(1)


@contextmanager
def use_copy_of(source: str) -> Iterator[str]:
    """Connect this process to a copy of a database, which is dropped at the end. Yields its name."""
    ordinary = str(connection.settings_dict["NAME"])
    name = f"{ordinary}_{next(_copies)}"
    copy_database(source, name)
    connect_to(name)
    yield name
    connect_to(ordinary)
    drop_database(name)


@pytest.fixture
def fresh_database(database_template: str, django_db_blocker) -> Iterator[str]:
    """The test's own database, in which it may commit. Yields its URL, for other processes."""
    with django_db_blocker.unblock(), use_copy_of(database_template) as name:
        if connection.vendor == "postgresql":
            yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        else:
            yield f"sqlite:///{name}"


@pytest.fixture(scope="session")
def database_of_0_1_0(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """The database of release 0.1.0 (see tests/fixtures/0.1.0/README.md), upgraded once per process.

    Nothing stays connected to it, so that each test can copy it.
    """
    ordinary = str(connection.settings_dict["NAME"])
    name = f"{ordinary}_0_1_0"
    folder = BASE_DIR / "tests" / "fixtures" / "0.1.0"
    if connection.vendor == "postgresql":
        database_roles.run_maintenance(f'CREATE DATABASE "{name}" OWNER {database_roles.OWNER}')
        dump = gzip.decompress((folder / "postgres.sql.gz").read_bytes()).decode()
        with psycopg.connect(database_roles.SUPERUSER_URL, dbname=name, autocommit=True) as server:
            server.execute(f"GRANT ALL ON SCHEMA public TO {database_roles.OWNER}")
            server.execute(f"SET ROLE {database_roles.OWNER}")
            server.execute(re.sub(r"^\\.*$", "", dump, flags=re.MULTILINE))  # what only psql understands
    else:
        Path(name).write_bytes(gzip.decompress((folder / "sqlite.sqlite3.gz").read_bytes()))
    with django_db_blocker.unblock():
        connect_to(name)
        upgrade(without_backup=True)
        if connection.vendor == "postgresql":
            database_roles.grant(name)
        connect_to(ordinary)
    yield name
    drop_database(name)


@pytest.fixture
def restore_database(fresh_database: str) -> Iterator[Callable[[], None]]:
    """Call it once to save the state of `fresh_database`, and again to restore that state."""
    name = str(connection.settings_dict["NAME"])
    saved = f"{name}_saved"
    is_saved = False

    def save_or_restore() -> None:
        nonlocal is_saved
        connect_to(name)
        if is_saved:
            drop_database(name)
            copy_database(saved, name)
        else:
            copy_database(name, saved)
            is_saved = True

    yield save_or_restore
    if is_saved:
        drop_database(saved)


@pytest.fixture
def run_jobs() -> Callable[[], list[Job]]:
    """Call it to run every due job in this process, as a worker would. Returns the jobs afterwards."""
    app.loader.import_default_modules()  # not in the test itself: it configures logging again
    return run_due_jobs


def run_due_jobs() -> list[Job]:
    done: list[Job] = []
    while job := Job.objects.filter(state=State.QUEUED, due_at__lte=timezone.now()).order_by("pk").first():
        assert job.pk not in [other.pk for other in done], f"{job} was left queued by its own task"
        app.tasks[job.kind](job.pk)
        done.append(job)
    return list(Job.objects.filter(pk__in=[job.pk for job in done]).order_by("pk"))


# --- Servers and browsers ---------------------------------------------------------------------------------------------


@pytest.fixture
def live(request: pytest.FixtureRequest, fresh_database: str) -> Iterator[RunningServer]:
    """A real web server and a real worker on `fresh_database`. The process of the test may write to it too."""
    with serve(fresh_database, with_worker="without_worker" not in request.keywords) as running:
        yield running


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """A real S3 server. Each test has its own folder in its bucket."""
    with serve_s3(VAR_DIR / "s3") as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "en-GB", "timezone_id": "Africa/Maseru", "reduced_motion": "reduce"}


def pytest_configure(config: pytest.Config) -> None:
    """Let each process of pytest-xdist set its own environment first: with this variable, Django loads immediately.

    With RESULTS, write to that file which tests passed.
    """
    if getattr(config.option, "numprocesses", None):
        del os.environ["DJANGO_SETTINGS_MODULE"]
    if os.environ.get("RESULTS") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ResultRecorder(Path(os.environ["RESULTS"])))


SLOW_FOLDERS = {"concurrency", "deployment", "journeys", "performance", "security"}
"""Their tests start servers or request every URL, which takes minutes."""
SLOW_IMPORTS = {"subprocess", "reports.briefings.pdf", "tests.reports.printed_document", "tiptracker.sandbox.sandbox"}
"""A test file that imports one of these, or a name from one, starts processes or renders documents."""


@functools.cache
def is_slow(module: ModuleType) -> bool:
    """Whether a test file is slow, judged by its folder, its imports and its name; test_views* render pages."""
    path = Path(str(module.__file__))
    folders = path.relative_to(BASE_DIR).parts
    imported = {
        each.__name__ if isinstance(each, ModuleType) else getattr(each, "__module__", "")
        for each in vars(module).values()
    }
    return path.name.startswith("test_views") or bool(SLOW_FOLDERS & set(folders) or SLOW_IMPORTS & imported)


SQL_FILES = {
    *("test_models.py", "test_api.py"),  # values that SQL computes, filters, and the pages of a list
    *("test_factories.py", "test_architecture.py"),  # every table with its constraints and triggers
    *("test_exports.py", "test_search.py", "test_list_reads.py", "test_query_params.py"),  # iterators and searches
    *("test_gathering.py", "test_housekeeping.py", "test_notices.py", "test_notice_delivery.py"),  # sets of rows
}
"""Quick files of these names run on both databases, because their queries do more than find and write rows."""


@functools.cache
def expects_database_answers(module: ModuleType) -> bool:
    """Whether a test file expects an error of the database, such as a trigger's, or asks its connection something."""
    return any(
        getattr(each, "__module__", "") == "django.db.utils" or each is connection for each in vars(module).values()
    )


def uses_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db")) or "django_db_setup" in getattr(item, "fixturenames", ())


def fails_on_one_database(item: pytest.Item) -> bool:
    """Whether a test can fail on SQLite alone. One that commits can, because SQLite locks the whole database."""
    return (
        "fresh_database" in getattr(item, "fixturenames", ())
        or item.path.name in SQL_FILES
        or expects_database_answers(item.module)
    )


def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are cores, because some tests wait for servers. Redis has databases for six."""
    return min((os.cpu_count() or 1) + 1, 6)


SHARED_ANSWERS = ("tests/security/test_headers.py", "tests/security/test_roles.py")
"""The tests of these files request the same URLs with the same rows, and reuse each other's answers in a process."""
LONGEST = (*SHARED_ANSWERS, "tests/journeys/test_accessibility.py")
"""The files that take several minutes in one process."""


class SchedulingByFile(LoadFileScheduling):
    """Let one process run each file, and one process the files that share answers."""

    def _split_scope(self, nodeid: str) -> str:
        return SHARED_ANSWERS[0] if nodeid.startswith(SHARED_ANSWERS) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # in the order of `pytest_collection_modifyitems`
    return SchedulingByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Add markers by what a test uses, skip journeys without Chromium, and sort long tests to the front.

    A test that uses a browser is a journey. Without Chromium it is skipped, or refused if JOURNEYS=required. A slow
    test runs on both databases only if its file says so. Long tests run early, so that none of them ends last.
    """
    for item in items:
        is_served = {"browser", "live"} & set(getattr(item, "fixturenames", ()))
        if is_served or is_slow(item.module) or item.get_closest_marker("long"):
            item.add_marker(pytest.mark.slow)
        if not item.get_closest_marker("slow") and uses_database(item) and fails_on_one_database(item):
            item.add_marker(pytest.mark.both_databases)
        if "browser" in getattr(item, "fixturenames", ()) or "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            if not CHROMIUM:
                if os.environ.get("JOURNEYS") == "required":
                    raise pytest.UsageError("JOURNEYS=required, and there is no Chromium: apt-get install chromium")
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    """Return when a test is begun: the longest files first, then other long tests, then all others."""
    if item.nodeid.startswith(LONGEST):
        return 0
    is_long = item.nodeid.startswith("tests/security/") or {"journey", "long"} & {
        each.name for each in item.iter_markers()
    }
    return 1 if is_long else 2


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failed test at once, so that the output of a run that is ended early says what failed."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.when} of {report.nodeid} failed", file=sys.__stderr__, flush=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Run each test as pytest does, with room for deep calls. It saves a quarter of the processor time."""
    run = item.config.pluginmanager.get_plugin("runner").pytest_runtest_protocol
    return with_room_for_calls(run)(item, nextitem)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without garbage collection, which takes a fifth of the time and finds nothing: all of it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """Exclude what exists now from garbage collection: it stays until the end."""
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(VAR_DIR, ignore_errors=True)
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal and not CHROMIUM and not hasattr(config, "workerinput"):
        skipped = sum("no Chromium" in str(report.longrepr) for report in terminal.stats.get("skipped", []))
        terminal.write_line(
            f"{skipped} browser journeys were not run: there is no Chromium here (apt-get install chromium)."
        )
