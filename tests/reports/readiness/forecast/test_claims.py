"""The gap between claimed and verified, by who claims and by submission."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from dialogues.choices import ClaimedProgress, EvidenceDecision, ReadingDirection, SupportKind
from recommendations.choices import EffortQuestion, Pillar, Rule
from reports.readiness.readiness import evaluate_readiness
from tests.reports.record_builder import RecordBuilder, noon, period

START, END = date(2021, 4, 1), date(2022, 3, 31)
DAY, KNOWN = date(2021, 9, 1), date(2021, 9, 2)
POLICE, JUSTICE, HOME = 11, 12, 13
PILLAR_POINTS = Fraction(20, 3)


@pytest.fixture
def record():
    """Recommendation 1, prosecution: 1a, 1b and 1c on the figure of prosecutions, 4 the year before; 2 has 2a and 2b.

    A step on an assessed benchmark of 1 is 2 1/2, on one of 2 3 3/4.
    """
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    record.counted = record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS)
    record.reading_year_before(record.counted, 4, known=START)
    one, two = record.recommendation(1, Pillar.PROSECUTION), record.recommendation(2, Pillar.PROTECTION)
    record.benchmark(one, "1a", record.benchmark_terms(known=START))
    record.benchmark(one, "1b", record.benchmark_terms(known=START))
    record.benchmark(
        one, "1c", record.benchmark_terms(Rule.TARGET, known=START, indicator_id=record.counted, target=10)
    )
    record.benchmark(two, "2a", record.benchmark_terms(known=START))
    record.benchmark(two, "2b", record.benchmark_terms(known=START))
    return record


def send_claim(record, ministry, key, progress="done", **fields):
    """A claim of a ministry: its version and its evidence."""
    evidence = record.claim(key, progress, DAY, known=KNOWN, ministry_id=ministry, **fields)
    return record.tables["update_versions"][-1].id, evidence


def claim_tuples(record, as_of=END, **known):
    """Each claim as a tuple; they add up to the gap."""
    result = evaluate_readiness(record.facts, as_of=as_of, **known)
    assert sum(claim.points for claim in result.claims) == result.claimed.points - result.score
    return [
        (claim.ministry_id, claim.points, claim.update_versions, claim.evidence, claim.readings)
        for claim in result.claims
    ]


def test_without_claims_there_is_nothing_to_tell(record):
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)

    assert claim_tuples(record) == []


def test_claims_stand_by_ministry_with_the_submissions_behind_them_the_largest_first(record):
    first, draft = send_claim(record, POLICE, "1a", "under_way")
    second, bill = send_claim(record, JUSTICE, "2a")
    third, course = send_claim(record, POLICE, "1b", "under_way")

    assert claim_tuples(record) == [
        (JUSTICE, Fraction(15, 2) + PILLAR_POINTS, (second,), (bill,), ()),
        (POLICE, Fraction(5) + PILLAR_POINTS, (first, third), (draft, course), ()),
    ]


def test_a_pillar_claimed_twice_is_counted_once_with_the_larger_claim(record):
    """Police claims 1a as done (5), Justice 1b as a step (2 1/2): of the P both show it comes with the larger claim."""
    justice, bill = send_claim(record, JUSTICE, "1b", "under_way")
    police, list_of_posts = send_claim(record, POLICE, "1a")

    assert claim_tuples(record) == [
        (POLICE, Fraction(5) + PILLAR_POINTS, (police,), (list_of_posts,), ()),
        (JUSTICE, Fraction(5, 2), (justice,), (bill,), ()),
    ]


def test_a_second_claim_on_a_benchmark_adds_only_the_difference(record):
    home, course = send_claim(record, HOME, "2a", "under_way")
    justice, bill = send_claim(record, JUSTICE, "2a", "done")

    assert claim_tuples(record) == [
        (JUSTICE, Fraction(15, 2) + PILLAR_POINTS, (justice,), (bill,), ()),
        (HOME, Fraction(0), (home,), (course,), ()),
    ]


def test_equal_claims_stand_in_the_order_of_the_ministries_and_the_embassy_last(record):
    logged = record.action("1a", DAY, DAY, known=KNOWN)
    justice, bill = send_claim(record, JUSTICE, "1a", "under_way")
    police, course = send_claim(record, POLICE, "1a", "under_way")

    assert claim_tuples(record) == [
        (POLICE, Fraction(5, 2) + PILLAR_POINTS, (police,), (course,), ()),
        (JUSTICE, Fraction(0), (justice,), (bill,), ()),
        (None, Fraction(0), (), (logged,), ()),
    ]


def test_evidence_logged_by_the_embassy_is_a_claim_without_a_ministry(record):
    logged = record.action("1a", DAY, DAY, known=KNOWN)

    assert claim_tuples(record) == [(None, Fraction(5, 2) + PILLAR_POINTS, (), (logged,), ())]


def test_a_figure_without_a_file_is_a_claim_of_its_version(record):
    """5 against 4: the question 7, the figure 2 1/2, the P, and 1c half of its 5."""
    sent = record.update_version(ClaimedProgress.UNDER_WAY, known=KNOWN, ministry_id=JUSTICE)
    figure = record.reading(record.counted, 5, through=DAY, known=KNOWN, sent=sent)

    assert claim_tuples(record) == [
        (JUSTICE, 7 + Fraction(5, 2) + PILLAR_POINTS + Fraction(5, 2), (sent,), (), (figure,))
    ]


def test_a_figure_that_cites_evidence_is_a_claim_of_the_version_the_evidence_came_with(record):
    sent = record.update_version(ClaimedProgress.UNDER_WAY, known=KNOWN, ministry_id=JUSTICE)
    register = record.evidence(START, DAY, known=KNOWN, sent=sent)
    figure = record.reading(record.counted, 5, through=DAY, known=KNOWN, evidence=register)
    assert claim_tuples(record) == [(JUSTICE, Fraction(12) + PILLAR_POINTS, (sent,), (), (figure,))]

    record.review(register, known=KNOWN)
    assert claim_tuples(record) == []


def test_a_figure_logged_by_the_embassy_stands_without_a_ministry(record):
    figure = record.reading(record.counted, 5, through=DAY, known=KNOWN)

    assert claim_tuples(record) == [(None, Fraction(12) + PILLAR_POINTS, (), (), (figure,))]


def test_a_figure_that_a_later_one_of_another_ministry_overtook_brings_nothing(record):
    """Verified 3 of 10, less than 4. Police claims 8 by September, Justice 5 through the year, which is the one that
    holds: the question 7, and 1c from 3 to 5 of 10: 1. No ministry takes away what another has brought.
    """
    register = record.evidence(START, DAY, known=KNOWN)
    record.reading(record.counted, 3, through=DAY - timedelta(days=1), known=KNOWN, evidence=register)
    record.review(register, known=KNOWN)
    police = record.update_version(ClaimedProgress.DONE, known=KNOWN, ministry_id=POLICE)
    eight = record.reading(record.counted, 8, through=DAY, known=KNOWN, sent=police)
    justice = record.update_version(ClaimedProgress.DONE, known=KNOWN, ministry_id=JUSTICE)
    five = record.reading(record.counted, 5, through=END, known=KNOWN, sent=justice)

    assert claim_tuples(record) == [
        (JUSTICE, Fraction(8), (justice,), (), (five,)),
        (POLICE, Fraction(0), (police,), (), (eight,)),
    ]


def test_a_claimed_figure_adds_only_what_a_later_direction_leaves(record):
    """Police claims 8 against 4, Justice, later, that there were fewer: 1c is 4, the figure 2 1/2, the question 0."""
    police = record.update_version(ClaimedProgress.DONE, known=KNOWN, ministry_id=POLICE)
    eight = record.reading(record.counted, 8, through=DAY, known=KNOWN, sent=police)
    justice = record.update_version(ClaimedProgress.DONE, known=KNOWN, ministry_id=JUSTICE)
    fewer = record.reading(record.counted, ReadingDirection.DOWN, through=END, known=KNOWN, sent=justice)

    assert claim_tuples(record) == [
        (POLICE, 4 + Fraction(5, 2) + PILLAR_POINTS, (police,), (), (eight,)),
        (JUSTICE, Fraction(0), (justice,), (), (fewer,)),
    ]


@pytest.mark.parametrize("progress", ClaimedProgress)
def test_a_returned_version_claims_nothing_and_is_not_named(record, progress):
    back = record.update_version(progress, known=KNOWN, returned=KNOWN + timedelta(days=7), ministry_id=POLICE)
    sent, draft = send_claim(record, POLICE, "2a", "under_way")
    action = record.action("1a", DAY, DAY, known=KNOWN, sent=back)
    figure = record.reading(record.counted, 5, through=DAY, known=KNOWN, sent=back)

    [before] = claim_tuples(record, known_by=noon(KNOWN))
    assert before[2:] == ((back, sent), tuple(sorted([action, draft])), (figure,))
    assert claim_tuples(record) == [(POLICE, Fraction(15, 4) + PILLAR_POINTS, (sent,), (draft,), ())]


def test_reviewed_evidence_is_no_claim(record):
    _, verified = send_claim(record, POLICE, "1a", first=DAY)
    record.review(verified, known=KNOWN, key="1a")
    _, rejected = send_claim(record, POLICE, "1b", first=DAY)
    record.review(rejected, known=KNOWN, key="1b", decision=EvidenceDecision.REJECTED)

    assert claim_tuples(record) == []


def test_evidence_without_an_action_is_no_claim(record):
    sent = record.update_version(ClaimedProgress.DONE, known=KNOWN, ministry_id=POLICE)
    record.evidence(DAY, DAY, known=KNOWN, sent=sent, _1a=SupportKind.PLAN)

    assert claim_tuples(record) == []


def test_a_claim_of_not_started_is_listed_without_points(record):
    sent, draft = send_claim(record, POLICE, "1a", "not_started")

    assert claim_tuples(record) == [(POLICE, Fraction(0), (sent,), (draft,), ())]


def test_a_claim_counts_from_its_last_day_and_from_when_it_was_known(record):
    send_claim(record, POLICE, "1a")

    assert claim_tuples(record, as_of=DAY - timedelta(days=1)) == []
    assert claim_tuples(record, known_by=noon(KNOWN - timedelta(days=1))) == []
    assert len(claim_tuples(record, as_of=DAY)) == 1


def test_claims_of_one_ministry_on_two_submissions_are_one_line_and_add_up_with_what_is_verified(record):
    """1a is verified: its 2 1/2 and the P are no claim. Police's two bring 1a to done (2 1/2 more) and 1b to a step."""
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    first, done = send_claim(record, POLICE, "1a")
    second, step = send_claim(record, POLICE, "1b", "under_way")

    assert claim_tuples(record) == [(POLICE, Fraction(5), (first, second), (done, step), ())]


def test_a_figure_claimed_before_a_verified_direction_is_a_figure_given(record):
    """The direction holds for the question and for 1c; that there is a figure is worth 2 1/2."""
    register = record.evidence(START, END, known=KNOWN)
    record.reading(record.counted, ReadingDirection.UP, through=END, known=KNOWN, evidence=register)
    record.review(register, known=KNOWN)
    sent = record.update_version(ClaimedProgress.DONE, known=KNOWN, ministry_id=JUSTICE)
    figure = record.reading(record.counted, 8, through=DAY, known=KNOWN, sent=sent)

    assert claim_tuples(record) == [(JUSTICE, Fraction(5, 2), (sent,), (), (figure,))]


def test_a_direction_claimed_moves_the_question_alone(record):
    sent = record.update_version(ClaimedProgress.DONE, known=KNOWN, ministry_id=JUSTICE)
    more = record.reading(record.counted, ReadingDirection.UP, through=DAY, known=KNOWN, sent=sent)

    assert claim_tuples(record) == [(JUSTICE, 7 + PILLAR_POINTS, (sent,), (), (more,))]
