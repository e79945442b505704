"""Several queries read one state of the database."""

import pytest
from django.db import connection, transaction

from tests.concurrent_writes import run_on_other_connection
from tests.factories import OfficerFactory
from tiptracker.accounts.models import Country, User
from tiptracker.infrastructure.read_snapshot import snapshot


def row_counts():
    return Country.objects.count(), User.objects.count()


def test_a_snapshot_does_not_see_what_others_commit_in_between(fresh_database):
    before = row_counts()
    with snapshot():
        first = Country.objects.count()
        run_on_other_connection(OfficerFactory)
        seen = first, User.objects.count()

    assert seen == before
    assert row_counts() != before


def test_a_snapshot_inside_a_snapshot_is_part_of_it(fresh_database):
    before = row_counts()
    with snapshot():
        first = Country.objects.count()
        run_on_other_connection(OfficerFactory)
        with snapshot():
            seen = first, User.objects.count()

    assert seen == before


def test_snapshot_blocks_no_writer_and_sees_later_rows_only_afterwards(fresh_database):
    with snapshot():
        run_on_other_connection(OfficerFactory)  # would wait for as long as SQLite's lock for writing were held
    before = row_counts()
    with transaction.atomic():
        Country.objects.count()
        if connection.vendor == "postgresql":  # after a snapshot each query sees the newest again
            run_on_other_connection(OfficerFactory)
            assert row_counts() != before
        else:  # after a snapshot SQLite's lock is taken at the start again, so that nobody fails to get it midway
            assert connection.transaction_mode == "IMMEDIATE"


def test_a_snapshot_belongs_in_no_other_transaction(fresh_database):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), snapshot():
        pass
