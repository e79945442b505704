"""The priority of waiting items equals what deciding on them adds, simulated one by one or all at once."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.choices import ClaimedProgress, EvidenceDecision, Verdict
from reports.readiness.facts import AssessmentFact, EvidenceReviewFact
from reports.readiness.forecast import review_priority
from reports.readiness.forecast.review_simulation import (
    FIRST_HYPOTHETICAL_ID,
    AssumedVerdict,
    ReviewDecision,
    ReviewSimulation,
)
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import noon
from tests.reports.record_strategies import PERIOD, days, records

LATER = PERIOD.ends_on + timedelta(days=41)
"""After anything that a made-up record holds: the moment at which somebody decides."""
NOW = noon(LATER)
decisions = st.sampled_from(EvidenceDecision)


def score(record, as_of):
    return evaluate_readiness(record.facts, as_of=as_of).score


def score_with(facts, as_of, decisions=(), verdicts=(), now=NOW):
    """The score of the whole record with these reviews and assessments among its rows."""
    reviews = [
        EvidenceReviewFact(
            FIRST_HYPOTHETICAL_ID + number,
            decision.evidence_id,
            decision.evidence_link_id,
            now,
            decision.decision,
            decision.first_on,
        )
        for number, decision in enumerate(decisions)
    ]
    assessments = [
        AssessmentFact(FIRST_HYPOTHETICAL_ID + number, verdict.benchmark_id, now, verdict.verdict, verdict.rests_on)
        for number, verdict in enumerate(verdicts)
    ]
    whole = replace(facts, reviews=(*facts.reviews, *reviews), assessments=(*facts.assessments, *assessments))
    return evaluate_readiness(whole, as_of=as_of).score


def add_decision(record, said):
    """Write a decision as somebody gives it."""
    key = next(
        (
            key
            for key, benchmark_id in record.benchmark_ids.items()
            if _benchmark_of_decision(record, said) == benchmark_id
        ),
        None,
    )
    record.review(said.evidence_id, known=LATER, key=key, decision=said.decision, first_on=said.first_on)


def _benchmark_of_decision(record, said):
    return next((row.benchmark_id for row in record.tables["evidence_links"] if row.id == said.evidence_link_id), None)


@settings(max_examples=60)
@given(records(), days, st.data())
def test_the_simulation_is_what_happens_whatever_is_decided_on_each_line(record, as_of, data):
    """To the exact fraction: an update accepted with mixed decisions, a piece reviewed, a benchmark assessed."""
    now, facts = NOW, record.facts
    sent = (
        record.update_version(ClaimedProgress.DONE, known=PERIOD.starts_on)
        if not facts.update_versions
        else facts.update_versions[0].id
    )
    simulation = ReviewSimulation(facts, as_of=as_of, now=now)
    said = [
        ReviewDecision(item.evidence_id, item.evidence_link_id, data.draw(decisions), data.draw(st.none() | days))
        for item in simulation.with_rest_verified(simulation.update_evidence(sent))
    ]
    gain, alone = simulation.update_gain(sent, decisions=said), simulation.review_gain(said)
    before = score(record, as_of)

    for text in said:
        add_decision(record, text)

    assert gain.score == before
    assert gain.accepting == alone.points == score(record, as_of) - before
    benchmark = data.draw(st.sampled_from(sorted(record.benchmark_ids)))
    grounds = data.draw(st.sets(st.sampled_from([row.id for row in facts.evidence]))) if facts.evidence else set()
    after = ReviewSimulation(record.facts, as_of=as_of, now=now + timedelta(minutes=1))
    added = after.verdict_gains(record.benchmark_ids[benchmark], rests_on=grounds)
    verdict = data.draw(st.sampled_from(Verdict))

    record.assessment(benchmark, verdict, known=LATER + timedelta(days=1), on=grounds)

    if grounds:  # one that rests on nothing holds from the day on which it was given, here another
        assert added[verdict] == score(record, as_of) - after.current.score


@settings(max_examples=60)
@given(records(), days, days, st.data())
def test_a_simulation_is_one_evaluation_of_the_whole_record_whenever_it_is_decided(record, as_of, today, data):
    """Any decisions on any lines, verified or rejected before, at a moment that may be earlier than rows there are."""
    now, facts = noon(today), record.facts
    simulation = ReviewSimulation(facts, as_of=as_of, now=now)
    lines = [(row.id, line) for row in facts.evidence for line in simulation.review_lines(row.id)]
    chosen = data.draw(st.lists(st.sampled_from(lines), unique=True)) if lines else []
    said = [ReviewDecision(*line, data.draw(decisions), data.draw(st.none() | days)) for line in chosen]
    verdicts = [
        AssumedVerdict(
            record.benchmark_ids[key],
            data.draw(st.sampled_from(Verdict)),
            frozenset(data.draw(st.sets(st.sampled_from([row.id for row in facts.evidence]))))
            if facts.evidence
            else frozenset(),
        )
        for key in data.draw(st.sets(st.sampled_from(sorted(record.benchmark_ids))))
    ]

    reviewed = simulation.with_reviews(said)
    assessed = simulation.with_assessments(reviewed, verdicts)

    assert simulation.current.score == score_with(facts, as_of)
    assert reviewed.score == score_with(facts, as_of, said, now=now)
    assert assessed.score == score_with(facts, as_of, said, verdicts, now=now)
    assert bool(simulation.score_drops(assessed)) >= (assessed.score < simulation.current.score)


@settings(max_examples=60)
@given(records(), days)
def test_items_to_review_are_worth_what_each_of_them_is_by_itself(record, as_of):
    now, facts = NOW, record.facts
    simulation = ReviewSimulation(facts, as_of=as_of, now=now)

    for sent in facts.update_versions:
        gain = simulation.update_gain(sent.id)
        at_stake = review_priority.update_priority(simulation, sent.id)
        accepted = simulation.with_rest_verified(simulation.update_evidence(sent.id))
        assert at_stake.accepting == gain.accepting == score_with(facts, as_of, accepted) - score_with(facts, as_of)
        assert at_stake.verdict == max((assessment.points for assessment in gain.assessing), default=Fraction(0)) >= 0
        assert at_stake.drops == gain.drops
    revised = {row.revises for row in facts.evidence}
    for row in facts.evidence:
        if row.id not in revised:
            said = simulation.with_rest_verified([row])
            points = score_with(facts, as_of, said) - score_with(facts, as_of)
            assert review_priority.evidence_priority(simulation, row.id).points == points


def test_a_priority_knows_what_was_put_right_what_a_verdict_rests_on_and_what_holds_since_the_same_day():
    """What made-up records seldom hold."""
    record = lesotho_record()
    day, eve = date(2022, 1, 20), date(2022, 1, 10)
    sent = [record.update_version(ClaimedProgress.DONE, known=day) for _ in range(3)]
    put_right = record.action("5a", day, day, known=day, sent=sent[0])
    record.evidence(day, day, known=day, revises=put_right)
    record.assessment("5b", Verdict.STALLED, known=day, on=[record.action("5b", day, day, known=day, sent=sent[1])])
    record.action("5b", eve, eve, known=day, sent=sent[1])
    record.assessment("7b", Verdict.STALLED, known=day, on=[record.action("7b", day, day, known=day)])
    record.action("7b", day, day, known=day, sent=sent[2])
    simulation = ReviewSimulation(record.facts, as_of=LATER, now=NOW)

    at_stake = [review_priority.update_priority(simulation, version_id) for version_id in sent]

    for version_id, found in zip(sent, at_stake, strict=True):
        gain = simulation.update_gain(version_id)
        said = simulation.with_rest_verified(simulation.update_evidence(version_id))
        assert found.accepting == gain.accepting == score_with(record.facts, LATER, said) - simulation.current.score
        assert found.verdict == max((each.points for each in gain.assessing), default=0)
    assert [found.points > 0 for found in at_stake] == [False, False, True]


def test_rows_that_are_not_in_the_record_have_no_priority():
    simulation = ReviewSimulation(lesotho_record().facts, as_of=PERIOD.ends_on, now=NOW)

    assert review_priority.update_priority(simulation, 1 << 40).points == 0
    assert review_priority.evidence_priority(simulation, 1 << 40).points == 0
