from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from dialogues.choices import EvidenceDecision, ReadingDirection
from recommendations.choices import Better, EffortQuestion, Pillar, Rule
from reports.readiness.countable_facts import facts_known_by
from reports.readiness.daily_scores import DailyScores
from reports.readiness.fact_views import build_verified_view
from reports.readiness.readiness import evaluate_readiness
from tests.reports.record_builder import RecordBuilder, line_points, noon, period, shares

HALF = Fraction(1, 2)
START, END = date(2021, 4, 1), date(2022, 3, 31)
DAY, KNOWN = date(2021, 9, 1), date(2021, 9, 2)


@pytest.fixture
def record():
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    record.counted = record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS, unit="cases")
    one = record.recommendation(1, Pillar.PREVENTION)
    record.benchmark(one, "1a", record.benchmark_terms(Rule.MORE, known=START, indicator_id=record.counted))
    record.benchmark(
        one, "1b", record.benchmark_terms(Rule.TARGET, known=START, indicator_id=record.counted, target=10)
    )
    record.told = record.evidence(START, END, known=KNOWN)
    return record


def points_and_shares(record, tally="verified", as_of=END, **known):
    """Points for the question (of 7) and for the figure (of 2 1/2), shares of the two benchmarks."""
    found = getattr(evaluate_readiness(record.facts, as_of=as_of, **known), tally)
    return (
        line_points(found, "increasing_efforts")["prosecutions"],
        line_points(found, "data_given")["prosecutions"],
        shares(found)["1a"],
        shares(found)["1b"],
    )


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (4, 5, (7, Fraction(5, 2), 1, HALF)),
        (4, 4, (Fraction(7, 2), Fraction(5, 2), 0, Fraction(2, 5))),
        (4, 3, (0, Fraction(5, 2), 0, Fraction(3, 10))),
        (0, 0, (0, Fraction(5, 2), 0, 0)),
        (0, 12, (7, Fraction(5, 2), 1, 1)),
        (None, 5, (0, Fraction(5, 2), 0, HALF)),
        (ReadingDirection.UP, 5, (0, Fraction(5, 2), 0, HALF)),
        (4, ReadingDirection.UP, (7, 0, 0, 0)),
        (4, ReadingDirection.LEVEL, (Fraction(7, 2), 0, 0, 0)),
        (0, ReadingDirection.LEVEL, (0, 0, 0, 0)),
        (4, ReadingDirection.DOWN, (0, 0, 0, 0)),
        (None, ReadingDirection.UP, (7, 0, 0, 0)),
        (4, None, (0, 0, 0, 0)),
    ],
)
def test_a_reading_is_compared_with_the_year_before(record, before, now, expected):
    record.reading_year_before(record.counted, before, known=START)
    record.reading(record.counted, now, through=END, known=KNOWN, evidence=record.told)
    assert points_and_shares(record) == (0, 0, 0, 0)

    record.review(record.told, known=KNOWN)
    assert points_and_shares(record) == expected


def test_a_reading_sent_and_not_reviewed_is_claimed(record):
    record.reading_year_before(record.counted, 4, known=START)
    record.reading(record.counted, 5, through=END, known=KNOWN, evidence=record.told)

    assert points_and_shares(record, "claimed") == (7, Fraction(5, 2), 1, HALF)


def test_a_direction_claimed_moves_the_question_and_no_benchmark(record):
    record.reading_year_before(record.counted, 4, known=START)
    record.review(record.told, known=KNOWN)
    record.reading(record.counted, 3, through=DAY, known=KNOWN, evidence=record.told)
    record.reading(record.counted, ReadingDirection.UP, through=END, known=KNOWN)

    assert points_and_shares(record) == (0, Fraction(5, 2), 0, Fraction(3, 10))
    assert points_and_shares(record, "claimed") == (7, Fraction(5, 2), 0, Fraction(3, 10))


def test_a_direction_claimed_after_a_figure_takes_nothing_from_the_benchmarks(record):
    record.reading_year_before(record.counted, 4, known=START)
    record.reading(record.counted, 5, through=DAY, known=KNOWN)
    record.reading(record.counted, ReadingDirection.DOWN, through=END, known=KNOWN)

    assert points_and_shares(record, "claimed") == (0, Fraction(5, 2), 1, HALF)


def test_a_claim_that_a_later_verified_figure_overtook_gives_nothing(record):
    record.reading(record.counted, 9, through=DAY, known=KNOWN)
    record.reading(record.counted, 6, through=END, known=KNOWN, evidence=record.told)
    record.review(record.told, known=KNOWN)

    assert points_and_shares(record, "claimed")[3] == Fraction(3, 5)


def test_a_claim_lower_than_what_is_verified_takes_nothing_away(record):
    record.reading(record.counted, 6, through=DAY, known=KNOWN, evidence=record.told)
    record.review(record.told, known=KNOWN)
    record.reading(record.counted, 2, through=END, known=KNOWN)

    assert points_and_shares(record, "claimed")[3] == Fraction(3, 5)


@pytest.mark.parametrize("decision", [None, EvidenceDecision.VERIFIED])
def test_a_reading_of_a_returned_version_is_no_claim(record, decision):
    sent = record.update_version("done", known=KNOWN, returned=KNOWN)
    record.reading(record.counted, 6, through=DAY, known=KNOWN, sent=sent)
    evidence = record.evidence(START, DAY, known=KNOWN, sent=sent)
    record.reading(record.counted, 6, through=DAY, known=KNOWN, evidence=evidence)
    if decision:
        record.review(evidence, known=KNOWN, decision=decision)

    assert points_and_shares(record, "claimed")[3] == (Fraction(3, 5) if decision else 0)


def test_the_latest_reading_is_by_day_covered_then_by_when_it_was_recorded_then_by_key(record):
    record.review(record.told, known=date(2022, 4, 2))
    record.reading(record.counted, 8, through=DAY, known=date(2022, 1, 1), evidence=record.told)
    assert points_and_shares(record)[3] == Fraction(8, 10)
    record.reading(record.counted, 7, through=date(2021, 12, 31), known=KNOWN, evidence=record.told)
    assert points_and_shares(record)[3] == Fraction(7, 10)
    record.reading(record.counted, 6, through=date(2021, 12, 31), known=date(2021, 9, 3), evidence=record.told)
    assert points_and_shares(record)[3] == Fraction(6, 10)
    record.reading(record.counted, 5, through=date(2021, 12, 31), known=date(2021, 9, 3), evidence=record.told)
    assert points_and_shares(record)[3] == Fraction(5, 10)
    record.reading(record.counted, None, through=END, known=date(2022, 4, 1), evidence=record.told)
    assert points_and_shares(record)[3] == Fraction(5, 10)
    assert points_and_shares(record, as_of=DAY)[3] == Fraction(8, 10)


def test_a_figure_added_to_verified_evidence_needs_its_own_review(record):
    record.review(record.told, known=date(2022, 1, 1))
    record.reading(record.counted, 8, through=DAY, known=date(2022, 1, 2), evidence=record.told)
    assert evaluate_readiness(record.facts, as_of=END).verified.benchmarks[1].line.finding.share is None

    record.review(record.told, known=date(2022, 1, 3))
    assert evaluate_readiness(record.facts, as_of=END).verified.benchmarks[1].line.finding.share == Fraction(8, 10)


def test_a_part_of_the_year_is_compared_raw_and_said_to_be_one(record):
    record.reading_year_before(record.counted, 4, known=START)
    record.reading(record.counted, 5, through=DAY, known=KNOWN, evidence=record.told)
    record.review(record.told, known=KNOWN)

    found = evaluate_readiness(record.facts, as_of=END).verified
    assert found.parts[0].lines[1].finding.reason == (
        "Prosecutions rose from 4 to 5 by 1 September 2021, part of the year."
    )
    assert found.benchmarks[1].line.finding.reason == "5 of 10 cases by 1 September 2021."


@pytest.mark.parametrize(
    ("starts", "through", "as_of"),
    [
        (START + timedelta(days=1), DAY, END),
        (START - timedelta(days=1), DAY, END),
        (START, DAY, DAY - timedelta(days=1)),
        (START, END + timedelta(days=1), END + timedelta(days=9)),
    ],
)
def test_a_reading_that_is_not_from_the_start_of_the_period_through_a_day_that_came_counts_for_nothing(
    record, starts, through, as_of
):
    record.reading_year_before(record.counted, 4, known=START)
    record.review(record.told, known=KNOWN)
    for evidence in (record.told, None):
        record.reading(record.counted, 9, starts=starts, through=through, known=KNOWN, evidence=evidence)

    assert points_and_shares(record, as_of=as_of) == points_and_shares(record, "claimed", as_of=as_of) == (0, 0, 0, 0)


def test_the_year_before_counts_whole_and_without_a_review_once_it_is_known(record):
    before = record.edition.previous
    record.reading(record.counted, 5, through=END, known=KNOWN, evidence=record.told)
    record.review(record.told, known=KNOWN)
    record.reading(record.counted, 4, starts=before.starts_on, through=date(2020, 12, 31), known=START)
    assert points_and_shares(record)[0] == 0

    record.reading_year_before(record.counted, 4, known=date(2021, 9, 10))
    assert points_and_shares(record, known_by=noon(date(2021, 9, 9)))[0] == 0
    assert points_and_shares(record)[0] == 7


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (4, 3, (7, 1, 1)),
        (4, 4, (Fraction(7, 2), 0, 1)),
        (4, 11, (0, 0, 0)),
        (0, 0, (0, 0, 1)),
        (4, ReadingDirection.DOWN, (7, 0, 0)),
        (4, ReadingDirection.UP, (0, 0, 0)),
    ],
)
def test_a_figure_must_fall_if_less_is_better(record, before, now, expected):
    record.tables["indicators"] = [replace(indicator, better=Better.DOWN) for indicator in record.tables["indicators"]]
    record.reading_year_before(record.counted, before, known=START)
    record.reading(record.counted, now, through=END, known=KNOWN, evidence=record.told)
    record.review(record.told, known=KNOWN)

    question, _, compared, aimed = points_and_shares(record)
    assert (question, compared, aimed) == expected


def test_a_reading_stops_with_the_evidence_it_cites_and_the_revision_tells_its_own(record):
    record.reading(record.counted, 5, through=END, known=KNOWN, evidence=record.told)
    record.review(record.told, known=KNOWN)
    assert points_and_shares(record)[3] == HALF

    revision = record.evidence(START, END, known=date(2021, 9, 10), revises=record.told)
    record.review(revision, known=date(2021, 9, 11))
    assert points_and_shares(record)[3] == 0

    earlier = END - timedelta(days=1)  # the figure put right reaches less far, and holds all the same
    record.reading(record.counted, 10, through=earlier, known=date(2021, 9, 10), evidence=revision)
    assert points_and_shares(record)[3] == 1
    facts = record.facts
    assert [
        len(build_verified_view(facts_known_by(facts, noon(day)), END).readings) for day in (KNOWN, date(2021, 9, 10))
    ] == [1, 0]


def test_a_figure_of_the_year_before_stops_with_the_evidence_it_cites(record):
    cited = record.evidence(START, END, known=START)
    reading = record.reading_year_before(record.counted, 4, known=START)
    record.tables["readings"] = [
        row._replace(evidence_id=cited) if row.id == reading else row for row in record.tables["readings"]
    ]
    assert build_verified_view(record.facts, END).previous
    record.evidence(START, END, known=KNOWN, revises=cited)

    days = DailyScores(record.facts)
    assert not build_verified_view(record.facts, END).previous
    for day in (START, KNOWN):
        assert (
            days.score_with_reasons(END, noon(day))
            == evaluate_readiness(record.facts, as_of=END, known_by=noon(day)).verified
        )


def test_a_reading_is_verified_only_from_when_what_it_cites_is_known_too(record):
    later = KNOWN + timedelta(days=1)
    cited = record.evidence(START, END, known=later)
    record.reading(record.counted, 5, through=END, known=KNOWN, evidence=cited)
    record.review(cited, known=KNOWN)

    for known_by, share in ((KNOWN, 0), (later, HALF)):
        alone = evaluate_readiness(record.facts, as_of=END, known_by=noon(known_by)).verified
        assert (shares(alone)["1b"], DailyScores(record.facts).score_with_reasons(END, noon(known_by))) == (
            share,
            alone,
        )
