"""Properties of readiness on records that hypothesis generates."""

from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.choices import GOVERNMENT_DOERS, CommitmentReach, DoneBy, EvidenceDecision, SupportKind, Verdict
from recommendations.choices import Pillar
from reports.readiness.daily_scores import DailyScores
from reports.readiness.readiness import evaluate_readiness
from tests.reports.record_builder import RecordBuilder, noon
from tests.reports.record_strategies import KEYS, PERIOD, days, days_in_period, moments, records, spans


@given(records(), days, moments, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(record, as_of, known_by, random):
    facts = record.facts
    shuffled = replace(
        facts,
        **{
            field.name: tuple(random.sample(rows, len(rows)))
            for field in fields(facts)
            if isinstance(rows := getattr(facts, field.name), tuple)
        },
    )

    assert evaluate_readiness(shuffled, as_of=as_of, known_by=known_by) == evaluate_readiness(
        facts, as_of=as_of, known_by=known_by
    )


@given(records(), days, moments)
def test_score_is_at_most_claimed_and_claimed_at_most_the_projected_score_and_score_at_most_possible(
    record, as_of, known_by
):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)

    assert 0 <= result.score <= result.claimed.points <= result.projected.points <= 100
    assert result.score <= result.possible.points <= 100
    for lower, higher in [
        (result.verified, result.claimed),
        (result.claimed, result.projected),
        (result.verified, result.possible),
    ]:
        for less, more in zip(lower.parts, higher.parts, strict=True):
            assert 0 <= less.points <= more.points <= less.max_points
        for less, more in zip(lower.benchmarks, higher.benchmarks, strict=True):
            assert 0 <= less.line.points <= more.line.points <= less.line.max_points


@given(records(), days, moments)
def test_after_the_deadline_the_projected_score_is_what_is_claimed(record, as_of, known_by):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)

    if result.deadline_on and as_of > result.deadline_on:
        assert result.projected == result.claimed


@given(records(), days, moments)
def test_the_points_claimed_by_ministry_add_up_to_the_gap(record, as_of, known_by):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)

    assert sum(claim.points for claim in result.claims) == result.claimed.points - result.score
    assert all(claim.points >= 0 for claim in result.claims)


@given(records(), days, moments)
def test_the_gain_of_a_benchmark_is_what_the_score_would_rise_by(record, as_of, known_by):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)

    assert {gain.key for gain in result.benchmark_gains()} == {
        benchmark.line.key for benchmark in result.verified.benchmarks if benchmark.line.finding.worth < 1
    }
    for gain in result.benchmark_gains():
        then = result.score_with((), met=[gain.benchmark_id])
        assert gain.points == then.points - result.score >= 0
        assert {benchmark.line.key: benchmark.line.finding.worth for benchmark in then.benchmarks}[gain.key] == 1


@given(records(), days, moments)
def test_the_smallest_set_is_never_beaten_by_an_exhaustive_search(record, as_of, known_by):
    result = evaluate_readiness(record.facts, as_of=as_of, known_by=known_by)
    order = [benchmark.benchmark_id for benchmark in result.verified.benchmarks]
    unmet = [benchmark.benchmark_id for benchmark in result.verified.benchmarks if benchmark.line.finding.worth < 1]

    def rank(chosen):
        return (
            len(chosen),
            sorted(result.due.get(benchmark_id, date.max) for benchmark_id in chosen),
            sorted(order.index(benchmark_id) for benchmark_id in chosen),
        )

    enough = [
        chosen
        for number in range(len(unmet) + 1)
        for chosen in combinations(unmet, number)
        if result.readiness_target is not None and result.score_with((), met=chosen).points >= result.readiness_target
    ]

    assert result.smallest_set() == min(enough, key=rank, default=None)


@given(records(), days, st.lists(st.tuples(days, st.none() | days), min_size=1, max_size=3))
def test_a_promise_never_changes_score_possible_or_claimed(record, as_of, promises):
    before = evaluate_readiness(record.facts, as_of=as_of)
    for made, due in promises:
        record.commitment(made=made, due=due, **{f"_{key}": CommitmentReach.MEETS for key in KEYS})
    after = evaluate_readiness(record.facts, as_of=as_of)

    assert (after.verified, after.possible, after.claimed) == (before.verified, before.possible, before.claimed)
    assert after.projected.points >= before.projected.points


@given(
    records(),
    days,
    st.sampled_from(KEYS),
    st.sampled_from(sorted(GOVERNMENT_DOERS)),
    st.tuples(days_in_period, days_in_period),
)
def test_one_more_verified_action_in_the_window_never_lowers_the_score(record, as_of, key, by, span):
    first, last = sorted(span)
    before = evaluate_readiness(record.facts, as_of=as_of).score
    record.action(key, first, last, known=last, verified=last, by=by)

    assert evaluate_readiness(record.facts, as_of=as_of).score >= before


@pytest.mark.parametrize("decision", [None, *EvidenceDecision])
@given(record=records(), as_of=days, drawn=st.data())
@settings(max_examples=50)
def test_only_government_actions_in_the_window_change_the_score(decision, record, as_of, drawn):
    first, last = drawn.draw(spans())
    outside = (first or last) < PERIOD.starts_on or last > PERIOD.ends_on
    key, by = drawn.draw(st.sampled_from(KEYS)), drawn.draw(st.sampled_from(DoneBy))
    shows = drawn.draw(
        st.sampled_from(
            [
                support_kind
                for support_kind in SupportKind
                if outside or by not in GOVERNMENT_DOERS or support_kind is not SupportKind.ACTION
            ]
        )
    )
    before = evaluate_readiness(record.facts, as_of=as_of)
    evidence = record.evidence(first, last, known=last, by=by, **{f"_{key}": shows})
    if decision:
        record.review(evidence, known=last, key=key, decision=decision)
    after = evaluate_readiness(record.facts, as_of=as_of)

    assert (after.score, after.claimed.points) == (before.score, before.claimed.points)


@given(records(), days, days)
def test_later_facts_do_not_change_an_earlier_moment(record, as_of, known_by):
    moment = noon(known_by)
    before = evaluate_readiness(record.facts, as_of=as_of, known_by=moment)
    for key in KEYS:
        later = known_by + timedelta(days=1)
        record.action(key, PERIOD.starts_on, PERIOD.starts_on, known=later, verified=later)
        record.assessment(key, Verdict.MET, known=later)

    assert evaluate_readiness(record.facts, as_of=as_of, known_by=moment) == before


@given(records(), st.lists(st.tuples(days, days), min_size=1, max_size=4))
def test_many_days_are_scored_like_each_of_them(record, asked):
    scored = DailyScores(record.facts)
    for as_of, known_by in asked:
        alone = evaluate_readiness(record.facts, as_of=as_of, known_by=noon(known_by))

        assert scored.score_with_reasons(as_of, noon(known_by)) == alone.verified
        assert scored.score(as_of, noon(known_by)) == (alone.score if alone.is_reviewed else None)


@given(records(), days)
def test_a_score_is_the_sum_of_its_reasons(record, as_of):
    for tally in (
        evaluate_readiness(record.facts, as_of=as_of).verified,
        evaluate_readiness(record.facts, as_of=as_of).claimed,
    ):
        assert tally.points == sum(line.max_points * line.finding.worth for part in tally.parts for line in part.lines)
        assert sum(benchmark.line.points for benchmark in tally.benchmarks) == tally.parts[1].points
        assert all(line.finding.reason.endswith(".") for part in tally.parts for line in part.lines)


def test_the_day_after_the_period_adds_nothing():
    record = RecordBuilder(PERIOD)
    record.benchmark(record.recommendation(1, Pillar.PROSECUTION), "1a", record.benchmark_terms(known=PERIOD.starts_on))
    record.action("1a", date(2022, 4, 1), date(2022, 4, 1), known=date(2022, 4, 1), verified=date(2022, 4, 1))

    assert evaluate_readiness(record.facts, as_of=date(2022, 6, 1)).score == 0
