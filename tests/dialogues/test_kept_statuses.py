"""Statuses that a process keeps: never stale, and after a new row only those of its commitment are read."""

from datetime import date
from itertools import count

import pytest
from django.db import transaction

from dialogues import kept_statuses
from dialogues.choices import CommitmentEventKind, UpdateDecision
from dialogues.kept_statuses import read_statuses, statuses_of
from tests import factories
from tests.transactions import outer_transaction, record_log_entry
from tiptracker.accounts.models import Country

pytestmark = pytest.mark.django_db

TODAY, LATER = date(2022, 1, 28), date(2022, 2, 20)
FURTHER = ("", "slips", "made_on")

versions = count()


class Record:
    """A country with some commitments: open, without a date, and with an update that waits."""

    def __init__(self):
        self.open = factories.CommitmentFactory(made__due_on=date(2022, 2, 1))
        self.undated = factories.CommitmentFactory(made__due_on=None)
        self.version = factories.UpdateVersionFactory(update__commitment__made__due_on=date(2022, 1, 10))
        self.country = self.open.country
        record_log_entry("thing.changed", by=None)

    def is_up_to_date(self, day=TODAY):
        """Return whether what is kept equals what is read anew. Each call is for a new version."""
        country, version = Country.objects.get(pk=self.country.pk), next(versions)
        return all(
            list(statuses_of(country, day, further, version=version).items())
            == list(statuses_of(country, day, further, version=None).items())
            for further in FURTHER
        )


@pytest.fixture
def record():
    record = Record()
    assert record.is_up_to_date()
    assert record.is_up_to_date()  # on PostgreSQL only from the second reading on is it known to be complete
    return record


NEW_ROWS = {
    "commitment": lambda record: factories.CommitmentFactory(made__due_on=date(2022, 1, 20)),
    "withdrawal": lambda record: factories.CommitmentEventFactory(
        commitment=record.open, kind=CommitmentEventKind.WITHDRAWN, happened_on=TODAY
    ),
    "another due date": lambda record: factories.CommitmentEventFactory(
        commitment=record.undated,
        kind=CommitmentEventKind.RESCHEDULED,
        happened_on=date(2022, 1, 5),
        due_on=date(2022, 1, 9),
    ),
    "update": lambda record: factories.UpdateVersionFactory(update__commitment=record.open),
    "accepted update": lambda record: factories.UpdateVersionDecisionFactory(
        update_version=record.version, decision=UpdateDecision.ACCEPTED
    ),
    "withdrawn update": lambda record: factories.UpdateVersionDecisionFactory(
        update_version=record.version, decision=UpdateDecision.WITHDRAWN
    ),
    "evidence": lambda record: factories.EvidenceFactory(commitment=record.open),
}
"""Something new in a record, by its name."""


@pytest.mark.parametrize("name", NEW_ROWS)
def test_each_new_row_is_seen(record, monkeypatch, name):
    NEW_ROWS[name](record)
    read = []
    all_of = kept_statuses._read_all
    monkeypatch.setattr(kept_statuses, "_read_all", lambda *args: read.append(args) or all_of(*args))

    assert record.is_up_to_date()
    assert len(read) == len(FURTHER)  # only to compare


def test_rows_are_seen_one_after_the_other_and_many_at_once(record, monkeypatch):
    for name in ("update", "another due date", "commitment"):
        NEW_ROWS[name](record)
        assert record.is_up_to_date()
    monkeypatch.setattr(kept_statuses, "MOST_CHANGED", 1)
    for name in ("withdrawal", "accepted update", "commitment"):
        NEW_ROWS[name](record)

    assert record.is_up_to_date()


def test_the_same_version_takes_no_query_and_a_new_one_three(record, django_assert_num_queries):
    version = next(versions)
    NEW_ROWS["update"](record)

    with django_assert_num_queries(3):  # the position, the commitments that changed, and their statuses
        first = statuses_of(record.country, TODAY, "", version=version)
    with django_assert_num_queries(0):
        assert statuses_of(record.country, TODAY, "", version=version) is first


def test_another_day_and_another_time_zone_have_statuses_of_their_own(record):
    version = next(versions)
    today = statuses_of(record.country, TODAY, "", version=version)
    record.country.time_zone = "Pacific/Kiritimati"
    record.country.save()
    factories.CommitmentFactory(made__happened_on=LATER)

    assert record.open.pk in today
    assert record.is_up_to_date(LATER)
    assert record.is_up_to_date()


def test_a_database_that_was_restored_to_an_earlier_state_is_read_again(record):
    with outer_transaction():
        NEW_ROWS["withdrawal"](record)
        record_log_entry("thing.changed", by=None)
        assert record.is_up_to_date()
        transaction.set_rollback(True)
    record_log_entry("other.changed", by=None)

    assert record.is_up_to_date()


def test_statuses_are_not_kept_within_a_transaction_that_may_be_rolled_back(record):
    with transaction.atomic(), pytest.raises(RuntimeError):
        statuses_of(record.country, TODAY, "", version=next(versions))


def test_the_least_used_statuses_are_forgotten_first(record, monkeypatch):
    monkeypatch.setattr(kept_statuses, "MOST_STATUSES", 3)
    statuses_of(record.country, TODAY, "", version=next(versions))

    assert [key.further for key in kept_statuses._kept] == [""]


def test_statuses_of_some_commitments_are_those_of_all(record):
    found = statuses_of(record.country, TODAY, "slips", version=None)

    assert read_statuses([record.open.pk, record.version.update.commitment_id], TODAY, "slips") == {
        key: found[key] for key in (record.open.pk, record.version.update.commitment_id)
    }
