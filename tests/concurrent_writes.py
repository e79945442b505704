"""Others at work in the midst of a test that uses `fresh_database`."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from django.db import connection

from tiptracker.errors import Refused


def meanwhile(write: Callable[[], object]) -> None:
    """Have somebody else write and commit, on a connection of their own."""

    def run() -> None:
        try:
            write()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(run).result(timeout=30)


@contextmanager
def written_once_read(table: str, write: Callable[[], object]) -> Iterator[list[str]]:
    """Have somebody else `write` right after the first query on `table`; gives that query, to see that it came."""
    seen: list[str] = []

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not seen and f'FROM "{table}"' in sql:
            seen.append(sql)
            meanwhile(write)
        return result

    with connection.execute_wrapper(watch):
        yield seen


def both_at_once(*calls: Callable[[], object]) -> list[str]:
    """What came of calls made at the same moment on connections of their own: "done", or the code of the refusal."""
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
