"""Two different things done at the same moment to a row that both need: both are done, as if one had waited.

Every two actions that lock the same row are begun at once, by the addresses at which people begin them, on connections
of their own. `RACES` says how often each two are (1).
"""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from itertools import combinations
from threading import Barrier, BrokenBarrierError

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.exceptions import ObjectNotUpdated
from django.db import Error, connection, models, transaction

from dialogues.actions.assessments import assess
from dialogues.actions.commitments import record_commitment
from dialogues.actions.evidence import log_evidence
from dialogues.actions.files import store_inspected
from dialogues.choices import DoneBy, EvidenceKind, Horizon, MadeBy, SupportKind, Verdict
from dialogues.files.inspection import InspectedFile
from dialogues.models import Assessment, Commitment, Evidence, EvidenceFile
from tests.concurrency.write_requests import WRITE_RULES, send_write
from tests.concurrent_writes import run_simultaneously
from tests.factories import (
    BenchmarkFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
    at_noon,
)
from tests.locks import APP_LABELS, LOG, locks_of, record_locks
from tests.security.world import World
from tests.transactions import outer_transaction
from tiptracker.audit.actions import find_log_fault
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.both_databases

on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks the whole database")

REPETITIONS = int(os.environ.get("RACES", "1"))
EXCLUSIVE = {"LOCK", "UPDATE", "DELETE"}
PAUSE = 0.02
"""Seconds for which one who holds the row lets the other come as far, who may be waiting for that very row."""
DAY, NOW = date(2022, 1, 20), at_noon(date(2022, 1, 28))


# --- Which actions there are, and what they lock ----------------------------------------------------------------------


def locked_rows(world):
    """By the place of an address in WRITES: the rows that are locked there, each with the action that does and how."""
    found = {}
    for number, line in enumerate(WRITE_RULES):
        cache.clear()
        with record_locks() as recorder, outer_transaction():
            send_write(world, line)
            transaction.set_rollback(True)
        rows = found[number] = {}
        for recorded in recorder.transactions:
            for lock in recorded.locks:
                if lock.how in EXCLUSIVE and lock.table != LOG and lock.key is not None:
                    rows.setdefault((lock.table, lock.key), (recorded.name, set()))[1].add(lock.how)
    return found


def conflicting_pairs(found):
    """Every two different actions that lock the same row, once; with the rows, and whether both change one of them."""
    pairs = {}
    for first, other in combinations(found, 2):
        shared = found[first].keys() & found[other].keys()
        names = frozenset(found[line][row][0] for line in (first, other) for row in shared)
        if len(names) > 1 and names not in pairs:
            both_change = any(found[first][row][1] & found[other][row][1] & {"UPDATE", "DELETE"} for row in shared)
            pairs[names] = (WRITE_RULES[first], WRITE_RULES[other]), shared, both_change
    return list(pairs.values())


# --- At once ----------------------------------------------------------------------------------------------------------


class Racer:
    """One of two who do something at once: once it holds a row that both need, it lets the other come as far."""

    def __init__(self, shared, both_hold):
        self.tables = {table for table, _ in shared}
        self.both_hold = both_hold
        self.has_waited = False

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not self.has_waited and self.tables & {
            lock.table for lock in locks_of(sql, params) if lock.how in EXCLUSIVE
        }:
            self.has_waited = True
            with suppress(BrokenBarrierError):
                self.both_hold.wait(PAUSE)
        return result


def race(world, pair, shared):
    """How the two addresses answered that were asked at once: with a status, or an error of the database."""
    cache.clear()
    ready, both_hold = Barrier(2), Barrier(2)

    def run(line):
        try:
            ready.wait(60)
            with connection.execute_wrapper(Racer(shared, both_hold)):
                return send_write(world, line).status_code
        except Error as error:
            # A row that is written and never committed can't be read or changed again: that is the test's doing.
            return None if isinstance(error, ObjectNotUpdated) else f"{line}: {error}"
        except models.ObjectDoesNotExist:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(run, pair))


@contextmanager
def roll_back_at_commit():
    """Each transaction comes to its end and is rolled back, so that whoever comes next finds the same rows."""
    leave = transaction.Atomic.__exit__

    def end(block, *error):
        if len(connection.atomic_blocks) == 1 and error[0] is None:
            connection.set_rollback(True)
        return leave(block, *error)

    transaction.Atomic.__exit__ = end
    try:
        yield
    finally:
        transaction.Atomic.__exit__ = leave


# --- What came of it --------------------------------------------------------------------------------------------------

RANDOM_FIELDS = ("sha256", "hash", "digest", "session", "prefix", "file", "word", "key", "row", "token", "message_id")


def record_state():
    """What the record says, whatever its rows are numbered: texts, days, numbers and how many entries of which sort."""
    kinds = (
        models.CharField, models.TextField, models.DateField, models.IntegerField, models.BooleanField,
        models.DecimalField,
    )  # fmt: skip
    told = Counter(AuditEntry.objects.values_list("verb", "table"))
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, kinds)
            and not isinstance(field, models.DateTimeField | models.AutoField | models.FileField)
            and not field.name.endswith(RANDOM_FIELDS)
        ]
        if model._meta.app_label in APP_LABELS and model._meta.app_label not in {
            "audit",
            "lock_outs",
            "mfa",
            "usersessions",
        }:
            rows = model._base_manager.values_list(*names) if names else [()] * model._base_manager.count()
            told.update((model._meta.label, *map(str, row)) for row in rows)
    return told


def outcome_in_sequence(world, lines, refused=()):
    """What comes of these, one after the other, where those in `refused` are told to look again at what has changed."""
    cache.clear()
    with outer_transaction():
        answers = {str(line): send_write(world, line).status_code for line in lines} | {
            str(line): 422 for line in refused
        }
        came = record_state()
        transaction.set_rollback(True)
    return answers, came


# --- The tests --------------------------------------------------------------------------------------------------------


@on_postgres
@pytest.mark.long
def test_two_different_actions_at_once_on_one_row(fresh_database, restore_database):
    """Neither waits for the other for ever; where both change the row, it is as if one had come after the other."""
    world = World()
    pairs = conflicting_pairs(locked_rows(world))
    surfaced = []

    with roll_back_at_commit():
        for pair, shared, _ in pairs * REPETITIONS:
            surfaced += [answer for answer in race(world, pair, shared) if isinstance(answer, str)]

    assert len(pairs) > 40
    assert surfaced == []
    restore_database()
    for pair, shared, both_change in pairs:
        if not (both_change or REPETITIONS > 1):
            continue
        one, other = pair
        expected = [outcome_in_sequence(world, pair), outcome_in_sequence(world, [other, one])]
        expected += [
            outcome_in_sequence(world, [one], refused=[other]),
            outcome_in_sequence(world, [other], refused=[one]),
        ]
        for _ in range(REPETITIONS):
            answers = dict(zip(map(str, pair), race(world, pair, shared), strict=True))
            assert (answers, record_state()) in expected, pair
            assert find_log_fault() is None
            restore_database()


def test_assessing_a_benchmark_while_evidence_is_logged_on_it(fresh_database):
    benchmark, officer, other = BenchmarkFactory(), OfficerFactory(), OfficerFactory()
    grounds = [EvidenceFactory(supports=[benchmark])]
    country = CountryFactory()

    def judge(number):
        assess(
            benchmark=benchmark,
            verdict=Verdict.STEP,
            rationale=f"Seen {number} times.",
            law="22 U.S.C. 7106(b)(1)",
            evidence=grounds,
            by=officer,
            now=NOW,
        )

    def log(number):
        log_evidence(
            country=country,
            title=f"Case {number}",
            kind=EvidenceKind.COURT,
            happened_from=DAY,
            happened_to=DAY,
            done_by=DoneBy.GOVERNMENT,
            stated_by="High Court",
            source="Register",
            evidence_links=[(benchmark, SupportKind.ACTION)],
            by=other,
            now=NOW,
        )

    for number in range(10 * REPETITIONS):
        assert run_simultaneously(lambda: judge(number), lambda: log(number)) == ["done", "done"]

    assert Assessment.objects.count() == 10 * REPETITIONS
    assert Evidence.objects.count() == 1 + 10 * REPETITIONS
    assert find_log_fault() is None


def test_two_officers_who_assess_a_benchmark_at_once_do_not_both_come_first(fresh_database):
    officers = [OfficerFactory(), OfficerFactory()]

    def judge(benchmark, officer):
        assess(
            benchmark=benchmark,
            verdict=Verdict.STEP,
            rationale="Seen today.",
            law="22 U.S.C. 7106(b)(1)",
            evidence=[],
            seen=0,
            by=officer,
            now=NOW,
        )

    for benchmark in [BenchmarkFactory() for _ in range(5 * REPETITIONS)]:
        done, refused = run_simultaneously(*(partial(judge, benchmark, officer) for officer in officers))

        assert (done, refused) == ("done", "edit_conflict")
        assert benchmark.assessments.count() == 1


def test_uploading_a_file_while_a_commitment_of_the_ministry_is_recorded(fresh_database):
    ministry, officer, country = MinistryFactory(), OfficerFactory(), CountryFactory()
    focal_point = FocalPointFactory(ministry=ministry)

    def upload(number):
        found = InspectedFile("note.txt", "text/plain", f"Note {number}".encode(), "0" * 64)
        store_inspected(inspected=found, by=focal_point, now=NOW)

    def promise(number):
        record_commitment(
            country=country,
            made_by=MadeBy.MINISTRY,
            ministry=ministry,
            text=f"Train {number} officers",
            made_on=DAY,
            due_on=None,
            dialogue=None,
            letter="Note verbale 1/2022",
            horizon=Horizon.SHORT_TERM,
            links=[],
            by=officer,
            now=NOW,
        )

    for number in range(10 * REPETITIONS):
        assert run_simultaneously(lambda: upload(number), lambda: promise(number)) == ["done", "done"]

    assert EvidenceFile.objects.count() == Commitment.objects.count() == 10 * REPETITIONS
    assert find_log_fault() is None
