"""The exercise in January 2022: more updates, the embassy's decisions, and what stays open."""

from datetime import date

from dialogues.actions.agendas import AgendaItemInput, arrange_agenda
from dialogues.actions.commitments import reopen, reschedule
from dialogues.actions.dialogues import ParticipantInput, plan_dialogue
from dialogues.choices import ClaimedProgress, DoneBy, EvidenceDecision, EvidenceKind, Presence, SupportKind, Verdict
from dialogues.lesotho import edition_data, seed_accounts
from dialogues.lesotho.exercise_2021 import (
    CASE_FIGURES,
    COMMITTEE,
    COURTS_BILL,
    PENALTIES,
    PROCEDURES,
    PROSECUTION_FIGURES,
    SPENDING_RULES,
    TRAIN_FOCAL_POINTS,
)
from dialogues.lesotho.exercise_context import ExerciseContext
from dialogues.lesotho.exercise_steps import ExerciseStep, step_decorator

STEPS: list[ExerciseStep] = []
"""In chronological order."""

step_at = step_decorator(STEPS)


INQUIRY = "Exercise: internal inquiry into the allegations of abuse opened"


@step_at(2022, 1, 5, 9)
def inquiry_is_logged(cast: ExerciseContext) -> None:
    """The officer logs an inquiry, internal to the embassy."""
    cast.logs(cast.officer, INQUIRY, date(2021, 12, 13), date(2021, 12, 13), ("8b", SupportKind.ACTION))


@step_at(2022, 1, 6, 9)
def inquiry_is_verified(cast: ExerciseContext) -> None:
    """The second officer verifies the inquiry."""
    cast.reviews(
        cast.second_officer, INQUIRY, EvidenceDecision.VERIFIED, "Exercise: the order that opens it was shown to us."
    )


@step_at(2022, 1, 6, 10)
def procedures_are_reported_under_way(cast: ExerciseContext) -> None:
    """Home Affairs reports a draft of the procedures."""
    cast.sends(
        seed_accounts.FOCAL_POINT_HOME,
        PROCEDURES,
        "Exercise: draft procedures adopted by the working group",
        "Exercise: the working group adopted the draft. It goes to the minister next.",
        ClaimedProgress.UNDER_WAY,
        last=date(2021, 12, 20),
        first=date(2021, 12, 20),
        paper=("exercise-minutes.pdf", ["Minutes of the working group, 20 December 2021", "The draft was adopted"]),
    )


@step_at(2022, 1, 7, 9)
def inquiry_is_assessed(cast: ExerciseContext) -> None:
    """The officer assesses 8b as a concrete step."""
    cast.assesses(
        "8b",
        Verdict.STEP,
        "Exercise: an inquiry is open; nobody is charged yet.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(7)",
        INQUIRY,
    )


@step_at(2022, 1, 7, 11)
def procedures_are_verified(cast: ExerciseContext) -> None:
    """The second officer verifies the draft of the procedures."""
    cast.accepts(cast.second_officer, PROCEDURES, "Exercise: the minutes name the draft and the day.")


@step_at(2022, 1, 10, 9)
def procedures_are_assessed(cast: ExerciseContext) -> None:
    """The officer assesses 4a as a concrete step."""
    cast.assesses(
        "4a",
        Verdict.STEP,
        "Exercise: the draft is adopted by the working group, not yet by the government.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(2)",
        "Exercise: draft procedures adopted by the working group",
    )


# --- January: figures, a returned update, and updates that wait -------------------------------------------------------


@step_at(2022, 1, 10, 14)
def case_figures_are_sent(cast: ExerciseContext) -> None:
    """Police sends the figures of investigations."""
    cast.sends(
        seed_accounts.FOCAL_POINT_POLICE,
        CASE_FIGURES,
        "Exercise: register of investigations, April to December",
        "Exercise: six investigations were begun from April to December, by the register.",
        ClaimedProgress.DONE,
        last=date(2021, 12, 31),
        first=date(2021, 4, 1),
        paper=("exercise-register.pdf", ["Register of investigations, 1 April to 31 December 2021", "Begun: 6"]),
        figure=(edition_data.INVESTIGATIONS, 6, date(2021, 12, 31)),
    )


@step_at(2022, 1, 11, 10)
def courts_bill_is_reported(cast: ExerciseContext) -> None:
    """Justice reports the bill on the courts done."""
    cast.sends(
        seed_accounts.FOCAL_POINT_JUSTICE,
        COURTS_BILL,
        "Exercise: draft of the amendment written",
        "Exercise: the draft is written. It is attached.",
        ClaimedProgress.DONE,
        last=date(2022, 1, 10),
        first=date(2022, 1, 10),
        paper=("exercise-draft-bill.pdf", ["Draft: amendment of the Subordinate Courts Act"]),
    )


@step_at(2022, 1, 12, 9)
def case_figures_are_verified(cast: ExerciseContext) -> None:
    """The officer verifies the figures of investigations."""
    cast.accepts(cast.officer, CASE_FIGURES, "Exercise: the register was compared with the docket numbers.")


@step_at(2022, 1, 12, 11)
def prosecution_figures_are_sent(cast: ExerciseContext) -> None:
    """Justice sends the figures of prosecutions, which wait for a decision."""
    cast.sends(
        seed_accounts.FOCAL_POINT_JUSTICE,
        PROSECUTION_FIGURES,
        "Exercise: prosecutions from April to December",
        "Exercise: three prosecutions were begun from April to December.",
        ClaimedProgress.DONE,
        last=date(2021, 12, 31),
        first=date(2021, 4, 1),
        paper=("exercise-prosecutions.pdf", ["Prosecutions begun, 1 April to 31 December 2021: 3"]),
        figure=(edition_data.PROSECUTIONS, 3, date(2021, 12, 31)),
    )


@step_at(2022, 1, 13, 9)
def courts_bill_is_returned(cast: ExerciseContext) -> None:
    """The officer returns the update on the bill on the courts."""
    cast.returns(
        cast.officer,
        COURTS_BILL,
        "Exercise: a draft isn't before Parliament yet. Please send the page of the order paper once it is.",
    )


RULES_TAKEN_BACK = "Exercise: the rules for spending the Trust Fund taken back"


@step_at(2022, 1, 13, 14)
def spending_rules_are_reopened(cast: ExerciseContext) -> None:
    """The officer learns that the spending rules were withdrawn, and reopens the commitment."""
    cast.logs(
        cast.officer,
        RULES_TAKEN_BACK,
        date(2022, 1, 12),
        date(2022, 1, 12),
        ("5b", SupportKind.NO_ACTION),
        kind=EvidenceKind.LAW,
        shared_under=SPENDING_RULES,
    )
    reopen(
        commitment=cast.commitment(SPENDING_RULES),
        reason="Exercise: the rules were taken back; new ones are to come.",
        on=cast.now.date(),
        by=cast.officer,
        now=cast.now,
    )


@step_at(2022, 1, 14, 9)
def spending_rules_get_another_day(cast: ExerciseContext) -> None:
    """The second officer verifies this, and agrees on a due date for new rules."""
    cast.reviews(
        cast.second_officer,
        RULES_TAKEN_BACK,
        EvidenceDecision.VERIFIED,
        "Exercise: the notice was read at the embassy.",
    )
    reschedule(
        commitment=cast.commitment(SPENDING_RULES),
        due_on=date(2022, 2, 25),
        reason="Exercise: new rules are promised for the end of February.",
        on=cast.now.date(),
        by=cast.second_officer,
        now=cast.now,
    )


@step_at(2022, 1, 14, 10)
def spending_rules_are_assessed(cast: ExerciseContext) -> None:
    """The officer assesses 5b as going backwards."""
    cast.assesses(
        "5b",
        Verdict.BACKWARDS,
        "Exercise: rules that were in force are so no more.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(2)",
        RULES_TAKEN_BACK,
    )


@step_at(2022, 1, 14, 15)
def focal_point_training_is_reported(cast: ExerciseContext) -> None:
    """Police reports three districts whose focal point is trained; the update waits for a decision."""
    cast.sends(
        seed_accounts.FOCAL_POINT_POLICE,
        TRAIN_FOCAL_POINTS,
        "Exercise: focal points of three districts trained",
        "Exercise: three focal points went through the course. The others follow in February.",
        ClaimedProgress.UNDER_WAY,
        last=date(2022, 1, 14),
        first=date(2022, 1, 10),
        figure=(edition_data.DISTRICTS_TRAINED, 3, date(2022, 1, 14)),
    )


@step_at(2022, 1, 17, 9)
def penalties_are_not_started(cast: ExerciseContext) -> None:
    """Justice reports that the draft on penalties is not started."""
    cast.sends(
        seed_accounts.FOCAL_POINT_JUSTICE,
        PENALTIES,
        "Exercise: drafting of higher penalties not begun",
        "Exercise: the drafter is busy with another bill until February.",
        ClaimedProgress.NOT_STARTED,
        last=date(2022, 1, 17),
        first=date(2022, 1, 17),
    )


@step_at(2022, 1, 18, 9)
def penalties_update_is_accepted(cast: ExerciseContext) -> None:
    """The officer accepts this update, and assesses 9a: no information."""
    cast.accepts(cast.officer, PENALTIES, "Exercise: so the ministry says.")
    cast.assesses(
        "9a",
        Verdict.NO_INFORMATION,
        "Exercise: nothing is known of a text.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(1)",
    )


@step_at(2022, 1, 18, 10)
def courts_bill_is_assessed(cast: ExerciseContext) -> None:
    """The officer assesses 2a as stalled."""
    cast.assesses(
        "2a",
        Verdict.STALLED,
        "Exercise: there is a draft, and nothing before Parliament.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(1)",
    )


@step_at(2022, 1, 19, 11)
def committee_meetings_are_reported(cast: ExerciseContext) -> None:
    """Home Affairs reports two quarters in which the committee met; the update waits for a decision."""
    cast.sends(
        seed_accounts.FOCAL_POINT_HOME,
        COMMITTEE,
        "Exercise: the committee met in two quarters",
        "Exercise: the committee met in the second and in the third quarter. Minutes are attached.",
        ClaimedProgress.UNDER_WAY,
        last=date(2021, 12, 31),
        first=date(2021, 7, 1),
        paper=("exercise-committee.pdf", ["Meetings of the committee: 14 September and 7 December 2021"]),
        figure=(edition_data.COMMITTEE_QUARTERS, 2, date(2021, 12, 31)),
    )


EARLY_WORKSHOP = "Exercise: workshop for prosecutors in February 2021"
POSTERS = "Exercise: posters put up at a border post"
MANUAL = "Exercise: manual for front-line officers printed by an international organization"
POLICE_COURSE = "Exercise: course for police officers"


@step_at(2022, 1, 20, 9)
def workshop_and_posters_are_logged(cast: ExerciseContext) -> None:
    """The officer logs a workshop from before the tracking period, and posters."""
    cast.logs(
        cast.officer,
        EARLY_WORKSHOP,
        date(2021, 2, 15),
        date(2021, 2, 19),
        ("7b", SupportKind.ACTION),
        kind=EvidenceKind.TRAINING,
    )
    cast.logs(
        cast.officer,
        POSTERS,
        date(2022, 1, 17),
        date(2022, 1, 17),
        ("10c", SupportKind.ACTION),
        kind=EvidenceKind.SITE_VISIT,
    )


@step_at(2022, 1, 21, 9)
def workshop_and_posters_are_reviewed(cast: ExerciseContext) -> None:
    """The second officer verifies the workshop, rejects the posters, and logs a manual."""
    cast.reviews(
        cast.second_officer, EARLY_WORKSHOP, EvidenceDecision.VERIFIED, "Exercise: it took place, before the period."
    )
    cast.reviews(
        cast.second_officer, POSTERS, EvidenceDecision.REJECTED, "Exercise: the photograph shows no day and no place."
    )
    cast.logs(
        cast.second_officer,
        MANUAL,
        date(2022, 1, 10),
        date(2022, 1, 14),
        ("4b", SupportKind.ACTION),
        done_by=DoneBy.INTERNATIONAL,
    )


@step_at(2022, 1, 24, 9)
def manual_is_verified(cast: ExerciseContext) -> None:
    """The Ambassador verifies the manual. It counts for nothing, because the government did not make it."""
    cast.reviews(
        cast.person(seed_accounts.AMBASSADOR),
        MANUAL,
        EvidenceDecision.VERIFIED,
        "Exercise: a copy lies at the embassy.",
    )


@step_at(2022, 1, 26, 10)
def police_course_is_logged(cast: ExerciseContext) -> None:
    """The officer logs a course for police, which nobody has reviewed."""
    cast.logs(
        cast.officer,
        POLICE_COURSE,
        date(2022, 1, 24),
        date(2022, 1, 25),
        ("7a", SupportKind.ACTION),
        kind=EvidenceKind.TRAINING,
    )


FOLLOW_UP_DAY = date(2022, 2, 10)


@step_at(2022, 1, 27, 11)
def follow_up_is_planned(cast: ExerciseContext) -> None:
    """The officer plans a follow-up with the three ministries, with the most urgent items on its agenda."""
    dialogue = plan_dialogue(
        country=cast.country,
        held_on=FOLLOW_UP_DAY,
        place="Exercise: Ministry of Justice, Maseru",
        purpose="Exercise: follow-up, eighteen days before the deadline",
        participants=[
            *(
                ParticipantInput("", f"Exercise: focal point of {name}", Presence.IN_PERSON, cast.ministry(name))
                for name in (edition_data.MINISTRY_HOME, edition_data.MINISTRY_POLICE, edition_data.MINISTRY_JUSTICE)
            ),
            ParticipantInput("", "Exercise: officer of the embassy", Presence.IN_PERSON, None),
            ParticipantInput("", "Exercise: observer in Washington", Presence.VIDEO, None),
        ],
        source="Exercise: invitation of the embassy",
        by=cast.officer,
        now=cast.now,
    )
    arrange_agenda(
        dialogue=dialogue,
        version=dialogue.version,
        items=[
            AgendaItemInput(cast.commitment(TRAIN_FOCAL_POINTS), "Exercise: which districts are left, and when?"),
            AgendaItemInput(cast.commitment(PROSECUTION_FIGURES), "Exercise: hand over the figures through January."),
            AgendaItemInput(cast.commitment(COURTS_BILL), "Exercise: on which day does the bill go to Parliament?"),
            AgendaItemInput(cast.commitment(PROCEDURES)),
            AgendaItemInput("Exercise: who speaks for the government after the deadline"),
        ],
        by=cast.officer,
        now=cast.now,
    )
