from datetime import date
from fractions import Fraction

import pytest

from dialogues.choices import ClaimedProgress, DoneBy, EvidenceDecision, ReadingDirection, SupportKind, Verdict
from recommendations.choices import EffortQuestion, Pillar, Rule
from reports.readiness.forecast.review_simulation import ReviewDecision, ReviewSimulation, describe_drop
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import RecordBuilder, noon, period

TERMS_ON, SENT_ON, TODAY = date(2021, 7, 1), date(2022, 1, 20), date(2022, 1, 28)


@pytest.fixture
def record():
    """Two recommendations of two benchmarks each; 2b counts districts, of 10."""
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    districts = record.indicator("districts", unit="districts")
    for number, pillar in ((1, Pillar.PROSECUTION), (2, Pillar.PROTECTION)):
        recommendation = record.recommendation(number, pillar)
        record.benchmark(recommendation, f"{number}a", record.benchmark_terms(known=TERMS_ON))
        rule = record.benchmark_terms(known=TERMS_ON)
        if number == 2:
            rule = record.benchmark_terms(Rule.TARGET, known=TERMS_ON, target=10, indicator_id=districts)
        record.benchmark(recommendation, f"{number}b", rule)
    record.districts = districts
    return record


def simulate(record, update_version_id, **said):
    return ReviewSimulation(record.facts, as_of=TODAY, now=noon(TODAY)).update_gain(update_version_id, **said)


def score(record):
    return evaluate_readiness(record.facts, as_of=TODAY).score


def points_by_assessment(gain):
    return {(assessment.benchmarks, assessment.verdict): assessment.points for assessment in gain.assessing}


def test_the_simulation_is_what_happens_when_it_is_accepted_and_then_assessed(record):
    sent = record.update_version(ClaimedProgress.DONE, known=SENT_ON)
    action = record.action("1a", SENT_ON, SENT_ON, known=SENT_ON, sent=sent)
    before, gain = score(record), simulate(record, sent)

    record.review(action, known=TODAY, key="1a")
    accepted = score(record)
    record.assessment("1a", Verdict.MET, known=TODAY, on=[action])

    assert gain.score == before
    # Half of 1a, which is a quarter of the 30 points, and the first of the three Ps.
    assert gain.accepting == accepted - before == Fraction(30, 8) + Fraction(20, 3)
    assert points_by_assessment(gain) == {(("1a",), Verdict.STEP): 0, (("1a",), Verdict.MET): score(record) - accepted}


def test_the_simulation_counts_a_figure_as_verified_once_it_is_accepted(record):
    sent = record.update_version(ClaimedProgress.UNDER_WAY, known=SENT_ON)
    evidence = record.evidence(SENT_ON, SENT_ON, known=SENT_ON, sent=sent, _2b=SupportKind.ACTION)
    record.reading(record.districts, 6, through=SENT_ON, known=SENT_ON, evidence=evidence, sent=sent)
    gain = simulate(record, sent)

    record.review(evidence, known=TODAY)

    assert gain.accepting == score(record) - gain.score > 0
    assert gain.assessing == ()  # a figure decides: there is nothing to assess


def test_the_simulation_counts_each_figure_and_file_by_itself(record):
    sent = record.update_version(ClaimedProgress.UNDER_WAY, known=SENT_ON)
    action = record.action("1a", SENT_ON, SENT_ON, known=SENT_ON, sent=sent)
    figures = [record.evidence(date(2021, 4, 1), SENT_ON, known=SENT_ON, sent=sent) for _ in range(2)]
    for evidence, count in zip(figures, (6, 3), strict=True):
        record.reading(record.districts, count, through=SENT_ON, known=SENT_ON, evidence=evidence, sent=sent)
    gain = simulate(record, sent)

    record.review(action, known=TODAY, key="1a")
    for evidence in figures:
        record.review(evidence, known=TODAY)

    assert gain.accepting == score(record) - gain.score > 0


def test_the_simulation_of_two_benchmarks_says_what_each_gives_and_what_both_do(record):
    sent = record.update_version(ClaimedProgress.DONE, known=SENT_ON)
    record.evidence(SENT_ON, SENT_ON, known=SENT_ON, sent=sent, _1a=SupportKind.ACTION, _2a=SupportKind.ACTION)

    met = {
        keys: points
        for (keys, verdict), points in points_by_assessment(simulate(record, sent)).items()
        if verdict == Verdict.MET
    }

    assert met == {("1a",): Fraction(30, 8), ("2a",): Fraction(30, 8), ("1a", "2a"): Fraction(30, 4)}


def test_the_simulation_adds_nothing_for_what_is_not_the_governments_or_no_action(record):
    sent = record.update_version(ClaimedProgress.DONE, known=SENT_ON)
    record.evidence(SENT_ON, SENT_ON, known=SENT_ON, sent=sent, by=DoneBy.CIVIL_SOCIETY, _1a=SupportKind.ACTION)
    record.evidence(SENT_ON, SENT_ON, known=SENT_ON, sent=sent, _1b=SupportKind.PLAN)

    gain = simulate(record, sent)

    assert (gain.accepting, gain.assessing) == (0, ())


def test_the_simulation_takes_a_first_day_for_granted_and_says_so(record):
    sent = record.update_version(ClaimedProgress.DONE, known=SENT_ON)
    action = record.action("1a", None, SENT_ON, known=SENT_ON, sent=sent)
    gain = simulate(record, sent)

    record.review(action, known=TODAY, key="1a", first_on=date(2021, 5, 1))

    assert gain.needs_start_date
    assert gain.accepting == score(record) - gain.score > 0


def test_the_simulation_of_an_action_after_a_stalled_assessment_makes_it_a_step(record):
    record.assessment("1a", Verdict.STALLED, known=date(2021, 12, 1))
    sent = record.update_version(ClaimedProgress.DONE, known=SENT_ON)
    record.action("1a", SENT_ON, SENT_ON, known=SENT_ON, sent=sent)

    gain = simulate(record, sent)

    assert gain.accepting == Fraction(30, 8) + Fraction(20, 3)
    assert points_by_assessment(gain)[("1a",), Verdict.MET] == Fraction(30, 8)


@pytest.mark.parametrize("is_rested_on", [False, True])
def test_the_simulation_rests_a_verdict_on_what_no_earlier_one_rests_on(record, is_rested_on):
    """An earlier verdict of 25 January: one that rested on the version's own evidence would stand behind it."""
    sent = record.update_version(ClaimedProgress.DONE, known=SENT_ON)
    action = record.action("1a", SENT_ON, SENT_ON, known=SENT_ON, sent=sent, verified=SENT_ON)
    later = record.action("1a", date(2022, 1, 25), date(2022, 1, 25), known=date(2022, 1, 25))
    record.assessment("1a", Verdict.STALLED, known=date(2022, 1, 26), on=[later, *([action] if is_rested_on else [])])
    gain = simulate(record, sent, is_accepted=True)
    before = score(record)

    record.assessment("1a", Verdict.MET, known=TODAY, on=[] if is_rested_on else [action])

    assert points_by_assessment(gain)[("1a",), Verdict.MET] == score(record) - before
    assert (score(record) > before) == is_rested_on


def test_the_simulation_on_the_whole_record_of_lesotho_is_what_happens():
    record = lesotho_record()
    sent = record.update_version(ClaimedProgress.DONE, known=SENT_ON)
    action = record.action("5a", SENT_ON, SENT_ON, known=SENT_ON, sent=sent)
    gain = simulate(record, sent)

    record.review(action, known=TODAY, key="5a")
    accepted = score(record)
    record.assessment("5a", Verdict.MET, known=TODAY, on=[action])

    assert gain.accepting == accepted - gain.score
    assert points_by_assessment(gain)[("5a",), Verdict.MET] == score(record) - accepted > 0


def test_the_simulation_of_an_accepted_version_is_what_a_verdict_adds_to_it_as_it_was_reviewed(record):
    sent = record.update_version(ClaimedProgress.DONE, known=SENT_ON)
    taken = record.action("1a", SENT_ON, SENT_ON, known=SENT_ON, sent=sent, verified=TODAY)
    rejected = record.action("2a", SENT_ON, SENT_ON, known=SENT_ON, sent=sent)
    record.review(rejected, known=TODAY, key="2a", decision=EvidenceDecision.REJECTED)
    before = score(record)

    gain = simulate(record, sent, is_accepted=True)
    record.assessment("1a", Verdict.MET, known=TODAY, on=[taken])

    assert (gain.score, gain.accepting) == (before, None)
    assert points_by_assessment(gain)[("1a",), Verdict.MET] == score(record) - before > 0
    assert points_by_assessment(gain)[("2a",), Verdict.MET] == 0


# --- Why points are lost ----------------------------------------------------------------------------------------------

DECEMBER = date(2021, 12, 1)


def add_indicator(record, question, figure):
    """An indicator of one question, of which a figure of last year and one of December are in the record."""
    indicator = record.indicator(question.label.lower(), question=question)
    record.reading_year_before(indicator, 4, known=TERMS_ON)
    evidence = record.evidence(record.tracking.starts_on, DECEMBER, known=DECEMBER)
    record.reading(indicator, figure, through=DECEMBER, known=DECEMBER, evidence=evidence)
    record.review(evidence, known=DECEMBER)
    return indicator


def send_figure(record, indicator, told):
    sent = record.update_version(ClaimedProgress.UNDER_WAY, known=SENT_ON)
    evidence = record.evidence(record.tracking.starts_on, SENT_ON, known=SENT_ON, sent=sent)
    record.reading(indicator, told, through=SENT_ON, known=SENT_ON, evidence=evidence, sent=sent)
    return sent


def test_a_figure_below_the_verified_one_lowers_the_score_and_says_from_what_to_what(record):
    """8 prosecutions are more than the 4 of the year before, 3 are not: 7 points for the question, and a P."""
    prosecutions = add_indicator(record, EffortQuestion.PROSECUTIONS, 8)
    sent = send_figure(record, prosecutions, 3)

    gain = simulate(record, sent)

    assert gain.accepting == -7 - Fraction(20, 3)
    (fall,) = gain.drops
    assert (fall.before.figure, fall.after.figure) == (8, 3)
    assert fall.lines == {"Prosecutions": (1, 0)}
    assert describe_drop(fall) == "Prosecutions: 3 would replace 8, which is verified."


def test_a_figure_of_something_with_a_unit_that_lowers_a_benchmark_names_it(record):
    evidence = record.evidence(DECEMBER, DECEMBER, known=DECEMBER)
    record.reading(record.districts, 8, through=DECEMBER, known=DECEMBER, evidence=evidence)
    record.review(evidence, known=DECEMBER)

    (fall,) = simulate(record, send_figure(record, record.districts, 6)).drops

    assert fall.lines == {"2b": (Fraction(8, 10), Fraction(6, 10))}
    assert describe_drop(fall) == "Districts: 6 would replace 8, which is verified."


def test_a_direction_that_takes_the_place_of_a_figure_is_said_to_be_none(record):
    prosecutions = add_indicator(record, EffortQuestion.PROSECUTIONS, 8)

    (fall,) = simulate(record, send_figure(record, prosecutions, ReadingDirection.DOWN)).drops

    said = "Prosecutions: a direction alone would replace 8, which is verified."
    assert describe_drop(fall) == said


def test_an_update_that_lowers_nothing_gives_no_reason(record):
    prosecutions = add_indicator(record, EffortQuestion.PROSECUTIONS, 8)

    assert simulate(record, send_figure(record, prosecutions, 9)).drops == ()


def test_rejecting_what_was_verified_says_which_benchmark_counts_less(record):
    action = record.action("1a", SENT_ON, SENT_ON, known=SENT_ON, verified=SENT_ON)
    (evidence_link,) = record.tables["evidence_links"]
    simulation = ReviewSimulation(record.facts, as_of=TODAY, now=noon(TODAY))

    gain = simulation.review_gain([ReviewDecision(action, evidence_link.id, EvidenceDecision.REJECTED)])

    assert gain.points < 0
    assert [describe_drop(drop) for drop in gain.drops] == ["Benchmark 1a would not count. It counts half now."]


def test_rejecting_the_only_figure_says_that_none_is_left(record):
    add_indicator(record, EffortQuestion.PROSECUTIONS, 8)
    evidence = record.tables["evidence"][-1].id
    simulation = ReviewSimulation(record.facts, as_of=TODAY, now=noon(TODAY))

    (fall,) = simulation.review_gain([ReviewDecision(evidence, None, EvidenceDecision.REJECTED)]).drops

    assert fall.lines.keys() == {"Prosecutions", "Data given: Prosecutions"}
    assert describe_drop(fall) == "Prosecutions: no figure would be left. 8 is verified now."
