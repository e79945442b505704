"""Parse figures pasted from a spreadsheet, and say why other lines cannot be read."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from dialogues.choices import ReadingDirection
from dialogues.pasted_figures import CountedItem, parse_pasted_figures
from tests.pseudo_languages import LEFT_TO_RIGHT, pseudo_languages, pseudo_translate

CASES = CountedItem(1, "Cases", "cases")
VICTIMS = CountedItem(2, "Victims found", "victims")
MONEY = CountedItem(3, "Money for shelters", "maloti")
QACHA = CountedItem(4, "Officers in Qacha’s Nek", "officers")
PROSECUTIONS = CountedItem(5, "Prosecutions, new", "cases")
ITEMS = (CASES, VICTIMS, MONEY, QACHA, PROSECUTIONS)


def parse(text, items=ITEMS, **options):
    return parse_pasted_figures(text, items, **options)


def accepted_figures(pasted):
    """Return, by item, the value as it would be typed, and the note."""
    return {
        row.item.name: ("not reported" if row.is_not_reported else row.direction or row.figure, row.note)
        for row in pasted.figures
    }


def problem_codes(pasted):
    return [(problem.line, problem.code) for problem in pasted.problems]


# --- Names and figures ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_names_and_figures_are_taken_whatever_stands_between_them(mark):
    pasted = parse(f"Cases{mark}16\r\nVictims found{mark}1 250\nMoney for shelters{mark}12.5")

    assert accepted_figures(pasted) == {
        "Cases": (Decimal(16), ""),
        "Victims found": (Decimal(1250), ""),
        "Money for shelters": (Decimal("12.5"), ""),
    }
    assert [row.line for row in pasted.figures] == [1, 2, 3]
    assert not pasted.problems


@pytest.mark.parametrize(
    "name",
    [
        "officers in qacha's nek",
        "OFFICERS IN QACHA’S NEK",
        "Officers  in Qachas Nek ",
        "Officers in Qacha`s Nek:",
        "Officers in Qacha’s Nek (officers)",
        "4. Officers in Qacha’s Nek",
        "Officers in Qacha’s Nek*",
        "Officers\N{NO-BREAK SPACE}in Qacha’s Nek",
    ],
)
def test_a_name_is_known_in_another_spelling(name):
    assert accepted_figures(parse(f"{name}\t7")) == {QACHA.name: (Decimal(7), "")}


def test_similar_names_are_matched_by_exact_spelling():
    alike = (CountedItem(1, "Cases (new)", "cases"), CountedItem(2, "Cases: new", "cases"))

    assert accepted_figures(parse("Cases: new\t7", alike)) == {"Cases: new": (Decimal(7), "")}
    assert problem_codes(parse("cases new\t7", alike)) == [(1, "several_names")]


def test_a_name_with_a_comma_is_known_where_commas_part_the_columns():
    pasted = parse('Prosecutions, new,12\n"Cases","1,250"\nMoney for shelters,3,"until May, only"')

    assert accepted_figures(pasted) == {
        "Prosecutions, new": (Decimal(12), ""),
        "Cases": (Decimal(1250), ""),
        "Money for shelters": (Decimal(3), "until May, only"),
    }


def test_a_figure_with_commas_that_part_the_columns_is_not_guessed():
    pasted = parse("Cases,1,250\nVictims found,7")

    assert accepted_figures(pasted) == {"Victims found": (Decimal(7), "")}
    assert problem_codes(pasted) == [(1, "several_figures")]


def test_a_semicolon_in_a_note_parts_no_columns():
    pasted = parse("Cases,16\nVictims found,7\nMoney for shelters,3,to May; see page 4")

    assert accepted_figures(pasted)["Money for shelters"] == (Decimal(3), "to May; see page 4")


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("more", ReadingDirection.UP),
        ("Fewer", ReadingDirection.DOWN),
        ("about as many", ReadingDirection.LEVEL),
        ("Level, no figure", ReadingDirection.LEVEL),
        ("no data", "not reported"),
        ("Not reported", "not reported"),
        ("N/A", "not reported"),
        ("n.a.", "not reported"),
        ("not available", "not reported"),
        ("1,250,000", Decimal(1_250_000)),
    ],
)
def test_words_stand_for_a_figure(typed, value):
    assert accepted_figures(parse(f"Cases\t{typed}")) == {"Cases": (value, "")}


def test_text_after_a_figure_becomes_its_note_without_the_unit():
    pasted = parse("1\tCases\tcases\t16\twithout Qacha’s Nek\tpage 4\nVictims found\t\t12\t\tuntil Friday")

    assert accepted_figures(pasted) == {
        "Cases": (Decimal(16), "without Qacha’s Nek; page 4"),
        "Victims found": (Decimal(12), "until Friday"),
    }


def test_a_cell_with_a_line_break_stays_one_cell_and_lines_are_counted_as_they_stand():
    pasted = parse('"Victims\nfound"\t12\t"until\nFriday"\nCourts\t3')

    assert accepted_figures(pasted) == {"Victims found": (Decimal(12), "until Friday")}
    assert problem_codes(pasted) == [(4, "unknown_name")]


def test_invisible_characters_hide_no_name():
    assert accepted_figures(parse("\N{ZERO WIDTH NO-BREAK SPACE}Ca\N{ZERO WIDTH SPACE}ses\t16")) == {
        "Cases": (Decimal(16), "")
    }


def test_a_single_quotation_mark_swallows_no_lines():
    pasted = parse('Cases\t16\t5" of files\nVictims found\t12')

    assert [row.item for row in pasted.figures] == [CASES, VICTIMS]


# --- Headings and blanks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "Indicator\tFigure",
        "Indicator\t2021",
        "\t2021",
        "What is counted\t2021/22\tRemarks",
        "Ministry of Police: annual statistics\n\nIndicator\tUnit\tFigure",
        "Ministry of Police\t\n\t",
    ],
)
def test_headings_are_skipped_and_named(heading):
    pasted = parse(f"{heading}\nCases\t16")

    assert accepted_figures(pasted) == {"Cases": (Decimal(16), "")}
    assert not pasted.problems
    assert pasted.headings == tuple(number for number, line in enumerate(heading.split("\n"), 1) if line.strip())


def test_a_heading_within_the_table_and_blank_lines_are_skipped():
    pasted = parse("Prosecution\t\t\nCases\t16\n\t\t\n\nProtection\nVictims found\t12\n\n")

    assert list(accepted_figures(pasted)) == ["Cases", "Victims found"]
    assert (pasted.headings, pasted.problems) == ((1, 5), ())


def test_a_heading_says_which_column_holds_the_figure():
    pasted = parse("No.\tIndicator\tSource\tTotal\tRemarks\n1\tCases\tPolice\t16\tto May\n2\tVictims found\t2020\t12\t")

    assert accepted_figures(pasted) == {"Cases": (Decimal(16), "to May"), "Victims found": (Decimal(12), "")}


def test_the_line_of_excel_that_names_the_separator_is_skipped():
    pasted = parse("sep=;\nCases;16")

    assert accepted_figures(pasted) == {"Cases": (Decimal(16), "")}
    assert pasted.headings == (1,)


def test_a_first_line_with_a_figure_is_no_heading():
    assert problem_codes(parse("Courts\t2\nCases\t16")) == [(1, "unknown_name")]


# --- Lines that can't be taken ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("Courts\t2", "unknown_name", "Line 2: “Courts” is not in the table below. Write the name as it stands there."),
        (
            "Victms found\t2",
            "unknown_name",
            "Line 2: “Victms found” is not in the table below. Did you mean “Victims found”?",
        ),
        ("Victims found\t1.250.000", "not_a_number", "Line 2: “1.250.000” is not a number. Write 1250000."),
        ("Victims found\t16 cases", "not_a_number", "Line 2: “16 cases” is not a number. Write 16."),
        ("Victims found\t16 cases\t2021", "not_a_number", "Line 2: “16 cases” is not a number. Write 16."),
        ("Victims found\t–", "dash", "Line 2: “–” can mean 0 or “not reported”. Write one of the two."),
        ("Victims found\t", "no_figure", "Line 2: “Victims found” has no figure. Write the figure or “not reported”."),
        ("Victims found", "no_figure", "Line 2: “Victims found” has no figure. Write the figure or “not reported”."),
        ("Victims found\t12\t14", "several_figures", "Line 2: 12 and 14 could both be the figure. Leave one of them."),
        ("Victims found\tup\t14", "several_figures", "Line 2: up and 14 could both be the figure. Leave one of them."),
        ("CASES\t7", "named_twice", "Line 2: “Cases” is already in line 1. Leave one of the two lines."),
    ],
)  # fmt: skip
def test_each_line_says_why_it_is_not_taken_and_the_others_are(line, code, sentence):
    pasted = parse(f"Cases\t16\n{line}\nMoney for shelters\t3")

    assert [(problem.line, problem.code, problem.sentence) for problem in pasted.problems] == [(2, code, sentence)]
    assert list(accepted_figures(pasted)) == ["Cases", "Money for shelters"]


def test_several_unknown_lines_are_each_named():
    pasted = parse("Courts\t2\nCases\t16\nJudges\t4\nHotlines\t1\nVictims found\t12")

    assert problem_codes(pasted) == [(1, "unknown_name"), (3, "unknown_name"), (4, "unknown_name")]
    assert list(accepted_figures(pasted)) == ["Cases", "Victims found"]


# --- Figures alone ----------------------------------------------------------------------------------------------------


def test_figures_alone_are_taken_in_the_order_of_the_table_and_a_blank_line_skips_one():
    assert accepted_figures(parse("1,250,000\n\nmore\n")) == {
        "Cases": (Decimal(1_250_000), ""),
        "Money for shelters": (ReadingDirection.UP, ""),
    }


def test_a_line_that_is_no_figure_keeps_its_place():
    pasted = parse("7\nabout ten\n3")

    assert accepted_figures(pasted) == {"Cases": (Decimal(7), ""), "Money for shelters": (Decimal(3), "")}
    assert problem_codes(pasted) == [(2, "not_a_number")]
    assert accepted_figures(parse("about ten\n7")) == {"Victims found": (Decimal(7), "")}


@pytest.mark.parametrize("heading", ["Figure", "2021", "April to December 2021"])
def test_a_line_above_one_figure_for_each_item_is_a_heading(heading):
    pasted = parse(f"{heading}\n1\n2\n3\n4\n5")

    assert [row.figure for row in pasted.figures] == [1, 2, 3, 4, 5]
    assert pasted.headings == (1,)


def test_more_figures_than_the_table_has_lines_are_not_guessed():
    pasted = parse("1\n2\n3", (CASES, VICTIMS))

    assert not pasted.figures
    (problem,) = pasted.problems
    assert (problem.line, problem.code) == (None, "too_many_figures")
    assert problem.sentence == (
        "You pasted 3 figures without names, and the table has 2 lines. Paste the names beside the figures."
    )


def test_names_alone_have_no_figure():
    assert problem_codes(parse("Cases\nVictims found")) == [(1, "no_figure"), (2, "no_figure")]


def test_a_direction_is_read_in_the_readers_language():
    """The hint of the form quotes the short names in that language."""
    with pseudo_languages(), translation.override(LEFT_TO_RIGHT):
        pasted = parse(f"Cases\t{pseudo_translate('More')}\nVictims found\t{pseudo_translate('Fewer')}")

    assert [row.direction for row in pasted.figures] == [ReadingDirection.UP, ReadingDirection.DOWN]


# --- Anything ---------------------------------------------------------------------------------------------------------


def test_a_decimal_comma_is_read_where_the_language_has_one():
    assert accepted_figures(parse("Cases\t1.250,5", decimal_mark=",")) == {"Cases": (Decimal("1250.5"), "")}


@given(st.text("Casevitmfound12,.;\t\n\"' -–:", max_size=80))
def test_every_line_is_taken_or_skipped_or_named(text):
    pasted = parse(text)

    accounted = [row.line for row in pasted.figures] + [p.line for p in pasted.problems] + list(pasted.headings)
    assert len(accounted) == len(set(accounted))
    assert len({row.item for row in pasted.figures}) == len(pasted.figures)


@given(st.lists(st.sampled_from(ITEMS), unique=True), st.data())
def test_a_column_of_names_and_one_of_figures_are_taken_whole(items, data):
    figures = {item: data.draw(st.integers(0, 10**9)) for item in items}

    pasted = parse("\n".join(f"{item.name}\t{figure:,}" for item, figure in figures.items()))

    assert {row.item: row.figure for row in pasted.figures} == figures
    assert not pasted.problems
