"""What waits is worth what deciding on it then brings: the same whether foretold one by one or all at once."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.words import Progress, Review, Verdict
from reports.foretold import Word, assessing, evidence_of, foretold, verifying, with_the_others_verified
from reports.readiness import readiness
from reports.stakes import Stakes
from tests.reports.lesotho import lesotho
from tests.reports.made_up import PERIOD, days, records
from tests.reports.records import noon

LATER = PERIOD.ends_on + timedelta(days=41)
"""After anything that a made-up record holds: the moment at which somebody decides."""
decisions = st.sampled_from(Review)


def score(record, as_of):
    return readiness(record.facts, as_of=as_of).score


def say(record, word):
    """Write a word as somebody gives it."""
    key = next((key for key, one in record.benchmark_ids.items() if _bearing(record, word) == one), None)
    record.review(word.evidence_id, known=LATER, key=key, decision=word.decision, first_on=word.first_on)


def _bearing(record, word):
    return next((row.benchmark_id for row in record.tables["bearings"] if row.id == word.bearing_id), None)


@settings(max_examples=60)
@given(records(), days, st.data())
def test_foretold_is_what_happens_whatever_is_decided_on_each_line(record, as_of, data):
    """To the exact fraction: a round accepted with mixed decisions, a piece reviewed, a benchmark assessed."""
    now, facts = noon(LATER), record.facts
    sent = record.sending(Progress.DONE, known=PERIOD.starts_on) if not facts.rounds else facts.rounds[0].id
    rows = evidence_of(facts, sent)
    words = [
        Word(word.evidence_id, word.bearing_id, data.draw(decisions), data.draw(st.none() | days))
        for word in with_the_others_verified(facts, rows)
    ]
    told = foretold(facts, round_id=sent, as_of=as_of, now=now, words=words)
    alone = verifying(facts, words, as_of=as_of, now=now)
    before = score(record, as_of)

    for word in words:
        say(record, word)

    assert told.score == before
    assert told.accepting == alone[1] == score(record, as_of) - before
    benchmark = data.draw(st.sampled_from(sorted(record.benchmark_ids)))
    grounds = data.draw(st.sets(st.sampled_from([row.id for row in facts.evidence]))) if facts.evidence else set()
    stands, added = assessing(
        record.facts, record.benchmark_ids[benchmark], rests_on=grounds, as_of=as_of, now=now + timedelta(minutes=1)
    )
    verdict = data.draw(st.sampled_from(Verdict))

    record.assess(benchmark, verdict, known=LATER + timedelta(days=1), on=grounds)

    if grounds:  # one that rests on nothing holds from the day on which it was given, here another
        assert added[verdict] == score(record, as_of) - stands


@settings(max_examples=60)
@given(records(), days)
def test_an_inbox_is_foretold_as_each_of_it_is_by_itself(record, as_of):
    now, facts = noon(LATER), record.facts
    stakes = Stakes(facts, as_of=as_of, now=now)

    assert stakes.score == readiness(facts, as_of=as_of).score
    for sent in facts.rounds:
        told = foretold(facts, round_id=sent.id, as_of=as_of, now=now)
        stake = stakes.of_round(sent.id)
        assert stake.accepting == told.accepting
        assert stake.verdict == max((one.points for one in told.assessing), default=Fraction(0)) >= 0
    revised = {row.revises for row in facts.evidence}
    for row in facts.evidence:
        if row.id not in revised:
            words = with_the_others_verified(facts, [row])
            assert stakes.of_evidence(row.id) == verifying(facts, words, as_of=as_of, now=now)[1]


def test_an_inbox_knows_what_was_put_right_what_a_verdict_rests_on_and_what_holds_since_the_same_day():
    """What made-up records seldom hold."""
    record = lesotho()
    day, eve = date(2022, 1, 20), date(2022, 1, 10)
    sent = [record.sending(Progress.DONE, known=day) for _ in range(3)]
    put_right = record.action("5a", day, day, known=day, sent=sent[0])
    record.evidence(day, day, known=day, revises=put_right)
    record.assess("5b", Verdict.STALLED, known=day, on=[record.action("5b", day, day, known=day, sent=sent[1])])
    record.action("5b", eve, eve, known=day, sent=sent[1])
    record.assess("7b", Verdict.STALLED, known=day, on=[record.action("7b", day, day, known=day)])
    record.action("7b", day, day, known=day, sent=sent[2])
    stakes = Stakes(record.facts, as_of=LATER, now=noon(LATER))

    for one in sent:
        told = foretold(record.facts, round_id=one, as_of=LATER, now=noon(LATER))
        assert stakes.of_round(one).accepting == told.accepting
        assert stakes.of_round(one).verdict == max((each.points for each in told.assessing), default=0)
    assert [stakes.of_round(one).points > 0 for one in sent] == [False, False, True]


def test_what_is_not_in_the_record_is_worth_nothing():
    stakes = Stakes(lesotho().facts, as_of=PERIOD.ends_on, now=noon(LATER))

    assert stakes.of_round(1 << 40).points == stakes.of_evidence(1 << 40) == 0
