import json
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from recommendations.choices import MilestoneKind
from reports.readiness.countable_facts import newest_recorded_at
from reports.readiness.explanation.headline import describe_outlook, headline, time_left
from reports.readiness.readiness import evaluate_readiness
from reports.readiness.serialization import facts_document, facts_fingerprint, readiness_document
from tests.reports.lesotho_record import REPORT_OF_2022_ON, lesotho_record
from tests.reports.record_builder import MASERU, noon

JULY_2022 = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)


def document(as_of, known_by=JULY_2022):
    """The document as it comes out at the other end of JSON."""
    return json.loads(
        json.dumps(readiness_document(evaluate_readiness(lesotho_record().facts, as_of=as_of, known_by=known_by)))
    )


def test_document_gives_four_decimals_and_beside_them_the_exact_value():
    found = document(date(2022, 3, 31))

    assert (found["score"], found["score_exact"]) == (60.5, "121/2")
    assert (found["claimed"], found["claimed_exact"]) == (61.25, "245/4")
    assert found["reviewed"] is True
    assert [(part["key"], part["points"], part["of"]) for part in found["parts"]] == [
        ("increasing_efforts", 25.0, 40.0),
        ("concrete_action", 8.0, 30.0),
        ("three_ps", 20.0, 20.0),
        ("data_given", 7.5, 10.0),
    ]
    assert document(date(2022, 2, 28))["score"] == 7.1667
    assert document(date(2022, 2, 28))["score_exact"] == "43/6"


def test_document_sums_up():
    found = document(date(2022, 3, 31))

    assert sum(part["points"] for part in found["parts"]) == found["score"]
    for part in found["parts"]:
        assert sum(line["points"] for line in part["questions"]) == pytest.approx(part["points"], abs=1e-3)
        assert sum(line["of"] for line in part["questions"]) == pytest.approx(part["of"], abs=1e-3)
    assert sum(benchmark["of"] for benchmark in found["benchmarks"]) == 30


def test_document_says_who_asks_when_and_how():
    found = document(date(2022, 3, 31))

    assert found["edition"] == {"id": 1, "country": "LSO", "year": 2021}
    assert (found["as_of"], found["known_by"]) == ("2022-03-31", "2022-07-31T23:59:00+02:00")
    assert (found["readiness_target"], found["readiness_target_reason"]) == (45.0, "the post's own")
    assert found["methodology"]["version"] == "1"
    assert "does not predict a tier" in found["methodology"]["disclaimer"]


def test_document_rests_each_benchmark_on_rows():
    found = document(date(2022, 3, 31))
    record = lesotho_record()

    by_key = {benchmark["key"]: benchmark for benchmark in found["benchmarks"]}
    prosecutions = by_key["1b"]
    assert (prosecutions["recommendation"], prosecutions["share"], prosecutions["verdict"]) == (1, 1.0, "shown")
    assert prosecutions["reason"] == "Prosecutions rose from 4 to 16."
    readings = {row.id: row.figure for row in record.tables["readings"]}
    assert [row["type"] for row in prosecutions["rows"]] == ["reading", "reading"]
    assert {readings[row["id"]] for row in prosecutions["rows"]} == {4, 16}
    assert {row["type"] for row in by_key["4a"]["rows"]} == {"assessment", "evidence"}
    assert "7106(b)(7)" in by_key["1d"]["law"]
    assert by_key["5a"]["claimed_share_exact"] == "1/2"
    assert by_key["5a"]["claimed_reason"] == "Under way, 11 November 2021. Not verified."
    assert by_key["4a"]["claimed_reason"] == ""


def test_a_document_without_reviews_has_zero_points_and_says_so():
    found = document(date(2022, 3, 31), datetime(2022, 2, 28, tzinfo=MASERU))

    assert (found["score"], found["score_exact"], found["reviewed"]) == (0.0, "0", False)
    assert found["headline"] == "Nothing has been reviewed yet. 7 claims are waiting."


def test_outlook_says_whether_every_claim_together_would_reach_the_target():
    result = evaluate_readiness(lesotho_record().facts, as_of=date(2022, 1, 28), known_by=JULY_2022)

    def outlook(target):
        return describe_outlook(replace(result, readiness_target=Decimal(target)))

    assert outlook(45) == (
        "Readiness is 37.8 below the target. Claims that wait for the embassy’s review would give 8.6 of that. "
        "The other 29.2 need new action or figures."
    )
    assert outlook(15) == "With every claim verified, readiness would be 15.8: the target is reached."
    assert outlook("15.84") == (
        "Readiness is 8.64 below the target. Claims that wait for the embassy’s review would give 8.6 of that. "
        "The other 0.04 need new action or figures."
    )
    nothing_claimed = replace(result, claimed=result.verified, readiness_target=Decimal(45))
    assert describe_outlook(nothing_claimed) == "37.8 points are missing, and no claim waits that would add any."


@pytest.mark.parametrize(
    "changed", [{"readiness_target": None}, {"readiness_target": Decimal(7)}, {"is_reviewed": False}]
)
def test_outlook_says_nothing_without_a_target_ahead(changed):
    result = evaluate_readiness(lesotho_record().facts, as_of=date(2022, 1, 28), known_by=JULY_2022)

    assert describe_outlook(replace(result, **changed)) == ""


def test_headline_says_where_the_record_stands():
    result = evaluate_readiness(lesotho_record().facts, as_of=date(2022, 1, 28), known_by=JULY_2022)

    assert headline(result) == "Readiness: 7.2 of 100. Target: 45. 31 days to the deadline."
    assert headline(replace(result, readiness_target=None, deadline_on=None)) == "Readiness: 7.2 of 100."
    assert headline(replace(result, readiness_target=Decimal("7.2"))).startswith(
        "Readiness: 7.2 of 100. Target: 7.2, not quite reached."
    )
    assert headline(replace(result, readiness_target=Decimal(7))).startswith(
        "Readiness: 7.2 of 100. The target of 7 is reached."
    )
    assert (
        headline(replace(result, is_reviewed=False, waiting=1)) == "Nothing has been reviewed yet. 1 claim is waiting."
    )
    assert (
        headline(replace(result, is_reviewed=False, waiting=0)) == "Nothing has been reviewed yet. No claim is waiting."
    )


@pytest.mark.parametrize(
    ("as_of", "end"),
    [
        (date(2022, 2, 27), "1 day to the deadline."),
        (date(2022, 2, 28), "The deadline is today."),
        (date(2022, 3, 1), "The deadline passed 1 day ago."),
        (date(2022, 3, 31), "The deadline passed 31 days ago."),
    ],
)
def test_headline_ends_with_the_deadline(as_of, end):
    result = evaluate_readiness(lesotho_record().facts, as_of=as_of, known_by=JULY_2022)

    assert headline(result).endswith(f". {end}")


def test_headline_before_the_tracking_period_has_no_figure():
    result = evaluate_readiness(lesotho_record().facts, as_of=date(2021, 3, 31), known_by=JULY_2022)

    assert headline(result) == "No readiness yet. The tracking period begins on 1 April 2021."


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2022, 2, 26), "2 days to the deadline"),
        (date(2022, 2, 27), "1 day to the deadline"),
        (date(2022, 2, 28), "the deadline is today"),
        (date(2022, 3, 1), "the deadline passed 1 day ago"),
        (date(2022, 3, 31), "the deadline passed 31 days ago"),
    ],
)
def test_time_left_counts_days(day, left):
    assert time_left(date(2022, 2, 28), day) == left


def test_fingerprint_is_that_of_the_facts_known_whatever_their_order():
    facts = lesotho_record().facts
    turned = replace(
        facts,
        **{
            field.name: tuple(reversed(rows))
            for field in fields(facts)
            if isinstance(rows := getattr(facts, field.name), tuple)
        },
    )
    february, july = noon(date(2022, 2, 28)), noon(REPORT_OF_2022_ON)

    whole = facts_document(facts)
    assert json.loads(json.dumps(whole)) == whole
    assert (
        facts_fingerprint(facts_document(turned))
        == facts_fingerprint(whole)
        == facts_fingerprint(facts_document(facts, july))
    )
    assert facts_fingerprint(facts_document(facts, february)) != facts_fingerprint(whole)


def test_facts_up_to_is_when_the_newest_fact_was_recorded():
    facts = lesotho_record().facts

    assert newest_recorded_at(facts) == noon(REPORT_OF_2022_ON)
    assert newest_recorded_at(facts, noon(date(2022, 2, 28))) == noon(date(2021, 11, 12))
    assert newest_recorded_at(facts, noon(date(2021, 1, 1))) is None


def test_a_milestone_recorded_as_done_is_a_fact_of_that_moment():
    record = lesotho_record()
    record.milestone(MilestoneKind.INTERIM, date(2022, 2, 1), date(2022, 1, 30), known=date(2022, 8, 1))

    assert newest_recorded_at(record.facts) == noon(date(2022, 8, 1))
    assert newest_recorded_at(record.facts, noon(REPORT_OF_2022_ON)) == noon(REPORT_OF_2022_ON)
