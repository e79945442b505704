"""How far a dialogue has come, and what its agenda should hold, from values alone."""

from datetime import date

import pytest

from dialogues.agenda_suggestions import AgendaCommitment, AgendaRecommendation, suggest_agenda_items
from dialogues.choices import CommitmentStatus, DialogueStage
from dialogues.commitment_status import CommitmentStanding
from dialogues.dialogue_stage import stage_on

DAY = date(2022, 1, 28)
OPEN = AgendaCommitment(1, CommitmentStanding(CommitmentStatus.OPEN, None), is_of_last_dialogue=False, is_ours=False)


def make_standing(status, due_on=None, **more):
    return CommitmentStanding(status, due_on, **more)


@pytest.mark.parametrize(
    ("held_on", "is_recorded", "is_called_off", "stage"),
    [
        (date(2022, 1, 29), False, False, DialogueStage.PLANNED),
        (DAY, False, False, DialogueStage.TODAY),
        (date(2022, 1, 27), False, False, DialogueStage.UNRECORDED),
        (DAY, True, False, DialogueStage.HELD),
        (date(2022, 1, 27), False, True, DialogueStage.CALLED_OFF),
    ],
)
def test_stage_comes_from_the_day_and_what_is_recorded(held_on, is_recorded, is_called_off, stage):
    assert stage_on(held_on, DAY, is_recorded=is_recorded, is_called_off=is_called_off) is stage


def test_suggestions_are_sorted_by_urgency_and_have_reasons():
    promises = [
        OPEN._replace(key=1),
        OPEN._replace(key=2, is_of_last_dialogue=True, standing=make_standing(CommitmentStatus.OPEN, date(2022, 6, 1))),
        OPEN._replace(key=3, standing=make_standing(CommitmentStatus.OPEN, date(2022, 2, 20))),
        OPEN._replace(key=4, standing=make_standing(CommitmentStatus.REPORTED)),
        OPEN._replace(key=5, standing=make_standing(CommitmentStatus.OPEN, returned_on=date(2022, 1, 5))),
        OPEN._replace(key=6, standing=make_standing(CommitmentStatus.WITH_EMBASSY, DAY, sent_on=date(2022, 1, 3))),
        OPEN._replace(key=7, standing=make_standing(CommitmentStatus.OVERDUE, days_overdue=12), is_ours=True),
        OPEN._replace(
            key=10, standing=make_standing(CommitmentStatus.OVERDUE, days_overdue=1, returned_on=date(2022, 1, 4))
        ),
        OPEN._replace(key=8, standing=make_standing(CommitmentStatus.VERIFIED, DAY)),
        OPEN._replace(key=9, standing=make_standing(CommitmentStatus.OPEN, date(2022, 6, 1))),
    ]

    suggestions = [
        (suggestion.about, suggestion.reason)
        for suggestion in suggest_agenda_items(
            promises, [AgendaRecommendation(3, 1, 0), AgendaRecommendation(4, 2, 1)], DAY
        )
    ]

    assert suggestions == [
        ("commitment-7", "our own, overdue by 12 days"),
        ("commitment-10", "overdue by 1 day; their update was returned on 4 January 2022 and not sent again"),
        ("commitment-5", "their update was returned on 5 January 2022 and not sent again"),
        ("commitment-4", "reported done, and not verified yet"),
        ("commitment-6", "with the embassy since 3 January 2022"),
        ("commitment-3", "due 20 Feb 2022"),
        ("commitment-2", "agreed last time and still open, due 1 Jun 2022"),
        ("commitment-1", "open, and no date agreed"),
        ("recommendation-3", "nothing has been shown on it"),
    ]
