"""Write on other connections during a test that uses `fresh_database`."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from django.db import connection

from tiptracker.errors import Refused


def run_on_other_connection(write: Callable[[], object]) -> None:
    """Call `write` on another connection, and wait until it has committed."""

    def run() -> None:
        try:
            write()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(run).result(timeout=30)


@contextmanager
def write_after_first_read(table: str, write: Callable[[], object]) -> Iterator[list[str]]:
    """Call `write` on another connection right after the first query on `table`; yields a list with that query."""
    seen: list[str] = []

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not seen and f'FROM "{table}"' in sql:
            seen.append(sql)
            run_on_other_connection(write)
        return result

    with connection.execute_wrapper(watch):
        yield seen


def run_simultaneously(*calls: Callable[[], object]) -> list[str]:
    """Make calls at the same moment, each on its own connection. Return "done" or the code of the refusal for each."""
    ready = Barrier(len(calls))

    def run(call: Callable[[], object]) -> str:
        try:
            ready.wait(timeout=10)
            call()
        except Refused as refusal:
            return refusal.code
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return sorted(threads.map(run, calls), key=lambda outcome: outcome != "done")
