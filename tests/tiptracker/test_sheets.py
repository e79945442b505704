import csv
import io

import pytest

from tiptracker.sheets import BYTE_ORDER_MARK, csv_lines, without_formula


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(typed):
    assert without_formula(typed) == f"'{typed}"


@pytest.mark.parametrize("cell", ["a=1", "", "'=1", -1, 0.5, None])
def test_any_other_cell_stays_as_it_is(cell):
    assert without_formula(cell) == cell


def test_csv_lines_come_back_as_they_were_given():
    rows = [["Hlotse, “Leribe”", 3], ["two\nlines", "ñ"]]

    text = "".join(csv_lines(["Where", "How many"], rows))

    assert text.startswith(BYTE_ORDER_MARK)
    assert list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)))) == [
        ["Where", "How many"],
        ["Hlotse, “Leribe”", "3"],
        ["two\nlines", "ñ"],
    ]
