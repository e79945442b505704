"""Every action locks rows in one order, that of `tiptracker/locking.py`, so that no two can wait for each other."""

import pytest
from django.db import connection, transaction

from tests.locks import faults_of, recording, strong_tables
from tests.security.asking import ask
from tests.security.conftest import second_factor_required, world  # noqa: F401
from tests.security.test_roles import LINES
from tests.security.world import READERS

DONE = {"200", "201", "204", "302"}
WRITES = [line for line in LINES if line.method != "GET" and DONE & set(line.expected.values())]


def first_reader(line):
    return next(reader for reader in READERS if line.expected[reader] in DONE)


@pytest.fixture(scope="module")
def transactions(world):
    with recording() as recorder:
        for line in WRITES:
            n = len(recorder.transactions)
            ask(world, line, first_reader(line))
            for t in recorder.transactions[n:]:
                t.line = str(line)
    assert recorder.outside == []
    return recorder.transactions


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows")
def test_actions_lock_in_order(transactions):
    strong = strong_tables(transactions)
    print("STRONG", strong)
    for t in transactions:
        f = faults_of(t, strong)
        if f:
            print(t.line, t.name)
            [print("     ", x) for x in f]
    names = {t.name for t in transactions}
    print(sorted(names))
    assert 0
