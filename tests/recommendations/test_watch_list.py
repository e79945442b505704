import pytest

from recommendations.choices import Tier
from recommendations.watch_list import years_on_watch_list

LESOTHO_TIERS = {
    **dict.fromkeys((2009, 2010, 2013, 2014, 2015, 2019, 2021), Tier.WATCH_LIST),
    **dict.fromkeys((2011, 2012, 2018, 2022), Tier.TIER_2),
    2020: Tier.TIER_3,
}
"""What the record tells of Lesotho's tiers; 2016 and 2017 it doesn't."""


@pytest.mark.parametrize(
    ("year", "years"),
    [
        (2021, 1),
        (2015, 3),  # 2013, 2014, 2015
        (2014, 2),
        (2010, 2),  # 2009, 2010
        (2009, 1),
        (2019, 1),
        (2012, 0),  # Tier 2
        (2020, 0),  # Tier 3
        (2017, 0),  # not known
        (2023, 0),  # not known yet
    ],
)
def test_the_run_on_the_watch_list_ends_with_the_edition_itself(year, years):
    assert years_on_watch_list(LESOTHO_TIERS, year) == years


def test_an_unknown_year_ends_the_years_in_a_row():
    assert years_on_watch_list({2019: Tier.WATCH_LIST, 2021: Tier.WATCH_LIST}, 2021) == 1


def test_a_later_edition_does_not_matter():
    assert years_on_watch_list({2021: Tier.WATCH_LIST, 2022: Tier.WATCH_LIST}, 2021) == 1


def test_without_tiers_there_is_no_run():
    assert years_on_watch_list({}, 2021) == 0
