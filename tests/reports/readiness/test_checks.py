"""Problems in the record: each kind is found once, and not where there is none."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dialogues.choices import (
    ClaimedProgress,
    CommitmentEventKind,
    CommitmentReach,
    DoneBy,
    EvidenceDecision,
    ReadingDirection,
    SupportKind,
    Verdict,
)
from recommendations.choices import Better, EffortQuestion, MilestoneKind, Origin, Pillar, Rule
from reports.choices import ProblemKind
from reports.readiness.answers import RowReference
from reports.readiness.facts import AgreedProofFact, MilestoneDoneFact
from reports.readiness.readiness import evaluate_readiness
from tests.reports.record_builder import RecordBuilder, noon, period

START, END = date(2021, 4, 1), date(2022, 3, 31)
DAY, KNOWN = date(2021, 9, 1), date(2021, 9, 2)
TODAY = date(2021, 12, 31)
A_DAY = timedelta(days=1)


@pytest.fixture
def record():
    """1a, which the embassy assesses, and 1b, which the figure of prosecutions decides. All fits."""
    record = RecordBuilder(period("2021-04-01", "2022-03-31"))
    record.counted = record.indicator("prosecutions", question=EffortQuestion.PROSECUTIONS)
    record.one = record.recommendation(1, Pillar.PROSECUTION)
    record.benchmark(record.one, "1a", record.benchmark_terms(known=START))
    record.benchmark(
        record.one, "1b", record.benchmark_terms(Rule.TARGET, known=START, indicator_id=record.counted, target=10)
    )
    return record


def find_problems(record, as_of=TODAY, **known):
    return evaluate_readiness(record.facts, as_of=as_of, **known).checks


def kinds_and_sentences(record, as_of=TODAY, **known):
    """What the checks say: sort and sentence."""
    return [(problem.kind, problem.sentence) for problem in find_problems(record, as_of, **known)]


def problem_kinds(record, as_of=TODAY, **known):
    return [problem.kind for problem in find_problems(record, as_of, **known)]


def benchmark_reference(record, key):
    return RowReference("benchmark", record.benchmark_ids[key])


def test_a_consistent_record_has_no_problems(record):
    assert find_problems(record) == ()


# --- Assessed as met without a verified action ------------------------------------------------------------------------


def test_met_without_a_verified_action_is_a_problem(record):
    assessment = record.assessment("1a", Verdict.MET, known=KNOWN)

    [check] = find_problems(record)
    assert check.kind is ProblemKind.MET_WITHOUT_ACTION
    assert check.sentence == "1a is assessed as met, but no verified action in the tracking period supports it."
    assert check.to_do == "Verify the action, or assess the benchmark again."
    assert check.rows == (benchmark_reference(record, "1a"), RowReference("assessment", assessment))


@pytest.mark.parametrize(
    ("first", "verified", "by"),
    [
        (DAY, None, DoneBy.GOVERNMENT),
        (START - A_DAY, KNOWN, DoneBy.GOVERNMENT),
        (DAY, KNOWN, DoneBy.CIVIL_SOCIETY),
        (DAY, KNOWN, DoneBy.UNITED_STATES),
    ],
)
def test_met_with_an_action_that_does_not_count_is_a_problem(record, first, verified, by):
    acted = record.action("1a", first, DAY, known=KNOWN, verified=verified, by=by)
    record.assessment("1a", Verdict.MET, known=KNOWN, on=[acted])

    assert problem_kinds(record) == [ProblemKind.MET_WITHOUT_ACTION]


def test_met_is_a_problem_until_the_action_is_known_and_once_it_is_rejected(record):
    acted = record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN + A_DAY)
    record.assessment("1a", Verdict.MET, known=KNOWN, on=[acted])
    record.review(acted, known=KNOWN + 3 * A_DAY, key="1a", decision=EvidenceDecision.REJECTED)

    assert problem_kinds(record, known_by=noon(KNOWN)) == [ProblemKind.MET_WITHOUT_ACTION]
    assert problem_kinds(record, known_by=noon(KNOWN + A_DAY)) == []
    assert problem_kinds(record) == [ProblemKind.MET_WITHOUT_ACTION]


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.MET])
def test_no_other_verdict_asks_for_an_action(record, verdict):
    record.assessment("1a", verdict, known=KNOWN)

    assert find_problems(record) == ()


def test_an_earlier_met_is_no_problem_before_it_holds_and_after_a_new_assessment(record):
    record.assessment("1a", Verdict.MET, known=DAY)
    record.assessment("1a", Verdict.STALLED, known=TODAY)

    assert problem_kinds(record, DAY - A_DAY) == []
    assert problem_kinds(record, DAY) == [ProblemKind.MET_WITHOUT_ACTION]
    assert problem_kinds(record, TODAY) == []


def test_met_is_no_problem_if_a_figure_decides(record):
    record.assessment("1b", Verdict.MET, known=KNOWN)

    assert find_problems(record) == ()


# --- A verified action without an assessment --------------------------------------------------------------------------


def test_verified_actions_without_an_assessment_are_a_problem(record):
    first = record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    [check] = find_problems(record)
    assert (check.kind, check.to_do) == (ProblemKind.NOT_ASSESSED, "Assess the benchmark.")
    assert check.sentence == "1a has 1 verified action and no assessment. It counts as a concrete step."

    second = record.action("1a", START, START, known=KNOWN, verified=KNOWN)
    [check] = find_problems(record)
    assert check.sentence == "1a has 2 verified actions and no assessment. It counts as a concrete step."
    assert check.rows == (
        benchmark_reference(record, "1a"),
        RowReference("evidence", first),
        RowReference("evidence", second),
    )


def test_an_action_that_is_not_verified_or_not_over_asks_for_no_assessment(record):
    record.action("1a", DAY, DAY, known=KNOWN)
    record.action("1a", DAY, TODAY + A_DAY, known=KNOWN, verified=KNOWN)
    record.review(record.evidence(DAY, DAY, known=KNOWN, _1a=SupportKind.PLAN), known=KNOWN, key="1a")

    assert find_problems(record) == ()
    assert problem_kinds(record, TODAY + A_DAY) == [ProblemKind.NOT_ASSESSED]


@pytest.mark.parametrize("verdict", Verdict)
def test_any_assessment_resolves_the_problem_from_when_it_is_known(record, verdict):
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    record.assessment("1a", verdict, known=KNOWN + A_DAY)

    assert problem_kinds(record, known_by=noon(KNOWN)) == [ProblemKind.NOT_ASSESSED]
    assert problem_kinds(record) == []


def test_an_assessment_of_another_benchmark_does_not_resolve_the_problem(record):
    record.benchmark(record.one, "1c", record.benchmark_terms(known=START))
    record.action("1a", DAY, DAY, known=KNOWN, verified=KNOWN)
    record.assessment("1c", Verdict.STALLED, known=KNOWN)

    assert problem_kinds(record) == [ProblemKind.NOT_ASSESSED]


def test_an_action_where_a_figure_decides_asks_for_no_assessment(record):
    record.action("1b", DAY, DAY, known=KNOWN, verified=KNOWN)

    assert find_problems(record) == ()


# --- A figure below what the evidence adds up to ----------------------------------------------------------------------


def add_figure(record, figure, through=TODAY, verified=KNOWN, **fields):
    evidence = record.evidence(START, through, known=KNOWN)
    row = record.reading(record.counted, figure, through=through, known=KNOWN, evidence=evidence, **fields)
    if verified:
        record.review(evidence, known=verified)
    return row


def add_actions(record, number, on=DAY, key="1b", verified=KNOWN):
    return [record.action(key, on, on, known=KNOWN, verified=verified) for _ in range(number)]


def test_a_figure_below_the_number_of_verified_actions_is_a_problem(record):
    figure, actions = add_figure(record, 2), add_actions(record, 3)

    [check] = find_problems(record)
    assert check.kind is ProblemKind.FIGURE_TOO_LOW
    assert check.sentence == ("Prosecutions: 2 by 31 December 2021. But 3 verified actions up to that day support 1b.")
    assert check.to_do == "Ask for a new figure, or check what the actions show."
    assert check.rows == (RowReference("reading", figure), *(RowReference("evidence", action) for action in actions))


def test_a_figure_of_zero_with_one_action_is_a_problem(record):
    add_figure(record, 0)
    add_actions(record, 1)

    assert kinds_and_sentences(record) == [
        (
            ProblemKind.FIGURE_TOO_LOW,
            "Prosecutions: 0 by 31 December 2021. But 1 verified action up to that day supports 1b.",
        )
    ]


def test_a_figure_as_high_as_the_number_of_actions_is_no_problem(record):
    add_figure(record, 3)
    add_actions(record, 3)

    assert find_problems(record) == ()


def test_a_figure_says_nothing_of_actions_after_its_day(record):
    add_figure(record, 1, through=DAY)
    add_actions(record, 1)
    add_actions(record, 2, on=DAY + A_DAY)
    assert find_problems(record) == ()

    add_actions(record, 1)
    assert problem_kinds(record) == [ProblemKind.FIGURE_TOO_LOW]


@pytest.mark.parametrize("told_of_it", [ReadingDirection.UP, None])
def test_a_direction_and_no_data_are_no_figure_that_could_be_too_low(record, told_of_it):
    add_figure(record, told_of_it)
    add_actions(record, 3)

    assert find_problems(record) == ()


def test_an_unverified_figure_or_action_is_not_compared_with_the_other(record):
    add_actions(record, 2)
    add_figure(record, 1, verified=None)
    assert find_problems(record) == ()

    add_figure(record, 2)
    add_actions(record, 2, verified=None)
    assert find_problems(record) == ()


def test_the_latest_figure_is_the_one_that_has_to_fit(record):
    add_actions(record, 3)
    add_figure(record, 1, through=DAY)
    assert problem_kinds(record) == [ProblemKind.FIGURE_TOO_LOW]

    add_figure(record, 3)
    assert problem_kinds(record) == []
    assert problem_kinds(record, TODAY - A_DAY) == [ProblemKind.FIGURE_TOO_LOW]


def test_a_low_figure_fits_many_actions_if_less_is_better(record):
    record.tables["indicators"] = [replace(indicator, better=Better.DOWN) for indicator in record.tables["indicators"]]
    add_figure(record, 1)
    add_actions(record, 3)

    assert find_problems(record) == ()


def test_actions_on_what_the_embassy_assesses_are_not_counted_against_a_figure(record):
    record.benchmark(record.one, "1c", record.benchmark_terms(known=START, indicator_id=record.counted))
    add_figure(record, 1)
    add_actions(record, 3, key="1c")

    assert problem_kinds(record) == [ProblemKind.NOT_ASSESSED]


# --- A figure without a source ----------------------------------------------------------------------------------------


def test_a_figure_without_a_source_is_a_problem(record):
    row = record.reading(record.counted, 5, through=DAY, known=KNOWN, has_source=False)

    [check] = find_problems(record)
    assert (check.kind, check.rows) == (ProblemKind.NO_SOURCE, (RowReference("reading", row),))
    assert check.sentence == "Prosecutions: the figure up to 1 September 2021 has no source."
    assert check.to_do == "Log the figure again with the document it comes from."
    assert problem_kinds(record, DAY) == [ProblemKind.NO_SOURCE]


def test_a_direction_and_a_figure_of_the_year_before_want_a_source_too(record):
    record.reading(record.counted, ReadingDirection.UP, through=DAY, known=KNOWN, has_source=False)
    before = record.edition.previous
    record.reading(record.counted, 4, starts=before.starts_on, through=before.ends_on, known=KNOWN, has_source=False)

    assert [sentence for _, sentence in kinds_and_sentences(record)] == [
        "Prosecutions: the figure up to 1 September 2021 has no source.",
        "Prosecutions: the figure up to 31 March 2021 has no source.",
    ]


@pytest.mark.parametrize("fields", [{"has_source": True}, {"told": None}, {"through": TODAY + A_DAY}])
def test_a_source_no_data_and_a_day_to_come_want_none(record, fields):
    told_of_it, through = fields.pop("told", 5), fields.pop("through", DAY)
    record.reading(record.counted, told_of_it, through=through, known=KNOWN, **{"has_source": False, **fields})

    assert find_problems(record) == ()


def test_a_figure_logged_again_with_its_source_is_no_problem_from_then_on(record):
    record.reading(record.counted, 5, through=DAY, known=KNOWN, has_source=False)
    record.reading(record.counted, 5, through=DAY, known=KNOWN + A_DAY)

    assert problem_kinds(record, known_by=noon(KNOWN)) == [ProblemKind.NO_SOURCE]
    assert problem_kinds(record) == []


@pytest.mark.parametrize(
    "other",
    [
        {"through": DAY + A_DAY},
        {"starts": START + A_DAY},
        {"known": KNOWN - A_DAY},
        {"told": None},
        {"indicator": "convictions"},
        {"has_source": False},
    ],
)
def test_a_source_of_another_figure_does_not_resolve_the_problem(record, other):
    name = other.pop("indicator", None)
    indicator = record.indicator(name) if name else record.counted
    record.reading(record.counted, 5, through=DAY, known=KNOWN, has_source=False)
    record.reading(indicator, other.pop("told", 5), **{"through": DAY, "known": KNOWN + A_DAY, **other})

    assert ProblemKind.NO_SOURCE in problem_kinds(record)


# --- A span that would count if its day were known --------------------------------------------------------------------


def test_a_verified_action_without_a_start_date_is_a_problem(record):
    evidence = record.action("1a", None, DAY, known=KNOWN, verified=KNOWN)

    [check] = find_problems(record)
    assert (check.kind, check.rows) == (
        ProblemKind.DAY_UNKNOWN,
        (RowReference("evidence", evidence), benchmark_reference(record, "1a")),
    )
    assert check.sentence == (
        "An action that ended by 1 September 2021 is verified and has no start date. With one it would count."
    )
    assert check.to_do == "Find out the start date, and verify the action again with it."


@pytest.mark.parametrize(
    ("last", "fields"),
    [
        (DAY, {"verified": None}),
        (DAY, {"by": DoneBy.CIVIL_SOCIETY}),
        (START - A_DAY, {}),
        (END + A_DAY, {}),
        (DAY, {"key": "1b"}),
    ],
)
def test_a_span_that_would_not_count_with_a_start_date_either_is_no_problem(record, last, fields):
    record.action(**{"key": "1a", "first": None, "last": last, "known": KNOWN, "verified": KNOWN, **fields})

    assert find_problems(record, END + 30 * A_DAY) == ()


@pytest.mark.parametrize("last", [START, END])
def test_the_first_and_the_last_day_of_the_period_are_of_it(record, last):
    record.action("1a", None, last, known=KNOWN, verified=KNOWN)

    assert problem_kinds(record, END) == [ProblemKind.DAY_UNKNOWN]


def test_a_span_that_is_not_over_is_no_problem(record):
    record.action("1a", None, DAY, known=KNOWN, verified=KNOWN)

    assert problem_kinds(record, DAY - A_DAY) == []
    assert problem_kinds(record, DAY) == [ProblemKind.DAY_UNKNOWN]


def test_a_plan_without_a_start_date_is_no_problem(record):
    record.review(record.evidence(None, DAY, known=KNOWN, _1a=SupportKind.PLAN), known=KNOWN, key="1a")

    assert find_problems(record) == ()


@pytest.mark.parametrize("review", [{"first_on": START}, {"decision": EvidenceDecision.REJECTED}])
def test_a_start_date_in_a_later_review_or_a_rejection_resolves_the_problem(record, review):
    evidence = record.action("1a", None, DAY, known=KNOWN, verified=KNOWN)
    record.review(evidence, known=KNOWN + A_DAY, key="1a", **review)

    assert problem_kinds(record, known_by=noon(KNOWN)) == [ProblemKind.DAY_UNKNOWN]
    assert ProblemKind.DAY_UNKNOWN not in problem_kinds(record)


def test_a_revision_with_a_start_date_resolves_the_problem(record):
    first = record.action("1a", None, DAY, known=KNOWN, verified=KNOWN)
    record.action("1a", START, DAY, known=KNOWN + A_DAY, revises=first)

    assert problem_kinds(record, known_by=noon(KNOWN)) == [ProblemKind.DAY_UNKNOWN]
    assert problem_kinds(record) == []


def test_a_review_of_the_evidence_itself_verifies_no_action(record):
    evidence = record.action("1a", None, DAY, known=KNOWN)
    record.review(evidence, known=KNOWN)

    assert find_problems(record) == ()


# --- A commitment overdue, and no update received ---------------------------------------------------------------------

MADE, DUE = date(2021, 11, 1), date(2021, 12, 21)


def test_an_overdue_commitment_without_an_update_is_a_problem(record):
    promise = record.commitment(made=MADE, due=DUE, _1a=CommitmentReach.MEETS)

    [check] = find_problems(record)
    assert (check.kind, check.rows) == (ProblemKind.PAST_DUE, (RowReference("commitment", promise),))
    assert check.sentence == "A commitment was due on 21 December 2021, 10 days ago. No update received."
    assert check.to_do == "Ask the ministry for an update."
    assert kinds_and_sentences(record, DUE + A_DAY) == [
        (ProblemKind.PAST_DUE, "A commitment was due on 21 December 2021, 1 day ago. No update received.")
    ]
    assert kinds_and_sentences(record, DUE) == []


def test_an_overdue_commitment_of_the_united_states_is_a_problem_for_the_embassy(record):
    record.commitment(made=MADE, due=DUE, ministry=None, _1a=CommitmentReach.MEETS)

    [check] = find_problems(record)
    assert (check.kind, check.to_do) == (ProblemKind.PAST_DUE, "Record what happened to it.")
    assert "update" not in check.sentence


@pytest.mark.parametrize(
    ("due", "then"),
    [
        (None, []),
        (TODAY, []),
        (DUE, [(CommitmentEventKind.RESCHEDULED, DUE, TODAY)]),
        (DUE, [(CommitmentEventKind.WITHDRAWN, DUE, None)]),
        (DUE, [(CommitmentEventKind.REPORTED_DONE, DUE, None)]),
        (DUE, [(CommitmentEventKind.VERIFIED_DONE, DUE, None)]),
    ],
)
def test_a_commitment_that_is_not_overdue_is_no_problem(record, due, then):
    record.commitment(made=MADE, due=due, later_events=then, _1a=CommitmentReach.MEETS)

    assert find_problems(record) == ()


def test_neither_what_the_embassy_logged_nor_what_it_reopened_is_an_update_of_the_ministry(record):
    promise = record.commitment(
        made=MADE, due=DUE, later_events=[(CommitmentEventKind.REOPENED, DUE + A_DAY, None)], _1a=CommitmentReach.MEETS
    )
    record.evidence(DUE + A_DAY, DUE + A_DAY, known=TODAY, commitment=promise)

    assert problem_kinds(record) == [ProblemKind.PAST_DUE]


@pytest.mark.parametrize("sent_on", [MADE + A_DAY, DUE, DUE + A_DAY])
def test_an_update_that_waits_or_was_returned_is_no_silence_whenever_it_was_sent(record, sent_on):
    promise = record.commitment(made=MADE, due=DUE, _1a=CommitmentReach.MEETS)
    record.update_version(
        ClaimedProgress.UNDER_WAY, known=sent_on, commitment_id=promise, ministry_id=1, returned=TODAY
    )

    assert problem_kinds(record, known_by=noon(TODAY - A_DAY)) == []
    assert problem_kinds(record) == []


def test_an_update_that_its_ministry_withdrew_is_none_once_that_is_known(record):
    promise = record.commitment(made=MADE, due=DUE, _1a=CommitmentReach.MEETS)
    record.update_version(ClaimedProgress.UNDER_WAY, known=DUE, commitment_id=promise, ministry_id=1, withdrawn=TODAY)

    assert problem_kinds(record, known_by=noon(TODAY - A_DAY)) == []
    [check] = find_problems(record)
    assert check.sentence == (
        "A commitment was due on 21 December 2021, 10 days ago. The ministry withdrew its update on 31 December 2021."
    )


def test_an_update_on_another_promise_or_of_a_later_day_is_none(record):
    promise = record.commitment(made=MADE, due=DUE, _1a=CommitmentReach.MEETS)
    other = record.commitment(made=MADE, _1a=CommitmentReach.MEETS)
    record.update_version(ClaimedProgress.UNDER_WAY, known=DUE + A_DAY, commitment_id=other, ministry_id=1)
    record.update_version(ClaimedProgress.UNDER_WAY, known=TODAY + A_DAY, commitment_id=promise, ministry_id=1)

    assert problem_kinds(record) == [ProblemKind.PAST_DUE]


@pytest.mark.parametrize(
    ("then", "accepted"),
    [([(CommitmentEventKind.RESCHEDULED, DUE - A_DAY, DUE)], False), ([], True)],
    ids=["moved since", "accepted since"],
)
def test_an_update_before_a_new_due_date_or_an_accepted_one_does_not_count_as_later(record, then, accepted):
    promise = record.commitment(made=MADE, due=DUE, later_events=then, _1a=CommitmentReach.MEETS)
    record.update_version(
        ClaimedProgress.UNDER_WAY, known=MADE + A_DAY, commitment_id=promise, ministry_id=1, returned=MADE + 2 * A_DAY
    )
    if accepted:
        [sent] = record.tables["update_versions"]
        record.tables["update_versions"][:] = [sent._replace(returned_at=None)]

    [check] = find_problems(record)
    assert check.sentence == (
        "A commitment was due on 21 December 2021, 10 days ago. No update received since the one of 2 November 2021."
    )


def test_overdue_is_by_the_day_agreed_as_it_was_known(record):
    then = [(CommitmentEventKind.RESCHEDULED, DUE - A_DAY, TODAY)]
    record.commitment(made=MADE, due=DUE, later_events=then, _1a=CommitmentReach.MEETS)

    assert problem_kinds(record, known_by=noon(MADE)) == [ProblemKind.PAST_DUE]
    assert problem_kinds(record, known_by=noon(MADE - A_DAY)) == []
    assert problem_kinds(record) == []


# --- An open commitment without agreed proof --------------------------------------------------------------------------


def test_open_commitments_without_agreed_proof_are_one_problem_together(record):
    first = record.commitment(made=MADE, proofs=())
    second = record.commitment(made=MADE, ministry=None, proofs=())
    record.commitment(made=MADE)
    for kind in (CommitmentEventKind.VERIFIED_DONE, CommitmentEventKind.WITHDRAWN, CommitmentEventKind.REPORTED_DONE):
        record.commitment(made=MADE, proofs=(), later_events=[(kind, DUE, None)])

    [check] = find_problems(record)

    assert check.kind is ProblemKind.NO_AGREED_PROOF
    assert check.sentence == "2 open commitments have no agreed proof."
    assert check.to_do == "Agree on what will show that each is kept, and from whom it comes."
    assert check.rows == (RowReference("commitment", first), RowReference("commitment", second))


def test_agreed_proof_holds_from_its_day_to_its_end_as_far_as_that_is_known(record):
    proof = AgreedProofFact(1, noon(DUE), agreed_on=DUE, ended_on=TODAY, ended_at=noon(TODAY))
    record.commitment(made=MADE, proofs=[proof])

    assert problem_kinds(record, DUE - A_DAY) == [ProblemKind.NO_AGREED_PROOF]
    assert problem_kinds(record, DUE) == []
    assert problem_kinds(record, TODAY) == [ProblemKind.NO_AGREED_PROOF]
    assert problem_kinds(record, TODAY, known_by=noon(TODAY - A_DAY)) == []
    assert problem_kinds(record, TODAY, known_by=noon(DUE - A_DAY)) == [ProblemKind.NO_AGREED_PROOF]


def test_agreed_proof_adds_no_point(record):
    record.commitment(made=MADE, _1a=CommitmentReach.MEETS, proofs=())
    with_proof = replace(
        record.facts,
        commitments=tuple(
            replace(row, proofs=(AgreedProofFact(1, noon(MADE), MADE),)) for row in record.facts.commitments
        ),
    )
    before, after = (evaluate_readiness(facts, as_of=TODAY) for facts in (record.facts, with_proof))

    assert (before.verified.points, before.claimed.points, before.projected.points) == (
        after.verified.points, after.claimed.points, after.projected.points
    )  # fmt: skip


# --- A recommendation without a benchmark or lead ---------------------------------------------------------------------


def test_a_recommendation_without_a_benchmark_or_a_lead_is_a_problem(record):
    two = record.recommendation(2, Pillar.PROTECTION, has_lead=False)

    assert [(problem.kind, problem.sentence, problem.to_do, problem.rows) for problem in find_problems(record)] == [
        (
            ProblemKind.NO_BENCHMARK,
            "Recommendation 2 has no benchmark, so it cannot add to readiness.",
            "Add a benchmark.",
            (RowReference("recommendation", two),),
        ),
        (
            ProblemKind.NO_LEAD,
            "Recommendation 2 has no lead ministry.",
            "Choose its lead ministry.",
            (RowReference("recommendation", two),),
        ),
    ]


def test_an_item_of_the_action_plan_is_not_confused_with_a_recommendation(record):
    record.recommendation(1, Pillar.PROTECTION, origin=Origin.ACTION_PLAN, has_lead=False)

    assert [sentence for _, sentence in kinds_and_sentences(record)] == [
        "Action plan 1 has no benchmark, so it cannot add to readiness.",
        "Action plan 1 has no lead ministry.",
    ]


def test_a_benchmark_whose_terms_are_not_known_yet_is_none(record):
    two = record.recommendation(2, Pillar.PROTECTION)
    record.benchmark(two, "2a", record.benchmark_terms(known=KNOWN))

    assert problem_kinds(record, known_by=noon(KNOWN - A_DAY)) == [ProblemKind.NO_BENCHMARK]
    assert problem_kinds(record) == []


def test_a_recommendation_that_is_not_known_yet_is_not_missed(record):
    record.recommendation(2, Pillar.PROTECTION, known=KNOWN, has_lead=False)

    assert problem_kinds(record, known_by=noon(KNOWN - A_DAY)) == []
    assert problem_kinds(record) == [ProblemKind.NO_BENCHMARK, ProblemKind.NO_LEAD]


# --- Milestones missed ------------------------------------------------------------------------------------------------


def test_a_missed_milestone_is_a_problem(record):
    row = record.milestone(MilestoneKind.ACTION_PLAN, DUE)

    [check] = find_problems(record)
    assert (check.kind, check.rows) == (ProblemKind.MISSED, (RowReference("milestone", row),))
    assert check.sentence == (
        "Action plan presented by the Department to the government: due on 21 December 2021 and not recorded as done."
    )
    assert check.to_do == "Record the day on which it was done, or ask the Department about it."
    assert problem_kinds(record, DUE) == []
    assert problem_kinds(record, DUE + A_DAY) == [ProblemKind.MISSED]


@pytest.mark.parametrize("done", [DUE - A_DAY, DUE + A_DAY, TODAY])
def test_a_milestone_that_was_reached_by_the_day_asked_for_is_no_problem(record, done):
    record.milestone(MilestoneKind.INTERIM, DUE, done)

    assert find_problems(record) == ()


def test_a_milestone_reached_later_was_missed_on_the_days_between(record):
    record.milestone(MilestoneKind.INTERIM, DUE, TODAY + A_DAY)

    assert problem_kinds(record) == [ProblemKind.MISSED]
    assert problem_kinds(record, TODAY + A_DAY) == []


def test_a_milestone_reached_and_not_yet_recorded_so_was_missed_as_known_then(record):
    record.milestone(MilestoneKind.INTERIM, DUE, DUE - A_DAY, known=TODAY)

    assert problem_kinds(record, known_by=noon(TODAY - A_DAY)) == [ProblemKind.MISSED]
    assert problem_kinds(record, known_by=noon(TODAY)) == []


def test_a_milestone_is_done_on_the_day_recorded_last(record):
    record.milestone(MilestoneKind.INTERIM, DUE, DUE - A_DAY)
    [row] = record.tables["milestones"]
    later = MilestoneDoneFact(99, noon(TODAY), TODAY + A_DAY)
    record.tables["milestones"] = [replace(row, done=(later, *row.done))]

    assert problem_kinds(record) == [ProblemKind.MISSED]
    assert problem_kinds(record, known_by=noon(TODAY - A_DAY)) == []


@pytest.mark.parametrize("kind", [MilestoneKind.DEADLINE, MilestoneKind.PERIOD_END])
def test_a_day_that_comes_by_itself_is_never_missed(record, kind):
    record.milestone(kind, DUE)

    assert find_problems(record) == ()


def test_milestones_stand_by_their_day(record):
    record.milestone(MilestoneKind.INTERIM, DUE)
    record.milestone(MilestoneKind.ACTION_PLAN, DUE - A_DAY)

    assert [sentence.partition(":")[0] for _, sentence in kinds_and_sentences(record)] == [
        "Action plan presented by the Department to the government",
        "Interim assessment by the Department",
    ]


def test_a_check_never_changes_a_score(record):
    before = evaluate_readiness(record.facts, as_of=TODAY)
    record.milestone(MilestoneKind.INTERIM, DUE)
    record.commitment(made=MADE, due=DUE, _1a=CommitmentReach.MEETS)
    record.reading(record.counted, 5, through=DAY, known=TODAY + A_DAY, has_source=False)
    after = evaluate_readiness(record.facts, as_of=TODAY, known_by=noon(TODAY))

    assert (before.checks, len(after.checks)) == ((), 2)
    assert (after.verified, after.claimed) == (before.verified, before.claimed)
