"""Possible: what is verified, with each known span counted from its first day."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from dialogues.choices import DoneBy, EvidenceDecision, ReadingDirection, SupportKind, Verdict
from recommendations.choices import EffortQuestion, Pillar, Rule
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import REPORT_OF_2022_ON, lesotho_record
from tests.reports.record_builder import RecordBuilder, line_points, noon, period, shares

HALF = Fraction(1, 2)
START, END = date(2021, 4, 1), date(2022, 3, 31)
FIRST, LAST = date(2021, 6, 1), date(2021, 12, 31)
KNOWN = date(2022, 1, 10)
A_DAY = timedelta(days=1)


@pytest.fixture
def record():
    """1a, which the embassy assesses, and 1b, which the figure of prosecutions decides."""
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    record.counted = record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS)
    record.reading_year_before(record.counted, 4, known=START)
    one = record.recommendation(1, Pillar.PREVENTION)
    record.benchmark(one, "1a", record.benchmark_terms(known=START))
    record.benchmark(
        one, "1b", record.benchmark_terms(Rule.TARGET, known=START, indicator_id=record.counted, target=10)
    )
    return record


def possible_share(record, as_of, tally="possible", **known):
    return shares(getattr(evaluate_readiness(record.facts, as_of=as_of, **known), tally))["1a"]


def test_an_action_is_possible_from_its_first_day_on_and_dated_from_its_last(record):
    record.action("1a", FIRST, LAST, known=KNOWN, verified=KNOWN)

    assert (possible_share(record, FIRST - A_DAY), possible_share(record, FIRST)) == (0, HALF)
    assert (possible_share(record, LAST - A_DAY, "verified"), possible_share(record, LAST, "verified")) == (0, HALF)
    assert possible_share(record, FIRST, known_by=noon(KNOWN - A_DAY)) == 0


@pytest.mark.parametrize(
    ("first", "last", "fields"),
    [
        (START - A_DAY, LAST, {}),
        (FIRST, END + A_DAY, {}),
        (FIRST, LAST, {"verified": None}),
        (FIRST, LAST, {"by": DoneBy.CIVIL_SOCIETY}),
        # Nobody has stated the first day: it stays a claim.
        (None, LAST, {}),
    ],
)
def test_an_action_that_could_never_count_is_not_possible(record, first, last, fields):
    record.action("1a", first, last, known=KNOWN, **{"verified": KNOWN, **fields})

    assert possible_share(record, FIRST) == possible_share(record, END) == 0


def test_a_plan_is_not_possible(record):
    record.review(record.evidence(FIRST, LAST, known=KNOWN, _1a=SupportKind.PLAN), known=KNOWN, key="1a")

    assert possible_share(record, LAST) == 0


def test_the_first_day_may_be_the_one_that_its_review_states(record):
    acted = record.action("1a", None, LAST, known=KNOWN, verified=KNOWN)
    record.review(acted, known=KNOWN + A_DAY, key="1a", first_on=FIRST)

    assert (possible_share(record, FIRST - A_DAY), possible_share(record, FIRST)) == (0, HALF)
    assert possible_share(record, FIRST, known_by=noon(KNOWN)) == 0


def test_a_reading_is_possible_from_the_start_of_its_span(record):
    """16 against 4, told of the whole year: the question 7, the figure 2 1/2, the target, and the P of prosecution."""
    told = record.evidence(START, END, known=KNOWN)
    record.reading(record.counted, 16, through=END, known=KNOWN, evidence=told)
    record.review(told, known=KNOWN)

    result = evaluate_readiness(record.facts, as_of=START)
    assert result.score == 0
    assert line_points(result.possible, "increasing_efforts")["prosecutions"] == 7
    assert line_points(result.possible, "data_given")["prosecutions"] == Fraction(5, 2)
    assert line_points(result.possible, "three_ps")["prosecution"] == Fraction(20, 3)
    assert shares(result.possible)["1b"] == 1
    assert evaluate_readiness(record.facts, as_of=START - A_DAY).possible.points == 0


@pytest.mark.parametrize("verified", [True, False])
def test_a_reading_that_goes_past_the_period_or_is_not_verified_is_not_possible(record, verified):
    told = record.evidence(START, END, known=KNOWN)
    record.reading(record.counted, 16, through=END + A_DAY if verified else END, known=KNOWN, evidence=told)
    if verified:
        record.review(told, known=KNOWN)

    assert evaluate_readiness(record.facts, as_of=END).possible.points == 0


def test_a_later_figure_that_is_lower_takes_nothing_from_what_is_dated(record):
    told = record.evidence(START, END, known=KNOWN)
    record.reading(record.counted, 8, through=FIRST, known=KNOWN, evidence=told)
    record.reading(record.counted, 3, through=END, known=KNOWN, evidence=told)
    record.review(told, known=KNOWN)

    result = evaluate_readiness(record.facts, as_of=FIRST)
    assert result.possible == result.verified
    assert shares(result.possible)["1b"] == Fraction(8, 10)


def test_a_direction_is_possible_from_its_start_and_no_figure(record):
    told = record.evidence(START, END, known=KNOWN)
    record.reading(record.counted, ReadingDirection.UP, through=END, known=KNOWN, evidence=told)
    record.review(told, known=KNOWN)

    result = evaluate_readiness(record.facts, as_of=START)
    assert line_points(result.possible, "increasing_efforts")["prosecutions"] == 7
    assert line_points(result.possible, "data_given")["prosecutions"] == 0


def test_an_assessment_holds_from_the_last_first_day_of_what_it_rests_on(record):
    spring = record.action("1a", START, LAST, known=KNOWN, verified=KNOWN)
    summer = record.action("1a", FIRST, FIRST + 9 * A_DAY, known=KNOWN, verified=KNOWN)
    record.assessment("1a", Verdict.MET, known=KNOWN, on=[spring, summer])

    assert (possible_share(record, START), possible_share(record, FIRST - A_DAY), possible_share(record, FIRST)) == (
        HALF,
        HALF,
        1,
    )
    assert (possible_share(record, FIRST, "verified"), possible_share(record, LAST, "verified")) == (0, 1)


@pytest.mark.parametrize(
    ("stated", "from_on"),
    [
        ([{"key": "1a", "first_on": FIRST}], FIRST),
        ([{"first_on": FIRST}], FIRST),
        # Two look at it: the later of the first days they state.
        ([{"key": "1a", "first_on": FIRST}, {"first_on": FIRST + A_DAY}], FIRST + A_DAY),
        ([{"first_on": FIRST + A_DAY}, {"key": "1a", "first_on": FIRST}], FIRST + A_DAY),
        ([{"key": "1a", "first_on": START}, {"key": "1a", "first_on": FIRST}], FIRST),
        # A rejection states nothing, and where nobody does the last day is the one known.
        ([{"key": "1a", "first_on": FIRST}, {"first_on": FIRST + A_DAY, "decision": EvidenceDecision.REJECTED}], FIRST),
        ([{"key": "1a"}], LAST),
        ([], LAST),
    ],
)
def test_an_assessment_rests_on_the_first_day_that_a_review_states(record, stated, from_on):
    """An action of April stands behind it, so that only its own day decides."""
    record.action("1a", START, START, known=KNOWN, verified=KNOWN)
    acted = record.action("1a", None, LAST, known=KNOWN)
    for number, fields in enumerate(stated):
        record.review(acted, known=KNOWN + number * A_DAY, **fields)
    record.assessment("1a", Verdict.MET, known=KNOWN + 9 * A_DAY, on=[acted])

    assert (possible_share(record, from_on - A_DAY), possible_share(record, from_on)) == (HALF, 1)


def test_an_assessment_that_rests_on_nothing_holds_from_the_day_it_was_recorded(record):
    record.action("1a", START, START, known=START, verified=START)
    record.assessment("1a", Verdict.MET, known=LAST)

    assert (possible_share(record, LAST - A_DAY), possible_share(record, LAST)) == (HALF, 1)


def test_a_poor_assessment_that_would_hold_sooner_takes_nothing_away(record):
    acted = record.action("1a", START, START, known=KNOWN, verified=KNOWN)
    found = record.evidence(FIRST, LAST, known=KNOWN, _1a=SupportKind.NO_ACTION)
    record.review(found, known=KNOWN, key="1a")
    record.assessment("1a", Verdict.STALLED, known=KNOWN, on=[found, acted])

    assert possible_share(record, FIRST) == possible_share(record, FIRST, "verified") == HALF
    assert possible_share(record, LAST) == possible_share(record, LAST, "verified") == 0


def test_an_assessment_that_is_not_known_yet_is_not_possible(record):
    acted = record.action("1a", FIRST, LAST, known=KNOWN, verified=KNOWN)
    record.assessment("1a", Verdict.MET, known=KNOWN + A_DAY, on=[acted])

    assert possible_share(record, FIRST, known_by=noon(KNOWN)) == HALF
    assert possible_share(record, FIRST) == 1


@pytest.mark.parametrize(
    ("as_of", "known_by", "possible"),
    [
        (date(2021, 11, 8), date(2021, 11, 30), 0),
        (date(2022, 2, 28), date(2022, 7, 31), Fraction(121, 2)),
        (date(2022, 3, 31), date(2022, 2, 28), 0),
        (date(2022, 3, 31), date(2022, 7, 31), Fraction(121, 2)),
    ],
)
def test_the_possible_score_of_lesotho(as_of, known_by, possible):
    assert evaluate_readiness(lesotho_record().facts, as_of=as_of, known_by=noon(known_by)).possible.points == possible


def test_in_february_facts_dated_to_the_end_of_march_add_53_possible_points():
    result = evaluate_readiness(lesotho_record().facts, as_of=date(2022, 2, 28), known_by=noon(REPORT_OF_2022_ON))

    assert (result.score, result.possible.points - result.score) == (Fraction(43, 6), Fraction(160, 3))
