"""Next steps in sentences that can be read alone, with displayed figures that add up."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from dialogues.choices import ClaimedProgress, CommitmentReach
from recommendations.choices import EffortQuestion, Pillar
from reports import formatting
from reports.readiness.explanation.step_sentences import StepTexts, display_steps
from reports.readiness.readiness import evaluate_readiness
from tests.reports.record_builder import RecordBuilder, period
from tests.reports.record_strategies import days, moments, records

START, DAY, DEADLINE = date(2021, 4, 1), date(2022, 1, 28), date(2022, 2, 28)
POLICE, JUSTICE = 11, 12

ASK_POLICE = "Ask the Ministry of Police, which leads on this subject, for the figure “Prosecutions” "


@pytest.fixture
def record():
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    record.edition_terms(START, deadline_on=DEADLINE, readiness_target=45)
    one = record.recommendation(1, Pillar.PROSECUTION, lead_id=POLICE, indicia=(1,))
    for key in ("1a", "1b", "1c", "1d", "1e"):
        record.benchmark(one, key, record.benchmark_terms(known=START))
    record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS, indicium=1)
    record.indicator("money for victims", Pillar.PROTECTION, EffortQuestion.MONEY, indicium=2)
    return record


def display_sample(record, *, as_of=DAY, **texts):
    result = evaluate_readiness(record.facts, as_of=as_of)
    names = {POLICE: "Ministry of Police", JUSTICE: "Ministry of Justice"}
    return display_steps(result, result.next_steps(), StepTexts(ministries=names, **texts))


def test_a_ministry_that_is_set_for_a_figure_is_asked_without_a_doubt(record):
    inferred, set_for_it = display_sample(record), replace(record.tables["indicators"][0], ministry_id=JUSTICE)
    record.tables["indicators"] = [set_for_it, *record.tables["indicators"][1:]]

    assert "which leads on this subject" in next(step.sentence for step in inferred.steps if step.kind == "ask")
    asked = next(step.sentence for step in display_sample(record).steps if step.kind == "ask")
    assert asked.startswith("Ask the Ministry of Justice for the figure")
    assert "which leads on this subject" not in asked


def test_an_answer_to_a_request_is_called_an_answer(record):
    sent = record.update_version(ClaimedProgress.DONE, known=date(2022, 1, 14), ministry_id=POLICE)
    record.action("1a", START, date(2022, 1, 10), known=DAY, sent=sent)
    named = {sent: ("Ministry of Police", date(2022, 1, 14), "Request for information of 3 January 2022")}

    steps = display_sample(record, updates=named, answers=frozenset({sent})).steps

    assert steps[0].sentence.startswith(
        "Review the answer from the Ministry of Police of 14 January 2022 to “Request for information of 3 January"
    )


def test_each_step_says_what_to_do_with_whom_and_by_when(record):
    sent = record.update_version(ClaimedProgress.DONE, known=date(2022, 1, 14), ministry_id=POLICE)
    record.action("1a", START, date(2022, 1, 10), known=DAY, sent=sent)
    proof = record.action("1b", START, date(2022, 1, 10), known=DAY)
    dated = record.commitment(made=START, ministry=JUSTICE, due=date(2022, 2, 18), _1c=CommitmentReach.MEETS)
    overdue = record.commitment(made=START, ministry=JUSTICE, due=date(2022, 1, 14), _1d=CommitmentReach.CONTRIBUTES)
    undated = record.commitment(made=START, ministry=JUSTICE, _1d=CommitmentReach.MEETS)
    later = record.commitment(
        made=START, ministry=POLICE, due=date(2022, 3, 31), _1a=CommitmentReach.MEETS, _1b=CommitmentReach.MEETS
    )
    steps = display_sample(
        record,
        benchmarks={record.benchmark_ids["1e"]: "A case is charged."},
        commitments={dated: "Draft a bill", overdue: "Name a judge.", undated: "Charge someone", later: "Train"},
        evidence={proof: "A circular."},
        updates={sent: ("Ministry of Police", date(2022, 1, 14), "Open two shelters")},
    )

    assert [step.sentence for step in steps.steps] == [
        "Review the update from the Ministry of Police of 14 January 2022 on “Open two shelters” (1a).",
        "Review the evidence “A circular” (1b).",
        f"{ASK_POLICE}since 1 April 2021, and for the year before.",
        "Urge the Ministry of Justice to keep its commitment “Draft a bill” (1c), due 18 February 2022.",
        "Urge the Ministry of Justice to keep its commitment “Charge someone” (1d). No date is agreed.",
        "Agree with the Ministry of Police on benchmark 1e: A case is charged.",
    ]
    assert [step.sentence for step in steps.after_deadline] == [
        "Ask the Ministry of Police for an earlier date for its commitment “Train” (1a and 1b), due 31 March 2022."
    ]
    assert [step.sentence for step in steps.also_ask] == [
        (
            "Find out which ministry has the figure “Money for victims” since 1 April 2021, and for the year before. "
            "No ministry is set for it."
        )
    ]


def test_undated_evidence_asks_for_its_start_date(record):
    proof = record.action("1b", None, date(2022, 1, 10), known=DAY)
    steps = display_sample(record, evidence={proof: "A circular"})

    assert steps.steps[0].sentence == "Review the evidence “A circular” (1b). State its start date."


def test_last_periods_figure_is_asked_for_by_its_days(record):
    register = record.evidence(START, date(2021, 12, 31), known=DAY)
    counted = record.tables["indicators"][0].id
    record.reading(counted, 3, through=date(2021, 12, 31), known=DAY, evidence=register)

    assert [step.sentence for step in display_sample(record).last_period][-1] == (
        f"{ASK_POLICE}from 1 April 2020 to 31 March 2021, to compare with."
    )


def test_an_overdue_commitment_is_said_to_be(record):
    promise = record.commitment(made=START, ministry=JUSTICE, due=date(2022, 1, 14), _1a=CommitmentReach.MEETS)
    steps = display_sample(record, commitments={promise: "Name a judge"})

    assert steps.steps[1].sentence.endswith("due 14 January 2022. It is overdue.")


def test_a_commitment_whose_update_waits_is_with_the_embassy_and_not_overdue(record):
    promise = record.commitment(made=START, ministry=JUSTICE, due=date(2022, 1, 14), _1a=CommitmentReach.MEETS)
    record.update_version(
        ClaimedProgress.UNDER_WAY, known=date(2022, 1, 12), ministry_id=JUSTICE, commitment_id=promise
    )
    steps = display_sample(record, commitments={promise: "Name a judge"})

    [sentence] = [step.sentence for step in steps.steps if "Name a judge" in step.sentence]
    assert sentence.endswith("An update on it has been with the embassy since 12 January 2022.")
    assert "overdue" not in sentence


def test_without_texts_a_step_is_named_by_its_benchmarks(record):
    record.commitment(made=START, ministry=99, due=DEADLINE, _1a=CommitmentReach.MEETS)
    record.action("1b", START, date(2022, 1, 10), known=DAY)
    steps = display_sample(record)

    assert [step.sentence for step in steps.steps if step.kind in {"review", "keep"}] == [
        "Review the evidence (1b).",
        "Urge the ministry to keep its commitment (1a), due 28 February 2022.",
    ]


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        (None, "No target is set."),
        (0, "Readiness has reached our target of 0."),
        (20, "The first 3 of 6 next steps reach our target of 20."),
        (35, "All 6 next steps together reach our target of 35."),
        (90, "All 6 next steps together do not reach our target of 90."),
    ],
)
def test_whether_the_target_is_reached_is_said(record, mark, sentence):
    record.edition_terms(date(2021, 5, 1), deadline_on=DEADLINE, readiness_target=mark)

    assert display_sample(record).target == sentence


@given(records(), days, moments)
def test_displayed_points_add_up(record, as_of, known_by):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)
    steps = display_steps(result, result.next_steps(), StepTexts())
    stands = formatting.round_to_tenth(result.score)

    for step in steps.steps if result.is_reviewed else ():
        stands += step.points
        assert step.cumulative == stands
    if steps.reviews_in_one and result.is_reviewed:
        assert steps.reviews_in_one.cumulative == formatting.round_to_tenth(result.claimed.points)
        assert steps.reviews_in_one.points == sum(review.points for review in steps.reviews)
    assert all(Decimal(0) <= step.points for step in steps.steps if step.points is not None)
