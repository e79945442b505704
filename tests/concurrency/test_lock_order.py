"""Rows are locked in one order, that of `infrastructure/locking.py`, so that no two can wait for each other for ever.

Each test of the suite is held to that order on PostgreSQL (`check_lock_order` in tests/conftest.py), so a new
action is as soon as a test calls it. Here it is shown that what is out of order is found.
"""

import pytest
from django.db import connection, transaction

from dialogues.models import Participant
from tests.append_only import redact_text
from tests.factories import (
    AgendaItemFactory,
    BenchmarkFactory,
    BriefingFactory,
    DialogueFactory,
    DraftFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    JobFactory,
    OfficerFactory,
    ParticipantFactory,
)
from tests.locks import record_locks
from tests.transactions import record_log_entry
from tiptracker.audit.append_only import REDACTED
from tiptracker.infrastructure.locking import lock_rows, lock_rows_in_order
from tiptracker.jobs.actions import enqueue

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.unordered_locks,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database"),
]


@pytest.fixture
def find_lock_faults(monkeypatch):
    """Call it to learn what is found where the product does these things in one transaction."""
    monkeypatch.setattr("tests.locks.IGNORED_MODULES", ())

    def act(*things):
        with record_locks() as recorder, transaction.atomic():
            for thing in things:
                thing()
        return [fault.partition(": ")[2].partition(" (")[0] for fault in recorder.all_faults()]

    return act


def add_log_entry():
    record_log_entry("thing.changed", by=None)


def lock_row(row, **options):
    rows = type(row)._default_manager.filter(pk=row.pk).order_by("pk")
    return lambda: list(rows.select_for_update(**{"no_key": True} | options))


def test_locks_in_order_are_accepted(find_lock_faults):
    benchmark, evidence, other = BenchmarkFactory(), EvidenceFactory(), EvidenceFactory()
    held = [other, evidence, benchmark, benchmark.recommendation]

    assert (
        find_lock_faults(
            lambda: lock_rows_in_order(held),
            lambda: enqueue("readiness", 1),
            add_log_entry,
            *map(lock_row, held),
            add_log_entry,
        )
        == []
    )


def test_locks_out_of_order_are_found(find_lock_faults):
    first, second = EvidenceFactory(), EvidenceFactory()
    rows, both = type(first).objects, f"dialogues.evidence {second.pk}"
    redact_text(first, "title")

    assert find_lock_faults(lock_row(first), lock_row(first.country)) == [
        f"LOCK accounts.country {first.country.pk} after dialogues.evidence {first.pk}"
    ]
    assert find_lock_faults(lock_row(second), lock_row(first)) == [f"LOCK dialogues.evidence {first.pk} after {both}"]
    assert find_lock_faults(lock_row(second), lambda: rows.filter(pk=first.pk).update(title=REDACTED)) == [
        f"UPDATE dialogues.evidence {first.pk} after {both}"
    ]
    assert find_lock_faults(add_log_entry, lock_row(first)) == [f"LOCK dialogues.evidence {first.pk} after the log "]
    assert find_lock_faults(add_log_entry, lambda: enqueue("readiness", 1)) == ["INSERT jobs.job  after the log "]


def test_rows_locked_together_are_in_the_order_of_their_keys(find_lock_faults):
    rows = type(EvidenceFactory())._default_manager.filter(pk__in=[EvidenceFactory().pk, EvidenceFactory().pk])

    (fault,) = find_lock_faults(lambda: list(rows.order_by().select_for_update(no_key=True)))

    assert fault.startswith("locks several rows in no order")
    assert find_lock_faults(lambda: lock_rows(rows)) == []


def test_a_row_that_is_joined_is_locked_too(find_lock_faults):
    rows = type(BriefingFactory())._default_manager.select_related("edition").order_by("pk")

    assert find_lock_faults(lambda: list(rows.select_for_update(no_key=True))) == [
        "LOCK recommendations.edition  after reports.briefing "
    ]
    assert find_lock_faults(lambda: list(rows.select_for_update(no_key=True, of=("self",)))) == []


def test_a_table_of_which_rows_are_deleted_is_named(find_lock_faults, monkeypatch):
    participant = ParticipantFactory()
    monkeypatch.setattr("tests.locks.TABLES_WITH_DELETED_ROWS", frozenset())

    assert find_lock_faults(lambda: Participant.objects.filter(pk=participant.pk).delete()) == [
        "deletes rows of dialogues.participant: add it to TABLES_WITH_DELETED_ROWS in tests/locks.py"
    ]


def test_a_reference_to_a_row_that_may_be_deleted_needs_its_lock(find_lock_faults):
    draft, file = DraftFactory(dialogue=DialogueFactory(), saved_by=OfficerFactory()), EvidenceFileFactory()

    assert find_lock_faults(add_log_entry, lambda: draft.files.add(file)) == [
        f"REFER dialogues.draft {draft.pk} after the log "
    ]
    assert find_lock_faults(add_log_entry, lambda: AgendaItemFactory(dialogue=draft.dialogue)) == []


def test_a_lock_outside_of_a_transaction_is_found(monkeypatch):
    job = JobFactory()

    with record_locks() as recorder:
        lock_row(job)()

    assert len(recorder.all_faults()) == 1
    assert "outside of a transaction" in recorder.all_faults()[0]
