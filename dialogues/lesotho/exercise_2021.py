"""The exercise in November and December 2021: commitments, and the first updates, returns and delays."""

from datetime import date
from typing import NamedTuple

from dialogues.actions.agendas import AgendaItemInput, arrange_agenda
from dialogues.actions.commitments import record_commitment, reschedule, withdraw
from dialogues.actions.dialogue_records import NextStepInput, mark_step_done, record_dialogue
from dialogues.actions.dialogues import ParticipantInput, plan_dialogue
from dialogues.choices import ClaimedProgress, CommitmentReach, Horizon, MadeBy, Presence, Verdict
from dialogues.lesotho import edition_data, reconstruction, seed_accounts
from dialogues.lesotho.exercise_context import ExerciseContext
from dialogues.lesotho.exercise_steps import ExerciseStep, step_decorator
from dialogues.models import Dialogue, NextStep

STEPS: list[ExerciseStep] = []
"""In chronological order."""

step_at = step_decorator(STEPS)


# --- Commitments ------------------------------------------------------------------------------------------------------


class ExerciseCommitment(NamedTuple):
    """A commitment of the exercise, made by a ministry (its short name) or, without one, by the United States."""

    ministry: str
    text: str
    benchmark: str
    reach: CommitmentReach
    due_on: date | None = None
    horizon: Horizon = Horizon.SHORT_TERM


FOCAL_POINTS = "Exercise: name a police focal point in each of the ten districts"
TRAIN_FOCAL_POINTS = "Exercise: train the district focal points"
UNIT_BUDGET = "Exercise: release the quarter's budget of the trafficking and smuggling unit"
CASE_FIGURES = "Exercise: send the figures of investigations from April to December"
PROSECUTION_FIGURES = "Exercise: send the figures of prosecutions from April to December"
COURTS_BILL = "Exercise: bring the amendment of the Subordinate Courts Act before Parliament"
OFFICIALS_REPORT = "Exercise: report every quarter on the cases against officials"
PENALTIES = "Exercise: draft higher penalties for the Children's Protection and Welfare Act"
PROCEDURES = "Exercise: finish the procedures for identifying victims"
COMMITTEE = "Exercise: have the committee meet in every quarter"
SPENDING_RULES = "Exercise: put the rules for spending the Trust Fund in force"
SECOND_PROVIDER = "Exercise: agree with a second provider of shelter"
COURSE = "Exercise: give a course for investigators"

MEETING_COMMITMENTS = (
    ExerciseCommitment(edition_data.MINISTRY_POLICE, FOCAL_POINTS, "3b", CommitmentReach.MEETS, date(2021, 12, 17)),
    ExerciseCommitment(
        edition_data.MINISTRY_POLICE, TRAIN_FOCAL_POINTS, "3c", CommitmentReach.CONTRIBUTES, date(2022, 1, 21)
    ),
    ExerciseCommitment(edition_data.MINISTRY_POLICE, UNIT_BUDGET, "3a", CommitmentReach.MEETS, date(2021, 12, 15)),
    ExerciseCommitment(
        edition_data.MINISTRY_POLICE, CASE_FIGURES, "1a", CommitmentReach.CONTRIBUTES, date(2022, 1, 14)
    ),
    ExerciseCommitment(
        edition_data.MINISTRY_JUSTICE, PROSECUTION_FIGURES, "1b", CommitmentReach.CONTRIBUTES, date(2022, 1, 14)
    ),
    ExerciseCommitment(edition_data.MINISTRY_JUSTICE, COURTS_BILL, "2a", CommitmentReach.MEETS, date(2022, 2, 18)),
    ExerciseCommitment(edition_data.MINISTRY_JUSTICE, OFFICIALS_REPORT, "1d", CommitmentReach.CONTRIBUTES),
    ExerciseCommitment(edition_data.MINISTRY_HOME, PROCEDURES, "4a", CommitmentReach.CONTRIBUTES, date(2022, 2, 11)),
    ExerciseCommitment(edition_data.MINISTRY_HOME, COMMITTEE, "10b", CommitmentReach.MEETS, date(2022, 3, 31)),
    ExerciseCommitment(edition_data.MINISTRY_HOME, SPENDING_RULES, "5b", CommitmentReach.MEETS, date(2021, 12, 10)),
    ExerciseCommitment(
        edition_data.MINISTRY_HOME,
        SECOND_PROVIDER,
        "6b",
        CommitmentReach.CONTRIBUTES,
        date(2022, 1, 14),
        Horizon.MULTI_YEAR,
    ),
    ExerciseCommitment("", COURSE, "7a", CommitmentReach.CONTRIBUTES, date(2022, 2, 18)),
)
LETTER_COMMITMENT = ExerciseCommitment(
    edition_data.MINISTRY_JUSTICE, PENALTIES, "9a", CommitmentReach.CONTRIBUTES, date(2022, 2, 25)
)

MEETING_NOTES = (
    "Exercise: Justice explained what the bill still lacks.",
    "Exercise: the police named the ten districts one by one.",
    "",
    "Exercise: Home Affairs showed the draft rules.",
    "",
    "",
)
"""What was said at the working meeting on each item of its agenda."""

MEETING_DAY = date(2021, 11, 24)
LETTER_DAY = date(2021, 11, 26)


def _record_promise(
    cast: ExerciseContext, promise: ExerciseCommitment, made_on: date, *, dialogue: Dialogue | None, letter: str = ""
) -> None:
    record_commitment(
        country=cast.country,
        made_by=MadeBy.MINISTRY if promise.ministry else MadeBy.UNITED_STATES,
        ministry=cast.ministry(promise.ministry) if promise.ministry else None,
        text=promise.text,
        made_on=made_on,
        due_on=promise.due_on,
        dialogue=dialogue,
        letter=letter,
        horizon=promise.horizon,
        links=[(cast.benchmark(promise.benchmark), promise.reach)],
        by=cast.officer,
        now=cast.now,
    )


@step_at(2021, 11, 24, 16)
def working_meeting_is_recorded(cast: ExerciseContext) -> None:
    """The officer records a working meeting and the commitments made there."""
    asked_for = reconstruction.find_recommendations(cast.edition)
    agenda = [asked_for[number] for number in (2, 3, 4, 5, 6, 10)]
    dialogue = plan_dialogue(
        country=cast.country,
        held_on=MEETING_DAY,
        place="Exercise: the embassy, Maseru",
        purpose="Exercise: working meeting on the recommendations",
        participants=[
            ParticipantInput("", f"Exercise: focal point of {name}", Presence.IN_PERSON, cast.ministry(name))
            for name in (edition_data.MINISTRY_HOME, edition_data.MINISTRY_POLICE, edition_data.MINISTRY_JUSTICE)
        ]
        + [ParticipantInput("", "Exercise: observer in Washington", Presence.VIDEO, None)],
        source="Exercise: note of the embassy",
        by=cast.officer,
        now=cast.now,
    )
    dialogue = arrange_agenda(
        dialogue=dialogue,
        version=dialogue.version,
        items=[AgendaItemInput(recommendation) for recommendation in agenda],
        by=cast.officer,
        now=cast.now,
    )
    came = [
        ParticipantInput(one.name, one.office, Presence(one.presence), one.ministry, came=True, key=one.pk)
        for one in dialogue.participants.all()
    ]
    record_dialogue(
        dialogue=dialogue,
        version=dialogue.version,
        participants=came,
        said={item.pk: said for item, said in zip(dialogue.agenda.all(), MEETING_NOTES, strict=True)},
        record="Exercise: the three ministries went through the recommendations one by one.",
        agreed="Exercise: each ministry named what it will do, and by when.",
        next_steps=[
            NextStepInput(
                "Exercise: send the three ministries the recommendations with their benchmarks, in one list",
                None,
                "",
                date(2021, 12, 1),
            ),
            NextStepInput(
                "Exercise: say who will answer questions about figures",
                cast.ministry(edition_data.MINISTRY_JUSTICE),
                "",
                None,
            ),
        ],
        by=cast.officer,
        now=cast.now,
    )
    for promise in MEETING_COMMITMENTS:
        _record_promise(cast, promise, MEETING_DAY, dialogue=dialogue)


@step_at(2021, 11, 29, 10)
def letter_is_recorded(cast: ExerciseContext) -> None:
    """The officer records a commitment that Justice made by letter, and marks a next step of the embassy as done."""
    _record_promise(
        cast, LETTER_COMMITMENT, LETTER_DAY, dialogue=None, letter="Exercise: letter of the ministry, 26 November 2021"
    )
    mark_step_done(
        step=NextStep.objects.get(dialogue__held_on=MEETING_DAY, ministry=None),
        done_on=date(2021, 11, 29),
        result="Exercise: sent to the three focal points.",
        by=cast.officer,
        now=cast.now,
    )


# --- Home Affairs: rules put in force, verified, and later withdrawn --------------------------------------------------


@step_at(2021, 12, 2, 11)
def spending_rules_are_reported(cast: ExerciseContext) -> None:
    """Home Affairs reports the spending rules done."""
    cast.sends(
        seed_accounts.FOCAL_POINT_HOME,
        SPENDING_RULES,
        "Exercise: rules for spending the Trust Fund gazetted",
        "Exercise: the rules were gazetted and are in force. The gazette is attached.",
        ClaimedProgress.DONE,
        last=date(2021, 12, 1),
        first=date(2021, 12, 1),
        paper=("exercise-gazette.pdf", ["Rules for spending the Trust Fund", "In force from 1 December 2021"]),
    )


@step_at(2021, 12, 6, 15)
def spending_rules_are_verified(cast: ExerciseContext) -> None:
    """The second officer verifies the spending rules."""
    cast.accepts(cast.second_officer, SPENDING_RULES, "Exercise: the gazette was read at the embassy.")


# --- Police: an update returned, sent again and accepted; a new due date ----------------------------------------------

POSTS_FILLED = "Exercise: focal points named in six districts"


@step_at(2021, 12, 8, 9)
def focal_points_are_reported_without_proof(cast: ExerciseContext) -> None:
    """Police reports focal points in four districts, without a list."""
    cast.sends(
        seed_accounts.FOCAL_POINT_POLICE,
        FOCAL_POINTS,
        "Exercise: focal points named in four districts",
        "Exercise: four districts have a focal point. The others follow.",
        ClaimedProgress.UNDER_WAY,
        last=date(2021, 12, 3),
        first=date(2021, 11, 29),
        figure=(edition_data.DISTRICTS_WITH_FOCAL_POINT, 4, date(2021, 12, 3)),
        districts=("Berea", "Leribe", "Mafeteng", "Maseru"),
    )


@step_at(2021, 12, 10, 11)
def focal_points_are_returned(cast: ExerciseContext) -> None:
    """The officer returns the update on focal points."""
    cast.returns(cast.officer, FOCAL_POINTS, "Exercise: the list of posts by district is missing. Please attach it.")


@step_at(2021, 12, 13, 10)
def unit_budget_is_reported(cast: ExerciseContext) -> None:
    """Police reports the unit's budget released."""
    cast.sends(
        seed_accounts.FOCAL_POINT_POLICE,
        UNIT_BUDGET,
        "Exercise: the quarter's budget released to the unit",
        "Exercise: the budget of the quarter was released to the unit. The warrant is attached.",
        ClaimedProgress.DONE,
        last=date(2021, 12, 10),
        first=date(2021, 12, 10),
        paper=("exercise-warrant.pdf", ["Warrant for the quarter's budget of the unit", "Released 10 December 2021"]),
    )


@step_at(2021, 12, 15, 9)
def unit_budget_is_verified(cast: ExerciseContext) -> None:
    """The officer verifies that the unit's budget was released."""
    cast.accepts(cast.officer, UNIT_BUDGET, "Exercise: the warrant carries the stamp of the treasury.")


@step_at(2021, 12, 15, 10)
def unit_budget_is_assessed(cast: ExerciseContext) -> None:
    """The officer assesses 3a as met."""
    cast.assesses(
        "3a",
        Verdict.MET,
        "Exercise: the budget was released within the period, as asked.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(1)",
        "Exercise: the quarter's budget released to the unit",
    )


@step_at(2021, 12, 16, 14)
def focal_points_are_sent_again(cast: ExerciseContext) -> None:
    """Police sends the update on focal points again, with the list."""
    cast.sends(
        seed_accounts.FOCAL_POINT_POLICE,
        FOCAL_POINTS,
        POSTS_FILLED,
        "Exercise: six districts have a focal point by now. The list of posts is attached.",
        ClaimedProgress.UNDER_WAY,
        last=date(2021, 12, 15),
        first=date(2021, 11, 29),
        paper=("exercise-list-of-posts.pdf", ["Posts of district focal points", "Six of ten filled"]),
        figure=(edition_data.DISTRICTS_WITH_FOCAL_POINT, 6, date(2021, 12, 15)),
        districts=("Berea", "Butha-Buthe", "Leribe", "Mafeteng", "Maseru", "Mohale's Hoek"),
    )


@step_at(2021, 12, 17, 10)
def focal_points_are_verified(cast: ExerciseContext) -> None:
    """The officer verifies six districts."""
    cast.accepts(cast.officer, FOCAL_POINTS, "Exercise: six posts are on the list.")


@step_at(2021, 12, 17, 11)
def focal_points_get_more_time(cast: ExerciseContext) -> None:
    """The officer agrees on a later due date for the other four districts."""
    reschedule(
        commitment=cast.commitment(FOCAL_POINTS),
        due_on=date(2022, 2, 11),
        reason="Exercise: four districts are still without one; the ministry asked for eight weeks more.",
        on=cast.now.date(),
        by=cast.officer,
        now=cast.now,
    )


@step_at(2021, 12, 20, 9)
def officials_report_is_withdrawn(cast: ExerciseContext) -> None:
    """The officer records that Justice withdrew a commitment."""
    withdraw(
        commitment=cast.commitment(OFFICIALS_REPORT),
        reason="Exercise: the ministry will tell of each case by itself instead.",
        on=cast.now.date(),
        by=cast.officer,
        now=cast.now,
    )


# --- The embassy logs, verifies and assesses --------------------------------------------------------------------------
