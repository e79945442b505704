"""Read a PDF, which only has letters and positions: find its lines, and its paragraphs from the lines' positions.

Lines are taken in the order in which they are drawn. That is the reading order, column by column. A line with room for
the first word of the next line ended on purpose.
"""

import re
from collections import Counter
from collections.abc import Iterator
from ctypes import byref, c_double
from itertools import pairwise, zip_longest
from statistics import median
from typing import Any, NamedTuple

import pypdfium2
from pypdfium2 import raw

from recommendations.importing.readers.paragraph import HARD_BREAK, PAGE_BREAK, Paragraph, ParagraphKind, UnreadableFile
from tiptracker.localization import gettext_noop

MAX_PAGES = 1_000
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_LINE_END_HYPHENS = ("\x02", "\ufffe")
"""The characters that PDFium returns for a hyphen at the end of a line, which it joins with the next line."""
_BULLET = r"[•●▪■◦○‣∙·\uf0b7\uf0a7*–—-]"
_MARKER = re.compile(rf"{_BULLET}|\(?\d{{1,2}}[.)]")
_STARTS_WITH_MARKER = re.compile(rf"(?:{_MARKER.pattern})\s")
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[–-]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[–-]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE
)
_MARGIN_SHARE = 0.15
"""Share of the page's height, at the top and at the bottom, in which running heads stand."""


class PdfLine(NamedTuple):
    """A line. Lengths are in points, positions from the page's lower left corner."""

    text: str
    left: float
    right: float
    base: float
    size: float
    """The height of the first letter's box."""
    word: float
    """The width of the first word."""
    page: int


def read_pdf(content: bytes) -> Iterator[Paragraph]:
    """Yield the paragraphs. Raises UnreadableFile if the file has a password or too many pages."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFile(
                "password_protected",
                gettext_noop("“%(name)s” has a password. Save it without a password and choose it again."),
            ) from error
        raise
    if len(document) > MAX_PAGES:
        raise UnreadableFile(
            "too_many",
            gettext_noop(
                "“%(name)s” has more than %(pages)s pages. Save only the pages with the country’s narrative and choose "
                "that file."
            ),
            pages=MAX_PAGES,
        )
    if title := document.get_metadata_dict().get("Title", "").strip():
        yield Paragraph(title, ParagraphKind.TITLE)
    pages, heights = [], []
    for number in range(len(document)):
        page = document[number]
        pages.append(_page_lines(page, number))
        heights.append(page.get_height())
        page.close()
    yield from _join_paragraphs(pages, _find_boilerplate(pages, heights))


# --- Lines ------------------------------------------------------------------------------------------------------------


def _page_lines(page: Any, number: int) -> list[PdfLine]:
    """Return the lines of a page in the order in which they are drawn, with separate bullets joined to their lines."""
    text = page.get_textpage()
    lines = []
    characters: list[tuple[int, str]] = []
    for index in range(text.count_chars()):
        sign = chr(raw.FPDFText_GetUnicode(text.raw, index))
        if sign not in "\r\n":
            characters.append((index, "-" if sign in _LINE_END_HYPHENS else sign))
        if sign in "\r\n" or sign in _LINE_END_HYPHENS:
            lines += _build_line(text, characters, number)
            characters = []
    lines += _build_line(text, characters, number)
    text.close()
    return _attach_markers(lines)


def _build_line(text: Any, characters: list[tuple[int, str]], page: int) -> list[PdfLine]:
    """Return the line of `characters` (index and letter of each character); empty if nothing in it is visible."""
    visible = [index for index, sign in characters if not sign.isspace()]
    if not visible:
        return []
    line_text = "".join(sign for _, sign in characters).translate(_LIGATURES).strip()
    first_word = (
        next((index for index, sign in characters if index > visible[0] and sign.isspace()), visible[-1] + 1) - 1
    )
    first, last, end = (_character_box(text, index) for index in (visible[0], visible[-1], first_word))
    x, y = c_double(), c_double()
    raw.FPDFText_GetCharOrigin(text.raw, visible[0], byref(x), byref(y))
    size = max(abs(first.top - first.bottom), 1.0)
    return [PdfLine(line_text, first.left, last.right, y.value, size, end.right - first.left, page)]


def _character_box(text: Any, index: int) -> Any:
    """Return the box of a letter, as high as the highest letter of its typeface."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text.raw, index, byref(box))
    return box


def _attach_markers(lines: list[PdfLine]) -> list[PdfLine]:
    """Join each separate bullet or number to the line to its right."""
    remaining = list(lines)
    for marker in [line for line in lines if _MARKER.fullmatch(line.text)]:
        behind = [line for line in remaining if line.left > marker.left]
        same_height = [line for line in behind if abs(line.base - marker.base) < 0.5 * max(line.size, marker.size)]
        if same_height:
            nearest = min(same_height, key=lambda line: line.left)
            joined = nearest._replace(text=f"{marker.text} {nearest.text}", left=marker.left)
            remaining[remaining.index(nearest)] = joined
            remaining.remove(marker)
    return remaining


# --- Page headers and footers -----------------------------------------------------------------------------------------


def _find_boilerplate(pages: list[list[PdfLine]], heights: list[float]) -> set[PdfLine]:
    """Return page numbers, and margin lines that several pages share apart from their numbers."""
    edges = [line for lines, height in zip(pages, heights, strict=True) for line in _margin_lines(lines, height)]
    alike = Counter(text for _, text in {(line.page, _without_numbers(line)) for line in edges})
    return {line for line in edges if alike[_without_numbers(line)] > 1 or _PAGE_NUMBER.fullmatch(line.text)}


def _without_numbers(line: PdfLine) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


def _margin_lines(lines: list[PdfLine], height: float) -> Iterator[PdfLine]:
    """Yield the lines in the margins that have a gap to the lines nearer the middle of the page."""
    for sign in (1, -1):
        inwards = sorted(lines, key=lambda line: -sign * line.base)
        pitch = _line_spacing(lines)
        group: list[PdfLine] = []
        for line, following in zip_longest(inwards, inwards[1:]):
            if (height - line.base if sign > 0 else line.base) > _MARGIN_SHARE * height or len(group) == 3:
                break
            group.append(line)
            if following is None or abs(line.base - following.base) > 1.5 * pitch:
                yield from group
                group = []


def _line_spacing(lines: list[PdfLine]) -> float:
    """Return the usual distance between the lines of a page, in points."""
    steps = [line.base - next_line.base for line, next_line in pairwise(lines)]
    return median([step for step in steps if step > 1] or [12.0])


# --- Paragraphs -------------------------------------------------------------------------------------------------------


def _join_paragraphs(pages: list[list[PdfLine]], boilerplate: set[PdfLine]) -> Iterator[Paragraph]:
    """Yield the paragraphs page by page. The furniture of a page comes before its text."""
    edges = _right_edges([line for lines in pages for line in lines if line not in boilerplate])
    text: list[str] = []
    before: PdfLine | None = None
    for lines in pages:
        for line in lines:
            if line in boilerplate:
                yield Paragraph(line.text, ParagraphKind.FURNITURE)
                continue
            sign = "" if before is None else _separator_between(before, line, _line_spacing(lines), edges[before])
            if sign:
                text += [sign, line.text]
            else:
                if text:
                    yield Paragraph("".join(text))
                text = [line.text]
            before = line
    if text:
        yield Paragraph("".join(text))


def _separator_between(line: PdfLine, next_line: PdfLine, pitch: float, edge: float) -> str:
    """Return the separator between two consecutive lines: "" for a new paragraph, otherwise a character."""
    has_room = line.right + 0.25 * line.size + next_line.word < edge - 0.3 * line.size
    # It goes on if the next line is on another page or in another column.
    goes_on = line.page != next_line.page or next_line.base > line.base + 0.5 * line.size
    is_apart = not goes_on and line.base - next_line.base > 1.3 * max(pitch, line.size)
    if is_apart or _STARTS_WITH_MARKER.match(next_line.text) or abs(line.size - next_line.size) > 0.08 * line.size:
        return ""
    if has_room:
        return "" if goes_on else HARD_BREAK
    return PAGE_BREAK if goes_on else "\n"


def _right_edges(lines: list[PdfLine]) -> dict[PdfLine, float]:
    """Return how far right each line could extend: as far as any line of its size that starts near it."""
    furthest: dict[tuple[int, int, int], float] = {}
    for line in lines:
        for near in (-1, 0, 1):
            key = (line.page, round(line.size), round(line.left / 36) + near)
            furthest[key] = max(furthest.get(key, 0.0), line.right)
    return {line: furthest[line.page, round(line.size), round(line.left / 36)] for line in lines}
