"""The progress of a dialogue and suggestions for its agenda, from values alone."""

from datetime import date

import pytest

from dialogues.agenda_suggestions import (
    AgendaCommitment,
    AgendaRecommendation,
    AgendaRequest,
    suggest_agenda_items,
)
from dialogues.choices import CommitmentStatus, DialogueStage, RequestStatus
from dialogues.commitment_status import CommitmentStanding
from dialogues.dialogue_stage import stage_on
from dialogues.request_status import LineStanding, RequestStanding

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
            promises, [], [AgendaRecommendation(3, 1, 0), AgendaRecommendation(4, 2, 1)], DAY
        )
    ]

    assert suggestions == [
        ("commitment-7", "Our own commitment is overdue by 12 days."),
        (
            "commitment-10",
            "Overdue by 1 day. We returned the ministry’s update on 4 January 2022. It has not been sent again.",
        ),
        ("commitment-5", "We returned the ministry’s update on 5 January 2022. It has not been sent again."),
        ("commitment-4", "Reported done, not verified yet."),
        ("commitment-6", "The ministry’s update has been with the embassy since 3 January 2022."),
        ("commitment-3", "Due on 20 February 2022."),
        ("commitment-2", "Agreed at the last dialogue and still open. Due on 1 June 2022."),
        ("commitment-1", "Open, with no due date agreed."),
        ("recommendation-3", "To date, no action on it has been recorded."),
    ]


def make_request(key, status, due_on, *lines, **more):
    by_id = dict(enumerate(lines, start=1))
    return AgendaRequest(key, RequestStanding(status, date(2021, 12, 1), due_on, by_id, **more))


def test_requests_are_suggested_among_commitments_until_they_are_answered():
    late = OPEN._replace(key=1, standing=make_standing(CommitmentStatus.OVERDUE, days_overdue=3))
    requests = [
        make_request(1, RequestStatus.ASKED, date(2022, 6, 1)),
        make_request(2, RequestStatus.PARTLY_ANSWERED, date(2022, 2, 20)),
        make_request(3, RequestStatus.WITH_EMBASSY, date(2022, 1, 20), LineStanding(sent_on=date(2022, 1, 19))),
        make_request(
            4, RequestStatus.OVERDUE, date(2022, 1, 26), LineStanding(returned_on=date(2022, 1, 5)), days_overdue=2
        ),
        make_request(5, RequestStatus.OVERDUE, date(2022, 1, 8), days_overdue=20),
        make_request(
            7, RequestStatus.OVERDUE, date(2022, 1, 27), LineStanding(sent_on=date(2022, 1, 9)), days_overdue=1
        ),
        make_request(6, RequestStatus.ANSWERED, date(2022, 1, 8), closed_on=date(2022, 1, 7)),
    ]

    suggested = suggest_agenda_items([late], requests, [], DAY)

    assert [(one.about, one.reason) for one in suggested] == [
        ("request-5", "Overdue by 20 days."),
        ("commitment-1", "Overdue by 3 days."),
        (
            "request-4",
            "Overdue by 2 days. We returned the ministry’s answer on 5 January 2022. It has not been sent again.",
        ),
        ("request-7", "Overdue by 1 day. The ministry’s answer has been with the embassy since 9 January 2022."),
        ("request-3", "The ministry’s answer has been with the embassy since 19 January 2022."),
        ("request-2", "Not answered yet. Due on 20 February 2022."),
    ]
