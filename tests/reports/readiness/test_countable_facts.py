from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from dialogues.choices import DoneBy, EvidenceDecision, SupportKind, Verdict
from recommendations.choices import EffortQuestion, Pillar
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.readiness import evaluate_readiness
from tests.reports.record_builder import RecordBuilder, line_points, noon, period, shares

HALF = Fraction(1, 2)
START, END = date(2021, 4, 1), date(2022, 3, 31)
DAY, KNOWN = date(2021, 9, 1), date(2021, 9, 2)


@pytest.fixture
def record():
    """One recommendation with one assessed benchmark, 1a, and nothing on it."""
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    record.benchmark(record.recommendation(1, Pillar.PROSECUTION), "1a", record.benchmark_terms(known=START))
    return record


def verified_share(record, as_of=END, **known):
    return shares(evaluate_readiness(record.facts, as_of=as_of, **known).verified)["1a"]


def claimed_share(record, as_of=END, **known):
    return shares(evaluate_readiness(record.facts, as_of=as_of, **known).claimed)["1a"]


def test_a_recommendation_is_asked_from_when_it_was_recorded(record):
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    alone = evaluate_readiness(record.facts, as_of=END)
    later = KNOWN + timedelta(days=1)
    added = record.recommendation(2, Pillar.PROTECTION, known=later)
    record.benchmark(added, "2a", record.benchmark_terms(known=START))

    assert evaluate_readiness(record.facts, as_of=END, known_by=noon(KNOWN)).verified == alone.verified
    assert shares(evaluate_readiness(record.facts, as_of=END, known_by=noon(later)).verified) == {"1a": HALF, "2a": 0}


def test_a_pillar_holds_from_when_it_was_recorded():
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    moved = record.recommendation_terms(Pillar.PREVENTION, known=KNOWN + timedelta(days=1))
    record.benchmark(record.recommendation(1, Pillar.PROSECUTION, moved), "1a", record.benchmark_terms(known=START))
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)

    def shown(**known):
        found = line_points(evaluate_readiness(record.facts, as_of=END, **known).verified, "three_ps")
        return [key for key, points in found.items() if points]

    assert shown(known_by=noon(KNOWN)) == ["prosecution"]
    assert shown(known_by=noon(KNOWN + timedelta(days=1))) == shown() == ["prevention"]


LATER = KNOWN + timedelta(days=1)


def titles_and_keys(record, **known):
    """By its title in the part, what each recommendation says; and the keys of the benchmarks."""
    found = evaluate_readiness(record.facts, as_of=END, **known).verified
    part = next(part for part in found.parts if part.key is PartKey.ACTION)
    return [line.title for line in part.lines], [benchmark.line.key for benchmark in found.benchmarks]


def test_a_number_holds_from_when_it_was_recorded(record):
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    before = evaluate_readiness(record.facts, as_of=END, known_by=noon(KNOWN)).verified
    renumbered = replace(record.recommendation_terms(Pillar.PROSECUTION, known=LATER), number=7)
    record.tables["recommendations"] = [
        replace(recommendation, number=7, terms=(replace(recommendation.terms[0], number=1), renumbered))
        for recommendation in record.tables["recommendations"]
    ]

    assert evaluate_readiness(record.facts, as_of=END, known_by=noon(KNOWN)).verified == before
    assert titles_and_keys(record, known_by=noon(KNOWN)) == (["Recommendation 1"], ["1a"])
    assert titles_and_keys(record) == titles_and_keys(record, known_by=noon(LATER)) == (["Recommendation 7"], ["7a"])


def test_a_benchmark_is_asked_until_it_is_retired(record):
    other = record.recommendation(2, Pillar.PROTECTION)
    record.benchmark(other, "2a", record.benchmark_terms(known=START))
    record.action("2a", DAY, DAY, known=KNOWN, verified=KNOWN)
    before = evaluate_readiness(record.facts, as_of=END, known_by=noon(KNOWN)).verified
    retired = replace(record.recommendation_terms(Pillar.PROTECTION, known=LATER), is_retired=True)
    record.tables["recommendations"] = [
        replace(recommendation, terms=(*recommendation.terms, retired))
        if recommendation.id == other
        else recommendation
        for recommendation in record.tables["recommendations"]
    ]

    assert evaluate_readiness(record.facts, as_of=END, known_by=noon(KNOWN)).verified == before
    assert titles_and_keys(record) == (["Recommendation 1"], ["1a"])


def test_a_benchmark_stands_where_it_was_put_from_then_on(record):
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    first, other = record.tables["recommendations"][0].id, record.recommendation(2, Pillar.PROTECTION, known=LATER)
    before = evaluate_readiness(record.facts, as_of=END, known_by=noon(KNOWN)).verified
    [one] = record.tables["benchmarks"]
    there = replace(one.terms[0], recommendation_id=first, letter="a")
    here = replace(record.benchmark_terms(known=LATER), recommendation_id=other, letter="b")
    record.tables["benchmarks"] = [replace(one, recommendation_id=other, letter="b", terms=(there, here))]

    assert evaluate_readiness(record.facts, as_of=END, known_by=noon(KNOWN)).verified == before
    assert titles_and_keys(record) == (["Recommendation 1", "Recommendation 2"], ["2b"])
    shown = line_points(evaluate_readiness(record.facts, as_of=END).verified, "three_ps")
    assert [key for key, points in shown.items() if points] == ["protection"]


@pytest.mark.parametrize(
    ("first", "last", "as_of", "counts"),
    [
        (START, START, END, True),
        (START - timedelta(days=1), DAY, END, False),
        (END, END, END, True),
        (DAY, END + timedelta(days=1), END + timedelta(days=30), False),
        (DAY, DAY, DAY, True),
        (DAY, DAY, DAY - timedelta(days=1), False),
        (START, DAY, DAY - timedelta(days=1), False),
        (None, DAY, END, False),
    ],
)
def test_an_action_counts_from_its_last_day_if_its_whole_span_lies_in_the_period(record, first, last, as_of, counts):
    record.action("1a", first, last, known=KNOWN, verified=KNOWN)

    assert verified_share(record, as_of) == (HALF if counts else 0)


@pytest.mark.parametrize("by", DoneBy)
def test_an_action_counts_if_the_government_did_it_alone_or_jointly(record, by):
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN, by=by)

    assert verified_share(record) == claimed_share(record) == (HALF if by in {DoneBy.GOVERNMENT, DoneBy.JOINT} else 0)


@pytest.mark.parametrize(
    "shows", [support_kind for support_kind in SupportKind if support_kind is not SupportKind.ACTION]
)
def test_a_plan_a_finding_and_context_never_count(record, shows):
    record.review(record.evidence(DAY, DAY, known=KNOWN, _1a=shows), known=KNOWN, key="1a")
    record.evidence(DAY, DAY, known=KNOWN, _1a=shows)

    assert verified_share(record) == claimed_share(record) == 0


def test_the_newest_review_of_a_evidence_link_holds(record):
    evidence = record.action("1a", DAY, DAY, known=KNOWN, verified=date(2021, 9, 3))
    record.review(evidence, known=date(2021, 9, 5), key="1a", decision=EvidenceDecision.REJECTED)

    assert verified_share(record, known_by=noon(date(2021, 9, 2))) == 0
    assert verified_share(record, known_by=noon(date(2021, 9, 4))) == HALF
    assert verified_share(record) == claimed_share(record) == 0


def test_a_review_of_the_evidence_itself_does_not_verify_its_evidence_link(record):
    evidence = record.action("1a", DAY, DAY, known=KNOWN)
    record.review(evidence, known=KNOWN)

    assert verified_share(record) == 0
    assert claimed_share(record) == HALF


def test_rejecting_the_evidence_itself_ends_what_it_claims(record):
    evidence = record.action("1a", DAY, DAY, known=KNOWN)
    record.review(evidence, known=KNOWN, decision=EvidenceDecision.REJECTED)

    assert claimed_share(record) == 0


def test_a_span_without_a_first_day_stays_a_claim_until_its_review_states_it(record):
    evidence = record.action("1a", None, DAY, known=KNOWN, verified=KNOWN)
    assert (verified_share(record), claimed_share(record)) == (0, HALF)

    record.review(evidence, known=KNOWN + timedelta(days=1), key="1a", first_on=START)
    assert (verified_share(record), claimed_share(record)) == (HALF, HALF)

    record.review(evidence, known=KNOWN + timedelta(days=2), key="1a", first_on=START - timedelta(days=1))
    assert (verified_share(record), claimed_share(record)) == (0, 0)


def test_a_claim_without_a_first_day_is_in_the_window_if_its_last_day_is(record):
    record.claim("1a", "done", START - timedelta(days=1), known=KNOWN)
    assert claimed_share(record) == 0

    record.claim("1a", "done", START, known=KNOWN)
    assert claimed_share(record) == 1


@pytest.mark.parametrize(("progress", "gives"), [("not_started", 0), ("under_way", HALF), ("done", 1)])
def test_a_claim_gives_what_was_sent(record, progress, gives):
    record.claim("1a", progress, DAY, known=KNOWN)

    assert (verified_share(record), claimed_share(record)) == (0, gives)


def test_a_returned_claim_gives_nothing_from_its_return(record):
    record.claim("1a", "done", DAY, known=KNOWN, returned=date(2021, 9, 9))

    assert claimed_share(record, known_by=noon(date(2021, 9, 8))) == 1
    assert claimed_share(record) == 0


@pytest.mark.parametrize(
    ("verdict", "with_action", "without"),
    [
        (Verdict.MET, 1, 0),
        (Verdict.STEP, HALF, 0),
        (Verdict.STALLED, 0, 0),
        (Verdict.NO_INFORMATION, 0, 0),
        (Verdict.BACKWARDS, 0, 0),
    ],
)
def test_an_assessment_gives_what_it_says_if_an_action_stands_behind_it(record, verdict, with_action, without):
    record.assessment("1a", verdict, known=date(2021, 10, 1))
    assert verified_share(record) == without

    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    assert verified_share(record) == with_action


@pytest.mark.parametrize("verdict", [Verdict.STALLED, Verdict.NO_INFORMATION, Verdict.BACKWARDS])
def test_an_action_after_the_day_of_a_poor_assessment_is_a_step(record, verdict):
    record.assessment("1a", verdict, known=DAY)
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    assert verified_share(record) == 0

    record.action("1a", DAY + timedelta(days=1), DAY + timedelta(days=1), known=KNOWN, verified=KNOWN)
    assert verified_share(record) == HALF


def test_an_assessment_holds_from_the_last_day_of_what_it_rests_on(record):
    autumn = record.action("1a", DAY, date(2021, 12, 31), known=KNOWN, verified=KNOWN)
    spring = record.action("1a", START, date(2021, 6, 30), known=KNOWN, verified=KNOWN)
    record.assessment("1a", Verdict.MET, known=KNOWN, on=[autumn, spring])

    assert verified_share(record, date(2021, 12, 30)) == HALF
    assert verified_share(record, date(2021, 12, 31)) == 1


def test_an_assessment_that_rests_on_nothing_holds_from_the_day_it_was_recorded_there(record):
    record.action("1a", START, START, known=START, verified=START)
    record.assessment("1a", Verdict.MET, known=DAY)
    late_evening_in_utc = datetime.fromisoformat("2021-08-31T23:00:00+00:00")
    record.tables["assessments"] = [replace(record.tables["assessments"][0], recorded_at=late_evening_in_utc)]

    assert verified_share(record, date(2021, 8, 31)) == HALF
    assert verified_share(record, date(2021, 9, 1)) == 1


def test_the_latest_assessment_is_the_one_that_holds_from_the_latest_day(record):
    spring = record.action("1a", START, date(2021, 6, 30), known=KNOWN, verified=KNOWN)
    autumn = record.action("1a", DAY, date(2021, 12, 31), known=KNOWN, verified=KNOWN)
    record.assessment("1a", Verdict.MET, known=date(2022, 1, 1), on=[autumn])
    record.assessment("1a", Verdict.STALLED, known=date(2022, 1, 2), on=[spring])
    assert verified_share(record) == 1

    record.assessment("1a", Verdict.STEP, known=date(2022, 1, 3), on=[autumn])
    assert verified_share(record) == HALF


@pytest.mark.parametrize(
    ("verdict", "not_later"),
    [(Verdict.MET, 1), (Verdict.STEP, HALF), (Verdict.STALLED, 0), (Verdict.NO_INFORMATION, 0), (Verdict.BACKWARDS, 0)],
)
def test_a_claim_not_later_than_an_assessment_gives_at_most_what_that_would(record, verdict, not_later):
    record.assessment("1a", verdict, known=DAY)
    record.claim("1a", "done", DAY, known=KNOWN)
    assert claimed_share(record) == not_later

    record.claim("1a", "done", DAY + timedelta(days=1), known=KNOWN)
    assert claimed_share(record) == 1


def test_a_revision_takes_the_place_of_what_it_revises_and_asks_for_another_look(record):
    first = record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    second = record.action("1a", DAY, DAY, known=date(2021, 9, 10), revises=first)

    assert verified_share(record, known_by=noon(date(2021, 9, 9))) == HALF
    assert (verified_share(record), claimed_share(record)) == (0, HALF)

    record.review(second, known=date(2021, 9, 11), key="1a")
    assert verified_share(record) == HALF


def test_nothing_verified_is_no_data_and_a_verified_finding_is_not(record):
    def word():
        return evaluate_readiness(record.facts, as_of=END).verified.benchmarks[0].line.finding.verdict

    assert word() is ReadinessVerdict.NO_DATA
    record.review(record.evidence(DAY, DAY, known=KNOWN, _1a=SupportKind.CONTEXT), known=KNOWN, key="1a")
    assert word() is ReadinessVerdict.NO_DATA
    record.review(record.evidence(DAY, DAY, known=KNOWN, _1a=SupportKind.NO_ACTION), known=KNOWN, key="1a")
    assert word() is ReadinessVerdict.NOT_SHOWN
    record.assessment("1a", Verdict.NO_INFORMATION, known=KNOWN)
    assert word() is ReadinessVerdict.NO_DATA


@pytest.mark.parametrize("decision", EvidenceDecision)
def test_is_reviewed_once_anything_in_the_period_is(record, decision):
    before = record.action("1a", START - timedelta(days=9), START - timedelta(days=9), known=KNOWN, verified=KNOWN)
    evidence = record.action("1a", DAY, DAY, known=KNOWN)
    assert before
    assert not evaluate_readiness(record.facts, as_of=END).is_reviewed

    record.review(evidence, known=KNOWN + timedelta(days=1), key="1a", decision=decision)
    assert not evaluate_readiness(record.facts, as_of=END, known_by=noon(KNOWN)).is_reviewed
    assert evaluate_readiness(record.facts, as_of=END).is_reviewed


def test_waiting_reviews_count_only_evidence_that_would_count(record):
    record.claim("1a", "done", DAY, known=KNOWN)
    record.action("1a", None, DAY, known=KNOWN, verified=KNOWN)
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    record.claim("1a", "done", DAY, known=KNOWN, returned=KNOWN)
    record.claim("1a", "done", DAY, known=KNOWN, withdrawn=KNOWN)
    record.evidence(DAY, DAY, known=KNOWN, _1a=SupportKind.PLAN)
    counted = record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS)
    record.reading(counted, 3, through=DAY, known=KNOWN)
    record.reading(counted, None, through=DAY, known=KNOWN)
    record.reading(counted, 4, through=DAY, known=KNOWN, evidence=record.evidence(None, DAY, known=KNOWN))

    assert evaluate_readiness(record.facts, as_of=END).waiting == 4
    assert evaluate_readiness(record.facts, as_of=START).waiting == 0
