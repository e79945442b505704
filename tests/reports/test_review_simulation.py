from datetime import date
from fractions import Fraction

import pytest

from dialogues.words import DoneBy, Progress, Review, Shows, Verdict
from recommendations.words import Pillar, Rule
from reports.readiness import readiness
from reports.review_simulation import foretold
from tests.reports.lesotho import lesotho
from tests.reports.records import Record, noon, window

TERMS, SENT, TODAY = date(2021, 7, 1), date(2022, 1, 20), date(2022, 1, 28)


@pytest.fixture
def record():
    """Two recommendations of two benchmarks each; 2b counts districts, of 10."""
    record = Record(window("2021-04-01", "2022-03-31"))
    districts = record.indicator("districts", unit="districts")
    for number, pillar in ((1, Pillar.PROSECUTION), (2, Pillar.PROTECTION)):
        recommendation = record.recommendation(number, pillar)
        record.benchmark(recommendation, f"{number}a", record.rule(known=TERMS))
        rule = record.rule(known=TERMS)
        if number == 2:
            rule = record.rule(Rule.TARGET, known=TERMS, target=10, indicator_id=districts)
        record.benchmark(recommendation, f"{number}b", rule)
    record.districts = districts
    return record


def foretell(record, round_id):
    return foretold(record.facts, round_id=round_id, as_of=TODAY, now=noon(TODAY))


def score(record):
    return readiness(record.facts, as_of=TODAY).score


def added(told):
    return {(one.benchmarks, one.verdict): one.points for one in told.assessing}


def test_foretold_is_what_happens_when_it_is_accepted_and_then_assessed(record):
    sent = record.sending(Progress.DONE, known=SENT)
    action = record.action("1a", SENT, SENT, known=SENT, sent=sent)
    before, told = score(record), foretell(record, sent)

    record.review(action, known=TODAY, key="1a")
    accepted = score(record)
    record.assess("1a", Verdict.MET, known=TODAY, on=[action])

    assert told.score == before
    # Half of 1a, which is a quarter of the 30 points, and the first of the three Ps.
    assert told.accepting == accepted - before == Fraction(30, 8) + Fraction(20, 3)
    assert added(told) == {(("1a",), Verdict.STEP): 0, (("1a",), Verdict.MET): score(record) - accepted}


def test_foretold_counts_a_figure_as_verified_once_it_is_accepted(record):
    sent = record.sending(Progress.UNDER_WAY, known=SENT)
    evidence = record.evidence(SENT, SENT, known=SENT, sent=sent, _2b=Shows.ACTION)
    record.reading(record.districts, 6, through=SENT, known=SENT, evidence=evidence, sent=sent)
    told = foretell(record, sent)

    record.review(evidence, known=TODAY)

    assert told.accepting == score(record) - told.score > 0
    assert told.assessing == ()  # a figure decides: there is nothing to assess


def test_foretold_counts_each_figure_and_file_by_itself(record):
    sent = record.sending(Progress.UNDER_WAY, known=SENT)
    action = record.action("1a", SENT, SENT, known=SENT, sent=sent)
    figures = [record.evidence(date(2021, 4, 1), SENT, known=SENT, sent=sent) for _ in range(2)]
    for evidence, count in zip(figures, (6, 3), strict=True):
        record.reading(record.districts, count, through=SENT, known=SENT, evidence=evidence, sent=sent)
    told = foretell(record, sent)

    record.review(action, known=TODAY, key="1a")
    for evidence in figures:
        record.review(evidence, known=TODAY)

    assert told.accepting == score(record) - told.score > 0


def test_foretold_of_two_benchmarks_says_what_each_gives_and_what_both_do(record):
    sent = record.sending(Progress.DONE, known=SENT)
    record.evidence(SENT, SENT, known=SENT, sent=sent, _1a=Shows.ACTION, _2a=Shows.ACTION)

    met = {keys: points for (keys, verdict), points in added(foretell(record, sent)).items() if verdict == Verdict.MET}

    assert met == {("1a",): Fraction(30, 8), ("2a",): Fraction(30, 8), ("1a", "2a"): Fraction(30, 4)}


def test_foretold_adds_nothing_for_what_is_not_the_governments_or_no_action(record):
    sent = record.sending(Progress.DONE, known=SENT)
    record.evidence(SENT, SENT, known=SENT, sent=sent, by=DoneBy.CIVIL_SOCIETY, _1a=Shows.ACTION)
    record.evidence(SENT, SENT, known=SENT, sent=sent, _1b=Shows.PLAN)

    told = foretell(record, sent)

    assert (told.accepting, told.assessing) == (0, ())


def test_foretold_takes_a_first_day_for_granted_and_says_so(record):
    sent = record.sending(Progress.DONE, known=SENT)
    action = record.action("1a", None, SENT, known=SENT, sent=sent)
    told = foretell(record, sent)

    record.review(action, known=TODAY, key="1a", first_on=date(2021, 5, 1))

    assert told.needs_first_day
    assert told.accepting == score(record) - told.score > 0


def test_foretold_of_an_action_after_a_stalled_assessment_makes_it_a_step(record):
    record.assess("1a", Verdict.STALLED, known=date(2021, 12, 1))
    sent = record.sending(Progress.DONE, known=SENT)
    record.action("1a", SENT, SENT, known=SENT, sent=sent)

    told = foretell(record, sent)

    assert told.accepting == Fraction(30, 8) + Fraction(20, 3)
    assert added(told)[("1a",), Verdict.MET] == Fraction(30, 8)


@pytest.mark.parametrize("is_rested_on", [False, True])
def test_foretold_rests_a_verdict_on_what_no_earlier_one_rests_on(record, is_rested_on):
    """An earlier verdict of 25 January: one that rested on the round's own evidence would stand behind it."""
    sent = record.sending(Progress.DONE, known=SENT)
    action = record.action("1a", SENT, SENT, known=SENT, sent=sent, verified=SENT)
    later = record.action("1a", date(2022, 1, 25), date(2022, 1, 25), known=date(2022, 1, 25))
    record.assess("1a", Verdict.STALLED, known=date(2022, 1, 26), on=[later, *([action] if is_rested_on else [])])
    told = foretold(record.facts, round_id=sent, as_of=TODAY, now=noon(TODAY), is_accepted=True)
    before = score(record)

    record.assess("1a", Verdict.MET, known=TODAY, on=[] if is_rested_on else [action])

    assert added(told)[("1a",), Verdict.MET] == score(record) - before
    assert (score(record) > before) == is_rested_on


def test_foretold_on_the_whole_record_of_lesotho_is_what_happens():
    record = lesotho()
    sent = record.sending(Progress.DONE, known=SENT)
    action = record.action("5a", SENT, SENT, known=SENT, sent=sent)
    told = foretell(record, sent)

    record.review(action, known=TODAY, key="5a")
    accepted = score(record)
    record.assess("5a", Verdict.MET, known=TODAY, on=[action])

    assert told.accepting == accepted - told.score
    assert added(told)[("5a",), Verdict.MET] == score(record) - accepted > 0


def test_foretold_of_an_accepted_round_is_what_a_verdict_adds_to_it_as_it_was_reviewed(record):
    sent = record.sending(Progress.DONE, known=SENT)
    taken = record.action("1a", SENT, SENT, known=SENT, sent=sent, verified=TODAY)
    rejected = record.action("2a", SENT, SENT, known=SENT, sent=sent)
    record.review(rejected, known=TODAY, key="2a", decision=Review.REJECTED)
    before = score(record)

    told = foretold(record.facts, round_id=sent, as_of=TODAY, now=noon(TODAY), is_accepted=True)
    record.assess("1a", Verdict.MET, known=TODAY, on=[taken])

    assert (told.score, told.accepting) == (before, None)
    assert added(told)[("1a",), Verdict.MET] == score(record) - before > 0
    assert added(told)[("2a",), Verdict.MET] == 0
