from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import formatting
from tiptracker.localization import format_date, format_number, join_with_and


@pytest.mark.parametrize(
    ("value", "text"),
    [("4", "4"), ("4.00", "4"), ("1250", "1,250"), ("0.50", "0.5"), ("100", "100"), ("1E+2", "100"), ("0", "0")],
)
def test_figure_is_plain(value, text):
    assert format_number(Decimal(value)) == text


def test_day_is_in_full():
    assert format_date(date(2021, 11, 8)) == "8 November 2021"


@pytest.mark.parametrize(("names", "text"), [(["1a"], "1a"), (["1a", "1b"], "1a and 1b"), ("abc", "a, b and c")])
def test_a_list_in_words_ends_with_and(names, text):
    assert join_with_and(names) == text


def test_a_name_fits_where_it_stands():
    assert formatting.lowercase_first("Government money") == "government money"
    assert formatting.lowercase_first("NGO shelters") == "NGO shelters"
    assert formatting.capitalize_first("prosecutions") == "Prosecutions"


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(121, 2), "60.5"), (Fraction(43, 6), "7.2"), (Fraction(245, 4), "61.3"), (Fraction(0), "0")],
)
def test_halves_are_rounded_up_to_tenths(value, text):
    assert str(formatting.round_to_tenth(value)) == text


def test_the_missing_tenth_goes_to_the_largest_remainder():
    third = Fraction(20, 3)

    assert formatting.round_preserving_sum([third, third, third]) == (Decimal("6.7"), Decimal("6.7"), Decimal("6.6"))
    assert formatting.round_preserving_sum([Fraction(1, 25), Fraction(1, 20), Fraction(0)]) == (
        Decimal(0),
        Decimal("0.1"),
        Decimal(0),
    )


def test_a_line_that_gives_all_its_points_shows_the_same_figure_twice():
    third = Fraction(20, 3)
    reached = [third, third, Fraction(0)]
    printed = formatting.round_preserving_sum(reached, total=Decimal("13.3"))

    assert printed == (Decimal("6.7"), Decimal("6.6"), Decimal(0))
    assert formatting.round_possible_points([third, third, third], reached, printed) == (
        Decimal("6.7"),
        Decimal("6.6"),
        Decimal("6.7"),
    )


point_lists = st.lists(st.fractions(min_value=0, max_value=40, max_denominator=999), max_size=6)


@given(point_lists)
def test_printed_figures_add_up_and_differ_by_less_than_a_tenth(values):
    figures = formatting.round_preserving_sum(values)

    assert sum(figures, Decimal(0)) == formatting.round_to_tenth(sum(values, Fraction(0)))
    assert all(abs(Fraction(figure) - value) < Fraction(1, 10) for figure, value in zip(figures, values, strict=True))


@given(st.lists(point_lists, min_size=1, max_size=4))
def test_printed_lines_add_up_to_the_printed_part(groups):
    totals = formatting.round_preserving_sum([sum(values, Fraction(0)) for values in groups])

    for total, values in zip(totals, groups, strict=True):
        figures = formatting.round_preserving_sum(values, total=total)
        assert sum(figures, Decimal(0)) == total
        assert all(
            abs(Fraction(figure) - value) < Fraction(1, 10) for figure, value in zip(figures, values, strict=True)
        )
