"""The same items from text, HTML, PDF and Word; an unreadable file gets a sentence that says what to do."""

import io
from contextlib import suppress

import pikepdf
import pytest
from PIL import Image

from recommendations.choices import Tier
from recommendations.importing.readers import report_file
from recommendations.importing.readers.paragraph import ParagraphKind, split_paragraphs
from recommendations.importing.readers.report_file import read_content, read_report
from recommendations.importing.report_parser import parse_narrative
from tests.recommendations.importing.readers.sample_reports import (
    HTML_LISTS,
    PDF_STYLES,
    html_report,
    pdf_report,
    word_bullets,
    word_paragraph,
    word_report,
)
from tests.recommendations.importing.report_parser.sample_narratives import (
    CLAUSES,
    HEADINGS,
    ITEMS,
    LAYOUTS,
    OPENING,
    clauses_in_one_sentence,
    narrative,
)
from tests.recommendations.importing.report_parser.test_layouts import INTRODUCTIONS
from tests.refusals import refuses
from tiptracker.errors import Refused
from tiptracker.sandbox.sandbox import Sandbox

CLAUSE_PARAGRAPH = clauses_in_one_sentence("; ")(CLAUSES)


def item_texts(content):
    narrative = parse_narrative(read_content(content))

    assert (narrative.tier, narrative.country, narrative.year) == (Tier.TIER_2, "LSO", 2021)
    return [item.text for item in narrative.recommendations]


def test_the_same_edition_gives_the_same_rows_from_every_sort_of_file():
    files = {
        "edition.txt": narrative(LAYOUTS["a bullet a line"](ITEMS)).encode(),
        "edition.html": html_report(HTML_LISTS["a list"](ITEMS)),
        "edition.pdf": pdf_report(HTML_LISTS["a list"](ITEMS)),
        "edition.docx": word_report(word_bullets(ITEMS)),
    }
    rows = {name: parse_narrative(read_report(name, content, run=Sandbox(None)))[:4] for name, content in files.items()}

    assert [item.text for item in rows["edition.txt"][3]] == ITEMS
    assert all(row == rows["edition.txt"] for row in rows.values()), rows


def test_the_same_clauses_give_the_same_rows_from_every_sort_of_file():
    expected = [*CLAUSES[:-1], f"{CLAUSES[-1]}."]

    assert item_texts(narrative(CLAUSE_PARAGRAPH).encode()) == expected
    assert item_texts(html_report(f"<p>{CLAUSE_PARAGRAPH}</p>")) == expected
    assert item_texts(pdf_report(f"<p>{CLAUSE_PARAGRAPH}</p>")) == expected
    assert item_texts(word_report(word_paragraph(CLAUSE_PARAGRAPH))) == expected


# --- Texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_a_text_is_read_in_whatever_letters_it_was_saved(encoding):
    assert item_texts(narrative(LAYOUTS["a bullet a line"](ITEMS)).encode(encoding)) == ITEMS


def test_lines_tell_whether_they_were_full():
    wrapped = "The first line is as long as any,\nthe second one had room.\nThe third one follows it.\n\fNext"

    assert [each.text for each in split_paragraphs(wrapped)] == [
        "The first line is as long as any,\nthe second one had room.\vThe third one follows it.\vNext".replace(
            "it.\vNext", "it.\v\fNext"
        )
    ]


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", HTML_LISTS)
@pytest.mark.parametrize("heading", ["<p><strong>{}</strong></p>", "<h3>{}</h3>", "<p>{}</p>", "<p><u>{}</u></p>"])
def test_a_page_is_read_through_its_navigation_and_scripts(layout, heading):
    for said in HEADINGS:
        headed = heading.format(said.replace("*", "")) if said else ""
        for following in ("<h3>Prosecution</h3><p>The law is old.</p>", "<p>The government made no effort.</p>"):
            assert item_texts(html_report(HTML_LISTS[layout](ITEMS), headed, following)) == ITEMS


@pytest.mark.parametrize("heading", ["<p><strong>{}</strong> ", "<p><strong>{}</strong><br>", "<p><b>{}</b>"])
def test_a_list_in_the_paragraph_of_its_heading(heading):
    listed = f"{heading.format('RECOMMENDATIONS FOR LESOTHO:')}{CLAUSE_PARAGRAPH}</p>"

    assert item_texts(html_report(listed, heading="")) == [*CLAUSES[:-1], f"{CLAUSES[-1]}."]


def test_a_list_inside_an_item_stays_in_it_and_is_doubted():
    listed = "<ul><li>Train:<ul><li>police</li><li>judges</li></ul></li><li>Fund shelters.</li></ul>"
    found = parse_narrative(read_content(html_report(listed))).recommendations

    assert [item.text for item in found] == ["Train: police judges", "Fund shelters."]
    assert [bool(item.doubt) for item in found] == [True, False]


def test_only_the_main_part_of_a_page_is_its_text():
    found = read_content(b"<html><body><p>Menu</p><main><p>Text</p></main><p>Imprint</p></body></html>")

    assert [(each.text, each.kind) for each in found] == [
        ("Menu", ParagraphKind.FURNITURE),
        ("Text", ParagraphKind.PLAIN),
        ("Imprint", ParagraphKind.FURNITURE),
    ]


def test_nothing_hidden_and_no_script_is_text():
    said = (
        "<p>Seen</p><p hidden>No</p><p style='display: none'>No</p><script>No</script><template>No</template>"
        "<!-- No --><noscript>No</noscript><style>No</style><svg><text>No</text></svg>"
    )

    assert [each.text for each in read_content(said.encode())] == ["Seen"]


# --- PDFs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", PDF_STYLES)
@pytest.mark.parametrize(
    "layout",
    ["a list", "a numbered list", "paragraphs", "paragraphs with bullets", "one paragraph with bullets",
     "one paragraph, glued", "the first before the list"],
)  # fmt: skip
def test_a_pdf_is_read_across_its_lines_columns_and_pages(paper, layout):
    items = [f"{item[:-1]} in phase {phase}." for phase in (1, 2, 3) for item in ITEMS]

    assert item_texts(pdf_report(HTML_LISTS[layout](items), PDF_STYLES[paper])) == items


def test_page_headers_and_footers_are_left_out_and_reported():
    items = [f"{item[:-1]} in phase {phase}." for phase in (1, 2, 3, 4) for item in ITEMS]
    found = parse_narrative(read_content(pdf_report(HTML_LISTS["a list"](items))))

    assert [item.text for item in found.recommendations] == items
    assert found.left_out == ("LESOTHO", "1")


@pytest.mark.parametrize("paper", PDF_STYLES)
@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_no_sentence_of_an_introduction_is_an_item_in_a_pdf(paper, introduction):
    for layout in ("a list", "a numbered list", "paragraphs", "one paragraph with bullets", "one paragraph, glued"):
        found = parse_narrative(
            read_content(pdf_report(f"<p>{introduction}</p>{HTML_LISTS[layout](ITEMS)}", PDF_STYLES[paper]))
        )

        assert [item.text for item in found.recommendations] == ITEMS, layout
        assert found.introduction == introduction


# --- Word -------------------------------------------------------------------------------------------------------------


def test_a_document_of_word_is_read_as_word_shows_it():
    said = (
        "<w:p><w:r><w:t>• Train po</w:t></w:r><w:del><w:r><w:delText>No</w:delText></w:r></w:del><w:ins><w:r><w:t>lice"
        "</w:t><w:softHyphen/><w:noBreakHyphen/><w:t>men</w:t></w:r></w:ins><w:hyperlink><w:r><w:t> now.</w:t></w:r>"
        "</w:hyperlink></w:p><w:sdt><w:sdtContent><w:p><w:r><w:t>• Fund</w:t><w:tab/><w:t>shelters.</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    )

    assert item_texts(word_report(said)) == ["Train police-men now.", "Fund shelters."]


def test_styles_make_headings_and_lists():
    styles = (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:style w:styleId="a"><w:name w:val="heading 2"/></w:style>'
        '<w:style w:styleId="b"><w:name w:val="List Bullet"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="c"><w:name w:val="Own"/><w:basedOn w:val="b"/></w:style></w:styles>'
    )
    listed = "".join(
        word_paragraph(text, f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>')
        for style, text in [("b", "Train police; and judges"), ("c", "Fund shelters"), ("a", "What was done")]
    )

    assert item_texts(word_report(listed, **{"word/styles.xml": styles})) == [
        "Train police; and judges",
        "Fund shelters",
    ]


def test_a_table_of_numbers_and_items():
    rows = "".join(
        f"<w:tr><w:tc>{word_paragraph(f'{number}.')}</w:tc><w:tc>{word_paragraph(item)}</w:tc></w:tr>"
        for number, item in enumerate(ITEMS, 1)
    )

    assert item_texts(word_report(f"<w:tbl>{rows}</w:tbl>")) == ITEMS


def test_items_of_an_editor_that_writes_one_paragraph_each():
    assert item_texts(word_report("".join(word_paragraph(item) for item in ITEMS))) == ITEMS
    assert item_texts(word_report("".join(word_paragraph(f"• {item}") for item in ITEMS))) == ITEMS


# --- What can't be read -----------------------------------------------------------------------------------------------


def encrypted_pdf():
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf_report("<p>Train.</p>"))) as opened:
        opened.save(made, encryption=pikepdf.Encryption(owner="o", user="u"))
    return made.getvalue()


def scanned_pdf():
    made = io.BytesIO()
    Image.new("L", (200, 300), 255).save(made, "PDF")
    return made.getvalue()


EXTERNAL_ENTITY = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "bbbbbbbbbb">]>'
BILLION_LAUGHS = (
    "<!DOCTYPE w [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '&a{n - 1};&a{n - 1};'>" for n in range(1, 40)) + "]>"
)
UNREADABLE_FILES = {
    "too large": (
        b"x" * (report_file.MAX_BYTES + 1), "too_large", "has 30 MB. The limit is 30 MB. Save only the pages"
    ),
    "too much text": (b"Train police. " * 500_000, "too_large", "contains more text than a whole TIP Report"),
    "too many lines": (b"a\n" * 150_000, "too_large", ""),
    "letters that nobody tells": (
        narrative(CLAUSE_PARAGRAPH).encode("mac_roman"), "undecodable", "does not state its encoding"
    ),
    "empty": (b"", "no_text", ""),
    "a scan": (scanned_pdf(), "no_text", "contains no text. If it is a scan"),
    "a PDF with a password": (encrypted_pdf(), "password_protected", "has a password. Save it without a password"),
    "half a PDF": (pdf_report("<p>Train.</p>")[:700], "damaged", "is damaged, or its name"),
    "a zip bomb": (
        word_report("", **{"word/document.xml": "<a>" + " " * 50_000_000}),
        "too_large",
        "unpacks to far more than a narrative",
    ),
    "a zip": (word_report("", **{"word/document.xml": "<a/>"})[:50], "damaged", ""),
    "external entities": (
        word_report("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", before=EXTERNAL_ENTITY),
        "declares_entities",
        "contains definitions that",
    ),
    "a billion laughs": (word_report("<w:p><w:r><w:t>&a39;</w:t></w:r></w:p>", before=BILLION_LAUGHS), "damaged", ""),
    "half of an XML": (word_report("<w:p>"), "damaged", ""),
    "an old document of Word": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_format", "is in an old Word format"
    ),
    "Word with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password_protected",
        "has a password",
    ),
    "rich text": (rb"{\rtf1 Train}", "unsupported_format", "is in Rich Text Format"),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0", "unsupported_format",
        "is not a text, web page, PDF or Word document",
    ),
    "XML": (EXTERNAL_ENTITY.encode() + b"<a>&a;</a>", "unsupported_format", "is XML, but not a web page"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "code", "sentence"), UNREADABLE_FILES.values(), ids=UNREADABLE_FILES)
def test_what_cannot_be_read_is_refused_in_a_sentence_about_the_file(content, code, sentence):
    with refuses(code, sentence=f"“file” {sentence}"):
        read_report("file", content, run=Sandbox(None))


def test_another_kind_of_zip_file_is_refused_as_no_word_document():
    parts = {"word/document.xml": "", "mimetype": "application/epub+zip"}
    packed = word_report("", **parts).replace(b"word/document.xml", b"body/document.xml")

    with refuses("unsupported_format", sentence="is a zip file, but not a Word document"):
        read_report("book.epub", packed, run=Sandbox(None))


def test_entities_of_a_page_bring_nothing_in():
    said = b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><body><p>&a; Train</p></body></html>'

    assert not any("root:" in each.text for each in read_content(said))


def test_a_page_nested_without_end_is_read_or_refused():
    for content in (b"<div>" * 200_000 + b"Train", b"<ul><li>" * 100_000 + b"Train"):
        with suppress(Refused):  # no RecursionError, and no process left to its own
            assert "Train" in read_report("deep.html", content, run=Sandbox(None))[-1].text


def test_a_process_that_fails_refuses_the_file(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")

    with refuses("reader_failed", sentence="takes too long or too much memory to open"):
        read_report("edition.txt", OPENING.encode(), run=Sandbox(None))
