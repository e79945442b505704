"""The chart of an indicator's year: where figures, baseline and annual target are drawn, and where their words are."""

from datetime import date
from decimal import Decimal
from itertools import combinations

import pytest

from reports.charts.figures import ChartFigure, figure_chart

STARTS_ON, ENDS_ON = date(2021, 4, 1), date(2022, 3, 31)


def draw(*figures, baseline=4, target=12, width=760, size=13):
    return figure_chart(
        [ChartFigure(day, Decimal(figure), is_verified) for day, figure, is_verified in figures],
        starts_on=STARTS_ON,
        ends_on=ENDS_ON,
        baseline=None if baseline is None else Decimal(baseline),
        target=None if target is None else Decimal(target),
        width=width,
        size=size,
    )


def test_chart_says_in_words_what_it_draws():
    chart = draw((date(2021, 9, 30), 3, True), (date(2021, 12, 31), 6, True), (date(2022, 1, 14), 8, False))

    assert [label.text for label in chart.words] == ["12 annual target", "4 baseline", "6 verified", "8 claimed"]
    assert chart.line.count("L") == 1
    assert chart.verified.count("M") == 2
    assert chart.claimed.count("M") == 1
    assert chart.description == (
        "Annual target: 12. Baseline: 4. Verified up to 30 September 2021: 3. Verified up to 31 December 2021: 6. "
        "Claimed up to 14 January 2022: 8."
    )


def test_chart_without_anything_is_empty_and_figures_of_other_years_are_left_out():
    chart = draw((date(2021, 3, 31), 3, True), baseline=None, target=None)

    assert (chart.verified, chart.line, chart.baseline_line, chart.target_line, chart.words) == ("", "", "", "", ())
    assert chart.description == "There is no figure for this year yet."


@pytest.mark.parametrize(
    ("highest", "top"), [(0, "1"), (1, "1"), (9, "10"), (12, "20"), (45, "50"), (1200000, "2,000,000")]
)
def test_scale_ends_at_a_round_number_above_every_value(highest, top):
    chart = draw((date(2021, 12, 31), highest, True), baseline=None, target=None)

    assert top in [label.text for label in chart.axis]


@pytest.mark.parametrize(("width", "size"), [(760, 13), (320, 12.5), (240, 9)])
@pytest.mark.parametrize("figure", [0, 3, 4, 8, 12, 20])
@pytest.mark.parametrize("day", [date(2021, 4, 30), date(2021, 12, 31), ENDS_ON])
def test_words_stay_in_the_drawing_and_apart(width, size, figure, day):
    chart = draw((day, figure, True), width=width, size=size)

    for label in chart.words:
        assert label.start >= 0
        assert label.end <= width + size
        assert 0 <= label.box.top < chart.height
    assert [(a.text, b.text) for a, b in combinations(chart.words, 2) if a.box.meets(b.box)] == []
