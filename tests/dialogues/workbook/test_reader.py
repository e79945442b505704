"""Read what programs save, and refuse what is hostile. Files saved by LibreOffice are in tests/fixtures/workbooks."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from dialogues.workbook.columns import SHEET_MARK
from dialogues.workbook.reader import read_lines
from dialogues.workbook.reader.cells import MAX_CELL_LENGTH, MAX_FILE_BYTES, MAX_LINES, Cell, CellKind
from dialogues.workbook.reader.excel import read_workbook
from tests.refusals import refuses


def never(*_, **__):
    raise AssertionError("a CSV file needs no sandbox")


def workbook(*rows, head=(SHEET_MARK, "title")):
    book = Workbook()
    for row in (head, ("Key", "Summary"), *rows):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_part(content, name, part=b"x"):
    packed = io.BytesIO(content)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(name, part)
    return packed.getvalue()


def test_cells_keep_their_kind():
    lines = read_workbook(workbook(("k", "=1+1"), ("k", 16.0), ("k", 0.5), ("k", "'=text"), ("k", "#REF!")))

    assert [line.cells[1] for line in lines[2:]] == [
        Cell(CellKind.FORMULA, "=1+1"),
        Cell(CellKind.NUMBER, "16"),
        Cell(CellKind.NUMBER, "0.5"),
        Cell(CellKind.TEXT, "'=text"),
        Cell(CellKind.ERROR, "#REF!"),
    ]


def test_the_sheet_is_found_by_its_mark_wherever_it_stands():
    book = Workbook()
    book.active.title = "Notes of the ministry"
    sheet = book.create_sheet("Anything")
    sheet.append(["moved down"])
    sheet.append([SHEET_MARK, "title"])
    content = io.BytesIO()
    book.save(content)

    assert [line.number for line in read_workbook(content.getvalue())] == [2]


def test_a_workbook_without_the_mark_has_no_lines():
    assert read_workbook(workbook(head=("something", "else"))) == []


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "Basic/Standard/Module1.xml", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(part):
    with refuses("macros", field="file", sentence="Save it as .xlsx without macros"):
        read_workbook(with_part(workbook(), part))


def test_a_document_of_another_kind_says_how_to_save_it():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    with refuses("unsupported_format", field="file", sentence="Excel workbook (.xlsx)"):
        read_workbook(content.getvalue())


def test_entities_are_refused():
    with refuses("declares_entities", field="file"):
        read_workbook(with_part(workbook(), "xl/more.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'))


def test_too_many_rows_and_too_long_cells_are_refused():
    with refuses("too_many", field="file"):
        read_workbook(workbook(*[("k", "x")] * (MAX_LINES + 1)))
    with refuses("too_long", field="file"):
        read_workbook(workbook(("k", "x" * (MAX_CELL_LENGTH + 1))))
    with refuses("too_large", field="file"):
        read_lines(b"x" * (MAX_FILE_BYTES + 1), run=never)
    with refuses("too_many", field="file"):
        read_lines(f"{SHEET_MARK},title\nKey,Summary\n{'k,x\n' * (MAX_LINES + 1)}".encode(), run=never)


def test_a_csv_file_may_have_any_encoding_and_keeps_line_breaks():
    text = f'{SHEET_MARK};title\r\nKey;Summary\r\nk;"Né à Maseru\nhier"\r\nk;=1+1\r\n'

    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        lines = read_lines(text.encode(encoding), run=never)
        assert [line.cells[1] for line in lines[2:]] == [
            Cell(CellKind.TEXT, "Né à Maseru\nhier"),
            Cell(CellKind.FORMULA, "=1+1"),
        ]


def test_a_reader_that_fails_says_what_to_do():
    with refuses("reader_failed", field="file"):
        read_lines(workbook(), run=lambda *_, **__: None)
