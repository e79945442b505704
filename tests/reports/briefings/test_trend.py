"""The chart of the weekly score in a briefing."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from reports.briefings.trend import draw_trend
from reports.charts.trend import TrendWeek
from reports.readiness.explanation.trend_display import TrendDisplay


@pytest.mark.parametrize(
    ("score", "target", "top"),
    [(10, None, "40"), (28, "45", "60"), (60, "45", "80"), (95, "45", "100"), (0, "99", "100")],
)
def test_the_scale_ends_a_little_above_the_highest_week_and_the_target(score, target, top):
    weeks = [TrendWeek(date(2022, 1, day), Fraction(score), Fraction(score)) for day in (7, 14, 21, 28)]
    run = TrendDisplay(
        weeks=weeks,
        events=(),
        starts_on=date(2021, 4, 1),
        ends_on=date(2022, 3, 31),
        target=Decimal(target) if target else None,
    )

    chart = draw_trend(run, date(2022, 2, 28))

    assert [label.text for label in chart.axis][2] == top
