"""A post's Word template gives every Word document its styles, page, header and footer; the rest stays as it is."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from dialogues.files.sanitizers.errors import FileRejected
from dialogues.files.sanitizers.file_types import sanitize_file
from reports.briefings.word.documents import render_docx
from reports.briefings.word.template import UnusableTemplate, merge_template
from reports.briefings.word.template_check import check_template
from tests.reports import sample_documents
from tests.reports.briefings import word_templates
from tests.reports.briefings.test_word import element_text, file_part, word_blocks, word_notes, word_paragraphs

FIXTURES = Path(__file__).parents[2] / "dialogues" / "files" / "fixtures"
SAID = sample_documents.washington_input(covering_note="Read this first.")
MARKING = "SENSITIVE BUT UNCLASSIFIED"
TEMPLATES = {
    "letterhead": word_templates.letterhead(page_number=True, picture=True),
    "first and even pages": word_templates.letterhead(first_page=True, even_pages=True),
    "landscape": word_templates.letterhead(landscape=True),
    "one style": word_templates.bare(),
    "no style": word_templates.bare(styles=()),
    "two sections": word_templates.two_sections(),
    "hiding": word_templates.hiding(),
    "link": word_templates.with_hyperlink(),
    "a letter": FIXTURES.joinpath("letter.docx").read_bytes(),
    "a document of ours": render_docx(SAID),
}


def clean(template):
    return check_template(template)[1]


def render(template):
    return render_docx(SAID, template=clean(template))


def opened(file):
    return Document(io.BytesIO(file))


def margins(part):
    return [element_text(paragraph._p).replace("\N{NO-BREAK SPACE}", " ") for paragraph in part.paragraphs]


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_changes_no_text(template):
    file, plain = render(template), render_docx(SAID)
    assert word_blocks(file) == word_blocks(plain)
    assert word_notes(file) == word_notes(plain)
    assert "It is left behind." not in file_part(file, "word/document.xml").decode()


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_document_with_a_template_is_valid_and_complete(template):
    file = render(template)
    with zipfile.ZipFile(io.BytesIO(file)) as zipped:
        parts = {name: zipped.read(name) for name in zipped.namelist()}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(part)
    types = etree.fromstring(parts["[Content_Types].xml"])
    named = {row.get("PartName").lstrip("/") for row in types if row.get("PartName")}
    extensions = {row.get("Extension") for row in types if row.get("Extension")}
    assert named <= parts.keys()
    assert all(name in named or name.rpartition(".")[2] in extensions for name in parts)
    for name, part in parts.items():
        if name.endswith(".rels"):
            folder = name.partition("_rels/")[0]
            rows = list(etree.fromstring(part))
            targets = [row.get("Target") for row in rows]
            assert all((each.lstrip("/") if each.startswith("/") else folder + each) in parts for each in targets)
            assert all(row.get("TargetMode") != "External" for row in rows)
            keys = {row.get("Id") for row in rows}
            owner = parts.get(name.replace("_rels/", "").removesuffix(".rels"), b"")
            assert set(re.findall(rb'r:(?:id|embed|link)="([^"]+)"', owner)) <= {key.encode() for key in keys}
    styles = parse_xml(parts["word/styles.xml"])
    ids = [style.get(qn("w:styleId")) for style in styles.iter(qn("w:style"))]
    assert len(ids) == len(set(ids))
    referred = {each.get(qn("w:val")) for tag in ("basedOn", "next", "link") for each in styles.iter(qn(f"w:{tag}"))}
    assert referred <= set(ids)
    assert {style for style, _ in word_paragraphs(file)} <= set(ids)
    numbers = {each.get(qn("w:numId")) for each in parse_xml(parts["word/numbering.xml"]).iter(qn("w:num"))}
    assert {each.get(qn("w:val")) for each in styles.iter(qn("w:numId"))} <= numbers


ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "numbering": "numPicBullet abstractNum num numIdMacAtCleanup",
    "styles": "docDefaults latentStyles style",
}
"""The order of elements in the standard (ECMA-376, part 1). Word refuses a file with another one."""


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_elements_stand_in_the_order_of_the_standard(template):
    file = render(template)
    names = ("word/document.xml", "word/styles.xml", "word/numbering.xml")
    for part in [parse_xml(file_part(file, name)) for name in names]:
        for tag, order in ORDER.items():
            for element in part.iter(qn(f"w:{tag}")):
                places = [order.split().index(etree.QName(child).localname) for child in element]
                assert places == sorted(places), (tag, [etree.QName(child).localname for child in element])
    assert sanitize_file(file, ".docx").content


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_document_with_a_template_is_accessible(template):
    file = render(template)
    document = opened(file)
    styles = parse_xml(file_part(file, "word/styles.xml"))
    assert {lang.get(qn("w:val")) for lang in styles.iter(qn("w:lang"))} == {"en-US"}
    assert not [each for tag in ("vanish", "webHidden") for each in styles.iter(qn(f"w:{tag}"))]
    levels = [document.styles[f"Heading {level}"].element.pPr for level in (1, 2, 3)]
    assert [each.find(qn("w:outlineLvl")).get(qn("w:val")) for each in levels] == ["0", "1", "2"]
    assert all(each.find(qn("w:numPr")) is None for each in levels)
    *told, _ = document.tables
    assert all(table.rows[0]._tr.xpath("./w:trPr/w:tblHeader") for table in told)
    section = document.sections[0]
    within = section.page_width - section.left_margin - section.right_margin
    assert {sum(column.width for column in table.columns) // 12700 for table in document.tables} == {within // 12700}
    bullet = document.styles["List Bullet"].element.pPr.find(qn("w:numPr"))
    assert bullet is not None


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_every_page_is_marked(template):
    section = opened(render(template)).sections[0]
    kinds = [(section.header, section.footer)]
    if section.different_first_page_header_footer:
        kinds.append((section.first_page_header, section.first_page_footer))
    if opened(render(template)).settings.odd_and_even_pages_header_footer:
        kinds.append((section.even_page_header, section.even_page_footer))
    for header, footer in kinds:
        assert margins(header)[0] == MARKING
        assert "DRAFT, NOT CLEARED" in margins(header)[-1]
        assert margins(footer)[-1] == MARKING
        assert header.paragraphs[0].style.font.color.rgb is not None
        assert str(header.paragraphs[0].style.font.color.rgb) == "1B1B1B"


def test_the_letterhead_stands_on_each_page_and_counts_pages_once():
    numbered = opened(render(word_templates.letterhead(page_number=True))).sections[0]
    assert margins(numbered.header)[:2] == [MARKING, word_templates.LETTERHEAD]
    assert margins(numbered.footer) == ["Maseru", "Lesotho, 2021 edition, 28 January 2022", MARKING]
    counted = opened(render(word_templates.letterhead())).sections[0]
    assert margins(counted.footer) == ["Maseru", "Lesotho, 2021 edition, 28 January 2022Page 1 of 1", MARKING]


def test_styles_and_page_are_those_of_the_template_and_others_are_ours():
    facts, content = check_template(word_templates.letterhead())
    document = opened(render_docx(SAID, template=content))
    assert document.styles["Normal"].font.name == word_templates.FONT
    assert str(document.styles["Heading 1"].font.color.rgb) == "AA0000"
    assert document.styles["Remark"].font.italic
    assert document.styles["Quiet"].font.color.rgb is not None
    assert document.styles["Quiet"].element.get(qn("w:customStyle")) == "1"
    assert round(document.sections[0].page_width.mm) == facts["width"] == 200
    assert facts["height"] == 280
    assert {"Normal", "heading 1", "Remark"} <= set(facts["styles"])
    assert {"Quiet", "Record Table", "Marking"} <= set(facts["missing"])
    assert (facts["has_header"], facts["has_footer"]) == (True, True)


def test_a_document_of_ours_as_a_template_gives_no_header_with_an_earlier_title():
    template = render_docx(sample_documents.washington_input(is_cleared=False))
    cleared = sample_documents.washington_input(is_cleared=True)
    section = opened(render_docx(cleared, template=clean(template))).sections[0]
    assert margins(section.header) == margins(opened(render_docx(cleared)).sections[0].header)
    assert margins(section.footer) == margins(opened(render_docx(cleared)).sections[0].footer)


def test_a_picture_in_the_letterhead_comes_along():
    file = render(TEMPLATES["letterhead"])
    header = opened(file).sections[0].header
    [picture] = header._element.iter(qn("a:blip"))
    assert header.part.related_parts[picture.get(qn("r:embed"))].blob.startswith(b"\x89PNG")


def test_the_first_section_counts():
    section = opened(render(word_templates.two_sections())).sections[0]
    assert round(section.page_width.mm) == 200
    assert word_templates.LETTERHEAD in margins(section.header)


def test_the_same_template_and_facts_give_the_same_bytes():
    template = clean(word_templates.letterhead(picture=True))
    first = render_docx(SAID, template=template)
    merge_template.cache_clear()
    assert render_docx(SAID, template=template) == first
    assert render_docx(SAID, template=clean(word_templates.letterhead())) != first


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (word_templates.with_macros(), "has macros"),
        (word_templates.with_remote_template("https://x.example/t.dotx"), "another template that is kept elsewhere"),
        (word_templates.with_remote_template("file:///\\\\server\\share\\t.dotm"), "another template"),
        (word_templates.with_remote_template("//server/t.dotm"), "another template"),
        (word_templates.with_linked_picture(), "loads something that is kept elsewhere (https://x.example/a.png)"),
        (word_templates.narrow(), "leaves less than 9 by 10 cm"),
        (b"PK\x03\x04 nothing", "damaged"),
        (b"%PDF-1.7 nothing", "is of type PDF"),
        (b"", "damaged"),
    ],
    ids=["macros", "web template", "server template", "share", "linked picture", "narrow", "broken", "PDF", "empty"],
)
def test_a_template_that_cannot_be_used_is_refused_with_the_reason(template, sentence):
    with pytest.raises(FileRejected) as refused:
        check_template(template)
    assert sentence in refused.value.sentences[0] % ({"name": "t.docx"} | refused.value.values)


def test_a_template_on_the_authors_computer_is_left_out():
    content = clean(word_templates.with_remote_template("file:///C:\\Users\\a\\Normal.dotm"))
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        assert not any(b"Normal.dotm" in zipped.read(name) for name in zipped.namelist())


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", word_templates.with_parts(word_templates.bare(), {"word/styles.xml": b"<a/>"})]
)
def test_what_is_no_template_is_not_merged(content):
    with pytest.raises(UnusableTemplate):
        merge_template(content)
