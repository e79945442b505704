"""Which edition is current, upcoming or past on a day, and which is at hand."""

from datetime import date
from typing import NamedTuple

import pytest

from recommendations.periods import at_hand, holding, ordinary_period, phase
from recommendations.words import Phase


class Year(NamedTuple):
    starts_on: date
    ends_on: date

    def covers(self, first, last):
        return self.starts_on <= (first or last) and last <= self.ends_on


Y2020, Y2021, Y2022, Y2024 = (Year(*ordinary_period(year)) for year in (2020, 2021, 2022, 2024))
WINTER, LAST_DAY, SPRING, LONG_BEFORE = date(2022, 1, 28), date(2022, 3, 31), date(2022, 4, 1), date(2019, 1, 1)


@pytest.mark.parametrize(
    ("edition", "day", "expected"),
    [
        (Y2021, date(2021, 3, 31), Phase.UPCOMING),
        (Y2021, date(2021, 4, 1), Phase.CURRENT),
        (Y2021, LAST_DAY, Phase.CURRENT),
        (Y2021, SPRING, Phase.PAST),
    ],
)
def test_an_edition_is_current_from_the_first_to_the_last_day_of_its_tracking_period(edition, day, expected):
    assert phase(edition, day) is expected


@pytest.mark.parametrize(
    ("editions", "day", "expected"),
    [
        ([], WINTER, None),
        ([Y2021], WINTER, Y2021),
        ([Y2022, Y2021, Y2020], WINTER, Y2021),
        ([Y2020, Y2021, Y2022], WINTER, Y2021),
        ([Y2022, Y2021], LAST_DAY, Y2021),
        ([Y2022, Y2021], SPRING, Y2022),
        # From April until the report there is none that holds the day.
        ([Y2021, Y2020], SPRING, Y2021),
        ([Y2024, Y2021, Y2020], SPRING, Y2021),
        ([Y2022, Y2020], WINTER, Y2020),
        # Nothing has begun yet.
        ([Y2022], WINTER, Y2022),
        ([Y2024, Y2022], WINTER, Y2022),
        ([Y2022, Y2021, Y2020], LONG_BEFORE, Y2020),
    ],
)
def test_the_current_edition_is_at_hand_else_the_newest_past_else_the_next_to_come(editions, day, expected):
    assert at_hand(editions, day) is expected


def test_a_span_belongs_to_the_edition_that_holds_it_else_to_the_first():
    assert holding([Y2021, Y2022, Y2020], date(2022, 4, 2), date(2022, 5, 1)) is Y2022
    assert holding([Y2021, Y2022, Y2020], date(2019, 1, 1), date(2019, 1, 2)) is Y2021
    assert holding([], None, WINTER) is None
