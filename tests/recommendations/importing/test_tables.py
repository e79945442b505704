"""Tables of recommendations: encodings, columns, and refusals with their sentences."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from recommendations.choices import Pillar
from recommendations.importing.tables import read_table
from recommendations.importing.tables.charsets import Charset
from recommendations.importing.tables.columns import ColumnType, guess_columns
from recommendations.importing.tables.rows import ExpectedEdition, read_rows
from tests.refusals import refuses
from tiptracker.sandbox.sandbox import Sandbox

LESOTHO = ExpectedEdition("LSO", 2021, ("Lesotho",))
PLAIN = (
    'Number,Recommendation\n1,"Fund the shelter’s staff, and keep it open."\n2,Train the police in every district.\n'
)
PLAIN_TEXTS = {1: "Fund the shelter’s staff, and keep it open.", 2: "Train the police in every district."}


def read_sample(content, charset=None, sought=LESOTHO, columns=None):
    cells = read_table(content if isinstance(content, bytes) else content.encode(), charset, run=Sandbox(None))
    return read_rows(cells, columns or guess_columns(cells), sought)


def row_texts(listed):
    return {row.number: row.text for row in listed.rows}


def workbook(*sheets, hidden=()):
    """Return an .xlsx file with sheets, each a list of rows."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"Sheet {place + 1}")
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write(line, column, cell)
            if place in hidden:
                sheet.hide()
    return content.getvalue()


def change_zip(content, **parts):
    """Return a workbook with added or replaced parts. Names have underscores for slashes and dots."""
    old, new = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, parts.pop(name.replace("/", "_").replace(".", "_"), old.read(name)))
        for name, part in parts.items():
            archive.writestr(name, part)
    return new.getvalue()


# --- Bytes ------------------------------------------------------------------------------------------------------------

ENCODED = {
    "UTF-8": PLAIN.encode(),
    "UTF-8 with a byte order mark": PLAIN.encode("utf-8-sig"),
    "UTF-16, as Excel writes it": PLAIN.encode("utf-16"),
    "UTF-16 of the other byte order": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "UTF-16 of the other order without a mark": PLAIN.encode("utf-16-be"),
    "Windows-1252": PLAIN.encode("cp1252"),
    "Mac OS Roman": PLAIN.encode("mac_roman"),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_table_reads_alike_however_it_is_written(content, ending):
    encoding = {
        id(ENCODED["UTF-16 of the other byte order"]): "utf-16-be",
        id(ENCODED["UTF-16 without a mark"]): "utf-16-le",
        id(ENCODED["UTF-16 of the other order without a mark"]): "utf-16-be",
        id(ENCODED["UTF-16, as Excel writes it"]): "utf-16-le",
        id(ENCODED["Windows-1252"]): "cp1252",
        id(ENCODED["Mac OS Roman"]): "mac_roman",
    }.get(id(content), "utf-8")
    content = content.replace("\n".encode(encoding), ending.encode(encoding))

    assert row_texts(read_sample(content)) == PLAIN_TEXTS


def test_guessed_encoding_is_reported():
    listed = read_sample(ENCODED["Windows-1252"])

    assert "We read it as Windows-1252. Check apostrophes" in listed.notes[0]
    assert "We read it as Mac OS Roman. Check apostrophes" in read_sample(ENCODED["Mac OS Roman"]).notes[0]
    assert read_sample(ENCODED["UTF-8"]).notes == ()


def test_an_encoding_that_somebody_chose_is_taken():
    content = "Number,Recommendation\n1,Protéger Ã l’abri\n".encode("cp1252")

    assert row_texts(read_sample(content, Charset.WINDOWS_1252)) == {1: "Protéger Ã l’abri"}
    with refuses("undecodable", field="file", sentence="The file can’t be read as UTF-8. Save it as “CSV UTF-8”"):
        read_sample(content, Charset.UTF_8)
    assert row_texts(read_sample(PLAIN.encode("utf-16-be"), Charset.UTF_16)) == PLAIN_TEXTS
    assert row_texts(read_sample("Number,Recommendation\n1,Ni–o\n".encode("cp1252"), Charset.MAC_ROMAN)) == {1: "Niño"}


@pytest.mark.parametrize(
    "text",
    [
        "Fund the shelter’s staff.",
        "Train “all” police – also judges.",
        "“Train” police.",
        "Train police – also judges.",
        "Act at once…",
        "Protéger à l’abri, déjà créé, en Côte d’Ivoire.",
        "Élargir l’accès à São Tomé e Príncipe; ações não.",
        "Go to Türkiye.",
        "Straße über größer.",
        "Keep it at 20 °C for £3 or €5.",
    ],
)
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_an_encoding_of_8_bits_is_told_by_what_reads_like_a_language(text, encoding):
    assert row_texts(read_sample(f'Number,Recommendation\n1,"{text}"\n'.encode(encoding))) == {1: text}


UNKNOWN_ENCODINGS = {
    "Greek": "Αριθμός,Σύσταση\n1,Εκπαίδευση των αρχών.\n".encode("cp1253"),
    "Arabic": "الرقم,التوصية\n1,التحقيق في الاتجار.\n".encode("cp1256"),
    "Cyrillic of the Mac": "Номер,Рекомендация\n1,Расследовать дела.\n".encode("mac_cyrillic"),
    "Cyrillic": "Номер,Рекомендация\n1,Расследовать дела о торговле людьми.\n".encode("cp1251"),
    "Japanese": "番号,勧告\n1,人身取引の捜査を強化する。\n".encode("shift_jis"),
    "bytes of no letter": b"Number,Recommendation\n1,Fund \x81\x8d\n",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
}


@pytest.mark.parametrize("content", UNKNOWN_ENCODINGS.values(), ids=UNKNOWN_ENCODINGS)
def test_an_encoding_that_nothing_tells_is_refused(content):
    with refuses("undecodable", field="file", sentence="The file does not state its encoding, and it is not UTF-8"):
        read_sample(content)


def test_a_utf_16_file_with_an_odd_number_of_bytes_is_refused():
    with refuses("undecodable", field="file", sentence="The file can’t be read as UTF-16-LE."):
        read_sample(PLAIN.encode("utf-16")[:-1])


# --- CSV --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_of_a_table_is_detected(sign):
    rows = [["Number", "Recommendation"], ["1", "Fund it; train, too."], ["2", "Train the police."]]
    content = "\n".join(sign.join(f'"{cell}"' for cell in row) for row in rows)

    assert row_texts(read_sample(content)) == {1: "Fund it; train, too.", 2: "Train the police."}


@pytest.mark.parametrize("sign", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize("stated", ["sep={}\n", "sep={}\r\n", '"sep={}"\n', "SEP={}\r", "\ufeffsep={}\n"])
def test_the_line_of_excel_that_states_the_delimiter_is_no_row(sign, stated):
    rows = [["Number", "Recommendation"], ["1", "Fund it; train, too."], ["2", ""], ["3", "Train the police."]]
    table = "\n".join(sign.join(f'"{cell}"' for cell in row) for row in rows)
    listed = read_sample(stated.format(sign) + table)

    assert row_texts(listed) == {1: "Fund it; train, too.", 3: "Train the police."}
    assert [row.line for row in listed.unreadable] == [3]


def test_a_stated_delimiter_that_gives_no_columns_is_not_taken():
    assert row_texts(read_sample("sep=;\nNumber,Recommendation\n1,Fund the shelters.\n")) == {1: "Fund the shelters."}


def test_a_heading_that_begins_like_a_statement_is_a_row():
    assert guess_columns(read_table(b"sep=x,Recommendation\n1,Fund the shelters.\n", run=Sandbox(None))).has_headings


def test_a_quoted_cell_may_hold_line_ends_and_quotation_marks():
    listed = read_sample('Number,Recommendation\r\n1,"Fund the\r\n""Trust Fund""\rat once."\r\n2,Train the police.\r\n')

    assert row_texts(listed) == {1: 'Fund the "Trust Fund" at once.', 2: "Train the police."}
    assert [row.line for row in listed.rows] == [2, 3]


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (
            'Number,Recommendation\n1,Fund it.\n2,"Train the police.\n',
            "invalid_csv",
            "Row 3 has an opening quotation mark without a closing one.",
        ),
        (
            'Number,Recommendation\n1,"Fund" it.\n',
            "invalid_csv",
            "Row 2 has text after a closing quotation mark.",
        ),
        ("", "empty_file", "The file is empty."),
        (" \r\n", "empty_file", ""),
        ("Number,Recommendation\n", "no_rows", "The table has no rows below the headings."),
        ("Number,Recommendation\n" + "1,x\n" * 20_001, "too_many", "The table has more than 20,000 rows."),
        ("Number,Recommendation\n1," + "x" * 10_001, "too_long", "Row 2 has a cell of more than 10,000 characters."),
        ("a," * 60 + "\n", "too_many", "Row 1 has 61 cells."),
    ],
)
def test_what_can_not_be_read_is_refused_with_the_row_and_the_reason(content, code, sentence):
    with refuses(code, field="file", sentence=sentence):
        read_sample(content)


def test_a_file_of_fifty_megabytes_is_refused():
    with refuses("too_large", field="file", sentence="The file is larger than 10 MB."):
        read_sample(b"x" * 50 * 1024 * 1024)


# --- Excel ------------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read():
    rows = [
        ["Nr", "Recommendation", "Pillar"],
        [1.0, "Fund the shelter.", "Protection"],
        [],
        [2, "Train them.", "Prevent"],
    ]
    listed = read_sample(workbook(rows, [["Not shown"]], hidden={1}))

    assert [(row.number, row.text, row.pillar, row.line) for row in listed.rows] == [
        (1, "Fund the shelter.", Pillar.PROTECTION, 2),
        (2, "Train them.", Pillar.PREVENTION, 4),
    ]


def test_a_workbook_has_the_columns_up_to_the_last_that_is_filled():
    rows = [["Number", "Recommendation"], [1, "Fund the shelter."], [2, "Train them.", "", "Later"]]
    read = read_table(workbook(rows), run=Sandbox(None))

    assert [line.cells for line in read.lines] == [
        ("Number", "Recommendation", "", ""),
        ("1", "Fund the shelter.", "", ""),
        ("2", "Train them.", "", "Later"),
    ]


def test_dates_and_errors_of_a_workbook_are_read_as_shown():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for place, heading in enumerate(("Number", "Recommendation")):
            sheet.write(0, place, heading)
        sheet.write_number(1, 0, 1)
        sheet.write_datetime(1, 1, date(2022, 1, 28), day)
        sheet.write_number(2, 0, 2)
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
    listed = read_sample(content.getvalue())

    assert row_texts(listed) == {1: "2022-01-28"}
    assert listed.unreadable == ((3, "The spreadsheet shows an error in it: #DIV/0!."),)


ZIP_BOMB = b"<worksheet>" + b" " * (70 * 1024 * 1024) + b"</worksheet>"
VALID = [["Number", "Recommendation"], [1, "Fund the shelter."]]
ENTITY_XML = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (lambda: workbook(VALID, VALID), "several_sheets", "Several sheets have content: “Sheet 1”, “Sheet 2”."),
        (lambda: workbook([]), "empty_file", "The workbook is empty."),
        (lambda: workbook(VALID)[:-200], "damaged", "The workbook is damaged or incomplete."),
        (
            lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "old_or_locked",
            "The workbook is in an old Excel format or has a password.",
        ),
        (
            lambda: change_zip(workbook(VALID), bomb=ZIP_BOMB),
            "too_large",
            "The workbook unpacks to far more than a list.",
        ),
        (
            lambda: change_zip(workbook(VALID), xl_worksheets_sheet1_xml=ENTITY_XML),
            "declares_entities",
            "The workbook contains references to other files",
        ),
        (
            lambda: change_zip(workbook(VALID), xl_worksheets_sheet1_xml=ENTITY_XML.decode().encode("utf-16")),
            "declares_entities",
            "",
        ),
        (lambda: change_zip(workbook(VALID), **{f"part{n}": b"" for n in range(1001)}), "too_large", ""),
        (lambda: change_zip(workbook(VALID), xl_worksheets_sheet1_xml=b"<worksheet"), "damaged", ""),
        (lambda: workbook([["Number", "Recommendation"], *([n, "x"] for n in range(1, 20_001))]), "too_many", ""),
    ],
    ids=(
        "two sheets", "empty", "cut off", "before 2007", "bomb", "entity", "entity in UTF-16", "many parts", "no XML",
        "too long",
    ),
)  # fmt: skip
def test_a_workbook_that_is_a_trap_or_broken_is_refused(content, code, sentence):
    with refuses(code, field="file", sentence=sentence):
        read_sample(content())


def test_a_last_row_whose_format_was_changed_does_no_harm():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Number", "Recommendation"])
        sheet.write_row(1, 0, [1, "Increase efforts."])
        sheet.write_blank(1_048_575, 0, None, book.add_format({"bold": True}))

    assert list(row_texts(read_sample(content.getvalue())).values()) == ["Increase efforts."]


def test_a_zip_that_lies_about_its_size_is_refused():
    """The zip directory states a small size. The unpacked bytes are counted, not the stated ones."""
    content = bytearray(change_zip(workbook(VALID), bomb=ZIP_BOMB))
    size = len(ZIP_BOMB).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (100).to_bytes(4, "little")

    with refuses("damaged", field="file"):
        read_sample(bytes(content))


def test_a_sheet_that_says_it_is_endless_is_read_as_far_as_it_goes():
    sheet = zipfile.ZipFile(io.BytesIO(workbook(VALID))).read("xl/worksheets/sheet1.xml")
    endless = sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')

    assert endless != sheet
    assert row_texts(read_sample(change_zip(workbook(VALID), xl_worksheets_sheet1_xml=endless))) == {
        1: "Fund the shelter."
    }


def test_a_row_far_below_is_refused_not_counted_up_to():
    sheet = zipfile.ZipFile(io.BytesIO(workbook(VALID))).read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'<row r="2"', b'<row r="999999999"').replace(b'"A2"', b'"A999999999"')

    with refuses("too_many", field="file"):
        read_sample(change_zip(workbook(VALID), xl_worksheets_sheet1_xml=far.replace(b'"B2"', b'"B999999999"')))


def test_a_zip_file_that_is_no_workbook_is_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("list.csv", PLAIN)

    with refuses("unsupported_format", field="file", sentence="The file is a zip file, but not an Excel workbook."):
        read_sample(content.getvalue())


# --- Columns ----------------------------------------------------------------------------------------------------------

ITEM = "Fund the shelter and its staff in each of the ten districts."
N, T, L, P, NIL = ColumnType.NUMBER, ColumnType.TEXT, ColumnType.LEAD, ColumnType.PILLAR, ColumnType.NOTHING


@pytest.mark.parametrize(
    ("lines", "types", "has_headings"),
    [
        (["No.;Prioritized recommendation", f"1;{ITEM}"], (N, T), True),
        (["#;Text;Lead ministry;Supporting", f"1;{ITEM};Police;Labour"], (N, T, L, ColumnType.SUPPORTING), True),
        (
            ["Country;Year;Priority;Recommendation;Pillar", f"LSO;2021;1;{ITEM};Protection"],
            (ColumnType.COUNTRY, ColumnType.YEAR, N, T, ColumnType.PILLAR),
            True,
        ),
        (["Recommendation;Recommendation (Sesotho)", f"{ITEM};Thusa"], (T, NIL), True),
        ([f"1;{ITEM}", f"2;{ITEM} Soon."], (N, T), False),
        ([f"{ITEM};1.", f"{ITEM} Soon.;2."], (T, N), False),
        ([f"7;{ITEM}", f"3;{ITEM} Soon."], (NIL, T), False),
        (["Number;Asked", f"1;{ITEM}"], (N, T), True),
        (["a;b", "c;d"], (NIL, NIL), False),
        (["Priority;Recommendation", f"high;{ITEM}", f"low;{ITEM} Soon."], (NIL, T), True),
        (["Priority;No.;Recommendation", f"high;1;{ITEM}", f"low;2;{ITEM} Soon."], (NIL, N, T), True),
        (["Priority;Asked", f"high;{ITEM}", f"low;{ITEM} Soon."], (NIL, T), True),
        (["Ref;Recommendation;Who", f"R-01;{ITEM};Police"], (NIL, T, L), True),
        (["Recommendation;Responsible", f"{ITEM};Police"], (T, L), True),
        (["No.;Recommendation;Cat.", f"1;{ITEM};Prosecution", f"2;{ITEM} Soon.;prevent", "3;Train;"], (N, T, P), True),
        (["No.;Recommendation;Cat.", f"1;{ITEM};A", f"2;{ITEM} Soon.;Prevention"], (N, T, NIL), True),
        (["No.;Recommendation;Desk", f"1;{ITEM};Ministry of Police", f"2;{ITEM} Soon.;the Ministry of Labour"],
         (N, T, L), True),
        (["No.;Recommendation;Lead;Desk", f"1;{ITEM};Police;Ministry of Police"], (N, T, L, NIL), True),
        ([f"R-01;{ITEM};Protection", f"R-02;{ITEM} Soon.;Prevention"], (N, T, P), False),
        ([f"{ITEM};Fund 5", f"{ITEM} Soon.;Train 6 of them"], (T, NIL), False),
    ],
)  # fmt: skip
def test_columns_are_recognized_by_headings_or_else_by_content(lines, types, has_headings):
    assert guess_columns(read_table("\n".join(lines).encode(), run=Sandbox(None))) == (types, has_headings)


def test_columns_may_be_corrected():
    cells = read_table(f"What;Note\n{ITEM};later\n".encode(), run=Sandbox(None))
    wrong = guess_columns(cells)

    assert read_rows(cells, wrong._replace(types=(NIL, T), has_headings=True), LESOTHO).rows[0].text == "later"
    sentence = "No column contains the text of the recommendations."
    with refuses("no_text_column", field="columns", sentence=sentence):
        read_rows(cells, wrong._replace(types=(NIL, NIL)), LESOTHO)


# --- Rows -------------------------------------------------------------------------------------------------------------

HEADER = "Country,Year,Number,Recommendation,Pillar,Lead,Supporting\n"


def test_a_row_that_can_not_be_taken_says_why():
    listed = read_sample(
        f"Number,Recommendation\n1,Fund it.\n,Train them.\nten,Build it.\n2,\n1,Something else.\n3,fund  it.\n"
        f"0,Nought.\n10001,Far.\n4,{'x' * 4001}\n(5),Sound.\n"
    )

    assert row_texts(listed) == {1: "Fund it.", 5: "Sound."}
    assert dict(listed.unreadable) == {
        3: "It has no number.",
        4: "“ten” is not a number from 1 to 10,000.",
        5: "It has no text.",
        6: "Row 2 already has number 1.",
        7: "It has the same text as row 2.",
        8: "“0” is not a number from 1 to 10,000.",
        9: "“10001” is not a number from 1 to 10,000.",
        10: "It is longer than 4,000 characters. Check whether it contains more than one recommendation.",
    }


def test_a_number_is_taken_whatever_stands_around_it_if_it_is_the_only_one():
    listed = read_sample(
        "Number,Recommendation\nRec 1,a\nR-02,b\n3.,c\n4.0,d\nNo. 5),e\n6.1,f\n2021-07,g\n1234567,h\nten,i\n"
    )

    assert row_texts(listed) == {1: "a", 2: "b", 3: "c", 4: "d", 5: "e"}
    assert [row.line for row in listed.unreadable] == [7, 8, 9, 10]
    assert listed.notes == ()


def test_where_no_number_can_be_read_it_is_said_how_to_do_without():
    cells = read_table(b"Urgent,Recommendation\nhigh,Fund it.\nlow,Train them.\n", run=Sandbox(None))
    columns = guess_columns(cells)
    listed = read_rows(cells, columns._replace(types=(N, T)), LESOTHO)

    assert (listed.rows, len(listed.unreadable)) == ((), 2)
    assert "Set that column to “Not used”." in listed.notes[0]
    assert row_texts(read_rows(cells, columns, LESOTHO)) == {1: "Fund it.", 2: "Train them."}


def test_a_list_without_numbers_is_numbered_as_it_stands():
    listed = read_sample(f"Recommendation,Note\n{ITEM},x\nTrain them.,y\n")

    assert row_texts(listed) == {1: ITEM, 2: "Train them."}
    assert listed.notes == ("No column contains numbers. The list is numbered in the order of its rows.",)


def test_two_lists_in_one_table_are_refused():
    sentence = "The table contains two lists: the numbers begin at 1 in row 2 and again in row 4."
    with refuses("several_lists", field="file", sentence=sentence):
        read_sample("Number,Recommendation\n1,a\n2,b\n1,c\n2,d\n")


def test_pillar_and_ministries_come_along_where_the_table_has_them():
    [row] = read_sample(f"{HEADER}Lesotho,2021,1,{ITEM},Prosecution,Police,Justice; Labour and  Employment\n").rows

    assert (row.pillar, row.lead, row.supporting) == (
        Pillar.PROSECUTION,
        "Police",
        ("Justice", "Labour and  Employment"),
    )


def test_an_unknown_pillar_is_doubtful():
    [row] = read_sample(f"{HEADER}Lesotho,2021,1,{ITEM},Partnership,,\n").rows

    assert (row.pillar, row.doubt) == (None, "“Partnership” is not a pillar. Choose the pillar below.")


def test_rows_of_other_countries_and_years_are_left_out_and_reported():
    listed = read_sample(f"{HEADER}lso,2021,1,{ITEM},,,\nSWZ,2021,1,Theirs.,,,\nLesotho,2020,2,Older.,,,\n")

    assert row_texts(listed) == {1: ITEM}
    assert listed.notes == ("2 rows of other countries or years are left out.",)


@pytest.mark.parametrize(("country", "year"), [("Eswatini", 2021), ("Lesotho", 2019)])
def test_a_table_of_another_country_or_year_is_refused(country, year):
    sentence = f"This list is about {country} {year}, not about Lesotho 2021."
    with refuses("another_edition", sentence=sentence):
        read_sample(f"{HEADER}{country},{year},1,{ITEM},,,\n")
