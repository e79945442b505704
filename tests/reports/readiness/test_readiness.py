from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    EvidenceDecision,
    ReadingDirection,
    Verdict,
)
from recommendations.choices import Better, EffortQuestion, Origin, Pillar, Rule
from reports.choices import ProblemKind, ReadinessVerdict
from reports.readiness.readiness import evaluate_readiness
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import MASERU, RecordBuilder, line_points, noon, period, points, shares

JULY_2022 = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)
FEBRUARY_2022 = datetime(2022, 2, 28, 23, 59, tzinfo=MASERU)
NOVEMBER_2021 = datetime(2021, 11, 30, 23, 59, tzinfo=MASERU)

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
JUSTICE, HOME = 7, 8


def test_readiness_of_lesotho_at_the_end_of_the_period_by_the_report_of_2022():
    """Efforts: investigations 10 against 4: 7; prosecutions 16 against 4: 7; convictions 1 against 1: 3; victims, more
    without a figure: 8; money, no data: 0; complicity, cases pending: 0; together 25. Concrete action: no. 1 (a 1, b 1,
    c 0, d 0) 1/2; no. 4 (a 1, b 1) 1; no. 6 (a 1/2, b 0) 1/4; no. 7 (a 1/2, b 0) 1/4; no. 10 (a 1, b 0, c 1) 2/3; the
    rest 0; sum 2 2/3 of 10: 8 points. Three Ps: 20. Data: 3 of 4: 7 1/2. Score 60 1/2. Claimed 61 1/4 (5a, a step: 3/4
    more).
    """
    result = evaluate_readiness(lesotho_record().facts, as_of=date(2022, 3, 31), known_by=JULY_2022)

    assert line_points(result.verified, "increasing_efforts") == {
        "investigations": 7,
        "prosecutions": 7,
        "convictions": 3,
        "victims_identified": 8,
        "money_for_victims": 0,
        "complicit_officials": 0,
    }
    shown = {"1a": 1, "1b": 1, "4a": 1, "4b": 1, "6a": HALF, "7a": HALF, "10a": 1, "10c": 1}
    verified = shares(result.verified)
    assert {key: share for key, share in verified.items() if share} == shown
    assert " ".join(verified) == "1a 1b 1c 1d 2a 2b 3a 3b 3c 4a 4b 5a 5b 6a 6b 7a 7b 8a 8b 9a 9b 10a 10b 10c"
    assert line_points(result.verified, "concrete_action") == {
        "1": Fraction(3, 2),
        "2": 0,
        "3": 0,
        "4": 3,
        "5": 0,
        "6": Fraction(3, 4),
        "7": Fraction(3, 4),
        "8": 0,
        "9": 0,
        "10": 2,
    }
    assert points(result.verified) == {
        "increasing_efforts": 25,
        "concrete_action": 8,
        "three_ps": 20,
        "data_given": Fraction(15, 2),
    }
    assert result.score == Fraction(121, 2)
    assert result.claimed.points == Fraction(245, 4)
    assert {key: share for key, share in shares(result.claimed).items() if share} == {**shown, "5a": HALF}
    assert result.is_reviewed


@pytest.mark.parametrize(
    ("as_of", "known_by", "score", "claimed", "steps"),
    [
        (date(2021, 11, 8), NOVEMBER_2021, 0, 15 + Fraction(1, 12), {"6a", "10a", "10c"}),
        (date(2022, 2, 28), JULY_2022, 7 + Fraction(1, 6), 15 + Fraction(5, 6), {"5a", "6a", "10a", "10c"}),
        (date(2022, 3, 31), FEBRUARY_2022, 0, 15 + Fraction(5, 6), {"5a", "6a", "10a", "10c"}),
    ],
)
def test_readiness_of_lesotho_on_the_other_days(as_of, known_by, score, claimed, steps):
    result = evaluate_readiness(lesotho_record().facts, as_of=as_of, known_by=known_by)

    assert result.score == score
    assert result.claimed.points == claimed
    assert {key: share for key, share in shares(result.claimed).items() if share} == dict.fromkeys(steps, HALF)
    assert points(result.claimed)["three_ps"] == Fraction(40, 3)
    assert result.is_reviewed is (known_by == JULY_2022)


def test_readiness_of_lesotho_in_february_rests_on_the_launch_of_the_plan_alone():
    result = evaluate_readiness(lesotho_record().facts, as_of=date(2022, 2, 28), known_by=JULY_2022)

    assert {key: share for key, share in shares(result.verified).items() if share} == {"10a": HALF}
    assert points(result.verified) == {
        "increasing_efforts": 0,
        "concrete_action": HALF,
        "three_ps": Fraction(20, 3),
        "data_given": 0,
    }


def test_readiness_of_lesotho_gives_nothing_for_the_courts_jurisdiction_on_any_day():
    facts = lesotho_record().facts

    for week in range(53):
        day = date(2021, 4, 1) + timedelta(weeks=week)
        assert line_points(evaluate_readiness(facts, as_of=day).claimed, "concrete_action")["2"] == 0


def test_readiness_of_lesotho_says_why():
    result = evaluate_readiness(lesotho_record().facts, as_of=date(2022, 3, 31), known_by=JULY_2022)
    efforts, action, three_ps, data = result.verified.parts

    assert [(line.finding.verdict.value, line.finding.reason) for line in efforts.lines] == [
        ("shown", "Investigations begun rose from 4 to 10."),
        ("shown", "Prosecutions rose from 4 to 16."),
        ("partly_shown", "Convictions stayed at 1."),
        ("shown", "Victims identified: more than the year before, no figure given."),
        ("no_data", "Government money for victims: no data."),
        ("not_shown", "Complicit officials: nobody charged, convicted or investigated on 1d and 8b."),
    ]
    assert efforts.reason == (
        "Shown: Investigations begun, Prosecutions and Victims identified. Partly shown: Convictions. Not shown: "
        "Complicit officials. No data: Government money for victims."
    )
    assert action.lines[5].finding.reason == "Partly shown: 6a. Not shown: 6b."
    assert action.reason.startswith("Shown: recommendation 4. Partly shown: recommendations 1, 6, 7 and 10.")
    assert [line.finding.reason for line in three_ps.lines] == [
        "Shown by: 1a, 1b, 7a, Investigations begun and Prosecutions.",
        "Shown by: 4a, 4b, 6a and Victims identified.",
        "Shown by: 10a and 10c.",
    ]
    assert data.lines[3].finding.reason == ("Victims identified: a direction but no figure.")
    assert [part.verdict for part in result.verified.parts] == [
        ReadinessVerdict.PARTLY,
        ReadinessVerdict.PARTLY,
        ReadinessVerdict.SHOWN,
        ReadinessVerdict.PARTLY,
    ]
    reasons = {benchmark.line.key: benchmark.line.finding for benchmark in result.verified.benchmarks}
    assert reasons["10a"].reason == "Assessed as of 31 March 2022: Met. Last verified action: 31 March 2022."
    assert reasons["1c"].reason == "Assessed as of 31 March 2022: Stalled."
    assert reasons["3b"].verdict is ReadinessVerdict.NO_DATA
    assert result.readiness_target == 45
    assert result.deadline_on == date(2022, 2, 28)
    assert result.checks == ()


def second_example():
    """See the test that uses it."""
    record = RecordBuilder(period("2024-04-01", "2025-03-31"), country="XYZ", year=2024)
    start, early = date(2024, 7, 1), date(2024, 10, 1)
    prosecution, protection, prevention = Pillar

    investigations = record.indicator("investigations begun", question=EffortQuestion.INVESTIGATIONS)
    prosecutions = record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS)
    convictions = record.indicator("convictions", question=EffortQuestion.CONVICTIONS)
    victims = record.indicator("victims identified", protection, EffortQuestion.VICTIMS)
    money = record.indicator("government money for victims", protection, EffortQuestion.MONEY)
    penalised = record.indicator("victims penalised", protection, better=Better.DOWN, unit="victims")
    shelters = record.indicator("shelters", protection, unit="shelters")

    one = record.recommendation(1, prosecution)
    record.benchmark(one, "1a", record.benchmark_terms(Rule.MORE, known=start, indicator_id=prosecutions))
    record.benchmark(
        one,
        "1b",
        record.benchmark_terms(known=start, is_about_complicity=True),
        record.benchmark_terms(known=early, is_about_complicity=True, weight=3),
        record.benchmark_terms(known=date(2025, 1, 16), is_about_complicity=True, weight=9),
    )
    record.benchmark(one, "1c", record.benchmark_terms(Rule.MORE, known=start, indicator_id=penalised))
    two = record.recommendation(2, protection)
    record.benchmark(two, "2a", record.benchmark_terms(Rule.TARGET, known=start, indicator_id=shelters, target=8))
    record.benchmark(two, "2b", record.benchmark_terms(known=start))
    three = record.recommendation(3, prevention)
    record.benchmark(three, "3a", record.benchmark_terms(known=start))
    record.benchmark(three, "3b", record.benchmark_terms(known=start))
    record.benchmark(three, "3c", record.benchmark_terms(known=start, is_about_complicity=True))
    record.benchmark(three, "3d", record.benchmark_terms(Rule.TARGET, known=start, indicator_id=penalised, target=2))
    plan = record.recommendation(1, protection, origin=Origin.ACTION_PLAN)
    record.benchmark(plan, "4a", record.benchmark_terms(known=date(2025, 1, 16)))
    record.edition_terms(start, weights={one: 2}, deadline_on=date(2025, 2, 28), readiness_target=60)

    december = date(2024, 12, 31)
    told = record.evidence(date(2024, 4, 1), december, known=date(2025, 1, 5))
    record.review(told, known=date(2025, 1, 6))
    for indicator, before, now in [
        (investigations, 0, 0),
        (convictions, 3, 3),
        (victims, 12, ReadingDirection.LEVEL),
        (money, 250, 100),
        (penalised, 5, 2),
    ]:
        record.reading_year_before(indicator, before, known=start)
        record.reading(indicator, now, through=december, known=date(2025, 1, 5), evidence=told)
    record.reading_year_before(prosecutions, 6, known=start)
    record.reading(prosecutions, 9, through=date(2024, 9, 30), known=date(2025, 1, 5), evidence=told)
    record.reading(prosecutions, None, through=december, known=date(2025, 1, 5), evidence=told)
    record.reading(money, 300, through=date(2025, 3, 31), known=date(2025, 1, 5), evidence=told)

    figures = record.update_version(ClaimedProgress.UNDER_WAY, known=date(2025, 1, 10), ministry_id=HOME)
    sent = record.evidence(None, december, known=date(2025, 1, 10), sent=figures)
    record.reading(victims, 15, through=december, known=date(2025, 1, 10), evidence=sent)
    record.reading(shelters, 6, through=december, known=date(2025, 1, 10), evidence=sent)
    record.review(sent, known=date(2025, 1, 20))

    investigated = record.action("1b", date(2024, 8, 1), date(2024, 8, 2), known=early, verified=date(2024, 10, 2))
    record.assessment("1b", Verdict.STEP, known=date(2024, 10, 3), on=[investigated])
    record.claim("1b", "done", date(2024, 8, 2), known=early, ministry_id=JUSTICE)

    record.action("2b", date(2024, 3, 1), date(2024, 3, 31), known=early, verified=early)
    record.assessment("2b", Verdict.MET, known=date(2024, 11, 1))
    record.claim("2b", "under_way", date(2024, 10, 31), known=date(2024, 11, 1), ministry_id=HOME)
    record.action("2b", date(2024, 11, 5), date(2025, 2, 28), known=date(2025, 1, 12), verified=date(2025, 1, 13))

    record.assessment("3a", Verdict.STALLED, known=early)
    record.action("3a", date(2024, 11, 5), date(2024, 11, 5), known=date(2024, 11, 6), verified=date(2024, 11, 7))
    record.claim("3a", "done", date(2024, 12, 20), known=date(2024, 12, 21), ministry_id=JUSTICE)

    by_september = record.action("3b", None, date(2024, 9, 1), known=early)
    record.review(by_september, known=early, key="3b", first_on=date(2024, 5, 1))
    record.claim("3b", "done", date(2024, 12, 1), known=date(2024, 12, 2), returned=date(2024, 12, 3))
    rejected = record.claim("3b", "done", date(2024, 12, 4), known=date(2024, 12, 5))
    record.review(rejected, known=date(2024, 12, 6), key="3b", decision=EvidenceDecision.REJECTED)

    record.action("3c", date(2024, 6, 1), date(2024, 6, 1), known=date(2024, 6, 2), verified=date(2024, 6, 3))
    record.assessment("3c", Verdict.NO_INFORMATION, known=early)
    record.claim("3c", "done", date(2024, 9, 1), known=date(2024, 9, 2), ministry_id=JUSTICE)
    record.action("3b", date(2024, 12, 10), date(2024, 12, 10), known=date(2024, 12, 11))

    made, february = date(2024, 11, 15), date(2025, 2, 15)
    record.commitment(
        made=made, ministry=HOME, due=february, _1b=CommitmentReach.CONTRIBUTES, _2a=CommitmentReach.MEETS
    )
    record.commitment(made=made, ministry=HOME, due=date(2025, 3, 15), _2b=CommitmentReach.MEETS)
    record.commitment(made=made, ministry=JUSTICE, due=date(2025, 2, 1), _3b=CommitmentReach.CONTRIBUTES)
    record.commitment(made=made, ministry=JUSTICE, _3c=CommitmentReach.MEETS)
    withdrawn = [(CommitmentEventKind.WITHDRAWN, date(2024, 12, 15), None)]
    record.commitment(
        made=made, ministry=JUSTICE, due=date(2025, 1, 31), later_events=withdrawn, _3a=CommitmentReach.MEETS
    )
    record.commitment(made=made, ministry=None, due=date(2025, 1, 31), _3b=CommitmentReach.MEETS)
    return record


def test_readiness_of_a_record_with_every_rule_in_it():
    """As of 31 December 2024, known by 15 January 2025; recommendation 1 weighs 2, the other three 1.

    Efforts. Investigations 0 against 0: 0. Prosecutions 9 through September against 6, "no data" since: 7. Convictions
    3 against 3: 3. Victims told to be level: 4. Money 100 against 250: 0. Complicity: 1b a step, 3c nothing, their mean
    1/4 of 8: 2. Together 16.

    Concrete action. No. 1 (a 1, more prosecutions; b 1/2, a step and weight 3; c 1, fewer victims penalised): 3.5 of
    5: 7/10. No. 2: a 0, nobody has verified the shelters yet; b 0, met by nothing that lies in the window. No. 3: a
    1/2, stalled in October but acted on in November; b 1/2, an action whose first day its review states; c 0, no
    information since the action; d 1, 2 victims penalised where 2 are the most: 1/2. The action plan's: nothing
    asked yet: 0. (2 x 7/10 + 0 + 1/2 + 0) / 5 = 19/50 of 30: 11.4.

    Three Ps. Prosecution by 1a, prevention by 3a; protection by nothing (a level question isn't up): 13 1/3.
    Data: victims have no figure: 7 1/2. Score 16 + 11.4 + 13 1/3 + 7.5 = 48 7/30.

    Claimed. Victims 15 against 12: up, 4 more: 20. 2a 6 of 8: 3/4, 2b under way: 1/2, together 5/8. 3a done since: 1,
    so no. 3 is 2.5 of 4: 5/8. 1b and 3c no more than their assessments give; 3b's two claims went back and were
    rejected. (1.4 + 5/8 + 5/8 + 0) / 5 = 53/100 of 30: 15.9. All Ps 20, all figures 10. Claimed 65.9.
    """
    result = evaluate_readiness(second_example().facts, as_of=date(2024, 12, 31), known_by=noon(date(2025, 1, 15)))

    assert line_points(result.verified, "increasing_efforts") == {
        "investigations": 0,
        "prosecutions": 7,
        "convictions": 3,
        "victims_identified": 4,
        "money_for_victims": 0,
        "complicit_officials": 2,
    }
    assert shares(result.verified) == {
        "1a": 1,
        "1b": HALF,
        "1c": 1,
        "2a": 0,
        "2b": 0,
        "3a": HALF,
        "3b": HALF,
        "3c": 0,
        "3d": 1,
    }
    assert line_points(result.verified, "concrete_action") == {"1": Fraction(42, 5), "2": 0, "3": 3, "action_plan_1": 0}
    assert line_points(result.verified, "three_ps") == {
        "prosecution": Fraction(20, 3),
        "protection": 0,
        "prevention": Fraction(20, 3),
    }
    assert points(result.verified)["data_given"] == Fraction(15, 2)
    assert result.score == 48 + Fraction(7, 30)

    assert line_points(result.claimed, "increasing_efforts")["victims_identified"] == 8
    assert shares(result.claimed) == {**shares(result.verified), "2a": Fraction(3, 4), "2b": HALF, "3a": 1}
    assert points(result.claimed) == {
        "increasing_efforts": 20,
        "concrete_action": Fraction(159, 10),
        "three_ps": 20,
        "data_given": 10,
    }
    assert result.claimed.points == Fraction(659, 10)
    [check] = [check for check in result.checks if check.kind is ProblemKind.MET_WITHOUT_ACTION]
    assert check.sentence == "2b is assessed as met, but no verified action in the tracking period supports it."


def test_possible_claimed_and_projected_scores_of_a_record_with_every_rule():
    """The same day and moment; the score is 48 7/30. No. 1 can give 12 (a 2.4, b 7.2, c 2.4), no. 2 6 (3 each), no. 3 6
    (1 1/2 each), the action plan nothing.

    Possible. An action on 2b, verified, goes on until February: 2b is assessed as met, so with it 3 and the P of
    protection 6 2/3. Money for the whole year 300 against 250: 4. Together 13 2/3: 61.9.

    Claimed 65.9, 17 2/3 more than the score. Home Affairs: victims 15 against 12: 4, their figure 2 1/2, protection
    6 2/3, 2a 6 of 8: 2 1/4, 2b a step: 1 1/2: 16 11/12. Justice: 3a done: 3/4; 1b and 3c no more than assessed. The
    embassy logged a step on 3b, which has one: 0. What went back and what was rejected is nobody's claim.

    Projected. 2a kept: 8 of 8: 3/4 more. 3c kept: 1 1/2, and officials a mean of 3/4: 4 more. Steps on 1b and 3b are
    there already. 2b is due after the deadline, 3a was withdrawn, the United States' undertaking is no action of the
    government. 65.9 + 6 1/4 = 72.15.

    Levers. 2a and 2b 3 and protection: 9 2/3, 2a due sooner. 1b 3.6 and officials from 1/4 to 1/2: 2: 5.6. 3c 1 1/2 and
    officials from 1/4 to 3/4: 4: 5 1/2. 3a and 3b 3/4, of which only 3b has a day.

    Smallest set. 11 23/30 are missing to 60. No one gives them; 1b with 3c gives 11.1; 2a or 2b with the other, with 1b
    or with 3c is enough, and 1b and 2a are both due on 15 February: 48 7/30 + 5.6 + 9 2/3 = 63 1/2.
    """
    record = second_example()
    result = evaluate_readiness(record.facts, as_of=date(2024, 12, 31), known_by=noon(date(2025, 1, 15)))
    ids = record.benchmark_ids

    assert shares(result.possible) == {**shares(result.verified), "2b": 1}
    assert line_points(result.possible, "increasing_efforts")["money_for_victims"] == 4
    assert line_points(result.possible, "three_ps")["protection"] == Fraction(20, 3)
    assert result.possible.points == Fraction(619, 10)

    assert [(claim.ministry_id, claim.points, len(claim.update_versions)) for claim in result.claims] == [
        (HOME, 16 + Fraction(11, 12), 2),
        (JUSTICE, Fraction(3, 4), 3),
        (None, 0, 0),
    ]

    assert shares(result.projected) == {**shares(result.claimed), "2a": 1, "3c": 1}
    assert line_points(result.projected, "increasing_efforts")["complicit_officials"] == 6
    assert result.projected.points == Fraction(7215, 100)

    february = date(2025, 2, 15)
    assert [(gain.key, gain.points, gain.due_on) for gain in result.benchmark_gains()] == [
        ("2a", Fraction(29, 3), february),
        ("2b", Fraction(29, 3), date(2025, 3, 15)),
        ("1b", Fraction(56, 10), february),
        ("3c", Fraction(11, 2), None),
        ("3b", Fraction(3, 4), date(2025, 2, 1)),
        ("3a", Fraction(3, 4), None),
    ]
    assert result.smallest_set() == (ids["1b"], ids["2a"])
    assert result.score_with((), met=[ids["1b"], ids["2a"]]).points == Fraction(127, 2)


def test_benchmarks_points_add_up_to_their_part():
    result = evaluate_readiness(second_example().facts, as_of=date(2024, 12, 31), known_by=noon(date(2025, 1, 15)))

    assert (
        sum(benchmark.line.points for benchmark in result.verified.benchmarks)
        == points(result.verified)["concrete_action"]
    )
    assert (
        sum(benchmark.line.points for benchmark in result.claimed.benchmarks)
        == points(result.claimed)["concrete_action"]
    )


def test_readiness_of_an_empty_record_is_nothing_and_says_no_data():
    result = evaluate_readiness(RecordBuilder(period("2021-04-01", "2022-03-31")).facts, as_of=date(2021, 9, 1))

    assert result.score == result.claimed.points == 0
    assert {part.verdict for part in result.verified.parts} == {ReadinessVerdict.NO_DATA}
    assert not result.is_reviewed
    assert result.readiness_target is None
