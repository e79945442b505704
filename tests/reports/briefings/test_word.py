"""Input for Washington as a Word file: the text of the PDF, ready to edit."""

import io
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.table import Table
from lxml import html

from dialogues.lesotho.loading import load_public_record
from recommendations.models import Edition
from reports.briefings import pdf
from reports.briefings.content.washington import PillarInput
from reports.briefings.html import render_html
from reports.briefings.typesetting import replace_missing_glyphs, typeset
from reports.briefings.washington import build_washington_input
from reports.briefings.word.documents import render_docx
from reports.reader_view import ReaderView
from tests.factories import MASERU, AmbassadorFactory
from tests.reports import printed_document, sample_documents
from tests.row_cache import load_cached
from tiptracker.choices import Paper

HEADING_STYLES = {"h1": "Title", "h2": "Heading 1", "h3": "Heading 2"}
"""The Word styles of the PDF's headings."""
W = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}


def without_separators(text):
    """Return a text without layout: white space, invisible characters, and the colon after a day."""
    return re.sub(r"[\s:\u00ad\u2060]", "", text)


def element_text(element):
    """Return the text of a part of a Word file."""
    return "".join(run.text or "" for run in element.iter(qn("w:t")))


def typeset_html(document):
    """A document's HTML as `pdf.to_pdf` sets it."""
    return replace_missing_glyphs(typeset(document), pdf._get_engine().glyphs)


def pdf_blocks(said, paper=Paper.A4):
    """Return the blocks of the PDF in order, from its HTML: kind, text and numbers of notes."""
    body = html.fromstring(typeset_html(render_html(said, paper))).find("body")
    found = []
    for element in body.iter("h1", "h2", "h3", "p", "li", "tr"):
        if any(above.tag == "tr" for above in element.iterancestors()):
            continue
        parts = [element]
        if element.get("class") == "facts":
            parts = element.findall("span")
        numbers = []
        for note in element.xpath(".//*[@class='source' or @class='again']"):
            numbers.append(note.get("data-number") or note.text)
            note.drop_tree()
        lines = [part.text_content() for part in parts]
        if element.get("class") == "note":
            lines = filter(str.strip, lines[0].splitlines())
        kind = {**HEADING_STYLES, "tr": "row", "li": "item"}.get(element.tag, "text")
        found += [(kind, without_separators(line), numbers) for line in lines]
    return found


def pdf_notes(said):
    body = html.fromstring(typeset_html(render_html(said)))
    return [(note.get("data-number"), note.text) for note in body.xpath("//span[@class='source']")]


def word_blocks(file):
    """Return the blocks of the Word file in order, as `pdf_blocks` does."""
    kinds = {"TOC Heading": "Heading 1", "toc 1": "item", "List Bullet": "item"}
    kinds |= {name: name for name in HEADING_STYLES.values()}
    found = []
    for block in Document(io.BytesIO(file)).iter_inner_content():
        if isinstance(block, Table):
            found += [
                ("row", without_separators("".join(cell.text for cell in row.cells)), note_numbers(row._tr))
                for row in block.rows
            ]
        else:
            found.append((kinds.get(block.style.name, "text"), without_separators(block.text), note_numbers(block._p)))
    return found


def note_numbers(element):
    """Return the numbers of the notes in a paragraph or row, also repeated ones."""
    return [
        note.get(qn("w:id")) or element_text(note)
        for note in element.xpath(".//w:footnoteReference | .//w:fldSimple[contains(@w:instr, 'NOTEREF')]")
    ]


def word_notes(file):
    notes = parse_xml(file_part(file, "word/footnotes.xml")).findall("w:footnote", W)
    return [(note.get(qn("w:id")), element_text(note).strip()) for note in notes if note.get(qn("w:type")) is None]


def file_part(file, name):
    with zipfile.ZipFile(io.BytesIO(file)) as zipped:
        return zipped.read(name)


def header_and_footer(file):
    """Return the header and footer of a page, with fields as displayed."""
    section = Document(io.BytesIO(file)).sections[0]
    paragraphs = [*section.header.paragraphs, *section.footer.paragraphs]
    return [element_text(paragraph._p).replace("\N{NO-BREAK SPACE}", " ") for paragraph in paragraphs]


INPUTS = {
    "as ever": sample_documents.washington_input(),
    "without sources": sample_documents.washington_input(has_sources=False),
    "cleared": sample_documents.washington_input(is_cleared=True),
    "much": sample_documents.washington_input(deeds=40, text=sample_documents.LONG_TEXT),
    "nothing verified": sample_documents.washington_input(deeds=0, unverified=0),
    "nothing asked": sample_documents.washington_input(
        pillars=tuple(PillarInput(title, ()) for title in ("Prosecution", "Protection", "Prevention"))
    ),
    "one claim, known by a moment": sample_documents.washington_input(
        unverified=1, known_by=sample_documents.MOMENT, facts_up_to=None
    ),
    "picked, with a note": sample_documents.washington_input(
        sections=("prevention", "prosecution"), covering_note="Read this first.\n\nThen that, please."
    ),
    "strange signs": sample_documents.washington_input(
        text="A <b>bold</b> & &amp; “quoted” Ntšoana’s and Thabo's 🦄\x01\x0c, at 14:30 on 8 Nov"
        " by 22 U.S.C. 7106(b)(2)\u2028, \u00ad\ufffe"
    ),
}


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("said", INPUTS.values(), ids=INPUTS)
def test_the_word_file_has_the_text_of_the_pdf_in_the_same_order(said, paper):
    file = render_docx(said, paper)

    told = word_blocks(file)
    assert told == pdf_blocks(said, paper)
    assert len(told) > 15
    assert word_notes(file) == pdf_notes(said)


@pytest.mark.django_db
@pytest.mark.parametrize("has_sources", [True, False])
def test_the_word_file_of_the_public_record_has_the_text_of_the_pdf(has_sources):
    now = datetime(2022, 7, 31, 23, 59, tzinfo=MASERU)
    load_cached(load_public_record, now=now)
    edition = Edition.objects.get(year=2021)
    reader = AmbassadorFactory(countries=[edition.country])
    said = build_washington_input(ReaderView(reader, edition, edition.ends_on, now), has_sources=has_sources)
    file = render_docx(said)
    sheets = printed_document.PrintedDocument(said)

    assert word_blocks(file) == pdf_blocks(said)
    assert bool(word_notes(file)) is has_sources
    every = {without_separators(cell) for _, text in word_paragraphs(file) for cell in text.split()}
    squeezed = without_separators(sheets.text)
    assert [word for word in every if word not in squeezed] == []


def word_paragraphs(file):
    """Return style id and text of each paragraph, also in tables and footers."""
    for name in ("word/document.xml", "word/footnotes.xml"):
        for paragraph in parse_xml(file_part(file, name)).iter(qn("w:p")):
            yield paragraph.style or "Normal", " ".join(paragraph.xpath(".//w:t/text()"))


@pytest.mark.parametrize("is_cleared", [False, True])
def test_every_page_is_marked_and_a_draft_says_so(is_cleared):
    told = header_and_footer(render_docx(sample_documents.washington_input(is_cleared=is_cleared)))

    title = "U.S. Embassy, Lesotho – Lesotho: input on the tracking period"
    assert told == [
        "SENSITIVE BUT UNCLASSIFIED",
        title if is_cleared else f"{title}DRAFT, NOT CLEARED",
        "Lesotho, 2021 edition, 28 January 2022Page 1 of 1",
        "SENSITIVE BUT UNCLASSIFIED",
    ]


def test_pages_are_counted_by_word_itself():
    footer = parse_xml(file_part(render_docx(sample_documents.washington_input()), "word/footer1.xml"))

    assert [field.get(qn("w:instr")).strip() for field in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


@pytest.mark.parametrize(("paper", "size"), [(Paper.A4, (210, 297)), (Paper.LETTER, (216, 279))])
def test_a_word_file_has_the_paper_size_of_its_post(paper, size):
    document = Document(io.BytesIO(render_docx(sample_documents.washington_input(), paper)))
    section = document.sections[0]

    assert (round(section.page_width.mm), round(section.page_height.mm)) == size
    within = section.page_width - section.left_margin - section.right_margin
    assert {sum(column.width for column in table.columns) // 12700 for table in document.tables} == {within // 12700}


def test_only_styles_define_the_look():
    file = render_docx(sample_documents.washington_input(covering_note="Read this first."))
    known = {style.style_id: style for style in Document(io.BytesIO(file)).styles}

    assert {style for style, _ in word_paragraphs(file)} <= known.keys()
    body = parse_xml(file_part(file, "word/document.xml"))
    direct = {child.tag for kind in ("rPr", "pPr") for own in body.iter(qn(f"w:{kind}")) for child in own}
    assert direct <= {qn("w:rStyle"), qn("w:pStyle"), qn("w:sectPr")}
    assert {"Title", "Heading1", "Heading2", "ListBullet", "TOC1"} <= {style for style, _ in word_paragraphs(file)}
    assert [known[f"Heading{level}"].element.pPr.find(qn("w:outlineLvl")).get(qn("w:val")) for level in (1, 2, 3)] == [
        "0", "1", "2",
    ]  # fmt: skip


def test_tables_repeat_their_head_break_no_row_and_say_what_they_are():
    document = Document(io.BytesIO(render_docx(sample_documents.washington_input())))
    *told, imprint = document.tables

    assert len(told) == 6
    assert {table.style.name for table in document.tables} == {"Record Table"}
    for table in told:
        assert [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows] == [True, False, False, False]
    assert not imprint._tbl.xpath(".//w:tblHeader")
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for table in document.tables for row in table.rows)
    assert [table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for table in (told[0], told[1], imprint)] == [
        "Indicators: 1. Investigations, prosecutions, convictions, sentences served",
        "Assessments of benchmarks: 1. Investigations, prosecutions, convictions, sentences served",
        "About this document",
    ]


def test_contents_lead_to_the_headings_before_word_has_updated_them():
    body = Document(io.BytesIO(render_docx(sample_documents.washington_input()))).element.body
    places = {start.get(qn("w:name")): start.getparent() for start in body.iter(qn("w:bookmarkStart"))}
    links = [(element_text(link), places[link.get(qn("w:anchor"))]) for link in body.iter(qn("w:hyperlink"))]

    assert [text for text, _ in links] == ["Prosecution", "Protection", "Prevention", "About this document"]
    assert all(element_text(heading) == text for text, heading in links)
    assert [mark.get(qn("w:fldCharType")) for mark in body.iter(qn("w:fldChar"))] == ["begin", "separate", "end"]
    assert 'TOC \\o "1-2"' in "".join(told.text for told in body.iter(qn("w:instrText")))


def test_a_repeated_source_refers_to_its_footnote():
    body = Document(io.BytesIO(render_docx(sample_documents.washington_input()))).element.body
    places = {start.get(qn("w:name")): start.getnext() for start in body.iter(qn("w:bookmarkStart"))}
    again = [field for field in body.iter(qn("w:fldSimple")) if "NOTEREF" in field.get(qn("w:instr"))]

    assert len(again) == 19
    for field in again:
        name = field.get(qn("w:instr")).split()[1]
        note = places[name].find("w:footnoteReference", W)
        assert note.get(qn("w:id")) == element_text(field)


def test_the_numbers_of_two_sources_of_one_sentence_do_not_read_as_one_number():
    told = sample_documents.question_answers(1)
    (answer,) = told.groups[0].answers
    (sentence,) = answer.sentences
    sentence = replace(sentence, sources=("Letter of the police", "Update of the police"))
    told = replace(told, groups=(replace(told.groups[0], answers=(replace(answer, sentences=(sentence,)),)),))

    body = html.fromstring(render_html(told, Paper.A4)).find("body")
    (printed,) = (p for p in body.iter("p") if p.find("span[@class='source']") is not None)
    assert [(mark.tag, mark.get("class")) for mark in printed] == [
        ("span", "source"),
        ("span", "again"),
        ("span", "source"),
    ]
    assert printed.find("span[@class='again']").text == ", "
    document = Document(io.BytesIO(render_docx(told)))
    (written,) = (p for p in document.paragraphs if p._p.find(".//w:footnoteReference", W) is not None)
    assert [run.text for run in written.runs if run.style.name == "footnote reference"] == ["", ", ", ""]


def test_properties_have_title_and_language_and_no_person():
    file = render_docx(sample_documents.washington_input())
    told = Document(io.BytesIO(file)).core_properties

    assert (told.title, told.author, told.language) == (
        "Lesotho: input on the tracking period", "U.S. Embassy, Lesotho", "en-US",
    )  # fmt: skip
    assert told.last_modified_by == "U.S. Embassy, Lesotho"
    assert {told.created.date(), told.modified.date()} == {sample_documents.DAY}
    assert b'w:lang w:val="en-US"' in file_part(file, "word/styles.xml")
    assert b"<w:altName w:val=\"Arial\"/>" in file_part(file, "word/fontTable.xml")  # fmt: skip


def test_the_same_facts_give_the_same_bytes_in_another_process():
    script = (
        "import sys, django; django.setup(); from reports.briefings.word.documents import render_docx;"
        "from tests.reports import sample_documents;"
        " sys.stdout.buffer.write(render_docx(sample_documents.washington_input()))"
    )
    elsewhere = {**os.environ, "TZ": "Pacific/Auckland", "PYTHONHASHSEED": "7"}
    other = subprocess.run(
        [sys.executable, "-c", script], cwd=pdf.PROJECT_ROOT, env=elsewhere, capture_output=True, check=True
    )
    first, second = (render_docx(sample_documents.washington_input()) for _ in range(2))

    assert first == second == other.stdout
    with zipfile.ZipFile(io.BytesIO(first)) as zipped:
        assert {entry.date_time for entry in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert render_docx(replace(sample_documents.washington_input(), is_cleared=True)) != first


def test_a_word_file_has_no_macros_and_no_external_links():
    file = render_docx(sample_documents.washington_input(text='"] } { INCLUDETEXT "x" } https://x.example/'))
    with zipfile.ZipFile(io.BytesIO(file)) as zipped:
        names = zipped.namelist()
        relations = b"".join(zipped.read(name) for name in names if name.endswith(".rels"))

    assert sorted(name for name in names if not name.endswith(".rels")) == [
        "[Content_Types].xml", "docProps/core.xml", "word/document.xml", "word/fontTable.xml", "word/footer1.xml",
        "word/footnotes.xml", "word/header1.xml", "word/numbering.xml", "word/settings.xml", "word/styles.xml",
    ]  # fmt: skip
    assert b"External" not in relations
