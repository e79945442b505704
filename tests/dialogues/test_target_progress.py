"""How far an indicator is on the way to its annual target, in plain values."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from dialogues.target_phrases import describe_progress
from dialogues.target_progress import (
    MONTH,
    LatestFigure,
    ProgressState,
    YearlyCount,
    YearlyTarget,
    is_beyond_baseline,
    measure_progress,
)
from recommendations.choices import Better

TODAY, DEADLINE_ON = date(2022, 1, 28), date(2022, 2, 28)


def measure(
    figure,
    *,
    target=12,
    baseline=4,
    better=Better.UP,
    is_level=False,
    today=TODAY,
    through_on=date(2021, 12, 31),
):
    counted = YearlyCount(better, is_level, date(2021, 4, 1), DEADLINE_ON)
    latest = None if figure is None else LatestFigure(Decimal(figure), through_on)
    wanted = YearlyTarget(None if target is None else Decimal(target), None if baseline is None else Decimal(baseline))
    return measure_progress(counted, wanted, latest, today)


def test_a_count_of_the_year_is_measured_from_zero_for_its_pace_and_from_the_baseline_for_its_share():
    progress = measure(10)

    assert (progress.state, progress.share, progress.gap) == (ProgressState.UNDER_WAY, Fraction(3, 4), 2)
    assert progress.days_left == 31
    assert progress.needed == Fraction(2, 31) * MONTH
    assert progress.pace == Fraction(10, 275) * MONTH
    assert describe_progress(progress, Better.UP) == [
        "75% of the way from the baseline to the annual target.",
        "Still needed by the deadline: 2 more.",
        "31 days are left.",
        "Pace needed: 2 a month.",
        "Pace so far: 1.1 a month.",
    ]


def test_a_level_is_measured_from_the_baseline_and_without_one_has_no_pace():
    assert measure(7, is_level=True).pace == Fraction(3, 275) * MONTH
    without = measure(7, is_level=True, baseline=None)
    assert (without.share, without.pace, without.gap) == (None, None, 5)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"figure": None}, ProgressState.NO_FIGURE),
        ({"figure": 10, "target": None}, ProgressState.DROPPED),
        ({"figure": 12}, ProgressState.REACHED),
        ({"figure": 12, "today": date(2022, 3, 20)}, ProgressState.REACHED),
        ({"figure": 11, "today": DEADLINE_ON}, ProgressState.UNDER_WAY),
        ({"figure": 11, "today": date(2022, 3, 1)}, ProgressState.MISSED),
        ({"figure": 3, "target": 2, "baseline": 5, "better": Better.DOWN, "is_level": True}, ProgressState.UNDER_WAY),
        ({"figure": 2, "target": 2, "baseline": 5, "better": Better.DOWN, "is_level": True}, ProgressState.REACHED),
        ({"figure": 1, "target": 2, "baseline": 5, "better": Better.DOWN}, ProgressState.WITHIN),
        ({"figure": 3, "target": 2, "baseline": 5, "better": Better.DOWN}, ProgressState.EXCEEDED),
        (
            {"figure": 2, "target": 2, "baseline": 5, "better": Better.DOWN, "through_on": DEADLINE_ON},
            ProgressState.REACHED,
        ),
    ],
)
def test_the_state_follows_from_figure_target_direction_and_day(given, state):
    assert measure(**given).state is state


def test_a_low_count_that_may_still_rise_has_room_left_and_no_share():
    progress = measure(1, target=2, baseline=5, better=Better.DOWN)

    assert (progress.share, progress.gap) == (None, 1)
    assert "It may still rise by 1 until the deadline." in describe_progress(progress, Better.DOWN)


def test_a_falling_level_counts_what_it_fell_as_its_pace():
    progress = measure(3, target=2, baseline=5, better=Better.DOWN, is_level=True)

    assert (progress.share, progress.gap) == (Fraction(2, 3), 1)
    assert progress.pace == Fraction(2, 275) * MONTH
    assert "Still needed by the deadline: 1 less." in describe_progress(progress, Better.DOWN)


def test_the_share_stays_between_none_and_the_whole_way():
    assert measure(1).share == 0
    assert measure(30).share == 1
    assert measure(3, target=4).share == 0  # the annual target equals the baseline
    assert measure(4, target=4).share == 1


def test_no_pace_is_asked_for_less_than_a_month():
    late = measure(10, today=date(2022, 2, 10))

    assert (late.days_left, late.needed) == (18, None)
    assert "18 days are left." in describe_progress(late, Better.UP)


@pytest.mark.parametrize(
    ("target", "baseline", "better", "fits"),
    [
        (12, 4, Better.UP, True),
        (4, 4, Better.UP, True),
        (3, 4, Better.UP, False),
        (3, 4, Better.DOWN, True),
        (4, 4, Better.DOWN, True),
        (5, 4, Better.DOWN, False),
        (3, None, Better.UP, True),
        (None, 4, Better.UP, True),
    ],
)
def test_an_annual_target_is_at_the_baseline_or_better(target, baseline, better, fits):
    assert is_beyond_baseline(better, YearlyTarget(target, baseline)) is fits
