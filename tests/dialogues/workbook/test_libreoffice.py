"""Read workbooks that LibreOffice opened, filled in and saved: see tests/fixtures/workbooks/README.md."""

import pytest
from django.conf import settings

from dialogues.workbook.keys import read_key
from dialogues.workbook.labels import make_label_reader
from dialogues.workbook.reader import read_lines
from dialogues.workbook.rows import read_rows
from tiptracker.sandbox.sandbox import Sandbox

NARRATIVE = """Exercise: the Commissioner named “focal points”, one for each district.
They took up their duties; the list is attached."""
FOLDER = settings.BASE_DIR / "tests" / "fixtures" / "workbooks"


def rows_of(name):
    lines = read_lines((FOLDER / name).read_bytes(), run=Sandbox(None))
    return {row.commitment: row for row in read_rows(lines, read_key=read_key, read_label=make_label_reader())}


@pytest.mark.parametrize("name", ["libreoffice.xlsx", "libreoffice.csv", "libreoffice_windows_1252.csv"])
def test_what_was_filled_in_is_read_and_the_rest_is_unchanged(name):
    rows = rows_of(name)

    assert {commitment: row.is_filled for commitment, row in rows.items()} == {1001: True, 1002: True, 1003: False}
    assert rows[1001].values == {
        "claimed": "done",
        "title": "Exercise: focal points named in ten districts",
        "narrative": NARRATIVE,
        "happened_from": "2022-01-10",
        "happened_to": "2022-01-20",
        "done_by": "joint",
        "through_on": "2022-01-20",
        "indicator-5-figure": "10",
        "files": "letter.pdf; list.xlsx",
    }
    assert rows[1001].problem is None


def test_a_formula_is_found_in_the_workbook():
    assert set(rows_of("libreoffice.xlsx")[1002].faults) == {"happened_from"}
