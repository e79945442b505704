"""Lists as CSV and Excel: nothing that somebody typed is run, whatever parts the cells where the file is opened."""

import csv
import io
import re
from datetime import UTC
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from recommendations.importing.tables.csv_files import read_delimited
from tiptracker.web.formula_escaping import escape_formulas, unescape_formulas
from tiptracker.web.spreadsheets import BYTE_ORDER_MARK, csv_lines, csv_text, workbook

COMMAND = "=cmd|' /C calc'!A0"
FORMULA_SIGNS = ("=", "@", "+", "-", "＝", "＠", "＋", "－")
SEPARATORS = (",", ";", "\t", "|", ":", "\n", "\r", "\r\n", "\u2028")


def split_cells(text, separator):
    """The cells as a spreadsheet finds them by `separator`: quotes count at a cell's beginning alone."""
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]


def is_formula(cell):
    """Whether a spreadsheet takes a cell for a formula that reaches for something."""
    begins = re.match(r"[\s\ufeff\"]*([=@＝＠]|[-+－＋].*[|!(])", cell, re.DOTALL)
    return begins is not None


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "－1"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(typed):
    assert escape_formulas(typed) == f"'{typed}"


def test_a_formula_after_blanks_quotes_or_a_separator_gets_an_apostrophe_too():
    assert escape_formulas(" \t=1") == " \t'=1"
    assert escape_formulas('a;"=1"') == 'a;"\'=1"'
    assert escape_formulas("a;=1\n@x") == "a;'=1\n'@x"
    assert escape_formulas("'=1") == "''=1"


@pytest.mark.parametrize(
    "cell", ["a=1", "", "x' = 2", "Trained:\n- police (12)", "a; - nurses", "from 3, +266 2231", "https://a.b/?c=d&e=f"]
)
def test_a_text_that_nothing_runs_stays_as_it_is(cell):
    assert escape_formulas(cell).replace("\n'- police", "\n- police") == cell


@pytest.mark.parametrize("opened_with", [",", ";", "\t", "|", ":"])
def test_nothing_in_a_title_is_run_whatever_parts_the_cells(opened_with):
    rows = []
    for sign in FORMULA_SIGNS:
        formula = f"{sign}{COMMAND[1:]}"
        for inside in SEPARATORS:
            titles = [formula, f"A law{inside}{formula}", f'A "law"{inside} "{formula}"', f"{inside} {formula}"]
            rows += [[title, f"someone{inside}{formula}"] for title in titles]

    text = csv_text(["Title", "Who"], rows, UTC)

    assert [cell for cell in split_cells(text.removeprefix(BYTE_ORDER_MARK), opened_with) if is_formula(cell)] == []


def test_without_the_apostrophe_a_semicolon_would_start_a_formula():
    """What the check above looks for is there to be found."""
    text = '"1","A law;' + COMMAND + '"\r\n'

    assert [is_formula(cell) for cell in split_cells(text, ";")] == [False, True]


@given(st.text(alphabet="=@+-＝'\" ;,\t|:\na(!", max_size=30))
def test_escaped_text_is_unescaped_unchanged(text):
    assert unescape_formulas(escape_formulas(text)) == text


@pytest.mark.parametrize("part", ["\n", "|-"])
def test_a_long_text_of_signs_is_read_once_and_not_over_and_over(part):
    began = process_time()

    assert unescape_formulas(escape_formulas(part * 20_000)) == part * 20_000

    assert process_time() - began < 1  # trying each place anew takes several


@pytest.mark.parametrize("text", ["=1", "'=1", "A;=cmd|' /C calc'!A0", "A\n@x", "''+1", "x|-cmd(1)", "“a”; '=b'"])
def test_an_exported_list_is_read_again_as_it_was(text):
    content = csv_text(["Number", "Recommendation"], [[1, text]], UTC).encode()

    assert read_delimited(content).lines[1].cells == ("1", text)


def test_every_cell_is_quoted_and_read_back_unchanged():
    rows = [["Hlotse, “Leribe”", 3], ["two\nlines", "ñ"], [None, -1]]

    text = "".join(csv_lines(["Where", "How many"], rows))

    assert text.startswith(BYTE_ORDER_MARK)
    assert text.splitlines()[0] == f'{BYTE_ORDER_MARK}"Where","How many"'
    assert list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)))) == [
        ["Where", "How many"],
        ["Hlotse, “Leribe”", "3"],
        ["two\nlines", "ñ"],
        ["", "-1"],
    ]


def test_in_excel_a_text_is_a_text_and_stays_one_when_it_is_edited():
    sheet = load_workbook(io.BytesIO(workbook("evidence", ["Title"], [[COMMAND], ["a;=1"], [-1]], UTC))).active

    assert [(cell.value, cell.data_type, cell.number_format) for (cell,) in sheet.iter_rows(min_row=2)] == [
        (COMMAND, "s", "@"),
        ("a;=1", "s", "@"),
        (-1, "n", "General"),
    ]
