"""Write a Word file from beginning to end.

The look is defined by the styles in `templates/reports/word`, an unzipped empty document. A paragraph only names
its style, so an editor who changes a style changes the whole file. Text is spelled as the PDF prints it. The same
calls give the same bytes on any machine.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from docx import Document
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.section import _BaseHeaderFooter
from docx.shared import Length, Mm, Twips
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph
from lxml import etree

from reports.briefings import text_width
from reports.briefings.typesetting import WORD_JOINER
from reports.briefings.word.template import merge_template, read_empty_document, write_zip_entry
from reports.briefings.word.template_styles import LANGUAGE
from reports.templatetags.print import Footnotes
from tiptracker.choices import Paper

SHEET_SIZES = {Paper.A4: (Mm(210), Mm(297)), Paper.LETTER: (Mm(215.9), Mm(279.4))}
"""Width and height of a sheet."""
INVISIBLE_PATTERN = f"[\N{SOFT HYPHEN}{WORD_JOINER}]"
MAX_PROPERTY_LENGTH = 255
"""The most characters in a document property, such as the title."""


class TextRun(NamedTuple):
    """A part of a paragraph, with a character style if it differs from the paragraph's own."""

    text: str
    style: str | None = None


class SourceNote(NamedTuple):
    """A source, written as a footnote. An empty text writes nothing."""

    text: str


class WordParagraph(NamedTuple):
    """A paragraph: its style and its pieces of text."""

    style: str
    pieces: Sequence[str | TextRun | SourceNote]


type WordCell = Sequence[WordParagraph]


class WordColumn(NamedTuple):
    """A column of a table: its header (empty if the table has none) and its share of the width, in per cent."""

    header: str
    width: int


class WordWriter:
    """A Word document that grows at its end. `to_bytes` returns the file."""

    def __init__(self, paper: Paper, template: bytes = b"") -> None:
        """Begin a document. A template gives the page, so `paper` goes for documents without one."""
        self.has_template = bool(template)
        begun = merge_template(template).content if template else _zip_empty_document()
        self.document = Document(io.BytesIO(begun))
        self.source_numbers = Footnotes()
        self.headings = 0
        self.footnotes = self.document.part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES)
        self.footnotes_xml = parse_xml(self.footnotes.blob)
        section = self.document.sections[0]
        if not template:
            section.page_width, section.page_height = SHEET_SIZES[paper]
        self.width = Length((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))
        for name in ("Header", "Footer", "toc 1", "toc 2"):
            tabs = self.document.styles[name].paragraph_format.tab_stops
            if not (template and len(tabs)):  # a template has its own
                tabs.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT)

    def set_properties(self, *, title: str, subject: str, author: str, as_of: date) -> None:
        """Set the document properties, dated as of a day. They contain no person's name and no clock time."""
        properties = self.document.core_properties
        properties.title, properties.subject, properties.author = (
            as_word_text(text)[:MAX_PROPERTY_LENGTH] for text in (title, subject, author)
        )
        properties.last_modified_by = properties.author
        properties.language = LANGUAGE
        properties.created = properties.modified = datetime.combine(as_of, time())

    def write_margins(
        self, *, marking: str, running: str, clearance: str, footer_text: str, page_words: tuple[str, str, str]
    ) -> None:
        """Write the header and footer of each page: marking, running title, clearance and page number.

        Args:
            page_words: what stands before, between and after the page number and the number of pages.
        """
        running_title = (running, *(("\t", TextRun(clearance, "Strong")) if clearance else ()))
        before, between, after = page_words
        for header, footer in self._margins():
            self._fill(_first_paragraph(header), "Marking", (marking,))
            self._align_end(self._fill(header.add_paragraph(), "Header", running_title))
            has_template_footer = not footer.is_linked_to_previous
            line = footer.add_paragraph() if has_template_footer else footer.paragraphs[0]
            if has_template_footer and _has_page_number(footer):
                self._fill(line, "Footer", (footer_text,))
            else:
                self._align_end(self._fill(line, "Footer", (footer_text, "\t", before)))
                _add_field(line, "PAGE", "1")
                line.add_run(between)
                _add_field(line, "NUMPAGES", "1")
                line.add_run(after)
            self._fill(footer.add_paragraph(), "Marking", (marking,))

    def _margins(self) -> Iterator[tuple[_BaseHeaderFooter, _BaseHeaderFooter]]:
        """Yield the header and footer of each kind of page that the document has: all, the first, the even ones."""
        section = self.document.sections[0]
        yield section.header, section.footer
        if section.different_first_page_header_footer:
            yield section.first_page_header, section.first_page_footer
        if self.document.settings.odd_and_even_pages_header_footer:
            yield section.even_page_header, section.even_page_footer

    def _align_end(self, paragraph: Paragraph) -> None:
        """Let the tab of a line lead to the end of the line, whatever tabs the style of a template has."""
        if not self.has_template:
            return
        tabs = paragraph.paragraph_format.tab_stops
        style = paragraph.style.paragraph_format if paragraph.style else None
        for stop in style.tab_stops if style else ():
            if stop.position != self.width:
                tabs.add_tab_stop(stop.position, WD_TAB_ALIGNMENT.CLEAR)
        tabs.add_tab_stop(self.width, WD_TAB_ALIGNMENT.RIGHT)

    def add_paragraph(self, style: str, *pieces: str | TextRun | SourceNote) -> None:
        """Add a paragraph."""
        self._fill(self.document.add_paragraph(), style, pieces)

    def add_heading(self, level: int, text: str) -> None:
        """Add a heading. The table of contents links to the headings of level 1, in order."""
        paragraph = self._fill(self.document.add_paragraph(), f"Heading {level}", (text,))
        if level == 1:
            self.headings += 1
            _bookmark(paragraph, f"_Toc{self.headings}", self.headings)

    def add_contents(self, titles: Sequence[str]) -> None:
        """Add a table of contents for the headings that follow.

        Word fills in the page numbers when the user updates the table.
        """
        for number, title in enumerate(titles, start=1):
            paragraph = self._fill(self.document.add_paragraph(), "toc 1", ())
            if number == 1:
                _mark_field(paragraph, "begin")
                _add_instruction(paragraph, r' TOC \o "1-2" \h \z \u ')
                _mark_field(paragraph, "separate")
            link = _element("w:hyperlink", {"w:anchor": f"_Toc{number}", "w:history": "1"})
            link.append(paragraph.add_run(as_word_text(title))._r)
            paragraph._p.append(link)
            if number == len(titles):
                _mark_field(paragraph, "end")

    def add_table(self, about: str, columns: Sequence[WordColumn], rows: Iterable[Iterable[WordCell]]) -> None:
        """Add a table over the whole width.

        A header row, if the columns have headers, repeats on every page. No row breaks across pages.

        Args:
            about: a description of the table for screen readers.
        """
        has_header = any(column.header for column in columns)
        table = self.document.add_table(0, len(columns), "Record Table")
        _describe_table(table, as_word_text(about), self.width, has_header=has_header)
        widths = list(_column_widths(self.width, columns))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        if has_header:
            header = self._row(
                table, [(WordParagraph("Table Heading", (column.header,)),) for column in columns], widths
            )
            header._tr.get_or_add_trPr().append(_element("w:tblHeader"))
        for row in rows:
            self._row(table, row, widths)

    def to_bytes(self) -> bytes:
        """Return the file."""
        self.footnotes._blob = etree.tostring(self.footnotes_xml, encoding="UTF-8", standalone=True)
        saved, file = io.BytesIO(), io.BytesIO()
        self.document.save(saved)
        with zipfile.ZipFile(saved) as source, zipfile.ZipFile(file, "w") as target:
            for name in source.namelist():
                write_zip_entry(target, name, source.read(name))
        return file.getvalue()

    def _row(self, table: Table, cells: Iterable[WordCell], widths: Sequence[Length]) -> _Row:
        row: _Row = table.add_row()  # type: ignore[no-untyped-call]
        row._tr.get_or_add_trPr().append(_element("w:cantSplit"))
        for target, cell, width in zip(row.cells, cells, widths, strict=True):
            target.width = width
            for index, line in enumerate(cell):
                self._fill(target.add_paragraph() if index else target.paragraphs[0], line.style, line.pieces)
        return row

    def _fill(self, paragraph: Paragraph, style: str, pieces: Iterable[str | TextRun | SourceNote]) -> Paragraph:
        paragraph.style = style
        follows_note = False
        for piece in pieces:
            match piece:
                case SourceNote(""):
                    continue
                case SourceNote(text):
                    if follows_note:
                        paragraph.add_run(", ", "footnote reference")
                    self._add_source_note(paragraph, text)
                case TextRun(text, character_style):
                    paragraph.add_run(as_word_text(text), character_style)
                case "\t":
                    paragraph.add_run(piece)
                case _:
                    paragraph.add_run(as_word_text(piece))
            follows_note = isinstance(piece, SourceNote)
        return paragraph

    def _add_source_note(self, paragraph: Paragraph, text: str) -> None:
        """Add a footnote, or repeat the number of an earlier footnote with the same text."""
        number, is_new = self.source_numbers.number(text)
        name = f"_Source{number}"
        if not is_new:
            _add_field(paragraph, f"NOTEREF {name} \\f \\h", str(number), "footnote reference")
            return
        run = paragraph.add_run(style="footnote reference")
        run._r.append(_element("w:footnoteReference", {"w:id": str(number)}))
        _bookmark(paragraph, name, 10_000 + number, run._r)
        self.footnotes_xml.append(self._build_footnote(number, as_word_text(text)))

    def _build_footnote(self, number: int, text: str) -> Any:
        """Return the footnote element for the bottom of the page."""
        paragraph = Paragraph(_element("w:p"), self.document._body)
        paragraph.style = "footnote text"
        paragraph.add_run(style="footnote reference")._r.append(_element("w:footnoteRef"))
        paragraph.add_run(f" {text}")
        note = _element("w:footnote", {"w:id": str(number)})
        note.append(paragraph._p)
        return note


def as_word_text(text: str) -> str:
    """Return a text as the PDF prints it, with white space collapsed as in HTML and without invisible characters."""
    return re.sub(INVISIBLE_PATTERN, "", re.sub(r"[ \t\r\n]+", " ", text_width.as_printed(text)))


@cache
def _zip_empty_document() -> bytes:
    """Return the empty document as a zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        for name, part in read_empty_document().items():
            write_zip_entry(zipped, name, part)
    return file.getvalue()


def _first_paragraph(margin: _BaseHeaderFooter) -> Paragraph:
    """Return a paragraph above what a template's header has; without one the first paragraph."""
    paragraph: Paragraph = margin.paragraphs[0] if margin.is_linked_to_previous else margin.add_paragraph()
    margin._element.insert(0, paragraph._p)
    return paragraph


def _has_page_number(margin: _BaseHeaderFooter) -> bool:
    """Return whether a header or footer counts the pages by itself."""
    instructions = [element.get(qn("w:instr"), "") for element in margin._element.iter(qn("w:fldSimple"))]
    instructions += [element.text or "" for element in margin._element.iter(qn("w:instrText"))]
    return any(re.search(r"\bPAGE\b", text) for text in instructions)


def _column_widths(total: Length, columns: Sequence[WordColumn]) -> Iterator[Length]:
    """Yield the widths of the columns. Their sum is exactly the whole width."""
    ends = [0]
    for column in columns:
        ends.append(ends[-1] + column.width)
    for start, end in pairwise(round(total.twips * end / ends[-1]) for end in ends):
        yield Twips(end - start)


def _describe_table(table: Table, about: str, width: Length, *, has_header: bool) -> None:
    table.autofit = False
    properties = table._tbl.tblPr
    table_width = properties.find(qn("w:tblW"))
    table_width.set(qn("w:type"), "dxa")
    table_width.set(qn("w:w"), str(width.twips))
    if not has_header:
        look = properties.find(qn("w:tblLook"))
        look.set(qn("w:firstRow"), "0")
        look.set(qn("w:val"), "0480")
    properties.append(_element("w:tblCaption", {"w:val": about}))


def _element(tag: str, attributes: dict[str, str] | None = None) -> Any:
    return OxmlElement(tag, {qn(name): value for name, value in (attributes or {}).items()})


def _bookmark(paragraph: Paragraph, name: str, number: int, around: Any = None) -> None:
    """Add a bookmark around one run of a paragraph or, without `around`, around all its runs."""
    runs = [around] if around is not None else paragraph._p.r_lst
    runs[0].addprevious(_element("w:bookmarkStart", {"w:id": str(number), "w:name": name}))
    runs[-1].addnext(_element("w:bookmarkEnd", {"w:id": str(number)}))


def _add_field(paragraph: Paragraph, instruction: str, shown: str, style: str | None = None) -> None:
    """Add a field that Word computes. Until then it shows the text `shown`."""
    field = _element("w:fldSimple", {"w:instr": f" {instruction} "})
    field.append(paragraph.add_run(shown, style)._r)
    paragraph._p.append(field)


def _mark_field(paragraph: Paragraph, kind: str) -> None:
    paragraph.add_run()._r.append(_element("w:fldChar", {"w:fldCharType": kind}))


def _add_instruction(paragraph: Paragraph, instruction: str) -> None:
    element = _element("w:instrText", {"xml:space": "preserve"})
    element.text = instruction
    paragraph.add_run()._r.append(element)
