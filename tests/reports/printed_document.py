"""A rendered PDF document, with the positions of all glyphs and drawings on its pages."""

import io
from functools import cached_property
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
from pypdf import PdfReader

from reports.briefings import pdf
from reports.briefings.html import render_html
from reports.briefings.typesetting import undo_typesetting
from tiptracker.choices import Paper

POINT = 72 / 25.4
"""Points in a millimetre."""
SIDE_MARGIN = 20 * POINT
"""The least distance of the text of a page from the sides of the paper."""
UNPRINTABLE_EDGE = 8 * POINT
"""The strip along the edge that printers cannot print on."""
TOLERANCE = 1
"""How far glyphs and lines may extend beyond a margin, in points."""


class Glyph(NamedTuple):
    """A visible character, and its box in points from the lower left corner of the page."""

    char: str
    left: float
    bottom: float
    right: float
    top: float


class PrintedDocument:
    """The PDF of a document's content."""

    def __init__(self, said, paper=Paper.A4):
        self.file = pdf.render_pdf(render_html(said, paper))
        self.texts = self._read_pages(lambda page, text: text.get_text_range())

    def __len__(self):
        return len(self.texts)

    def _read_pages(self, read):
        """Return what `read` says of each page and its text."""
        told = []
        with pypdfium2.PdfDocument(self.file) as document:
            for page in document:
                text = page.get_textpage()
                told.append(read(page, text))
                text.close()
                page.close()
        return told

    @cached_property
    def glyphs(self):
        """The glyphs of each page. Reading them takes longer than printing, so it waits until they are asked for."""
        return self._read_pages(lambda page, text: list(_glyphs(text)))

    @cached_property
    def drawings(self):
        """The boxes of the lines, areas and pictures of each page."""
        return self._read_pages(lambda page, text: [drawing.get_bounds() for drawing in page.get_objects(max_depth=1)])

    @cached_property
    def sizes(self):
        """Width and height of each page, in points."""
        return self._read_pages(lambda page, text: page.get_size())

    @cached_property
    def text(self):
        """All text of the document, on one line."""
        return " ".join(" ".join(self.texts).split())

    @cached_property
    def reader(self):
        return PdfReader(io.BytesIO(self.file))

    def elements(self, kind):
        """Return the structure elements of a kind ("/Figure") in reading order."""
        return [element for element in elements_of(self.reader) if element["/S"] == kind]

    def bookmarks(self):
        """Return name and page number of each bookmark."""
        reader = self.reader

        def told(outline):
            for entry in outline:
                if isinstance(entry, list):
                    yield from told(entry)
                else:
                    yield undo_typesetting(entry.title), reader.get_destination_page_number(entry) + 1

        return list(told(reader.outline))

    def beyond_margins(self):
        """Return the glyphs and drawings beyond the margins, each with its page."""
        found = []
        for page, ((width, height), glyphs, drawings) in enumerate(
            zip(self.sizes, self.glyphs, self.drawings, strict=True), 1
        ):
            boxes = [(glyph.char, *glyph[1:]) for glyph in glyphs] + [("a drawing", *drawing) for drawing in drawings]
            found += [
                (page, *box)
                for box in boxes
                if box[1] < SIDE_MARGIN - TOLERANCE
                or box[3] > width - SIDE_MARGIN + TOLERANCE
                or box[2] < UNPRINTABLE_EDGE
                or box[4] > height - UNPRINTABLE_EDGE
            ]
        return found

    def collisions(self):
        """Return glyphs that overlap, each pair with its page. Glyphs of one ligature share a box and do not count."""
        found = []
        for page, glyphs in enumerate(self.glyphs, 1):
            by_left = sorted(glyphs, key=lambda glyph: glyph.left)
            for at, box in enumerate(by_left):
                for other in by_left[at + 1 :]:
                    if other.left >= box.right:
                        break
                    if box.top <= other.bottom or other.top <= box.bottom or box[1:] == other[1:]:
                        continue
                    if _overlap(box, other) > 0.3:
                        found.append((page, box, other))
        return found


def fonts_of(reader):
    """Return the names of the embedded fonts, without the prefix that marks a subset."""
    return {
        font.get_object()["/BaseFont"].partition("+")[2]
        for sheet in reader.pages
        for font in sheet["/Resources"].get("/Font", {}).values()
    }


def elements_of(reader):
    """Return the structure elements of a document in reading order."""

    def below(node):
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(child := kid.get_object(), dict) and "/S" in child:
                yield child
                yield from below(child)

    return list(below(reader.trailer["/Root"]["/StructTreeRoot"]))


def _glyphs(text):
    for at in range(text.count_chars()):
        char = chr(pdfium.FPDFText_GetUnicode(text, at))
        if char.strip():
            yield Glyph(char, *text.get_charbox(at))


def _overlap(one, other):
    """Return the share of the smaller glyph that the other one covers."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.top, other.top) - max(one.bottom, other.bottom)
    least = min((glyph.right - glyph.left) * (glyph.top - glyph.bottom) for glyph in (one, other))
    return width * height / least if width > 0 and height > 0 and least > 0 else 0
