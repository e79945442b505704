"""Rows that other connections are writing while readiness is brought up to date are not missed."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from dialogues.models import Evidence
from reports.readiness import kept_readiness
from reports.readiness.gathering import gather_facts
from reports.readiness.kept_readiness import facts_of
from tests import factories
from tests.concurrent_writes import run_on_other_connection
from tests.reports.readiness.test_kept_readiness import Record, versions
from tests.transactions import record_log_entry
from tiptracker.infrastructure.read_snapshot import snapshot

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def test_a_row_whose_key_is_lower_but_that_is_committed_later_is_seen(fresh_database):
    record = Record()
    assert record.is_up_to_date()
    has_written, may_commit = Event(), Event()

    def write_slowly():
        with transaction.atomic():
            factories.EvidenceFactory(supports=[record.benchmark])
            has_written.set()
            may_commit.wait(20)
        connection.close()

    slow = Thread(target=write_slowly)
    slow.start()
    assert has_written.wait(20)
    for _ in range(3):  # rows with higher keys, of which the readings do not miss the lower one
        run_on_other_connection(lambda: factories.EvidenceFactory(supports=[record.benchmark]))
        assert record.is_up_to_date()
    may_commit.set()
    slow.join(20)

    assert record.is_up_to_date()
    assert len(facts_of(record.current_edition(), version=next(versions)).evidence) == Evidence.objects.count()


def test_readings_within_snapshots_are_brought_up_to_date_too(fresh_database, monkeypatch):
    record = Record()
    gathered = []

    def gather(edition):
        gathered.append(edition)
        return gather_facts(edition)

    monkeypatch.setattr(kept_readiness, "gather_facts", gather)
    for _ in range(4):
        factories.EvidenceFactory(supports=[record.benchmark])
        record_log_entry("thing.changed", by=None)
        with snapshot():
            assert record.is_up_to_date()

    assert len(gathered) == 2  # only from the second reading on is it known to be complete


def test_a_row_that_is_committed_between_readings_within_snapshots_is_seen(fresh_database):
    record = Record()
    has_written, may_commit = Event(), Event()

    def write_slowly():
        with transaction.atomic():
            factories.EvidenceFactory(supports=[record.benchmark])
            has_written.set()
            may_commit.wait(20)
            record_log_entry("thing.changed", by=None)
        connection.close()

    slow = Thread(target=write_slowly)
    slow.start()
    assert has_written.wait(20)
    for _ in range(3):
        run_on_other_connection(lambda: factories.EvidenceFactory(supports=[record.benchmark]))
        with snapshot():
            assert record.is_up_to_date()
    may_commit.set()
    slow.join(20)

    for _ in range(3):
        with snapshot():
            assert record.is_up_to_date()


def test_while_somebody_writes_the_newest_keys_are_not_taken_for_complete(fresh_database):
    record = Record()
    with transaction.atomic():
        factories.EvidenceFactory(supports=[record.benchmark])
        seen = []
        run_on_other_connection(lambda: seen.append(kept_readiness._read_position(record.edition).is_settled))
    run_on_other_connection(lambda: seen.append(kept_readiness._read_position(record.edition).is_settled))

    assert seen == [False, True]
