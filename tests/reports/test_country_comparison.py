"""What is compared between countries, as values: published country-years, and what a record says beside them."""

from datetime import date
from decimal import Decimal

import pytest

from dialogues.choices import ReadingDirection
from recommendations.choices import EffortQuestion, Tier
from reports.charts.tiers import tier_chart
from reports.country_comparison import (
    ComparedFigure,
    ComparedTier,
    FigureOrigin,
    compare_country,
    published_by,
    tabulate_figures,
    tabulate_tiers,
    year_of,
)
from reports.readiness.backtest.country_years import (
    CountryYear,
    NarrativeCount,
    NarrativeSource,
    TierChange,
    packaged_country_years,
)

INVESTIGATIONS, VICTIMS = EffortQuestion.INVESTIGATIONS, EffortQuestion.VICTIMS


def country_year(edition, before=Tier.WATCH_LIST, after=Tier.TIER_2, **counts):
    return CountryYear(
        "BWA",
        "Botswana",
        edition,
        before,
        after,
        TierChange.UP,
        NarrativeSource.OPENING,
        {EffortQuestion(name): count for name, count in counts.items()},
    )


def published(*rows, **own):
    return compare_country("BWA", "Botswana", rows, **own)


def texts(country, question):
    return {
        year: (figure.text, figure.origin.value)
        for (asked, year), figure in country.figures.items()
        if asked is question
    }


def test_a_country_year_tells_its_own_year_and_the_year_before():
    row = country_year(2022, investigations=NarrativeCount(Decimal(10), Decimal(4), ReadingDirection.UP))

    country = published(row)

    assert texts(country, INVESTIGATIONS) == {2021: ("10", "published"), 2020: ("4", "published")}
    assert texts(country, VICTIMS) == {2021: ("no figure", "not_in_text")}
    assert {year: (row.tier, row.is_in_record) for year, row in country.tiers.items()} == {
        2021: (Tier.WATCH_LIST, False),
        2022: (Tier.TIER_2, False),
    }


def test_the_edition_of_a_year_comes_before_the_next_one_that_repeats_it():
    earlier = country_year(2022, investigations=NarrativeCount(Decimal(10), None, None))
    later = country_year(2023, investigations=NarrativeCount(Decimal(3), Decimal(11), ReadingDirection.DOWN))
    silent = country_year(2022)

    assert texts(published(earlier, later), INVESTIGATIONS)[2021] == ("10", "published")
    assert texts(published(silent, later), INVESTIGATIONS)[2021] == ("11", "published")


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (ComparedFigure("12", FigureOrigin.VERIFIED), ("12", "verified", "10")),
        (ComparedFigure("10", FigureOrigin.VERIFIED), ("10", "verified", "")),
        (ComparedFigure("not verified yet", FigureOrigin.UNREVIEWED), ("10", "published", "")),
    ],
)
def test_a_verified_figure_stands_before_a_published_one_which_stays_beside_it(own, expected):
    row = country_year(2022, investigations=NarrativeCount(Decimal(10), None, None))

    figure = published(row, own_tiers={}, own_figures={(INVESTIGATIONS, 2021): own}).figure(INVESTIGATIONS, 2021)

    assert (figure.text, figure.origin.value, figure.also) == expected


def test_editions_that_are_not_published_by_the_day_are_left_out():
    rows = [country_year(edition) for edition in (2021, 2022, 2023)]

    assert [row.edition for row in published_by(rows, date(2022, 1, 28))] == [2021]
    assert [row.edition for row in published_by(rows, date(2022, 8, 1))] == [2021, 2022]


def test_tables_have_every_year_and_say_where_nothing_is_known():
    first = published(country_year(2019), own_tiers={2022: ComparedTier(Tier.TIER_3, is_in_record=True)})
    second = compare_country("LSO", "Lesotho", [country_year(2022, victims_identified=NarrativeCount(Decimal(0)))])

    tiers = tabulate_tiers([first, second])
    assert [row.year for row in tiers] == [2022, 2021, 2020, 2019, 2018]
    assert [bool(tier) for _, tier in tiers[2].cells] == [False, False]
    tables = {table.question: table.rows for table in tabulate_figures([first, second])}
    assert [(name, figure.text) for name, figure in tables[VICTIMS][0].cells] == [("Botswana", "–"), ("Lesotho", "0")]


def test_a_reporting_period_begins_on_the_first_of_april():
    assert [year_of(day) for day in (date(2022, 3, 31), date(2022, 4, 1))] == [2021, 2022]


def test_the_chart_leaves_a_gap_where_no_tier_is_known_and_names_each_tier():
    chart = tier_chart({2018: Tier.TIER_2, 2020: Tier.TIER_3, 2021: Tier.WATCH_LIST})

    assert chart.line.count("M") == 1
    assert [label.text for label in chart.years] == ["2018", "2020", "2021"]
    assert chart.description == "Tiers by edition: 2018 Tier 2, 2020 Tier 3 and 2021 Tier 2 Watch List."


def test_every_packaged_country_year_can_be_compared():
    rows = packaged_country_years()
    for code in {row.code for row in rows}:
        own = published_by((row for row in rows if row.code == code), date(2026, 1, 1))
        assert compare_country(code, own[0].country, own).tiers
