"""A document as it comes out of the printer: its file, and what stands where on its pages."""

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
SIDE_MARGIN, TOP_MARGIN, BOTTOM_MARGIN = 20 * POINT, 22 * POINT, 20 * POINT
"""How far from the paper's edge the text of a page may come; marking and page number stand beyond head and foot."""
UNPRINTABLE_EDGE = 8 * POINT
"""How far from its edge a printer prints nothing."""
TOLERANCE = 1
"""What a glyph may stand over its line, or a line be wide, in points."""


class Glyph(NamedTuple):
    """A character that shows, and its box in points from the lower left."""

    char: str
    left: float
    bottom: float
    right: float
    top: float


class PrintedDocument:
    """A document made of what it says, on this paper."""

    def __init__(self, said, paper=Paper.A4):
        self.file = pdf.render_pdf(render_html(said, paper))
        self.sizes, self.texts, self.glyphs, self.drawings = [], [], [], []
        with pypdfium2.PdfDocument(self.file) as document:
            for page in document:
                text = page.get_textpage()
                self.sizes.append(page.get_size())
                self.texts.append(text.get_text_range())
                self.glyphs.append(list(_glyphs(text)))
                self.drawings.append([drawing.get_bounds() for drawing in page.get_objects(max_depth=1)])
                text.close()
                page.close()

    def __len__(self):
        return len(self.sizes)

    @cached_property
    def text(self):
        """All that it says, on one line."""
        return " ".join(" ".join(self.texts).split())

    @cached_property
    def reader(self):
        return PdfReader(io.BytesIO(self.file))

    def elements(self, kind):
        """The structure elements of a kind ("/Figure"), in reading order."""
        return [one for one in elements_of(self.reader) if one["/S"] == kind]

    def bookmarks(self):
        """The names of the bookmarks, and to which page each leads, the first being 1."""
        reader = self.reader

        def told(outline):
            for one in outline:
                if isinstance(one, list):
                    yield from told(one)
                else:
                    yield undo_typesetting(one.title), reader.get_destination_page_number(one) + 1

        return list(told(reader.outline))

    def beyond_margins(self):
        """What stands beyond the margins, each with its page: glyphs of the text, and anything drawn."""
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
        """Signs that stand on one another, each with its page; those of one ligature share a box and are none."""
        found = []
        for page, glyphs in enumerate(self.glyphs, 1):
            by_left = sorted(glyphs, key=lambda glyph: glyph.left)
            for at, one in enumerate(by_left):
                for other in by_left[at + 1 :]:
                    if other.left >= one.right:
                        break
                    if one.top <= other.bottom or other.top <= one.bottom or one[1:] == other[1:]:
                        continue
                    if _overlap(one, other) > 0.3:
                        found.append((page, one, other))
        return found

    def free_height(self, page):
        """How much of a page (the first is 1) is free under its text and above its foot, in millimetres."""
        return (
            min(glyph.bottom - BOTTOM_MARGIN for glyph in self.glyphs[page - 1] if glyph.bottom > BOTTOM_MARGIN) / POINT
        )


def fonts_of(reader):
    """The typefaces that a document carries, by name, without what drawings each as a part of it."""
    return {
        font.get_object()["/BaseFont"].partition("+")[2]
        for sheet in reader.pages
        for font in sheet["/Resources"].get("/Font", {}).values()
    }


def elements_of(reader):
    """The structure elements of a document, in reading order."""

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
    """What share of the smaller of two glyphs the other covers."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.top, other.top) - max(one.bottom, other.bottom)
    least = min((glyph.right - glyph.left) * (glyph.top - glyph.bottom) for glyph in (one, other))
    return width * height / least if width > 0 and height > 0 and least > 0 else 0
