from datetime import date

import pytest
from hypothesis import given, settings

from dialogues.choices import DoneBy, EvidenceDecision, SupportKind, Verdict
from recommendations.choices import Pillar, Rule
from reports.readiness import countable_facts
from reports.readiness.explanation.counting_reasons import find_counting_statuses
from reports.readiness.fact_views import build_fact_views, build_verified_view
from tests.reports.record_builder import RecordBuilder, period
from tests.reports.record_strategies import records

START, DAY, TODAY, END = date(2021, 4, 1), date(2021, 12, 1), date(2022, 1, 28), date(2022, 3, 31)


@pytest.fixture
def record():
    """1a is assessed, 1b counts cases, of 10."""
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    recommendation = record.recommendation(1, Pillar.PROSECUTION)
    record.cases = record.indicator("cases", unit="cases")
    record.benchmark(recommendation, "1a", record.benchmark_terms(known=START))
    record.benchmark(
        recommendation, "1b", record.benchmark_terms(Rule.TARGET, known=START, target=10, indicator_id=record.cases)
    )
    return record


def only_evidence_link(record):
    (weight,) = find_counting_statuses(record.facts, TODAY).evidence_links.values()
    return weight


def only_reading(record):
    (weight,) = find_counting_statuses(record.facts, TODAY).readings.values()
    return weight


def test_evidence_link_that_is_verified_counts(record):
    record.action("1a", DAY, DAY, known=DAY, verified=DAY)

    assert only_evidence_link(record).counts
    assert only_evidence_link(record).reason == ""


def test_evidence_link_that_waits_is_a_claim(record):
    record.action("1a", DAY, DAY, known=DAY)

    assert (only_evidence_link(record).is_claim, only_evidence_link(record).reason) == (True, "not verified yet")


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (date(2021, 3, 31), date(2021, 3, 31), "before 1 April 2021"),
        (date(2021, 3, 31), DAY, "begun before 1 April 2021"),
        (None, date(2021, 3, 31), "before 1 April 2021"),
        (END, date(2022, 4, 1), "after 31 March 2022"),
        (DAY, date(2022, 2, 1), "not over by 28 January 2022"),
    ],
)
def test_evidence_link_outside_the_window_says_on_which_side(record, first, last, why):
    record.action("1a", first, last, known=DAY, verified=DAY)

    assert not only_evidence_link(record).counts
    assert not only_evidence_link(record).is_claim
    assert only_evidence_link(record).reason == why


@pytest.mark.parametrize(
    ("by", "shows", "why"),
    [
        (DoneBy.CIVIL_SOCIETY, SupportKind.ACTION, "done by civil society, not by the government"),
        (DoneBy.UNITED_STATES, SupportKind.ACTION, "done by the United States, not by the government"),
        (DoneBy.GOVERNMENT, SupportKind.PLAN, "a statement or plan, not a concrete action"),
        (DoneBy.GOVERNMENT, SupportKind.NO_ACTION, "a finding of no action, not a concrete action"),
        (DoneBy.JOINT, SupportKind.CONTEXT, "context, not a concrete action"),
    ],
)
def test_evidence_link_that_is_no_action_of_the_government_says_what_it_is(record, by, shows, why):
    evidence = record.evidence(DAY, DAY, known=DAY, by=by, _1a=shows)
    record.review(evidence, known=DAY, key="1a")

    assert (only_evidence_link(record).counts, only_evidence_link(record).reason) == (False, why)


def test_evidence_link_that_was_rejected_returned_withdrawn_or_revised_says_so(record):
    record.review(record.action("1a", DAY, DAY, known=DAY), known=DAY, key="1a", decision=EvidenceDecision.REJECTED)
    record.claim("1a", "done", DAY, known=DAY, first=DAY, returned=DAY)
    record.claim("1a", "done", DAY, known=DAY, first=DAY, withdrawn=DAY)
    old = record.action("1a", DAY, DAY, known=DAY)
    record.reading(record.cases, 6, through=DAY, known=DAY, evidence=old)
    record.evidence(DAY, DAY, known=DAY, revises=old)

    assert [weight.reason for weight in find_counting_statuses(record.facts, TODAY).readings.values()] == [
        "replaced by a newer version"
    ]
    assert [weight.reason for weight in find_counting_statuses(record.facts, TODAY).evidence_links.values()] == [
        "rejected by the embassy on 1 December 2021",
        "sent with an update that was returned on 1 December 2021",
        "sent with an update that the ministry withdrew on 1 December 2021",
        "replaced by a newer version",
    ]


def test_evidence_link_verified_without_a_first_day_stays_a_claim(record):
    record.action("1a", None, DAY, known=DAY, verified=DAY)

    assert only_evidence_link(record).is_claim
    assert only_evidence_link(record).reason == "verified, but without a start date"


def test_evidence_link_on_a_counted_benchmark_leaves_it_to_the_figure(record):
    record.action("1b", DAY, DAY, known=DAY, verified=DAY)

    assert (only_evidence_link(record).counts, only_evidence_link(record).reason) == (
        False,
        "only figures count for this benchmark",
    )


def test_reading_counts_once_its_evidence_is_verified(record):
    evidence = record.evidence(START, DAY, known=DAY)
    record.reading(record.cases, 6, through=DAY, known=DAY, evidence=evidence)

    assert (only_reading(record).counts, only_reading(record).is_claim) == (False, True)

    record.review(evidence, known=DAY)

    assert only_reading(record).counts


def test_reading_of_the_year_before_counts_without_review(record):
    record.reading_year_before(record.cases, 4, known=DAY)

    assert only_reading(record).counts


def test_reading_that_was_rejected_or_starts_late_says_so(record):
    evidence = record.evidence(START, DAY, known=DAY)
    record.review(evidence, known=DAY, decision=EvidenceDecision.REJECTED)
    record.reading(record.cases, 6, through=DAY, known=DAY, evidence=evidence)
    record.reading(record.cases, 6, starts=date(2021, 6, 1), through=DAY, known=DAY)

    assert [weight.reason for weight in find_counting_statuses(record.facts, TODAY).readings.values()] == [
        "rejected by the embassy on 1 December 2021",
        "does not start on the first day of the tracking period",
    ]


def test_a_reading_without_data_is_not_shown_as_rejected(record):
    record.reading(record.cases, None, through=DAY, known=DAY)

    assert only_reading(record).reason == "recorded as “no data”"


def test_reading_whose_update_was_returned_says_on_which_day(record):
    sent = record.claim("1a", "done", DAY, known=DAY, first=DAY, returned=date(2021, 12, 3))
    record.reading(record.cases, 6, through=DAY, known=DAY, evidence=sent)

    assert only_reading(record).reason == "sent with an update that was returned on 3 December 2021"


def test_waiting_is_what_would_count_for_what_it_shows_or_for_a_figure(record):
    action = record.action("1a", DAY, DAY, known=DAY)
    counted = record.action("1b", DAY, DAY, known=DAY)
    old = record.evidence(START, DAY, known=DAY)
    record.reading(record.cases, 6, through=DAY, known=DAY, evidence=old)
    corrected = record.evidence(START, DAY, known=DAY, revises=old)
    record.reading(record.cases, 7, through=DAY, known=DAY, evidence=corrected)
    record.action("1a", DAY, DAY, known=DAY, verified=DAY)
    record.action("1a", date(2021, 3, 1), date(2021, 3, 1), known=DAY)

    assert build_fact_views(record.facts, TODAY).waiting == len({action, counted, corrected})


@settings(max_examples=200)
@given(records())
def test_every_row_that_does_not_count_has_its_reason(record):
    facts = record.facts
    weights = find_counting_statuses(facts, TODAY)
    seen = build_verified_view(facts, TODAY)
    assessed = {
        benchmark.id
        for benchmark in facts.benchmarks
        if countable_facts.newest_row(benchmark.terms).rule is Rule.ASSESSED
    }
    actions = {
        (benchmark_id, act.evidence_id) for benchmark_id in assessed for act in seen.actions.get(benchmark_id, ())
    }

    assert {
        (row.benchmark_id, row.evidence_id) for row in facts.evidence_links if weights.evidence_links[row.id].counts
    } == actions
    for weight in (*weights.evidence_links.values(), *weights.readings.values()):
        assert weight.counts == (weight.reason == "")


def test_verdict_that_holds_is_that_of_the_latest_day(record):
    evidence = record.action("1a", DAY, DAY, known=DAY, verified=DAY)
    first = record.assessment("1a", Verdict.MET, known=TODAY, on=[evidence])

    assert find_counting_statuses(record.facts, TODAY).assessments_in_force == {first}

    last = record.assessment("1a", Verdict.STALLED, known=date(2021, 12, 20))
    assert find_counting_statuses(record.facts, TODAY).assessments_in_force == {last}
