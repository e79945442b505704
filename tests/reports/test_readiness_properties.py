"""What holds of every record, however odd: hypothesis makes them up."""

from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.words import Direction, DoneBy, Kind, Progress, Reach, Review, Shows, Verdict
from recommendations.words import Better, Pillar, Question, Rule
from reports.counting import OWN
from reports.readiness import Days, readiness
from tests.reports.records import Record, noon, window

PERIOD = window("2021-04-01", "2022-03-31")
KEYS = ("1a", "1b", "2a", "2b", "3a")

FIRST = PERIOD.starts_on - timedelta(days=40)
days = st.dates(FIRST, PERIOD.ends_on + timedelta(days=40))
inside = st.dates(PERIOD.starts_on, PERIOD.ends_on)
told = st.one_of(st.none(), st.sampled_from(Direction), st.integers(0, 12))
moments = st.one_of(st.none(), days.map(noon))


@st.composite
def spans(draw):
    first, last = sorted((draw(days), draw(days)))
    return draw(st.sampled_from([first, None, PERIOD.starts_on])), last


def draw_promise(draw, record):
    then = st.tuples(st.sampled_from([one for one in Kind if one is not Kind.MADE]), days, st.none() | days)
    record.promise(
        made=draw(days),
        known=draw(st.none() | days),
        ministry=draw(st.sampled_from([1, None])),
        due=draw(st.none() | days),
        then=draw(st.lists(then, max_size=2)),
        **{f"_{key}": draw(st.sampled_from(Reach)) for key in draw(st.sets(st.sampled_from(KEYS)))},
    )


def draw_readings(draw, record, counted, evidence, sent):
    for indicator in counted:
        if draw(st.booleans()):
            record.year_before(indicator, draw(told), known=draw(days))
        for _ in range(draw(st.integers(0, 2))):
            record.reading(
                indicator,
                draw(told),
                through=draw(inside),
                known=draw(days),
                evidence=draw(st.sampled_from([None, *evidence])),
                sent=draw(st.sampled_from(sent)),
            )


@st.composite
def records(draw):
    """A record of three recommendations, with whatever may be on it."""
    record = Record(PERIOD)
    counted = [
        record.indicator(
            question.value,
            draw(st.sampled_from(Pillar)),
            question,
            draw(st.sampled_from(Better)),
        )
        for question in Question
    ]
    recommendations = {
        key[0]: record.recommendation(int(key[0]), draw(st.sampled_from(Pillar))) for key in ("1a", "2a", "3a")
    }
    for key in KEYS:
        rule = draw(st.sampled_from(Rule))
        record.benchmark(
            recommendations[key[0]],
            key,
            record.rule(
                rule,
                known=draw(days),
                weight=draw(st.integers(0, 3)),
                target=draw(st.integers(1, 9)) if rule is Rule.TARGET else None,
                indicator_id=None if rule is Rule.ASSESSED else draw(st.sampled_from(counted)),
                is_about_complicity=draw(st.booleans()),
            ),
        )
    some = st.integers(0, 4)
    sent = [None] + [
        record.sending(
            draw(st.sampled_from(Progress)),
            known=draw(days),
            returned=draw(st.one_of(st.none(), days)),
            ministry_id=draw(st.sampled_from([1, 2])),
        )
        for _ in range(draw(some))
    ]
    evidence = []
    for _ in range(draw(some)):
        first, last = draw(spans())
        bears = {f"_{key}": draw(st.sampled_from(Shows)) for key in draw(st.sets(st.sampled_from(KEYS)))}
        evidence.append(
            record.evidence(
                first,
                last,
                known=draw(days),
                by=draw(st.sampled_from(DoneBy)),
                sent=draw(st.sampled_from(sent)),
                revises=evidence[-1] if evidence and draw(st.integers(0, 4)) == 0 else None,  # a row has one revision
                **bears,
            )
        )
    for one in evidence:
        for _ in range(draw(some)):
            record.review(
                one,
                known=draw(days),
                key=draw(st.sampled_from([None, *KEYS])),
                decision=draw(st.sampled_from([Review.VERIFIED, Review.VERIFIED, Review.REJECTED])),
                first_on=draw(st.one_of(st.none(), days)),
            )
    for _ in range(draw(some)):
        on = draw(st.sets(st.sampled_from(evidence))) if evidence else ()
        # An assessment rests on what was there.
        there = max((row.recorded_at.date() for row in record.tables["evidence"] if row.id in on), default=FIRST)
        record.assess(draw(st.sampled_from(KEYS)), draw(st.sampled_from(Verdict)), known=max(draw(days), there), on=on)
    for _ in range(draw(some)):
        draw_promise(draw, record)
    for known in draw(st.lists(days, max_size=2)):
        record.terms(known, deadline_on=draw(days), working_mark=draw(st.integers(0, 100)))
    draw_readings(draw, record, counted, evidence, sent)
    return record


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

    assert readiness(shuffled, as_of=as_of, known_by=known_by) == readiness(facts, as_of=as_of, known_by=known_by)


@given(records(), days, moments)
def test_score_is_at_most_claimed_and_claimed_at_most_the_ceiling_and_score_at_most_possible(record, as_of, known_by):
    result = readiness(record.facts, as_of=as_of, known_by=known_by)

    assert 0 <= result.score <= result.claimed.points <= result.ceiling.points <= 100
    assert result.score <= result.possible.points <= 100
    for lower, higher in [
        (result.verified, result.claimed),
        (result.claimed, result.ceiling),
        (result.verified, result.possible),
    ]:
        for less, more in zip(lower.parts, higher.parts, strict=True):
            assert 0 <= less.points <= more.points <= less.of
        for less, more in zip(lower.benchmarks, higher.benchmarks, strict=True):
            assert 0 <= less.line.points <= more.line.points <= less.line.of


@given(records(), days, moments)
def test_after_the_deadline_the_ceiling_is_what_is_claimed(record, as_of, known_by):
    result = readiness(record.facts, as_of=as_of, known_by=known_by)

    if result.deadline_on and as_of > result.deadline_on:
        assert result.ceiling == result.claimed


@given(records(), days, moments)
def test_the_points_claimed_by_ministry_add_up_to_the_gap(record, as_of, known_by):
    result = readiness(record.facts, as_of=as_of, known_by=known_by)

    assert sum(one.points for one in result.claims) == result.claimed.points - result.score
    assert all(one.points >= 0 for one in result.claims)


@given(records(), days, moments)
def test_a_lever_gives_what_the_score_would_rise_by(record, as_of, known_by):
    result = readiness(record.facts, as_of=as_of, known_by=known_by)

    assert {one.key for one in result.levers()} == {
        one.line.key for one in result.verified.benchmarks if one.line.finding.worth < 1
    }
    for lever in result.levers():
        then = result.if_met([lever.benchmark_id])
        assert lever.points == then.points - result.score >= 0
        assert {one.line.key: one.line.finding.worth for one in then.benchmarks}[lever.key] == 1


@given(records(), days, moments)
def test_the_smallest_set_is_never_beaten_by_an_exhaustive_search(record, as_of, known_by):
    result = readiness(record.facts, as_of=as_of, known_by=known_by)
    order = [one.benchmark_id for one in result.verified.benchmarks]
    unmet = [one.benchmark_id for one in result.verified.benchmarks if one.line.finding.worth < 1]

    def rank(chosen):
        return (
            len(chosen),
            sorted(result.due.get(one, date.max) for one in chosen),
            sorted(order.index(one) for one in chosen),
        )

    enough = [
        chosen
        for number in range(len(unmet) + 1)
        for chosen in combinations(unmet, number)
        if result.working_mark is not None and result.if_met(chosen).points >= result.working_mark
    ]

    assert result.smallest_set() == min(enough, key=rank, default=None)


@given(records(), days, st.lists(st.tuples(days, st.none() | days), min_size=1, max_size=3))
def test_a_promise_never_changes_score_possible_or_claimed(record, as_of, promises):
    before = readiness(record.facts, as_of=as_of)
    for made, due in promises:
        record.promise(made=made, due=due, **{f"_{key}": Reach.MEETS for key in KEYS})
    after = readiness(record.facts, as_of=as_of)

    assert (after.verified, after.possible, after.claimed) == (before.verified, before.possible, before.claimed)
    assert after.ceiling.points >= before.ceiling.points


@given(records(), days, st.sampled_from(KEYS), st.sampled_from(sorted(OWN)), st.tuples(inside, inside))
def test_one_more_verified_action_in_the_window_never_lowers_the_score(record, as_of, key, by, span):
    first, last = sorted(span)
    before = readiness(record.facts, as_of=as_of).score
    record.action(key, first, last, known=last, verified=last, by=by)

    assert readiness(record.facts, as_of=as_of).score >= before


@pytest.mark.parametrize("decision", [None, *Review])
@given(record=records(), as_of=days, drawn=st.data())
@settings(max_examples=50)
def test_what_is_no_action_of_the_government_in_the_window_changes_nothing(decision, record, as_of, drawn):
    first, last = drawn.draw(spans())
    outside = (first or last) < PERIOD.starts_on or last > PERIOD.ends_on
    key, by = drawn.draw(st.sampled_from(KEYS)), drawn.draw(st.sampled_from(DoneBy))
    shows = drawn.draw(st.sampled_from([one for one in Shows if outside or by not in OWN or one is not Shows.ACTION]))
    before = readiness(record.facts, as_of=as_of)
    evidence = record.evidence(first, last, known=last, by=by, **{f"_{key}": shows})
    if decision:
        record.review(evidence, known=last, key=key, decision=decision)
    after = readiness(record.facts, as_of=as_of)

    assert (after.score, after.claimed.points) == (before.score, before.claimed.points)


@given(records(), days, days)
def test_what_became_known_later_changes_nothing_that_was_known(record, as_of, known_by):
    moment = noon(known_by)
    before = readiness(record.facts, as_of=as_of, known_by=moment)
    for key in KEYS:
        later = known_by + timedelta(days=1)
        record.action(key, PERIOD.starts_on, PERIOD.starts_on, known=later, verified=later)
        record.assess(key, Verdict.MET, known=later)

    assert readiness(record.facts, as_of=as_of, known_by=moment) == before


@given(records(), st.lists(st.tuples(days, days), min_size=1, max_size=4))
def test_many_days_are_scored_like_each_of_them(record, asked):
    scored = Days(record.facts)
    for as_of, known_by in asked:
        alone = readiness(record.facts, as_of=as_of, known_by=noon(known_by))

        assert scored.tally(as_of, noon(known_by)) == alone.verified
        assert scored.score(as_of, noon(known_by)) == (alone.score if alone.is_reviewed else None)


@given(records(), days)
def test_a_score_is_the_sum_of_its_reasons(record, as_of):
    for tally in (readiness(record.facts, as_of=as_of).verified, readiness(record.facts, as_of=as_of).claimed):
        assert tally.points == sum(line.of * line.finding.worth for part in tally.parts for line in part.lines)
        assert sum(one.line.points for one in tally.benchmarks) == tally.parts[1].points
        assert all(line.finding.reason.endswith(".") for part in tally.parts for line in part.lines)


def test_the_day_after_the_period_adds_nothing():
    record = Record(PERIOD)
    record.benchmark(record.recommendation(1, Pillar.PROSECUTION), "1a", record.rule(known=PERIOD.starts_on))
    record.action("1a", date(2022, 4, 1), date(2022, 4, 1), known=date(2022, 4, 1), verified=date(2022, 4, 1))

    assert readiness(record.facts, as_of=date(2022, 6, 1)).score == 0
