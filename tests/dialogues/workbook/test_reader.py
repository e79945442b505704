"""Read what programs save, and refuse what is hostile. Files saved by LibreOffice are in tests/fixtures/workbooks."""

import io
import zipfile
from time import process_time

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


def with_text(content, old, new):
    """Return the workbook with a text of its parts replaced, as another program would have written it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w") as after:
        for part in before.namelist():
            after.writestr(part, before.read(part).replace(old, new))
    return packed.getvalue()


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

    assert read_workbook(content.getvalue())[0].number == 2


def test_columns_that_were_inserted_before_the_first_one_are_left_out():
    content = workbook(("note", "k", "text"), head=("", SHEET_MARK, "title"))
    [*_, line] = read_workbook(content)
    [*_, csv_line] = read_lines(f"x,{SHEET_MARK},title\n,Key,Summary\nnote,k,text\n".encode(), run=never)

    assert [cell.text for cell in line.cells[:2]] == [cell.text for cell in csv_line.cells] == ["k", "text"]


def test_a_row_at_the_end_of_the_sheet_which_programs_write_for_its_format_costs_little():
    content = with_text(workbook(("k", "text")), b"</sheetData>", b'<row r="1048576" ht="15"/></sheetData>')
    began = process_time()

    assert len(read_workbook(content)) == 3

    assert process_time() - began < 3, "the confined process has twice as much for everything"


def test_a_copy_of_a_sheet_is_refused_if_it_says_something_else():
    book = Workbook()
    for text in ("same", "same", "other"):
        sheet = book.create_sheet("Commitments")
        sheet.append([SHEET_MARK, "title"])
        sheet.append(["k", text])
    refused, content = io.BytesIO(), io.BytesIO()
    book.save(refused)
    del book["Commitments2"]
    book.save(content)

    assert len(read_workbook(content.getvalue())) == 2
    with refuses("copied_sheet", field="file", sentence="“Commitments” and “Commitments2”"):
        read_workbook(refused.getvalue())


def test_a_percentage_is_read_as_it_was_typed():
    book = Workbook()
    book.active.append([SHEET_MARK, "title"])
    for number, shown_as in ((0.5, "0%"), (0.07, "0.00%"), (50, '0" %"')):
        book.active.append(["k", number])
        book.active.cell(book.active.max_row, 2).number_format = shown_as
    content = io.BytesIO()
    book.save(content)

    assert [line.cells[1].text for line in read_workbook(content.getvalue())[1:]] == ["50%", "7%", "50"]


def test_line_breaks_of_windows_are_read_as_line_breaks():
    content = with_text(workbook(("k", "one two")), b"one two", b"one_x000D_\ntwo")

    assert read_workbook(content)[-1].cells[1].text == "one\ntwo"


def test_the_strict_variant_of_the_format_says_how_to_save_it():
    main = b"schemas.openxmlformats.org/spreadsheetml/2006/main"

    with refuses("strict_format", field="file", sentence="“Excel workbook (.xlsx)”"):
        read_workbook(with_text(workbook(), main, b"purl.oclc.org/ooxml/spreadsheetml/main"))


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
    with refuses("too_many", field="file", sentence="than a sheet of ours"):
        read_lines(f"{SHEET_MARK},title\nk,{',' * 50}x\n".encode(), run=never)
    with refuses("too_long", field="file", sentence="choose the Excel workbook"):
        read_lines(f"{SHEET_MARK},title\nk,{'x' * (MAX_CELL_LENGTH - 1)}\n".encode(), run=never)


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
