"""The rows of a workbook: from cells to what was typed, and what the preview says of each."""

from datetime import date

import pytest

from dialogues.workbook.columns import SHEET_MARK, Column
from dialogues.workbook.reader.cells import Cell, CellKind, SheetLine
from dialogues.workbook.rows import (
    RowKey,
    RowState,
    RowStatus,
    StateNow,
    WorkbookRow,
    decide_status,
    describe_changes,
    digest_values,
    read_rows,
)
from tests.refusals import refuses

STATE = RowState(version=7, outcome="returned", due_on="2022-01-31", wording="w")
KEYS = {
    "k1": RowKey(1, 10, 0, "2022-01-03", digest_values({"done_by": "government"}), STATE),
    "k2": RowKey(1, 11, 0, "2022-01-03", digest_values({}), STATE),
    "f1": RowKey(1, 10, 5, "2022-01-03", "", STATE),
}


def text(value):
    return Cell(CellKind.TEXT, value)


def rows_of(*lines):
    """Return the rows of these lines: mappings of columns to cells or texts."""
    columns = list(Column)
    head = [SHEET_MARK, *columns[1:]]
    sheet = [SheetLine(1, tuple(map(text, head))), SheetLine(2, tuple(map(text, head)))]
    for number, line in enumerate(lines, start=3):
        cells = (line.get(column.value, "") for column in columns)
        sheet.append(SheetLine(number, tuple(cell if isinstance(cell, Cell) else text(cell) for cell in cells)))
    return read_rows(sheet, read_key=KEYS.get, read_label=lambda column, label: label.lower())


def test_a_row_has_what_was_typed_with_the_figures_below_it():
    [row] = rows_of(
        {"key": "k1", "claimed": "Done", "title": "it", "figure": "9"}, {"key": "f1", "figure": "16", "title": "no"}
    )

    assert row.values == {"claimed": "done", "title": "it", "indicator-5-figure": "16"}
    assert (row.number, row.commitment, row.state) == (3, 10, STATE)


def test_a_row_survives_being_stored():
    rows = rows_of({"key": "k1", "title": Cell(CellKind.FORMULA, "=A1")}, {"key": "no"}, {"key": "k2", "title": "b"})

    assert [WorkbookRow.from_json(row.to_json()) for row in rows] == rows


def test_only_what_differs_from_the_download_makes_a_row_new():
    untouched, filled = rows_of({"key": "k1", "done_by": "Government"}, {"key": "k2", "title": "it"})

    assert (decide_status(untouched), decide_status(filled)) == (RowStatus.UNCHANGED, RowStatus.NEW)


def test_spaces_line_breaks_and_marks_of_numbers_make_no_difference():
    typed = {"narrative": "One\nline", "indicator-5-figure": "1250.5", "title": ""}
    again = {"narrative": "One  line ", "indicator-5-figure": "1 250,5", "narrative-confirmed": "ab"}

    assert digest_values(typed) == digest_values(again)
    assert digest_values(typed) != digest_values(again | {"title": "more"})


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ({"key": "changed", "title": "it"}, "was changed"),
        ({"key": "changed"}, "was changed"),
        ({"title": "it"}, "has no key"),
        ({"key": Cell(CellKind.FORMULA, "=A3"), "title": "it"}, "was changed"),
        ({"key": "f1", "figure": "16"}, "is missing above this figure"),
    ],
)
def test_a_row_without_a_valid_key_is_wrong_and_says_what_to_do(line, part):
    [row] = rows_of(line)

    assert decide_status(row) is RowStatus.WRONG
    assert part in str(row.problem)


def test_a_row_copied_below_itself_is_wrong_and_names_the_first():
    first, second = rows_of({"key": "k2", "title": "a"}, {"key": "k2", "title": "b"})

    assert (decide_status(first), decide_status(second)) == (RowStatus.NEW, RowStatus.WRONG)
    assert "row 3" in str(second.problem)
    assert first.values == {"title": "a"}


def test_a_cell_with_a_formula_or_an_error_is_refused_and_not_read():
    [row] = rows_of(
        {"key": "k1", "title": Cell(CellKind.FORMULA, "=1+1"), "narrative": Cell(CellKind.ERROR, "#REF!")},
    )

    assert row.values == {}
    assert "formula" in str(row.faults["title"])
    assert "#REF!" in str(row.faults["narrative"])
    assert decide_status(row, has_errors=True) is RowStatus.WRONG


@pytest.mark.parametrize("order", ["hnkf", "hfnk", "nkfh", "khfn"])
def test_no_row_is_lost_if_the_sheet_was_sorted_with_its_headings(order):
    head = [SHEET_MARK, *list(Column)[1:]]
    lines = {"h": head, "n": ["Key", *head[1:]], "k": ["k1", "", "", "", "", "it"], "f": ["f1", *[""] * 9, "16"]}
    sheet = [SheetLine(number, tuple(map(text, lines[name]))) for number, name in enumerate(order, start=1)]
    hidden_row = order.index("h")

    rows = read_rows(
        [sheet[hidden_row], *sheet[:hidden_row], *sheet[hidden_row + 1 :]],
        read_key=KEYS.get,
        read_label=lambda column, label: label,
    )

    assert [(row.problem, row.values) for row in rows] == [(None, {"title": "it", "indicator-5-figure": "16"})]


def test_a_sheet_without_one_of_its_columns_is_refused_as_a_whole():
    head = [SHEET_MARK, *(column for column in Column if column not in (Column.KEY, Column.NARRATIVE))]

    with refuses("column_missing", field="file", sentence="no column “What was done”"):
        read_rows([SheetLine(1, tuple(map(text, head)))], read_key=KEYS.get, read_label=lambda column, label: label)


def test_empty_lines_are_no_rows():
    assert rows_of({}, {"about": "A note of the ministry"}) == []


def test_the_names_of_files_may_be_divided_in_any_usual_way():
    row = WorkbookRow(3, values={"files": "letter.pdf; list.xlsx,\nphoto 1.jpg "})

    assert row.named_files == ["letter.pdf", "list.xlsx", "photo 1.jpg"]


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"was_sent": True, "is_blocked": True}, RowStatus.SENT),
        ({"is_blocked": True, "has_errors": True}, RowStatus.BLOCKED),
        ({"has_errors": True, "changes": True}, RowStatus.WRONG),
        ({"changes": True}, RowStatus.CHANGED),
    ],
)
def test_what_keeps_a_row_from_being_sent_comes_first(facts, status):
    assert decide_status(WorkbookRow(3, values={"title": "it"}), **facts) is status


def now(**changed):
    return StateNow(
        STATE._replace(**changed),
        sent_on=date(2022, 1, 10),
        sender="Lineo",
        decided_on=date(2022, 1, 12),
        due_on=date.fromisoformat(changed.get("due_on", STATE.due_on)) if changed.get("due_on", "-") else None,
    )


@pytest.mark.parametrize(
    ("changed", "sentences"),
    [
        ({}, []),
        ({"version": 8, "outcome": ""}, ["Lineo sent an update on 10 January 2022."]),
        (
            {"version": 8, "outcome": "accepted"},
            ["Lineo sent an update on 10 January 2022.", "The embassy accepted the last update on 12 January 2022."],
        ),
        ({"outcome": "withdrawn"}, ["The ministry withdrew the last update on 12 January 2022."]),
        ({"due_on": "2022-02-28"}, ["The due date was 31 January 2022. It is now 28 February 2022."]),
        ({"due_on": ""}, ["The due date was 31 January 2022. Now no date is agreed."]),
        ({"wording": "v"}, ["The wording of the commitment was corrected. Read it again."]),
    ],
)
def test_what_happened_since_the_download_is_said(changed, sentences):
    assert describe_changes(STATE, now(**changed)) == sentences
