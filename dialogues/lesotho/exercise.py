"""An exercise on top of the public record: made-up submissions, reviews and slips, each plainly marked as made up.

It shows every state a thing can be in, between 24 November 2021 and late January 2022. Everything is done by the
exercise's own people through the actions that everybody uses, so that it can't hold what the product would refuse. No
official figure is touched: those of the exercise cover a part of the year, say so, and go with evidence of their own.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from dialogues import actions
from dialogues.lesotho import asked, people
from dialogues.lesotho.cast import YEAR, Cast
from dialogues.lesotho.lines import known
from dialogues.models import Dialogue, Presence
from dialogues.words import DoneBy, EvidenceKind, Horizon, MadeBy, Progress, Reach, Review, Shows, Verdict
from recommendations.models import Recommendation
from tiptracker.accounts.models import Country
from tiptracker.audit import actions as audit
from tiptracker.audit.models import AuditEntry

PLAYED = "exercise.played"
"""The log's word for a step that was played: steps come in order, so their number says where to go on."""


class Played(NamedTuple):
    """What came of it: steps played now, steps found played, steps whose day has not come."""

    played: int
    found: int
    left_out: int


class Step(NamedTuple):
    """Something that somebody does at a moment; its docstring is what the log says of it."""

    at: datetime
    play: Callable[[Cast], None]


STEPS: list[Step] = []
"""All of them, in the order in which they happen."""


def at(year: int, month: int, day: int, hour: int) -> Callable[[Callable[[Cast], None]], Callable[[Cast], None]]:
    """Add the function below to the steps."""

    def add(play: Callable[[Cast], None]) -> Callable[[Cast], None]:
        STEPS.append(Step(known(year, month, day, hour), play))
        return play

    return add


@transaction.atomic
def play_exercise(*, now: datetime) -> Played:
    """Make the exercise's people and play each step that is due by `now` (aware) and wasn't played yet.

    The public record must be loaded up to the same moment.
    """
    country = Country.objects.select_for_update().get(code=asked.COUNTRY.code)
    people.ensure_exercise(country)
    found = AuditEntry.objects.filter(verb=PLAYED, country=country).count()
    due = [step for step in STEPS[found:] if step.at <= now]
    for step in due:
        step.play(Cast(country, step.at))
        audit.record(PLAYED, by=None, row=country, country=country, after={"step": step.play.__doc__, "at": step.at})
    return Played(len(due), found, left_out=len(STEPS) - found - len(due))


# --- What was promised ------------------------------------------------------------------------------------------------


class Promise(NamedTuple):
    """A commitment of the exercise: by a ministry (its short name) or, with none, by the United States."""

    ministry: str
    text: str
    benchmark: str
    reach: Reach
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

AT_THE_MEETING = (
    Promise(asked.POLICE, FOCAL_POINTS, "3b", Reach.MEETS, date(2021, 12, 17)),
    Promise(asked.POLICE, TRAIN_FOCAL_POINTS, "3c", Reach.CONTRIBUTES, date(2022, 1, 21)),
    Promise(asked.POLICE, UNIT_BUDGET, "3a", Reach.MEETS, date(2021, 12, 15)),
    Promise(asked.POLICE, CASE_FIGURES, "1a", Reach.CONTRIBUTES, date(2022, 1, 14)),
    Promise(asked.JUSTICE, PROSECUTION_FIGURES, "1b", Reach.CONTRIBUTES, date(2022, 1, 14)),
    Promise(asked.JUSTICE, COURTS_BILL, "2a", Reach.MEETS, date(2022, 2, 18)),
    Promise(asked.JUSTICE, OFFICIALS_REPORT, "1d", Reach.CONTRIBUTES),
    Promise(asked.HOME, PROCEDURES, "4a", Reach.CONTRIBUTES, date(2022, 2, 11)),
    Promise(asked.HOME, COMMITTEE, "10b", Reach.MEETS, date(2022, 3, 31)),
    Promise(asked.HOME, SPENDING_RULES, "5b", Reach.MEETS, date(2021, 12, 10)),
    Promise(asked.HOME, SECOND_PROVIDER, "6b", Reach.CONTRIBUTES, date(2022, 1, 14), Horizon.MULTI_YEAR),
    Promise("", COURSE, "7a", Reach.CONTRIBUTES, date(2022, 2, 18)),
)
BY_LETTER = Promise(asked.JUSTICE, PENALTIES, "9a", Reach.CONTRIBUTES, date(2022, 2, 25))

MEETING_DAY = date(2021, 11, 24)
LETTER_DAY = date(2021, 11, 26)


def _promises(cast: Cast, promise: Promise, made_on: date, *, dialogue: Dialogue | None, letter: str = "") -> None:
    actions.record_commitment(
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


@at(2021, 11, 24, 16)
def working_meeting_is_recorded(cast: Cast) -> None:
    """The officer records a working meeting and what was promised there."""
    agenda = Recommendation.objects.filter(
        edition__country=cast.country, edition__year=YEAR, number__in=(2, 3, 4, 5, 6, 10)
    ).order_by("number")
    dialogue = actions.record_dialogue(
        country=cast.country,
        held_on=MEETING_DAY,
        place="Exercise: the embassy, Maseru",
        purpose="Exercise: working meeting on the recommendations",
        record="Exercise: the three ministries went through the recommendations one by one.",
        agreed="Exercise: each ministry named what it will do, and by when.",
        participants=[
            actions.ParticipantLine("", f"Exercise: focal point of {name}", Presence.IN_PERSON, cast.ministry(name))
            for name in (asked.HOME, asked.POLICE, asked.JUSTICE)
        ]
        + [actions.ParticipantLine("", "Exercise: observer in Washington", Presence.VIDEO, None)],
        agenda=list(agenda),
        source="Exercise: note of the embassy",
        by=cast.officer,
        now=cast.now,
    )
    for promise in AT_THE_MEETING:
        _promises(cast, promise, MEETING_DAY, dialogue=dialogue)


@at(2021, 11, 29, 10)
def letter_is_recorded(cast: Cast) -> None:
    """The officer records what Justice promised by letter."""
    _promises(cast, BY_LETTER, LETTER_DAY, dialogue=None, letter="Exercise: letter of the ministry, 26 November 2021")


# --- Home Affairs: rules put in force, verified, and later taken back -------------------------------------------------


@at(2021, 12, 2, 11)
def spending_rules_are_reported(cast: Cast) -> None:
    """Home Affairs reports the spending rules done."""
    cast.sends(
        people.HOME_AFFAIRS,
        SPENDING_RULES,
        "Exercise: rules for spending the Trust Fund gazetted",
        "Exercise: the rules were gazetted and are in force. The gazette is attached.",
        Progress.DONE,
        last=date(2021, 12, 1),
        first=date(2021, 12, 1),
        paper=("exercise-gazette.pdf", ["Rules for spending the Trust Fund", "In force from 1 December 2021"]),
    )


@at(2021, 12, 6, 15)
def spending_rules_are_verified(cast: Cast) -> None:
    """The second officer verifies the spending rules."""
    cast.accepts(cast.second_officer, SPENDING_RULES, "Exercise: the gazette was read at the embassy.")


# --- Police: an update that came back, was mended and was taken; a date that moved ------------------------------------

POSTS_FILLED = "Exercise: focal points named in six districts"


@at(2021, 12, 8, 9)
def focal_points_are_told_without_proof(cast: Cast) -> None:
    """Police tells of focal points in four districts, without a list."""
    cast.sends(
        people.POLICE,
        FOCAL_POINTS,
        "Exercise: focal points named in four districts",
        "Exercise: four districts have a focal point. The others follow.",
        Progress.UNDER_WAY,
        last=date(2021, 12, 3),
        first=date(2021, 11, 29),
        figure=(asked.DISTRICTS, 4, date(2021, 12, 3)),
    )


@at(2021, 12, 10, 11)
def focal_points_come_back(cast: Cast) -> None:
    """The officer returns the update on focal points."""
    cast.returns(cast.officer, FOCAL_POINTS, "Exercise: the list of posts by district is missing. Please attach it.")


@at(2021, 12, 13, 10)
def unit_budget_is_reported(cast: Cast) -> None:
    """Police reports the unit's budget released."""
    cast.sends(
        people.POLICE,
        UNIT_BUDGET,
        "Exercise: the quarter's budget released to the unit",
        "Exercise: the budget of the quarter was released to the unit. The warrant is attached.",
        Progress.DONE,
        last=date(2021, 12, 10),
        first=date(2021, 12, 10),
        paper=("exercise-warrant.pdf", ["Warrant for the quarter's budget of the unit", "Released 10 December 2021"]),
    )


@at(2021, 12, 15, 9)
def unit_budget_is_verified(cast: Cast) -> None:
    """The officer verifies that the unit's budget was released."""
    cast.accepts(cast.officer, UNIT_BUDGET, "Exercise: the warrant carries the stamp of the treasury.")


@at(2021, 12, 15, 10)
def unit_budget_is_assessed(cast: Cast) -> None:
    """The officer assesses 3a as met."""
    cast.assesses(
        "3a",
        Verdict.MET,
        "Exercise: the budget was released within the period, as asked.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(1)",
        "Exercise: the quarter's budget released to the unit",
    )


@at(2021, 12, 16, 14)
def focal_points_are_sent_again(cast: Cast) -> None:
    """Police mends the update on focal points, with the list."""
    cast.sends(
        people.POLICE,
        FOCAL_POINTS,
        POSTS_FILLED,
        "Exercise: six districts have a focal point by now. The list of posts is attached.",
        Progress.UNDER_WAY,
        last=date(2021, 12, 15),
        first=date(2021, 11, 29),
        paper=("exercise-list-of-posts.pdf", ["Posts of district focal points", "Six of ten filled"]),
        figure=(asked.DISTRICTS, 6, date(2021, 12, 15)),
    )


@at(2021, 12, 17, 10)
def focal_points_are_verified(cast: Cast) -> None:
    """The officer verifies six districts."""
    cast.accepts(cast.officer, FOCAL_POINTS, "Exercise: six posts are on the list.")


@at(2021, 12, 17, 11)
def focal_points_get_more_time(cast: Cast) -> None:
    """The officer agrees on a later day for the other four districts."""
    actions.reschedule(
        commitment=cast.commitment(FOCAL_POINTS),
        due_on=date(2022, 2, 11),
        reason="Exercise: four districts are still without one; the ministry asked for eight weeks more.",
        on=cast.now.date(),
        by=cast.officer,
        now=cast.now,
    )


@at(2021, 12, 20, 9)
def officials_report_is_withdrawn(cast: Cast) -> None:
    """The officer notes that Justice took back a promise."""
    actions.withdraw(
        commitment=cast.commitment(OFFICIALS_REPORT),
        reason="Exercise: the ministry will tell of each case by itself instead.",
        on=cast.now.date(),
        by=cast.officer,
        now=cast.now,
    )


# --- The embassy logs, verifies and assesses --------------------------------------------------------------------------

INQUIRY = "Exercise: internal inquiry into the allegations of abuse opened"


@at(2022, 1, 5, 9)
def inquiry_is_logged(cast: Cast) -> None:
    """The officer logs an inquiry, internal to the embassy."""
    cast.logs(cast.officer, INQUIRY, date(2021, 12, 13), date(2021, 12, 13), ("8b", Shows.ACTION))


@at(2022, 1, 6, 9)
def inquiry_is_verified(cast: Cast) -> None:
    """The second officer verifies the inquiry."""
    cast.reviews(cast.second_officer, INQUIRY, Review.VERIFIED, "Exercise: the order that opens it was shown to us.")


@at(2022, 1, 6, 10)
def procedures_are_reported_under_way(cast: Cast) -> None:
    """Home Affairs tells of a draft of the procedures."""
    cast.sends(
        people.HOME_AFFAIRS,
        PROCEDURES,
        "Exercise: draft procedures adopted by the working group",
        "Exercise: the working group adopted the draft. It goes to the minister next.",
        Progress.UNDER_WAY,
        last=date(2021, 12, 20),
        first=date(2021, 12, 20),
        paper=("exercise-minutes.pdf", ["Minutes of the working group, 20 December 2021", "The draft was adopted"]),
    )


@at(2022, 1, 7, 9)
def inquiry_is_assessed(cast: Cast) -> None:
    """The officer assesses 8b as a concrete step."""
    cast.assesses(
        "8b",
        Verdict.STEP,
        "Exercise: an inquiry is open; nobody is charged yet.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(7)",
        INQUIRY,
    )


@at(2022, 1, 7, 11)
def procedures_are_verified(cast: Cast) -> None:
    """The second officer verifies the draft of the procedures."""
    cast.accepts(cast.second_officer, PROCEDURES, "Exercise: the minutes name the draft and the day.")


@at(2022, 1, 10, 9)
def procedures_are_assessed(cast: Cast) -> None:
    """The officer assesses 4a as a concrete step."""
    cast.assesses(
        "4a",
        Verdict.STEP,
        "Exercise: the draft is adopted by the working group, not yet by the government.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(2)",
        "Exercise: draft procedures adopted by the working group",
    )


# --- January: figures, a return, and what still waits -----------------------------------------------------------------


@at(2022, 1, 10, 14)
def case_figures_are_sent(cast: Cast) -> None:
    """Police sends the figures of investigations."""
    cast.sends(
        people.POLICE,
        CASE_FIGURES,
        "Exercise: register of investigations, April to December",
        "Exercise: six investigations were begun from April to December, by the register.",
        Progress.DONE,
        last=date(2021, 12, 31),
        first=date(2021, 4, 1),
        paper=("exercise-register.pdf", ["Register of investigations, 1 April to 31 December 2021", "Begun: 6"]),
        figure=(asked.INVESTIGATIONS, 6, date(2021, 12, 31)),
    )


@at(2022, 1, 11, 10)
def courts_bill_is_reported(cast: Cast) -> None:
    """Justice reports the bill on the courts done."""
    cast.sends(
        people.JUSTICE,
        COURTS_BILL,
        "Exercise: draft of the amendment written",
        "Exercise: the draft is written. It is attached.",
        Progress.DONE,
        last=date(2022, 1, 10),
        first=date(2022, 1, 10),
        paper=("exercise-draft-bill.pdf", ["Draft: amendment of the Subordinate Courts Act"]),
    )


@at(2022, 1, 12, 9)
def case_figures_are_verified(cast: Cast) -> None:
    """The officer verifies the figures of investigations."""
    cast.accepts(cast.officer, CASE_FIGURES, "Exercise: the register was compared with the docket numbers.")


@at(2022, 1, 12, 11)
def prosecution_figures_are_sent(cast: Cast) -> None:
    """Justice sends the figures of prosecutions; they wait."""
    cast.sends(
        people.JUSTICE,
        PROSECUTION_FIGURES,
        "Exercise: prosecutions from April to December",
        "Exercise: three prosecutions were begun from April to December.",
        Progress.DONE,
        last=date(2021, 12, 31),
        first=date(2021, 4, 1),
        paper=("exercise-prosecutions.pdf", ["Prosecutions begun, 1 April to 31 December 2021: 3"]),
        figure=(asked.PROSECUTIONS, 3, date(2021, 12, 31)),
    )


@at(2022, 1, 13, 9)
def courts_bill_comes_back(cast: Cast) -> None:
    """The officer returns the bill on the courts."""
    cast.returns(
        cast.officer,
        COURTS_BILL,
        "Exercise: a draft isn't before Parliament yet. Please send the page of the order paper once it is.",
    )


RULES_TAKEN_BACK = "Exercise: the rules for spending the Trust Fund taken back"


@at(2022, 1, 13, 14)
def spending_rules_are_reopened(cast: Cast) -> None:
    """The officer learns that the spending rules were taken back, and reopens the promise."""
    cast.logs(
        cast.officer,
        RULES_TAKEN_BACK,
        date(2022, 1, 12),
        date(2022, 1, 12),
        ("5b", Shows.NO_ACTION),
        kind=EvidenceKind.LAW,
        shared_under=SPENDING_RULES,
    )
    actions.reopen(
        commitment=cast.commitment(SPENDING_RULES),
        reason="Exercise: the rules were taken back; new ones are to come.",
        on=cast.now.date(),
        by=cast.officer,
        now=cast.now,
    )


@at(2022, 1, 14, 9)
def spending_rules_get_another_day(cast: Cast) -> None:
    """The second officer verifies it, and agrees on a day for new rules."""
    cast.reviews(
        cast.second_officer, RULES_TAKEN_BACK, Review.VERIFIED, "Exercise: the notice was read at the embassy."
    )
    actions.reschedule(
        commitment=cast.commitment(SPENDING_RULES),
        due_on=date(2022, 2, 25),
        reason="Exercise: new rules are promised for the end of February.",
        on=cast.now.date(),
        by=cast.second_officer,
        now=cast.now,
    )


@at(2022, 1, 14, 10)
def spending_rules_are_assessed(cast: Cast) -> None:
    """The officer assesses 5b as going backwards."""
    cast.assesses(
        "5b",
        Verdict.BACKWARDS,
        "Exercise: rules that were in force are so no more.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(2)",
        RULES_TAKEN_BACK,
    )


@at(2022, 1, 14, 15)
def training_of_focal_points_is_told(cast: Cast) -> None:
    """Police tells of three districts whose focal point is trained; the update waits."""
    cast.sends(
        people.POLICE,
        TRAIN_FOCAL_POINTS,
        "Exercise: focal points of three districts trained",
        "Exercise: three focal points went through the course. The others follow in February.",
        Progress.UNDER_WAY,
        last=date(2022, 1, 14),
        first=date(2022, 1, 10),
        figure=(asked.DISTRICTS_TRAINED, 3, date(2022, 1, 14)),
    )


@at(2022, 1, 17, 9)
def penalties_are_not_started(cast: Cast) -> None:
    """Justice says that the draft on penalties isn't begun."""
    cast.sends(
        people.JUSTICE,
        PENALTIES,
        "Exercise: drafting of higher penalties not begun",
        "Exercise: the drafter is busy with another bill until February.",
        Progress.NOT_STARTED,
        last=date(2022, 1, 17),
        first=date(2022, 1, 17),
    )


@at(2022, 1, 18, 9)
def penalties_are_taken_note_of(cast: Cast) -> None:
    """The officer accepts that, and assesses 9a: no information."""
    cast.accepts(cast.officer, PENALTIES, "Exercise: so the ministry says.")
    cast.assesses(
        "9a",
        Verdict.NO_INFORMATION,
        "Exercise: nothing is known of a text.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(1)",
    )


@at(2022, 1, 18, 10)
def courts_bill_is_assessed(cast: Cast) -> None:
    """The officer assesses 2a as stalled."""
    cast.assesses(
        "2a",
        Verdict.STALLED,
        "Exercise: there is a draft, and nothing before Parliament.",
        "22 U.S.C. 7107(b), Tier 2; 7106(b)(1)",
    )


@at(2022, 1, 19, 11)
def committee_is_told(cast: Cast) -> None:
    """Home Affairs tells of two quarters in which the committee met; the update waits."""
    cast.sends(
        people.HOME_AFFAIRS,
        COMMITTEE,
        "Exercise: the committee met in two quarters",
        "Exercise: the committee met in the second and in the third quarter. Minutes are attached.",
        Progress.UNDER_WAY,
        last=date(2021, 12, 31),
        first=date(2021, 7, 1),
        paper=("exercise-committee.pdf", ["Meetings of the committee: 14 September and 7 December 2021"]),
        figure=(asked.QUARTERS, 2, date(2021, 12, 31)),
    )


EARLY_WORKSHOP = "Exercise: workshop for prosecutors in February 2021"
POSTERS = "Exercise: posters put up at a border post"
MANUAL = "Exercise: manual for front-line officers printed by an international organization"
POLICE_COURSE = "Exercise: course for police officers"


@at(2022, 1, 20, 9)
def more_is_logged(cast: Cast) -> None:
    """The officer logs a workshop from before the tracking period, and posters."""
    cast.logs(
        cast.officer,
        EARLY_WORKSHOP,
        date(2021, 2, 15),
        date(2021, 2, 19),
        ("7b", Shows.ACTION),
        kind=EvidenceKind.TRAINING,
    )
    cast.logs(
        cast.officer,
        POSTERS,
        date(2022, 1, 17),
        date(2022, 1, 17),
        ("10c", Shows.ACTION),
        kind=EvidenceKind.SITE_VISIT,
    )


@at(2022, 1, 21, 9)
def more_is_reviewed(cast: Cast) -> None:
    """The second officer verifies the one, rejects the other, and logs a manual."""
    cast.reviews(cast.second_officer, EARLY_WORKSHOP, Review.VERIFIED, "Exercise: it took place, before the period.")
    cast.reviews(cast.second_officer, POSTERS, Review.REJECTED, "Exercise: the photograph shows no day and no place.")
    cast.logs(
        cast.second_officer,
        MANUAL,
        date(2022, 1, 10),
        date(2022, 1, 14),
        ("4b", Shows.ACTION),
        done_by=DoneBy.INTERNATIONAL,
    )


@at(2022, 1, 24, 9)
def manual_is_verified(cast: Cast) -> None:
    """The Ambassador verifies the manual: it happened, and counts for nothing, since the government didn't do it."""
    cast.reviews(cast.person(people.AMBASSADOR), MANUAL, Review.VERIFIED, "Exercise: a copy lies at the embassy.")


@at(2022, 1, 26, 10)
def police_course_is_logged(cast: Cast) -> None:
    """The officer logs a course for police; nobody has reviewed it."""
    cast.logs(
        cast.officer,
        POLICE_COURSE,
        date(2022, 1, 24),
        date(2022, 1, 25),
        ("7a", Shows.ACTION),
        kind=EvidenceKind.TRAINING,
    )
