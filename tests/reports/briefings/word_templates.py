"""Word templates of a post, good and bad, as bytes."""

import io
import re
import zipfile

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from PIL import Image

LETTERHEAD = "Embassy of the United States, exercise letterhead"
FONT = "Georgia"


def letterhead(*, first_page=False, even_pages=False, page_number=False, picture=False, landscape=False):
    """Return a template: Georgia, red headings with numbers, a letterhead, 200 by 280 mm, and text of its own."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(280), Mm(200)) if landscape else (Mm(200), Mm(280))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Mm(25)
    document.styles["Normal"].font.name = FONT
    document.styles["Normal"].font.size = Pt(12)
    heading = document.styles["Heading 1"]
    heading.font.color.rgb = RGBColor(0xAA, 0, 0)
    numbered = OxmlElement("w:numPr")
    numbered.append(OxmlElement("w:numId", {qn("w:val"): "1"}))
    heading.element.get_or_add_pPr().append(numbered)
    document.styles.add_style("Remark", WD_STYLE_TYPE.PARAGRAPH).font.italic = True
    document.add_heading("Text of the template", level=1)
    document.add_paragraph("It is left behind.")
    section.header.paragraphs[0].text = LETTERHEAD
    section.footer.paragraphs[0].text = "Maseru"
    if picture:
        drawn = io.BytesIO()
        Image.new("RGB", (40, 20), "navy").save(drawn, "PNG")
        section.header.add_paragraph().add_run().add_picture(io.BytesIO(drawn.getvalue()), width=Mm(20))
    if first_page:
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = "First page"
    if even_pages:
        document.settings.odd_and_even_pages_header_footer = True
        section.even_page_header.paragraphs[0].text = "Even page"
    if page_number:
        field = OxmlElement("w:fldSimple", {qn("w:instr"): " PAGE "})
        section.footer.paragraphs[0]._p.append(field)
    return saved(document)


def bare(*, styles=("Normal",)):
    """Return a template that has these styles alone, and neither lists, header nor footer."""
    document = Document()
    for style in list(document.styles.element.iter(qn("w:style"))):
        if style.find(qn("w:name")).get(qn("w:val")) not in styles:
            style.getparent().remove(style)
    return saved(document)


def two_sections():
    """Return a template whose second section is landscape, with another header."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = LETTERHEAD
    document.sections[0].page_width, document.sections[0].page_height = Mm(200), Mm(280)
    document.add_paragraph("First")
    second = document.add_section()
    second.header.is_linked_to_previous = False
    second.header.paragraphs[0].text = "Annex"
    second.page_width, second.page_height = Mm(280), Mm(200)
    return saved(document)


def narrow():
    """Return a template whose margins leave 5 cm for text."""
    document = Document()
    document.sections[0].page_width = Mm(105)
    document.sections[0].left_margin = document.sections[0].right_margin = Mm(28)
    return saved(document)


def hiding():
    """Return a template that hides normal text and its header, has French as its language and a marking of its own."""
    document = Document()
    for name in ("Normal", "Header"):
        document.styles[name].font.hidden = True
    marking = document.styles.add_style("Marking", WD_STYLE_TYPE.PARAGRAPH)
    marking.font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
    properties = document.styles["Normal"].element.get_or_add_rPr()
    properties.append(OxmlElement("w:lang", {qn("w:val"): "fr-FR"}))
    document.sections[0].header.paragraphs[0].add_run(LETTERHEAD).font.hidden = True
    return saved(document)


def with_remote_template(target):
    """Return a template that is attached to another one."""
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    )
    return with_parts(letterhead(), {"word/_rels/settings.xml.rels": relation.encode()})


def with_linked_picture():
    """Return a template whose header loads a picture from a server."""
    content = letterhead(picture=True)
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        name = next(each for each in zipped.namelist() if re.search(r"_rels/header\d\.xml\.rels", each))
        relations = zipped.read(name).decode()
    changed = re.sub(r'Target="[^"]*image[^"]*"', 'Target="https://x.example/a.png" TargetMode="External"', relations)
    return with_parts(content, {name: changed.encode()})


def with_macros():
    """Return a template with macros."""
    return with_parts(letterhead(), {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def with_hyperlink():
    """Return a template whose header has a link to a web page."""
    document = Document()
    header = document.sections[0].header
    key = header.part.relate_to(
        "https://ls.usembassy.example/",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    link = OxmlElement("w:hyperlink", {qn("r:id"): key})
    link.append(header.paragraphs[0].add_run("ls.usembassy.example")._r)
    header.paragraphs[0]._p.append(link)
    return saved(document)


def with_parts(content, parts):
    """Return a file with other parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, part in parts.items():
            target.writestr(name, part)
    return file.getvalue()


def saved(document):
    """Return a document as bytes."""
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()
