"""Next steps: four groups in order, by hand and as properties of every record."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given

from dialogues.choices import ClaimedProgress, CommitmentReach, ReadingDirection, Verdict
from recommendations.choices import Better, EffortQuestion, Pillar, Rule
from reports.choices import StepKind, YearsAsked
from reports.readiness.answers import Answers, Finding, RowReference, compute_answers, max_answers, min_answers
from reports.readiness.exact_sums import FULL
from reports.readiness.forecast.projection import project
from reports.readiness.readiness import evaluate_readiness
from reports.readiness.scoring import compute_points
from tests.reports.lesotho_record import lesotho_record
from tests.reports.record_builder import RecordBuilder, noon, period
from tests.reports.record_strategies import days, moments, records

REVIEW, ASK, KEEP, AGREE = StepKind
START, END = date(2021, 4, 1), date(2022, 3, 31)
DAY, DEADLINE = date(2022, 1, 28), date(2022, 2, 28)
POLICE, JUSTICE, HOME = 11, 12, 13
PILLAR_POINTS = Fraction(20, 3)


@pytest.fixture
def record():
    """Recommendation 1, prosecution, led by Police: 1a to 1c; 2, protection, led by Home Affairs: 2a to 2c.

    A benchmark met is 5 points, and 6 2/3 more where it is the first of its pillar.
    """
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    record.edition_terms(START, deadline_on=DEADLINE, readiness_target=45)
    one = record.recommendation(1, Pillar.PROSECUTION, lead_id=POLICE, indicia=(1, 7))
    two = record.recommendation(2, Pillar.PROTECTION, lead_id=HOME, indicia=(2,))
    for recommendation, key in ((one, "1a"), (one, "1b"), (one, "1c"), (two, "2a"), (two, "2b"), (two, "2c")):
        record.benchmark(recommendation, key, record.benchmark_terms(known=START))
    return record


def find_steps(record, as_of=DAY, **known):
    result = evaluate_readiness(record.facts, as_of=as_of, **known)
    return result, result.next_steps()


def step_tuples(result, steps):
    """Steps as tuples: kind, benchmarks by key, points."""
    keys = {benchmark.benchmark_id: benchmark.line.key for benchmark in result.verified.benchmarks}
    return [(step.kind, " ".join(keys[key] for key in step.benchmarks), step.points) for step in steps]


def test_the_public_record_of_lesotho_by_hand():
    """28 January 2022: 8 1/6, 7 1/6 and 1/2 to review, four figures to ask for, and what is projected beside."""
    record = lesotho_record()
    made = date(2021, 11, 8)
    record.commitment(made=made, ministry=POLICE, _3a=CommitmentReach.CONTRIBUTES, _3b=CommitmentReach.CONTRIBUTES)
    record.commitment(made=made, ministry=JUSTICE, _2a=CommitmentReach.CONTRIBUTES)
    record.commitment(made=made, ministry=JUSTICE, _1d=CommitmentReach.MEETS)
    record.commitment(made=made, ministry=HOME, due=date(2023, 3, 31), _5a=CommitmentReach.MEETS)
    result, steps = find_steps(record, known_by=noon(DAY))
    groups = {kind: [step for step in steps.steps if step.kind is kind] for kind in StepKind}

    assert step_tuples(result, groups[REVIEW]) == [
        (REVIEW, "5a 6a", Fraction(49, 6)),
        (REVIEW, "10a", Fraction(43, 6)),
        (REVIEW, "10c", Fraction(1, 2)),
    ]
    assert groups[REVIEW][-1].cumulative == result.claimed.points == Fraction(95, 6)
    asked = [result.claimed_record.questionnaire.indicators[step.indicator_id].question for step in groups[ASK]]
    assert asked == [
        EffortQuestion.INVESTIGATIONS,
        EffortQuestion.PROSECUTIONS,
        EffortQuestion.CONVICTIONS,
        EffortQuestion.VICTIMS,
    ]
    assert [step.points for step in groups[ASK]] == [Fraction(5, 2)] * 4
    assert groups[ASK][-1].cumulative == Fraction(155, 6)
    assert step_tuples(result, groups[KEEP]) == [
        (KEEP, "1d", Fraction(3, 4) + 4 + PILLAR_POINTS),
        (KEEP, "2a", Fraction(3, 4)),
        (KEEP, "3a 3b", Fraction(1, 2)),
    ]
    assert groups[KEEP][-1].cumulative == Fraction(77, 2)
    assert result.projected.points == Fraction(57, 2)
    assert step_tuples(result, steps.after_deadline) == [(KEEP, "5a", Fraction(3, 4))]
    assert [step.points_at_most for step in steps.also_ask] == [4]
    assert steps.target_reached_after == len(groups[REVIEW] + groups[ASK] + groups[KEEP]) + 2


def test_a_gain_that_several_share_is_counted_with_the_first_of_them_alone(record):
    """The third for a pillar comes once: that misled when each benchmark stood with all of it."""
    result, steps = find_steps(record)

    assert step_tuples(result, steps.steps) == [
        (AGREE, "1a", 5 + PILLAR_POINTS),
        (AGREE, "2a", 5 + PILLAR_POINTS),
        (AGREE, "1b", Fraction(5)),
        (AGREE, "1c", Fraction(5)),
        (AGREE, "2b", Fraction(5)),
        (AGREE, "2c", Fraction(5)),
    ]
    assert steps.steps[-1].cumulative == 30 + 2 * PILLAR_POINTS
    assert [step.ministry_id for step in steps.steps] == [POLICE, HOME, POLICE, POLICE, HOME, HOME]


def test_the_owner_of_a_commitment_is_the_ministry_that_made_it(record):
    promise = record.commitment(made=START, ministry=JUSTICE, due=DEADLINE, _1b=CommitmentReach.MEETS)
    _, steps = find_steps(record)

    first = steps.steps[0]
    assert (first.kind, first.ministry_id, first.due_on) == (KEEP, JUSTICE, DEADLINE)
    assert first.rows == (RowReference("commitment", promise),)


def test_commitments_due_after_the_deadline_are_listed_separately(record):
    record.commitment(made=START, due=DEADLINE, _1a=CommitmentReach.MEETS)
    record.commitment(made=START, due=DEADLINE + timedelta(days=1), _1b=CommitmentReach.MEETS)
    result, steps = find_steps(record)

    assert (KEEP, "1a", 5 + PILLAR_POINTS) in step_tuples(result, steps.steps)
    assert "1b" not in [keys for _, keys, _ in step_tuples(result, steps.steps)]
    assert step_tuples(result, steps.after_deadline) == [(KEEP, "1b", Fraction(5))]


def test_a_benchmark_with_a_waiting_claim_is_reviewed_and_not_called_unpromised(record):
    record.claim("1a", "done", date(2022, 1, 20), first=date(2022, 1, 10), known=DAY, ministry_id=POLICE)
    result, steps = find_steps(record)

    assert step_tuples(result, steps.steps)[0] == (REVIEW, "1a", 5 + PILLAR_POINTS)
    assert steps.steps[0].ministry_id is None
    assert (AGREE, "1a") not in [(kind, keys) for kind, keys, _ in step_tuples(result, steps.steps)]


def test_one_update_is_one_step_however_many_benchmarks_it_supports(record):
    sent = record.update_version(ClaimedProgress.UNDER_WAY, known=DAY, ministry_id=POLICE)
    for key in ("1a", "1b", "2a"):
        record.action(key, START, date(2022, 1, 10), known=DAY, sent=sent)
    result, steps = find_steps(record)

    assert step_tuples(result, steps.steps)[0] == (REVIEW, "1a 1b 2a", Fraction(15, 2) + 2 * PILLAR_POINTS)
    assert steps.steps[0].rows == (RowReference("update_version", sent),)


def test_a_commitment_whose_update_waits_is_still_to_be_kept(record):
    promise = record.commitment(made=START, ministry=POLICE, due=DEADLINE, _1a=CommitmentReach.MEETS)
    sent = record.update_version(ClaimedProgress.UNDER_WAY, known=DAY, ministry_id=POLICE, commitment_id=promise)
    record.action("1a", START, date(2022, 1, 10), known=DAY, sent=sent)
    result, steps = find_steps(record)

    assert step_tuples(result, steps.steps)[:2] == [
        (REVIEW, "1a", Fraction(5, 2) + PILLAR_POINTS),
        (KEEP, "1a", Fraction(5, 2)),
    ]


@pytest.fixture
def counted_record(record):
    """Prosecutions are counted, 4 the year before; 3a is met with more than then."""
    record.prosecutions = record.indicator(
        "prosecutions", question=EffortQuestion.PROSECUTIONS, indicium=1, pillar=Pillar.PROSECUTION
    )
    three = record.recommendation(3, Pillar.PROSECUTION, lead_id=JUSTICE, indicia=(1,))
    record.benchmark(three, "3a", record.benchmark_terms(Rule.MORE, known=START, indicator_id=record.prosecutions))
    return record


def test_a_figure_that_nobody_has_given_is_asked_for_and_at_most_it_is_above_last_periods(counted_record):
    """2 1/2 for being given; at most 7 for the question, 10 for 3a and the third for the pillar besides."""
    counted_record.reading_year_before(counted_record.prosecutions, 4, known=START)
    _, steps = find_steps(counted_record)
    ask = steps.steps[0]

    assert (ask.kind, ask.points, ask.years) == (ASK, Fraction(5, 2), YearsAsked.PERIOD)
    assert ask.points_at_most == Fraction(5, 2) + 7 + 10 + PILLAR_POINTS
    assert [step.kind for step in steps.steps].count(ASK) == 1


def test_without_last_years_figure_a_step_asks_for_both_years(counted_record):
    _, steps = find_steps(counted_record)

    assert (steps.steps[0].kind, steps.steps[0].years) == (ASK, YearsAsked.BOTH)
    assert steps.steps[0].points_at_most == Fraction(5, 2) + 7 + 10 + PILLAR_POINTS


def test_a_benchmark_whose_figure_is_asked_for_is_not_also_to_be_agreed_on(counted_record):
    result, steps = find_steps(counted_record)

    assert "3a" not in [keys for _, keys, _ in step_tuples(result, steps.steps)]


@pytest.mark.parametrize("is_verified", [True, False])
def test_a_figure_that_is_verified_or_waits_is_not_asked_for(counted_record, is_verified):
    register = counted_record.evidence(START, date(2021, 12, 31), known=DAY)
    counted_record.reading(counted_record.prosecutions, 3, through=date(2021, 12, 31), known=DAY, evidence=register)
    if is_verified:
        counted_record.review(register, known=DAY)
    _, steps = find_steps(counted_record)

    assert ASK not in [step.kind for step in steps.steps]


def test_a_direction_without_a_figure_does_not_answer_and_is_asked_for(counted_record):
    register = counted_record.evidence(START, date(2021, 12, 31), known=DAY)
    counted_record.reading(
        counted_record.prosecutions, ReadingDirection.UP, through=date(2021, 12, 31), known=DAY, evidence=register
    )
    _, steps = find_steps(counted_record)

    assert ASK in [step.kind for step in steps.steps]


def ministry_to_ask(record):
    _, steps = find_steps(record)
    return next(step.ministry_id for step in steps.steps if step.kind is ASK)


def test_a_figure_is_asked_of_the_ministry_that_is_set(counted_record):
    counted_record.tables["indicators"] = [
        replace(indicator, ministry_id=HOME) for indicator in counted_record.tables["indicators"]
    ]
    sent = counted_record.update_version(ClaimedProgress.UNDER_WAY, known=START, ministry_id=JUSTICE)
    counted_record.reading(counted_record.prosecutions, None, through=START, known=START, sent=sent)

    assert ministry_to_ask(counted_record) == HOME


def test_else_of_the_ministry_that_last_sent_a_reading_on_it(counted_record):
    for ministry, known in ((HOME, DAY), (JUSTICE, START)):
        sent = counted_record.update_version(ClaimedProgress.UNDER_WAY, known=known, ministry_id=ministry)
        counted_record.reading(counted_record.prosecutions, None, through=START, known=known, sent=sent)

    assert ministry_to_ask(counted_record) == HOME


def test_without_a_ministry_the_lead_of_the_matching_recommendation_is_asked(counted_record):
    assert ministry_to_ask(counted_record) == POLICE
    counted_record.tables["indicators"] = [
        replace(indicator, indicium=4) for indicator in counted_record.tables["indicators"]
    ]
    assert ministry_to_ask(counted_record) is None


def test_the_money_question_stands_apart_since_a_figure_alone_adds_nothing(record):
    record.indicator("money", Pillar.PROTECTION, EffortQuestion.MONEY, unit="LSL", indicium=2)
    _, steps = find_steps(record)

    assert ASK not in [step.kind for step in steps.steps]
    (money,) = steps.also_ask
    assert (money.points, money.points_at_most, money.ministry_id, money.years) == (
        0,
        4 + PILLAR_POINTS,
        HOME,
        YearsAsked.BOTH,
    )


def test_last_periods_figure_is_asked_for_where_it_alone_is_missing(counted_record):
    """A figure of this period waits. It compares with nothing until last period's is known: 7, 10 for 3a, P."""
    register = counted_record.evidence(START, date(2021, 12, 31), known=DAY)
    counted_record.reading(counted_record.prosecutions, 3, through=date(2021, 12, 31), known=DAY, evidence=register)
    _, steps = find_steps(counted_record)

    (before,) = steps.last_period
    assert (before.kind, before.years, before.points, before.ministry_id) == (ASK, YearsAsked.BEFORE, 0, POLICE)
    assert before.points_at_most == 7 + 10 + PILLAR_POINTS

    counted_record.reading_year_before(counted_record.prosecutions, 4, known=START)
    assert find_steps(counted_record)[1].last_period == ()


def test_a_figure_of_zero_cannot_fall_further(record):
    counted = record.indicator("convictions", question=EffortQuestion.CONVICTIONS, better=Better.DOWN)
    record.reading_year_before(counted, 0, known=START)
    _, steps = find_steps(record)

    assert next(step.points_at_most for step in steps.steps if step.kind is ASK) == Fraction(5, 2)


def test_a_verified_action_that_nobody_has_assessed_is_to_be_assessed(record):
    record.action("1a", START, START, known=DAY, verified=DAY)
    record.action("1b", START, START, known=DAY, verified=DAY)
    record.assessment("1b", Verdict.STEP, known=DAY)
    result, steps = find_steps(record)

    assert step_tuples(result, steps.to_assess) == [(REVIEW, "1a", Fraction(5, 2))]


def test_after_the_deadline_only_reviews_and_questions_are_left(counted_record):
    counted_record.claim("1a", "done", date(2022, 3, 2), first=START, known=date(2022, 3, 3), ministry_id=POLICE)
    counted_record.commitment(made=START, _1b=CommitmentReach.MEETS)
    counted_record.commitment(made=START, due=END, _1c=CommitmentReach.MEETS)
    _, steps = find_steps(counted_record, as_of=date(2022, 3, 5))

    assert [step.kind for step in steps.steps] == [REVIEW, ASK]
    assert steps.after_deadline == ()


@pytest.mark.parametrize(("mark", "after"), [(0, 0), (11, 1), (12, 2), (90, None), (None, None)])
def test_the_step_that_reaches_the_target_is_marked(record, mark, after):
    record.edition_terms(START + timedelta(days=1), deadline_on=DEADLINE, readiness_target=mark)
    _, steps = find_steps(record)

    assert steps.target_reached_after == after


def test_equal_steps_are_sorted_by_due_date_and_then_by_benchmark(record):
    record.commitment(made=START, _1c=CommitmentReach.MEETS)
    record.commitment(made=START, due=DEADLINE, _1b=CommitmentReach.MEETS)
    record.commitment(made=START, due=DEADLINE, _1a=CommitmentReach.MEETS)
    result, steps = find_steps(record)

    assert step_tuples(result, steps.steps)[:3] == [
        (KEEP, "1a", 5 + PILLAR_POINTS),
        (KEEP, "1b", Fraction(5)),
        (KEEP, "1c", Fraction(5)),
    ]


# Properties of every record.


def group(steps, *kinds):
    return [step for step in steps.steps if step.kind in kinds]


@given(records(), days, moments)
def test_points_add_up_to_the_cumulative_and_no_step_adds_nothing(record, as_of, known_by):
    result, steps = find_steps(record, as_of, known_by=known_by)
    stands = result.score
    for step in steps.steps:
        stands += step.points
        assert step.cumulative == stands
        assert 0 < step.points <= step.points_at_most


@given(records(), days, moments)
def test_after_the_first_group_readiness_is_what_is_claimed(record, as_of, known_by):
    result, steps = find_steps(record, as_of, known_by=known_by)

    assert result.score + sum(step.points for step in group(steps, REVIEW)) == result.claimed.points


@given(records(), days, moments)
def test_with_the_questions_left_out_readiness_after_the_third_group_is_the_projected_score(record, as_of, known_by):
    result, _ = find_steps(record, as_of, known_by=known_by)
    steps = result.next_steps(without=[ASK])

    assert result.score + sum(step.points for step in group(steps, REVIEW, KEEP)) == result.projected.points


@given(records(), days, moments)
def test_no_step_is_due_after_the_deadline(record, as_of, known_by):
    result, steps = find_steps(record, as_of, known_by=known_by)

    assert all(step.due_on is None or step.due_on <= (result.deadline_on or date.max) for step in steps.steps)
    assert not (result.deadline_on and as_of > result.deadline_on and group(steps, KEEP, AGREE))


def score_with_steps(result, steps):
    """Readiness with these steps assumed, all at once: written from the method, not from the steps in order."""
    asked, verified, sent = (
        result.verified_record.questionnaire,
        result.verified_record.view,
        result.claimed_record.view,
    )
    reviewed = {row for step in steps if step.kind is REVIEW for row in step.rows}
    claims = [claim for claim in result.waiting_claims if claim.row in reviewed]
    if len(claims) == len(result.waiting_claims) or any(step.kind is not REVIEW for step in steps):
        state = result.claimed_record.answers
    else:
        evidence = {key for claim in claims for key in claim.evidence}
        readings = {key for claim in claims for key in claim.readings} & effective_readings(sent)
        kept = readings | {row.id for rows in verified.readings.values() for row in rows}
        alone = replace(
            sent,
            actions={
                key: tuple(act for act in acts if act.evidence_id in evidence) for key, acts in sent.actions.items()
            },
            readings={key: tuple(row for row in rows if row.id in kept) for key, rows in sent.readings.items()},
            figures={key: tuple(row for row in rows if row.id in kept) for key, rows in sent.figures.items()},
        )
        state = min_answers(
            max_answers(result.verified_record.answers, compute_answers(asked, alone)), result.claimed_record.answers
        )
    questions = [asked.indicators[step.indicator_id].question for step in steps if step.kind is ASK]
    state = max_answers(state, Answers({}, {}, {question: Finding(FULL, "") for question in questions}))
    promises = {row.id: row for row, _ in result.open_commitments}
    met = {key for step in steps if step.kind is AGREE for key in step.benchmarks}
    further = set()
    for promise in (promises[step.rows[0].id] for step in steps if step.kind is KEEP):
        towards = {
            key: reach for key, reach in promise.towards.items() if key in result.claimed_record.answers.benchmarks
        }
        met |= {key for key, reach in towards.items() if reach is CommitmentReach.MEETS}
        further |= {key for key, reach in towards.items() if reach is CommitmentReach.CONTRIBUTES}
    return compute_points(asked, project(replace(result.claimed_record, answers=state), met=met, steps=further))


def effective_readings(sent):
    """The readings that answers rest on: of each indicator the latest, and its latest figure."""
    by_day = {}
    for rows in sent.readings.values():
        for told_ in (rows, [row for row in rows if row.figure is not None]):
            # A "no data" never replaces what was told.
            telling = [row for row in told_ if not row.is_no_data] or list(told_)
            if telling:
                last = max(telling, key=lambda row: (row.through_on, row.recorded_at, row.id))
                by_day[last.id] = last
    return set(by_day)


@given(records(), days, moments)
def test_every_cumulative_is_one_evaluation_of_the_record_with_exactly_these_steps_assumed(record, as_of, known_by):
    result, steps = find_steps(record, as_of, known_by=known_by)

    for number, step in enumerate(steps.steps, start=1):
        assert score_with_steps(result, steps.steps[:number]) == step.cumulative


@given(records(), days, moments)
def test_within_a_group_each_step_adds_the_most_that_any_could_given_those_before_it(record, as_of, known_by):
    result, steps = find_steps(record, as_of, known_by=known_by)

    for number, step in enumerate(steps.steps):
        rest = [other for other in steps.steps[number:] if other.kind is step.kind]
        before = list(steps.steps[:number])
        assert step.points == max(
            score_with_steps(result, [*before, other]) - score_with_steps(result, before) for other in rest
        )


@given(records(), days, moments)
def test_the_score_with_all_steps_is_their_cumulative_score(record, as_of, known_by):
    result, steps = find_steps(record, as_of, known_by=known_by)

    assert result.score_with(steps.steps).points == (steps.steps[-1].cumulative if steps.steps else result.score)
