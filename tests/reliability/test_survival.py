"""The short form of `make faults`: each fault a few times, on PostgreSQL, Redis, the web server, a worker and beats.

Counted are jobs, processes and pages. No clock is looked at.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg
import pytest

from tests.performance.faults import Person, wait_for
from tests.reliability.installation import JobInstallation
from tiptracker.jobs.actions import MAX_MISSED_HEARTBEATS


@pytest.fixture(scope="module")
def installation() -> Iterator[JobInstallation]:
    with JobInstallation(WEB="yes") as running:
        yield running


def test_no_job_is_lost_or_done_twice_whatever_is_killed_or_emptied(installation):
    installation.ask(6)
    installation.empty_redis()
    for _ in range(2):
        installation.ask(2)
        installation.kill_child()
    installation.ask(2)
    installation.kill_worker()
    installation.ask(2, silently=True)
    installation.kill_beat()
    installation.ask(2)
    installation.restart_redis()
    installation.ask(2)
    installation.restart_postgres()
    installation.ask(2)
    wait_for(installation.are_only_lost_left, "all jobs whose process was not killed", seconds=120)
    was_lost = installation.unfinished()
    for _ in range(MAX_MISSED_HEARTBEATS + 1):
        installation.look_for_lost_jobs()
    found = installation.outcome()

    assert len(installation.killed_at) >= 3
    assert 0 < was_lost <= len(installation.killed_at)
    assert (found.lost, found.doubled, found.at_once) == (0, 0, 0)
    assert found.asked >= 21


def test_files_of_killed_processes_are_removed_and_those_of_living_ones_stay(installation):
    def process_folders():
        return list(installation.temporary.glob("tiptracker-process-*"))

    def is_tidy():
        return len(process_folders()) == 2 and all(list(folder.glob("weasyprint-*")) for folder in process_folders())

    wait_for(is_tidy, "a folder for each process of the worker, with its fonts")
    before = set(process_folders())
    installation.ask(1)
    installation.kill_child()
    wait_for(lambda: is_tidy() and set(process_folders()) != before, "a folder for the new process alone")

    assert len(before & set(process_folders())) == 1


def test_of_two_schedules_one_sends_and_the_other_takes_over(installation):
    before = installation.takeovers()
    for _ in range(2):
        installation.ask(1, silently=True)
        installation.kill_beat_at_work()
    installation.ask(1, silently=True)
    wait_for(lambda: len(installation.query(HOLDERS)) == 1, "one process that keeps the schedule")
    wait_for(installation.are_only_lost_left, "the jobs that only a schedule finds")

    assert installation.takeovers() == before + 2  # no process keeps the schedule beside another


HOLDERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 20211231 AND granted"


def test_without_free_connections_a_page_says_so_and_the_next_one_is_served(installation):
    person = Person(installation.url, "officer@demo.example")
    with all_connections(installation):
        answer = person.sign_in()
    wait_for(lambda: person.sign_in().status == "200", "a page once connections are free")

    assert answer.status == "503"
    assert answer.headers["Retry-After"]
    assert "TIP Tracker cannot reach its database" in answer.text


OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND NOT pid = ANY(%s)
"""


@contextmanager
def all_connections(installation: JobInstallation) -> Iterator[None]:
    """Have all connections that PostgreSQL allows, also those that others had."""
    url = installation.environment["DATABASE_URL"]
    with ExitStack() as stack:
        own = stack.enter_context(psycopg.connect(url, autocommit=True))
        taken: list[int] = []
        is_left = True
        while is_left:
            try:
                connection = stack.enter_context(closing(psycopg.connect(url)))
                taken.append(connection.info.backend_pid)
            except psycopg.OperationalError:
                is_left = bool(own.execute(OTHERS, [taken]).fetchall())
        yield
