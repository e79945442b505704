"""Threads that need the same result wait for one computation, and never get an older one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

import pytest

from tiptracker.web import shared_computations
from tiptracker.web.shared_computations import SharedComputations

THREADS = 6


class Record:
    """A number that grows, and computations that read it when they begin and end when they are told to."""

    def __init__(self):
        self.number, self.computed = 1, 0
        self.has_begun, self.may_end = Event(), Event()

    def read(self):
        self.computed += 1
        number = self.number
        self.has_begun.set()
        assert self.may_end.wait(5)
        return number


@pytest.fixture
def pool():
    with ThreadPoolExecutor(THREADS + 1) as pool:
        yield pool


def wait_until_asked(shared, threads):
    """Wait until so many threads wait for the computation that has not begun, or lead it."""
    while len(shared._by_name.get("page", ())) < 2 or shared._by_name["page"][-1].threads < threads:
        pass


def test_all_who_ask_during_a_computation_share_the_next_one(pool):
    shared, record = SharedComputations(), Record()
    first = pool.submit(shared.run, "page", record.read)
    assert record.has_begun.wait(5)
    record.number = 2
    others = [pool.submit(shared.run, "page", record.read) for _ in range(THREADS)]
    wait_until_asked(shared, THREADS)
    record.may_end.set()

    assert first.result(5) == 1
    assert [other.result(5) for other in others] == [2] * THREADS
    assert record.computed == 2
    assert shared._by_name == {}


def test_nobody_gets_what_was_read_before_they_asked(pool):
    shared, record, start = SharedComputations(), Record(), Barrier(THREADS)

    def read_slowly():
        number = record.number
        sleep(0.001)
        return number

    def ask_often():
        start.wait(5)
        older = 0
        for _ in range(50):
            record.number += 1
            asked = record.number
            older += shared.run("page", read_slowly) < asked
        return older

    asking = [pool.submit(ask_often) for _ in range(THREADS)]

    assert [each.result(30) for each in asking] == [0] * THREADS


def test_different_names_do_not_wait_for_each_other(pool):
    shared, record = SharedComputations(), Record()
    first = pool.submit(shared.run, "page", record.read)
    assert record.has_begun.wait(5)

    assert shared.run("another page", lambda: 7) == 7
    record.may_end.set()
    assert first.result(5) == 1


def test_an_error_reaches_its_own_thread_and_the_others_get_nothing(pool):
    shared, record = SharedComputations(), Record()
    first = pool.submit(shared.run, "page", record.read)
    assert record.has_begun.wait(5)

    def fail():
        raise ValueError

    others = [pool.submit(shared.run, "page", fail) for _ in range(THREADS)]
    wait_until_asked(shared, THREADS)
    record.may_end.set()

    assert first.result(5) == 1
    errors = [other.exception(5) for other in others]
    assert sum(isinstance(error, ValueError) for error in errors) == 1
    assert [other.result() for other, error in zip(others, errors, strict=True) if error is None] == [None] * 5
    assert shared.run("page", lambda: 3) == 3


def test_a_thread_that_waited_too_long_is_told_to_compute_by_itself(pool, monkeypatch):
    monkeypatch.setattr(shared_computations, "MAX_WAIT_SECONDS", 0.01)
    shared, record = SharedComputations(), Record()
    first = pool.submit(shared.run, "page", record.read)
    assert record.has_begun.wait(5)

    assert shared.run("page", lambda: 2) == 2  # the next one begins, although the first has not ended
    record.may_end.set()
    assert first.result(5) == 1
