"""Reasons of a line of the score: its rows, claims, and rows that do not count and why."""

from datetime import date

import pytest
from hypothesis import given, settings

from dialogues.choices import EvidenceDecision, SupportKind, Verdict
from recommendations.choices import EffortQuestion, Origin, Pillar, Rule
from reports.choices import PartKey
from reports.readiness.explanation.score_explanation import ScoreExplanation
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import RecordBuilder, noon, period
from tests.reports.record_strategies import records

START, DAY, TODAY, END = date(2021, 4, 1), date(2021, 12, 1), date(2022, 1, 28), date(2022, 3, 31)


@pytest.fixture
def record():
    """1a is assessed, 1b counts prosecutions against the year before, 1c counts them against 10."""
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    recommendation = record.recommendation(1, Pillar.PROSECUTION)
    record.cases = record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS)
    record.benchmark(recommendation, "1a", record.benchmark_terms(known=START))
    record.benchmark(recommendation, "1b", record.benchmark_terms(Rule.MORE, known=START, indicator_id=record.cases))
    record.benchmark(
        recommendation, "1c", record.benchmark_terms(Rule.TARGET, known=START, target=10, indicator_id=record.cases)
    )
    return record


def explain(record, as_of=TODAY, known_by=None):
    facts = record.facts
    return ScoreExplanation(facts, evaluate_readiness(facts, as_of=as_of, known_by=known_by))


def criterion_of(record, address="1a", part=PartKey.ACTION, **when):
    (found,) = explain(record, **when).find_line(part, address).criteria
    return found


def rows_and_reasons(given):
    return [(explained.row.type, explained.row.id, explained.reason) for explained in given]


def test_benchmark_rests_on_its_actions_and_the_verdict_that_holds(record):
    act = record.action("1a", DAY, DAY, known=DAY, verified=DAY)
    old = record.assessment("1a", Verdict.STALLED, known=DAY)
    new = record.assessment("1a", Verdict.STEP, known=TODAY, on=[act])

    found = criterion_of(record)

    assert rows_and_reasons(found.rests_on) == [("evidence", act, ""), ("assessment", new, "")]
    assert rows_and_reasons(found.not_counted) == [("assessment", old, "another assessment is in force")]


def test_evidence_that_does_not_count_is_listed_with_its_reason(record):
    plan = record.evidence(DAY, DAY, known=DAY, _1a=SupportKind.PLAN)
    before = record.action("1a", date(2021, 3, 1), date(2021, 3, 1), known=DAY, verified=DAY)
    back = record.claim("1a", "done", DAY, known=DAY, first=DAY, returned=date(2021, 12, 3))
    no = record.action("1a", DAY, DAY, known=DAY)
    record.review(no, known=date(2021, 12, 9), key="1a", decision=EvidenceDecision.REJECTED)
    later = record.action("1a", DAY, date(2022, 2, 1), known=DAY, verified=DAY)

    found = criterion_of(record)

    assert found.rests_on == found.claimed == ()
    assert set(rows_and_reasons(found.not_counted)) == {
        ("evidence", plan, "a statement or plan, not a concrete action"),
        ("evidence", before, "before 1 April 2021"),
        ("evidence", back, "sent with an update that was returned on 3 December 2021"),
        ("evidence", no, "rejected by the embassy on 9 December 2021"),
        ("evidence", later, "not over by 28 January 2022"),
    }


def test_a_claim_is_shown_as_a_claim(record):
    sent = record.claim("1a", "done", DAY, known=DAY, first=DAY)

    found = criterion_of(record)

    assert rows_and_reasons(found.claimed) == [("evidence", sent, "not verified yet")]
    assert found.claim.startswith("Done, ")


def test_two_clocks_decide_what_is_there_and_what_counts(record):
    act = record.action("1a", DAY, DAY, known=DAY, verified=TODAY)

    assert rows_and_reasons(criterion_of(record).rests_on) == [("evidence", act, "")]
    assert rows_and_reasons(criterion_of(record, known_by=noon(DAY)).claimed) == [("evidence", act, "not verified yet")]
    assert criterion_of(record, known_by=noon(date(2021, 11, 30))).rows == ()
    assert rows_and_reasons(criterion_of(record, as_of=date(2021, 11, 30)).not_counted) == [
        ("evidence", act, "not over by 30 November 2021")
    ]


def test_question_rests_on_the_two_figures_compared_and_says_what_took_a_figures_place(record):
    was = record.reading_year_before(record.cases, 4, known=DAY)
    proof = record.evidence(START, DAY, known=DAY)
    first = record.reading(record.cases, 5, through=date(2021, 11, 1), known=DAY, evidence=proof)
    then = record.reading(record.cases, 9, through=DAY, known=DAY, evidence=proof)
    none = record.reading(record.cases, None, through=date(2021, 12, 31), known=DAY, evidence=proof)
    record.review(proof, known=DAY)

    found = criterion_of(record, "prosecutions", PartKey.EFFORTS)

    assert rows_and_reasons(found.rests_on) == [("reading", then, ""), ("reading", was, "")]
    assert rows_and_reasons(found.not_counted) == [
        ("reading", none, "“no data” never replaces a figure"),
        ("reading", first, "replaced by a later figure"),
    ]
    assert rows_and_reasons(criterion_of(record, "1b").rests_on) == rows_and_reasons(found.rests_on)


@pytest.mark.parametrize(("part", "address"), [(PartKey.DATA, "prosecutions"), (PartKey.ACTION, "1c")])
def test_year_before_is_left_out_where_nothing_is_compared(record, part, address):
    record.reading_year_before(record.cases, 4, known=DAY)

    assert criterion_of(record, address, part).rows == ()


def test_reasons_of_a_recommendation_are_its_benchmarks_and_those_of_a_pillar_all_its_rows(record):
    found = explain(record)

    assert [criterion.address for criterion in found.find_line(PartKey.ACTION, "1").criteria] == ["1a", "1b", "1c"]
    assert [criterion.address for criterion in found.find_line(PartKey.THREE_PS, "prosecution").criteria] == [
        "prosecutions",
        "1a",
        "1b",
        "1c",
    ]
    assert found.find_line(PartKey.THREE_PS, "prevention").criteria == ()


def test_complicit_officials_stand_on_the_benchmarks_about_them():
    found = explain(lesotho_record(), END, noon(date(2022, 7, 31))).find_line(PartKey.EFFORTS, "complicit_officials")

    assert [criterion.address for criterion in found.criteria] == ["1d", "8b"]


def test_a_benchmark_of_the_action_plan_has_its_own_address(record):
    plan = record.recommendation(1, Pillar.PROTECTION, origin=Origin.ACTION_PLAN)
    record.benchmark(plan, "1a", record.benchmark_terms(known=START))
    found = explain(record)

    assert found.find_line(PartKey.ACTION, "1a").recommendation_id != plan
    assert found.find_line(PartKey.ACTION, "action_plan_1a").recommendation_id == plan
    assert found.find_line(PartKey.ACTION, "action_plan_1").recommendation_id == plan


@pytest.mark.parametrize(
    ("part", "address"),
    [(PartKey.ACTION, "9z"), (PartKey.EFFORTS, "1a"), (PartKey.DATA, "money_for_victims"), (PartKey.THREE_PS, "")],
)
def test_an_unknown_line_is_not_found(record, part, address):
    assert explain(record).find_line(part, address) is None


@settings(max_examples=100)
@given(records())
def test_reasons_list_every_known_row_once_and_all_rows_of_their_sentences(record):
    found = explain(record)
    for line in [line for part in PartKey for line in found.lines_of_part(part)]:
        for criterion in line.criteria:
            rows = [given.row for given in criterion.rows]
            assert len(rows) == len(set(rows))
            assert len(criterion.rests_on) + len(criterion.claimed) + len(criterion.not_counted) == len(rows)
            assert set(criterion.line.finding.rows) <= set(rows)
            if criterion.line.finding.worth:
                assert set(criterion.line.finding.rows) <= {given.row for given in criterion.rests_on}
