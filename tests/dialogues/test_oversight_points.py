"""Which indicators are proposed for a dialogue, and which recommendations of GAO-23-105390 its record meets."""

from datetime import date
from fractions import Fraction

import pytest

from dialogues.indicator_proposals import (
    IndicatorOutlook,
    first_day_to_choose,
    last_day_to_agree,
    propose_due_date,
    propose_indicators,
)
from dialogues.oversight_points import ChosenFacts, DialogueFacts, OversightState, WorkFacts, check_points, count_met
from dialogues.target_progress import ProgressState, TargetProgress

HELD_ON = date(2022, 2, 24)
AGREED = ChosenFacts("Cases begun", date(2022, 1, 20), is_discussed=True, has_target=True)
MET, NOT_MET = OversightState.MET, OversightState.NOT_MET


def under_way(share):
    return TargetProgress(ProgressState.UNDER_WAY, share=share)


@pytest.mark.parametrize(
    ("today", "due_on"),
    [
        (date(2022, 1, 10), date(2022, 2, 14)),  # ten days are left for the review
        (date(2022, 2, 5), date(2022, 2, 19)),  # the ministry gets two weeks
        (date(2022, 2, 15), date(2022, 2, 23)),  # as long as there is
        (date(2022, 2, 22), date(2022, 2, 23)),
        (date(2022, 2, 23), None),
        (date(2022, 3, 1), None),
    ],
)
def test_ministries_get_two_weeks_for_their_figures_and_the_embassy_ten_days_to_review_them(today, due_on):
    assert propose_due_date(HELD_ON, today) == due_on


def test_the_widest_gap_comes_first_and_what_reached_its_target_is_left_out():
    outlooks = [
        IndicatorOutlook(1, under_way(Fraction(3, 4)), has_figure=True, benchmarks=["1a"]),
        IndicatorOutlook(2, TargetProgress(ProgressState.NO_FIGURE), has_figure=False),
        IndicatorOutlook(3, TargetProgress(ProgressState.REACHED), has_figure=True, benchmarks=["3b"]),
        IndicatorOutlook(4, None, has_figure=True, benchmarks=["6a", "6b"]),
        IndicatorOutlook(5, under_way(Fraction(1, 4)), has_figure=True),
        IndicatorOutlook(6, None, has_figure=True),
    ]

    proposals = propose_indicators(outlooks)

    assert [row.key for row in proposals] == [2, 5, 1, 4]
    assert proposals[0].reasons == ["No verified figure this year"]
    assert proposals[2].reasons == [
        "25% of the way to the annual target is missing",
        "At stake by the deadline: 1a",
    ]


def test_indicators_are_chosen_from_45_days_and_agreed_by_30_days_before():
    assert (first_day_to_choose(HELD_ON), last_day_to_agree(HELD_ON)) == (date(2022, 1, 10), date(2022, 1, 25))


def states(**changed):
    given = {
        "held_on": HELD_ON,
        "chosen": [AGREED],
        "from_government": ["Police: a prosecutor"],
        "from_united_states": ["United States: training"],
        "works": [WorkFacts("Train the police", is_sustained=True)],
    }
    points = check_points(DialogueFacts(**given | changed))
    assert points[3].state is OversightState.DEPARTMENT
    return [point.state for point in points if point.number != 4], count_met(points)


def test_a_post_can_meet_five_of_the_six():
    assert states() == ([MET] * 5, 5)


@pytest.mark.parametrize(
    ("changed", "missed"),
    [
        ({"chosen": []}, [0, 1, 2]),
        ({"chosen": [AGREED, AGREED._replace(agreed_on=None)]}, [0]),
        ({"chosen": [AGREED._replace(agreed_on=date(2022, 1, 25))]}, []),
        ({"chosen": [AGREED._replace(agreed_on=date(2022, 1, 26))]}, [0]),
        ({"chosen": [AGREED._replace(is_discussed=False)]}, [1]),
        ({"chosen": [AGREED._replace(has_target=False)]}, [2]),
        ({"from_government": []}, [3]),
        ({"from_united_states": []}, [3]),
        ({"works": []}, [4]),
        ({"works": [WorkFacts("a", is_sustained=True), WorkFacts("b", is_sustained=False)]}, [4]),
    ],
)
def test_each_point_is_missed_for_its_own_reason(changed, missed):
    expected = [NOT_MET if number in missed else MET for number in range(5)]

    assert states(**changed) == (expected, 5 - len(missed))


def test_a_point_names_the_rows_that_decide_it():
    late = AGREED._replace(name="Convictions", agreed_on=date(2022, 2, 1))
    first = check_points(DialogueFacts(HELD_ON, [AGREED, late], [], [], []))[0]

    assert (list(first.meeting), list(first.missing)) == (["Cases begun"], ["Convictions"])
