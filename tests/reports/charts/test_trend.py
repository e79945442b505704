from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.charts.axis import AxisEvent
from reports.charts.trend import TrendWeek, trend_chart
from reports.readiness.explanation.trend import week_ends, weekly_scores
from tests.reports.lesotho_record import PERIOD, lesotho_record
from tests.reports.record_builder import noon

DESK, PHONE = {"width": 760, "size": 13}, {"width": 320, "size": 12.5}
DEADLINE = AxisEvent(date(2022, 2, 28), "Deadline", is_dialogue=False)
EVENTS = [
    AxisEvent(date(2021, 11, 8), "Dialogue", is_dialogue=True),
    AxisEvent(date(2021, 12, 9), "Dialogue", is_dialogue=True),
    AxisEvent(date(2021, 12, 20), "Action plan presented", is_dialogue=False),
    DEADLINE,
    AxisEvent(date(2022, 3, 31), "End of the tracking period", is_dialogue=False),
]


def weeks_until(today, then=(), hindsight=()):
    """Return the weeks up to `today`. Each line is given by the days from which a score holds."""

    def on(day, line):
        return next((Fraction(score) for since, score in reversed(line) if day >= since), None)

    return [TrendWeek(day, on(day, then), on(day, hindsight)) for day in week_ends(PERIOD, today)]


def sample_chart(told, *, events=(), mark=Decimal(45), **size):
    return trend_chart(told, starts_on=PERIOD.starts_on, ends_on=PERIOD.ends_on, events=events, mark=mark, **size)


def label_texts(labels):
    return [label.text for label in labels]


def test_a_line_steps_from_week_to_week_on_a_scale_of_100():
    drawn = sample_chart(
        weeks_until(date(2021, 4, 14), [(date(2021, 4, 1), 0), (date(2021, 4, 14), 100)]), width=405, size=10
    )

    # The plot is 25 to 400 wide, 375 units for 365 days, and 200 high.
    assert drawn.then == "M25 206H32.2V6H39.4"
    assert drawn.grid == "M25 206H400M25 106H400M25 6H400"


def test_a_scale_may_end_below_100_and_says_where():
    drawn = sample_chart(
        weeks_until(date(2021, 4, 14), [(date(2021, 4, 1), 0), (date(2021, 4, 14), 30)]),
        mark=None, width=405, size=10, full_scale=60,
    )  # fmt: skip

    assert drawn.then == "M25 206H32.2V106H39.4"
    assert label_texts(drawn.axis)[:3] == ["0", "30", "60"]


def test_the_targets_label_stands_beside_the_box_of_what_was_not_reviewed():
    drawn = sample_chart(weeks_until(date(2022, 1, 28), [(date(2021, 5, 15), 20)]))

    target = next(label for label in drawn.words if label.text == "45 our target")
    box = drawn.unreviewed
    assert target.box.left >= box.right or target.box.right <= box.right


def test_nothing_reviewed_is_a_dashed_box_with_a_label_and_no_line():
    drawn = sample_chart(weeks_until(date(2022, 1, 28)))

    assert (drawn.then, drawn.hindsight) == ("", "")
    assert drawn.unreviewed.left < drawn.unreviewed.right < 760
    assert "nothing reviewed yet" in label_texts(drawn.words)
    assert drawn.description.endswith("Known at the time: nothing reviewed yet. Our target: 45.")


def test_the_line_begins_where_the_stretch_without_review_ends():
    drawn = sample_chart(weeks_until(date(2022, 1, 28), [(date(2021, 12, 8), 7)], [(date(2021, 4, 1), 7)]))

    assert drawn.then.startswith(f"M{drawn.unreviewed.right:g} ")
    assert (
        "Nothing had been reviewed before the week to 8 December 2021. Known at the time: 7 throughout."
        in drawn.description
    )


def test_no_stretch_is_without_review_where_the_first_week_has_a_figure():
    drawn = sample_chart(weeks_until(date(2021, 6, 1), [(date(2021, 4, 1), 7)]))

    assert drawn.unreviewed is None
    assert "nothing reviewed yet" not in label_texts(drawn.words)


def test_lines_with_different_ends_are_labelled_at_their_ends():
    drawn = sample_chart(
        weeks_until(date(2022, 7, 1), [(date(2021, 5, 1), 12)], [(date(2021, 4, 1), Fraction(121, 2))])
    )

    assert {"12 known at the time", "60.5 with later", "information"} <= set(label_texts(drawn.words))


def test_lines_with_the_same_end_have_separate_labels():
    drawn = sample_chart(weeks_until(date(2022, 1, 28), [(date(2021, 12, 8), 7)], [(date(2021, 4, 1), 7)]))

    assert {"7 known at the time", "with later information"} <= set(label_texts(drawn.words))


def test_an_equal_line_with_later_information_is_not_drawn():
    same = [(date(2021, 4, 1), 7)]
    drawn = sample_chart(weeks_until(date(2022, 1, 28), same, same))

    assert drawn.hindsight == ""
    assert label_texts(drawn.words) == ["7 known at the time", "45 our target"]


def test_lesotho_in_july_2022_has_only_the_line_with_later_information():
    drawn = sample_chart(weekly_scores(lesotho_record().facts, noon(date(2022, 7, 31))))

    assert drawn.then == ""
    assert label_texts(drawn.words) == ["60.5 with later", "information", "45 our target", "nothing reviewed yet"]
    assert "Known at the time: nothing reviewed yet. With later information: from 0 to 60.5." in drawn.description


def test_the_target_is_drawn_and_labelled_if_there_is_one():
    told = weeks_until(date(2022, 1, 28))

    assert sample_chart(told, mark=None).mark_line == ""
    assert "target" not in sample_chart(told, mark=None).description
    assert "45 our target" in label_texts(sample_chart(told).words)


def test_dialogues_and_milestones_differ_in_name_and_shape():
    drawn = sample_chart(weeks_until(date(2022, 1, 28)), events=[EVENTS[0], DEADLINE])

    assert label_texts(drawn.names) == ["Dialogue, 8 Nov", "Deadline, 28 Feb"]
    assert drawn.dialogues.count("M") == drawn.milestones.count("M") == 1
    assert "Marked: Dialogue on 8 November 2021 and Deadline on 28 February 2022." in drawn.description


def test_events_outside_the_period_are_left_out():
    outside = [AxisEvent(date(2021, 3, 31), "Dialogue", True), AxisEvent(date(2022, 4, 1), "Dialogue", True)]

    assert sample_chart(weeks_until(date(2022, 1, 28)), events=outside).names == ()


@pytest.mark.parametrize(("size", "months"), [(DESK, 12), (PHONE, 6)])
def test_the_axis_has_as_many_months_as_fit(size, months):
    axis = label_texts(sample_chart(weeks_until(date(2022, 1, 28)), **size).axis)

    assert axis[:4] == ["0", "50", "100", "Apr"]
    assert len(axis) == 3 + months + 2
    assert axis[4] == "2021"
    assert "2022" in axis


@st.composite
def score_lines(draw):
    """Draw a line as known at the time and one with later information, which rise and fall at any time."""
    points = st.integers(0, 200).map(lambda half: Fraction(half, 2))
    days = st.dates(PERIOD.starts_on, PERIOD.ends_on)
    told = st.lists(st.tuples(days, points), max_size=4).map(sorted)
    first = [(PERIOD.starts_on, draw(points))]
    return weeks_until(draw(st.dates(PERIOD.starts_on, date(2022, 8, 1))), draw(told), first + draw(told))


@given(score_lines(), st.sampled_from([DESK, PHONE]), st.integers(0, 100).map(Decimal))
def test_labels_neither_leave_the_drawing_nor_overlap(told, size, mark):
    drawn = sample_chart(told, events=EVENTS, mark=mark, **size)

    for label in (*drawn.axis, *drawn.names, *drawn.words):
        assert label.box.left >= 0
        assert label.box.right <= drawn.width
        assert label.box.top >= -1
        assert label.box.bottom <= drawn.height
    for first, other in combinations(drawn.names, 2):
        assert not first.box.meets(other.box), (first, other)


@pytest.mark.parametrize("mark", [Decimal(0), Decimal(9), Decimal(50)])
@pytest.mark.parametrize("points", [(1, 0), (0, 1), (0, 0), (100, 99)])
def test_end_labels_of_two_close_lines_stay_in_the_drawing(points, mark):
    then, hindsight = map(Fraction, points)
    told = [TrendWeek(date(2021, 4, 7) + timedelta(weeks=number), then, hindsight) for number in range(8)]

    drawn = sample_chart(told, events=EVENTS, mark=mark, **PHONE)

    assert all(label.box.top >= -1 and label.box.bottom <= drawn.height for label in drawn.words)


separate_events = st.lists(
    st.builds(
        AxisEvent,
        st.integers(0, 8).map(lambda number: PERIOD.starts_on + timedelta(days=45 * number)),
        st.sampled_from(["Dialogue", "Action plan presented", "End of the tracking period"]),
        st.booleans(),
    ),
    max_size=5,  # the four milestones and a dialogue; where more crowd together a name keeps its white ground
    unique_by=lambda event: event.day,
)


@given(separate_events)
@example(EVENTS)
def test_the_line_of_an_event_crosses_no_name(told):
    drawn = sample_chart(weeks_until(date(2022, 1, 28)), events=told)
    stems = [tuple(map(float, stem.replace("V", " ").split())) for stem in drawn.stems.split("M")[1:]]

    assert len(stems) == len(drawn.names) == len(told)
    for x, top, bottom in stems:
        for name in drawn.names:
            through = name.box.left + 1 < x < name.box.right - 1 and top < name.box.top - 1 < bottom
            assert not through, (x, name)


def test_a_name_wider_than_the_chart_is_shortened_on_the_drawing_alone():
    long = "A milestone whose name in another language is a whole sentence and more"
    drawn = trend_chart(
        [],
        starts_on=PERIOD.starts_on,
        ends_on=PERIOD.ends_on,
        events=[AxisEvent(PERIOD.starts_on, long, False)],
        width=200,
    )

    (name,) = drawn.names
    assert "…, " in name.text
    assert name.end <= drawn.width
    assert long in drawn.description
