"""Parse typed figures, or say what to write instead."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.figure_parsing import UnreadableFigure, parse_figure
from tiptracker.localization import format_number


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("16", "16"),
        (" 16 ", "16"),
        ("+16", "16"),
        ("0", "0"),
        ("007", "7"),
        ("1,250", "1250"),
        ("1,250,000", "1250000"),
        ("1 250 000", "1250000"),
        ("1\N{NO-BREAK SPACE}250\N{NO-BREAK SPACE}000", "1250000"),
        ("1\N{NARROW NO-BREAK SPACE}250\N{NARROW NO-BREAK SPACE}000", "1250000"),
        ("1\N{THIN SPACE}250", "1250"),
        ("1'250'000", "1250000"),
        ("1’250’000", "1250000"),
        ("12.5", "12.5"),
        ("12.50", "12.5"),
        ("12.", "12"),
        (".5", "0.5"),
        ("1,250.50", "1250.5"),
        ("1 250.5", "1250.5"),
        ("1,250.500", "1250.5"),
        ("1234.500", "1234.5"),
        ("16.0000", "16"),
        ("999,999,999,999.99", "999999999999.99"),
    ],
)
def test_figures_are_read_as_people_type_them(typed, figure):
    assert parse_figure(typed) == Decimal(figure)


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("1.250.000", "1250000"),
        ("1 250 000,5", "1250000.5"),
        ("1.250,50", "1250.5"),
        ("12,5", "12.5"),
        ("1.250", "1250"),
        ("1.250,500", "1250.5"),
    ],
)
def test_a_language_with_a_decimal_comma_groups_by_points(typed, figure):
    assert parse_figure(typed, decimal_mark=",") == Decimal(figure)


@pytest.mark.parametrize(
    ("typed", "code", "sentence"),
    [
        ("1.250.000", "not_a_number", "“1.250.000” is not a number. Write 1250000."),
        ("1.250.000,50", "not_a_number", "“1.250.000,50” is not a number. Write 1250000.50."),
        ("12,5", "not_a_number", "“12,5” is not a number. Write 12.5."),
        ("1 250,50", "not_a_number", "“1 250,50” is not a number. Write 1250.50."),
        ("12,50,000", "not_a_number", "“12,50,000” is not a number. Write 1250000."),
        ("16 cases", "not_a_number", "“16 cases” is not a number. Write 16."),
        ("M 1.250.000", "not_a_number", "“M 1.250.000” is not a number. Write 1250000."),
        ("M1,250,000", "not_a_number", "“M1,250,000” is not a number. Write 1250000."),
        ("45 %", "not_a_number", "“45 %” is not a number. Write 45."),
        ("16*", "not_a_number", "“16*” is not a number. Write 16."),
        ("1 25", "not_a_number", "“1 25” is not a number. Write digits only, such as 1250000."),
        ("1,2500", "not_a_number", "“1,2500” is not a number. Write digits only, such as 1250000."),
        ("1,250 000", "not_a_number", "“1,250 000” is not a number. Write digits only, such as 1250000."),
        ("1.2.3", "not_a_number", "“1.2.3” is not a number. Write digits only, such as 1250000."),
        ("12 (10 men)", "not_a_number", "“12 (10 men)” is not a number. Write digits only, such as 1250000."),
        ("ten", "not_a_number", "“ten” is not a number. Write digits only, such as 1250000."),
        ("nil", "not_a_number", "“nil” is not a number. Write digits only, such as 1250000."),
        ("١٦", "not_a_number", "“١٦” is not a number. Write digits only, such as 1250000."),
        ("1_000", "not_a_number", "“1_000” is not a number. Write digits only, such as 1250000."),
        (".", "not_a_number", "“.” is not a number. Write digits only, such as 1250000."),
        ("1.250", "ambiguous", "“1.250” can mean 1250 or 1.25. Write one of the two."),
        ("12.000", "ambiguous", "“12.000” can mean 12000 or 12. Write one of the two."),
        ("M 1.250", "ambiguous", "“M 1.250” can mean 1250 or 1.25. Write one of the two."),
        ("0.125", "too_precise", "“0.125” has more than 2 digits after the decimal point. Round it."),
        ("-1", "negative", "“-1” is less than zero. Write 0 or more."),
        ("−1", "negative", "“−1” is less than zero. Write 0 or more."),
        ("(5)", "negative", "“(5)” is less than zero. Write 0 or more."),
        ("-", "dash", "“-” can mean 0 or “not reported”. Write one of the two."),
        ("–", "dash", "“–” can mean 0 or “not reported”. Write one of the two."),
        ("..", "dash", "“..” can mean 0 or “not reported”. Write one of the two."),
        ("#N/A", "spreadsheet_error", "“#N/A” is an error in the spreadsheet. Write the figure or “not reported”."),
        (
            "#DIV/0!",
            "spreadsheet_error",
            "“#DIV/0!” is an error in the spreadsheet. Write the figure or “not reported”.",
        ),
        ("1.25E+06", "shortened", "The spreadsheet has shortened “1.25E+06”. Write all digits."),
        ("1e3", "shortened", "The spreadsheet has shortened “1e3”. Write all digits."),
        ("#####", "shortened", "The spreadsheet has shortened “#####”. Write all digits."),
        ("1234567890123", "too_long", "“1234567890123” has more than 12 digits. Check it."),
        ("1,234,567,890,123", "too_long", "“1,234,567,890,123” has more than 12 digits. Check it."),
    ],
)
def test_an_unreadable_figure_says_what_to_write(typed, code, sentence):
    with pytest.raises(UnreadableFigure) as caught:
        parse_figure(typed)

    assert (caught.value.code, str(caught.value)) == (code, sentence)


def test_suggestions_have_the_decimal_mark_of_the_language():
    with pytest.raises(UnreadableFigure) as caught:
        parse_figure("M 12,5", decimal_mark=",")

    assert str(caught.value) == "“M 12,5” is not a number. Write 12,5."

    with pytest.raises(UnreadableFigure) as caught:
        parse_figure("1,250", decimal_mark=",")

    assert str(caught.value) == "“1,250” can mean 1250 or 1,25. Write one of the two."


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_a_figure_reads_back_as_it_is_shown(figure):
    assert parse_figure(format_number(figure)) == figure


@given(st.text(max_size=20))
def test_any_text_is_a_figure_or_says_why_not(typed):
    try:
        figure = parse_figure(typed)
    except UnreadableFigure:
        return
    assert 0 <= figure < 10**12
    assert figure == round(figure, 2)


@given(st.text("0123456789., '", max_size=14))
def test_digits_are_never_lost_or_added(typed):
    try:
        figure = parse_figure(typed)
    except UnreadableFigure:
        return
    whole, _, decimals = typed.strip().partition(".")
    digits = "".join(filter(str.isdigit, whole)).lstrip("0")
    assert f"{figure:.2f}" == f"{digits or 0}.{decimals.ljust(2, '0')[:2]}"
