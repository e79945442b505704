"""The timeline of a year: events by day, their descriptions, and a chart without overlaps."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.choices import ClaimedProgress, CommitmentStatus, DialogueStage
from dialogues.commitment_status import CommitmentStanding
from recommendations.choices import MilestoneKind
from reports.calendar import year
from reports.charts.drawing import Box
from tests.factories import DEADLINE_ON, PERIOD_ENDS_ON, PERIOD_STARTS_ON

TODAY = date(2022, 1, 28)
PLAN_DUE = date(2021, 12, 28)


def due_day(status, on, key=1):
    days = (TODAY - on).days if status is CommitmentStatus.OVERDUE else 0
    stands = CommitmentStanding(status, on, days_overdue=days, sent_on=date(2022, 1, 12))
    return year.due_day(stands, on, text="A promise", maker="Ministry of Police", row_id=key, today=TODAY)


def dialogue_day(stage, on, key=1, today=TODAY):
    return year.dialogue_day(stage, on, "Maseru", key, today)


def draw_sample(days, today=TODAY):
    return year.draw_timeline(days, starts_on=PERIOD_STARTS_ON, ends_on=PERIOD_ENDS_ON, today=today)


@pytest.mark.parametrize(
    ("day", "on", "word", "standing", "days"),
    [
        (
            year.milestone_day(MilestoneKind.ACTION_PLAN, PLAN_DUE, date(2021, 12, 20), 1, TODAY),
            date(2021, 12, 20), ClaimedProgress.DONE, "done; due by 28 Dec 2021", "",
        ),
        (
            year.milestone_day(MilestoneKind.ACTION_PLAN, PLAN_DUE, date(2022, 1, 29), 1, TODAY),
            PLAN_DUE, CommitmentStatus.OVERDUE, "overdue", "overdue by 31 days",
        ),
        (
            year.milestone_day(MilestoneKind.DEADLINE, DEADLINE_ON, None, 1, TODAY),
            DEADLINE_ON, CommitmentStatus.OPEN, "ahead", "in 31 days",
        ),
        (
            year.milestone_day(MilestoneKind.DEADLINE, date(2022, 1, 27), None, 1, TODAY),
            date(2022, 1, 27), ClaimedProgress.DONE, "past", "",
        ),
        (dialogue_day(DialogueStage.HELD, TODAY), TODAY, DialogueStage.HELD, "held", ""),
        (dialogue_day(DialogueStage.TODAY, TODAY), TODAY, DialogueStage.TODAY, "planned", "today"),
        (
            dialogue_day(DialogueStage.PLANNED, date(2022, 1, 29)),
            date(2022, 1, 29), DialogueStage.PLANNED, "planned", "in 1 day",
        ),
        (
            dialogue_day(DialogueStage.UNRECORDED, date(2022, 1, 27)),
            date(2022, 1, 27), DialogueStage.UNRECORDED, "not recorded", "",
        ),
        (
            dialogue_day(DialogueStage.CALLED_OFF, date(2022, 1, 29)),
            date(2022, 1, 29), DialogueStage.CALLED_OFF, "called off", "",
        ),
        (
            due_day(CommitmentStatus.OVERDUE, date(2022, 1, 14)),
            date(2022, 1, 14), CommitmentStatus.OVERDUE, "overdue", "overdue by 14 days",
        ),
        (due_day(CommitmentStatus.OPEN, TODAY), TODAY, CommitmentStatus.OPEN, "open", "today"),
        (
            due_day(CommitmentStatus.WITH_EMBASSY, date(2022, 1, 14)),
            date(2022, 1, 14), CommitmentStatus.WITH_EMBASSY, "with the embassy since 12 January 2022", "",
        ),
        (
            due_day(CommitmentStatus.WITH_EMBASSY, date(2022, 1, 29)),
            date(2022, 1, 29), CommitmentStatus.WITH_EMBASSY, "with the embassy since 12 January 2022", "in 1 day",
        ),
        (
            due_day(CommitmentStatus.REPORTED, date(2022, 1, 1)),
            date(2022, 1, 1), CommitmentStatus.REPORTED, "reported done", "",
        ),
    ],
)  # fmt: skip
def test_each_day_says_how_it_stands(day, on, word, standing, days):
    assert (day.shown_on, day.status, day.status_text, day.distance) == (on, word, standing, days)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([], "Nothing is overdue. No date is ahead"),
        (
            [due_day(CommitmentStatus.OVERDUE, date(2022, 1, 14)), due_day(CommitmentStatus.OPEN, date(2022, 2, 1))],
            "1 commitment is overdue. Next date: 1 February 2022, in 4 days",
        ),
        (
            [
                year.milestone_day(MilestoneKind.INTERIM, date(2022, 1, 14), None, 1, TODAY),
                due_day(CommitmentStatus.OPEN, TODAY),
            ],
            "1 milestone was missed. Next date: 28 January 2022, today",
        ),
    ],
)
def test_the_year_is_described_in_a_sentence(days, sentence):
    assert year.describe_year(days, TODAY) == sentence


def test_the_drawing_says_in_words_what_it_shows():
    days = [
        due_day(CommitmentStatus.OVERDUE, date(2022, 1, 14)),
        due_day(CommitmentStatus.OPEN, date(2022, 2, 1)),
        due_day(CommitmentStatus.OPEN, date(2023, 3, 31)),
        year.milestone_day(MilestoneKind.INTERIM, date(2022, 1, 14), None, 1, TODAY),
        dialogue_day(DialogueStage.PLANNED, date(2022, 2, 3)),
        dialogue_day(DialogueStage.UNRECORDED, date(2022, 1, 20)),
        dialogue_day(DialogueStage.CALLED_OFF, date(2022, 2, 10)),
    ]

    chart = draw_sample(days)

    assert [row.text for row in chart.rows] == ["1 overdue", "1 open"]
    assert chart.description == (
        "From 1 April 2021 to 31 March 2022. Today is 28 January 2022. Marked: Interim assessment (overdue) on"
        " 14 January 2022, Dialogue (not recorded) on 20 January 2022 and Dialogue (planned) on 3 February 2022."
        " Due in that time: 1 overdue and 1 open."
    )
    assert chart.solid == ""
    assert chart.outlined


def test_days_that_stand_too_close_share_a_mark_with_their_number():
    chart = draw_sample([due_day(CommitmentStatus.OVERDUE, date(2022, 1, day), key=day) for day in range(1, 16)])

    assert sum(int(mark.number.text) if mark.number else 1 for mark in chart.marks) == 15
    assert len(chart.marks) < 4


def test_a_day_before_or_after_the_year_is_not_drawn_as_today():
    assert draw_sample([], today=date(2022, 4, 1)).today is None


CROWDED = st.dates(date(2022, 1, 1), date(2022, 2, 28))
DAYS = CROWDED | st.dates(PERIOD_STARTS_ON - timedelta(30), PERIOD_ENDS_ON + timedelta(60))


MILESTONE_DAYS = (
    date(2021, 11, 1), PLAN_DUE, date(2022, 2, 1), date(2022, 2, 1), date(2022, 2, 15), DEADLINE_ON, PERIOD_ENDS_ON,
    date(2022, 6, 30), date(2022, 6, 30),
)  # fmt: skip
"""The day of each kind of milestone."""


@given(
    st.lists(st.tuples(st.sampled_from(list(CommitmentStatus)), DAYS), max_size=60),
    st.lists(st.tuples(st.sampled_from(list(DialogueStage)), DAYS), max_size=8),
    st.dates(PERIOD_STARTS_ON, PERIOD_ENDS_ON),
)
def test_nothing_overlaps_or_leaves_the_drawing(promised, dialogues, today):
    chart = draw_sample(
        [
            *(due_day(status, on, key=key) for key, (status, on) in enumerate(promised)),
            *(dialogue_day(stage, on, key, today) for key, (stage, on) in enumerate(dialogues)),
            *(
                year.milestone_day(kind, on, None, 1, today)
                for kind, on in zip(MilestoneKind, MILESTONE_DAYS, strict=True)
            ),
        ],
        today,
    )
    words = [label.box for label in (*chart.names, *chart.rows, *chart.axis, chart.today) if label]
    marks = [mark.box for mark in chart.marks]

    assert not [pair for pair in combinations(words, 2) if pair[0].meets(pair[1])]
    assert not [(word, mark) for word in words for mark in marks if word.meets(mark)]
    assert not [pair for pair in combinations(marks, 2) if pair[0].meets(pair[1])]
    whole = Box(-1, 0, chart.width + 1, chart.height)
    for box in (*words, *marks):
        assert whole.left <= box.left < box.right <= whole.right
        assert whole.top <= box.top < box.bottom <= whole.bottom
