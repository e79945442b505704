"""Verified actions that were reversed: by a later verified finding, or by a verdict of going backwards."""

from datetime import date

import pytest

from dialogues.choices import EvidenceDecision, SupportKind, Verdict
from recommendations.choices import Pillar
from reports.readiness.reversed_actions import Reversal, find_reversed_actions, find_reversed_benchmarks
from tests.reports.record_builder import RecordBuilder, period

DAY = date(2022, 1, 28)
ACTION, FINDING, VERDICT = date(2021, 12, 1), date(2022, 1, 12), date(2022, 1, 14)


@pytest.fixture
def record():
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    recommendation = record.recommendation(5, Pillar.PROTECTION)
    record.benchmark(recommendation, "5b", record.benchmark_terms(known=date(2021, 7, 1)))
    return record


@pytest.fixture
def action(record):
    return record.action("5b", ACTION, ACTION, known=ACTION, verified=ACTION)


def finding(record, day=FINDING, decision=EvidenceDecision.VERIFIED):
    row = record.evidence(day, day, known=day, _5b=SupportKind.NO_ACTION)
    record.review(row, known=day, key="5b", decision=decision)
    return row


def newest_reversals(record, as_of=DAY):
    return find_reversed_benchmarks(find_reversed_actions(record.facts, as_of))


def reversed_actions(record, as_of=DAY):
    return {row.evidence_id: row.reversals for row in find_reversed_actions(record.facts, as_of)}


def test_a_later_verified_finding_reverses_an_action_from_its_day_on(record, action):
    taken_back = finding(record)

    assert reversed_actions(record) == {action: (Reversal(FINDING, taken_back),)}
    assert reversed_actions(record, date(2022, 1, 11)) == {}


def test_a_rejected_or_earlier_finding_reverses_nothing(record, action):
    finding(record, decision=EvidenceDecision.REJECTED)
    finding(record, day=date(2021, 11, 1))

    assert reversed_actions(record) == {}


def test_a_verdict_on_the_same_finding_is_not_named_twice(record, action):
    taken_back = finding(record)
    record.assessment("5b", Verdict.BACKWARDS, known=VERDICT, on=[taken_back])

    assert reversed_actions(record) == {action: (Reversal(FINDING, taken_back),)}


def test_a_verdict_alone_reverses_an_action_as_long_as_it_is_the_newest(record, action):
    record.assessment("5b", Verdict.BACKWARDS, known=VERDICT, on=[action])
    assert reversed_actions(record) == {action: (Reversal(VERDICT, None),)}

    record.assessment("5b", Verdict.STEP, known=date(2022, 1, 20), on=[action])
    assert reversed_actions(record) == {}


def test_a_later_verified_action_restores_what_was_reversed(record, action):
    finding(record)
    record.action("5b", date(2022, 1, 20), date(2022, 1, 20), known=date(2022, 1, 20), verified=date(2022, 1, 20))

    [row] = find_reversed_actions(record.facts, DAY)

    assert (row.evidence_id, row.is_restored) == (action, True)
    assert newest_reversals(record) == {}


def test_a_benchmark_has_its_newest_reversal(record, action):
    first = finding(record)
    record.action("5b", date(2021, 11, 1), date(2021, 11, 1), known=ACTION, verified=ACTION)
    [(benchmark, reversal)] = newest_reversals(record).items()
    assert reversal == Reversal(FINDING, first)

    last = finding(record, day=date(2022, 1, 20))
    assert newest_reversals(record) == {benchmark: Reversal(date(2022, 1, 20), last)}
    assert newest_reversals(record, date(2022, 1, 11)) == {}
