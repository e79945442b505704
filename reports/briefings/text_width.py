"""How much room a text takes on paper: its width, its lines, and how it is shortened to a number of lines.

The widths are those of the typefaces that the documents are printed in. What is measured is the text as it is
printed: see `reports.briefings.typesetting`.
"""

import io
import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape, unescape
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reports.briefings.typesetting import printable, typeset

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[2] / "tiptracker" / "web" / "frontend" / "dist" / "print"
REGULAR, SEMIBOLD, BOLD = "Regular", "SemiBold", "Bold"
POINT = 25.4 / 72
"""A point in millimetres."""
KERNING = 1.01
"""What pairs of letters may add to a line, of which each is measured by itself."""
ELLIPSIS = "…"
SENTENCE_ENDS = re.compile(r"[.!?](?=\s)")
LEAST_OF_A_SENTENCE = 0.6
"""A text is shortened to whole sentences where these keep so much of what has room; else to whole words."""


class Style(NamedTuple):
    """How a text is set: the size of its letters in points, their weight, and its measure in millimetres."""

    size: float
    width: float
    weight: str = REGULAR


def spelt(text: str) -> str:
    """A text, which is no HTML, as a document prints it."""
    return printable(unescape(typeset(escape(text))), glyphs())


@cache
def glyphs() -> frozenset[str]:
    """The characters that every one of the typefaces can print."""
    return glyphs_of(path.read_bytes() for path in sorted(FONTS.glob("*.ttf")))


def glyphs_of(fonts: Iterable[bytes]) -> frozenset[str]:
    """The characters that every one of these typefaces can print."""
    maps = (_opened(font).getBestCmap() for font in fonts)
    return frozenset.intersection(*(frozenset(map(chr, glyphs)) for glyphs in maps))


def width_of(text: str, style: Style) -> float:
    """The width of a text on one line, in millimetres."""
    return _width(spelt(text), style)


def lines_of(text: str, style: Style) -> int:
    """On how many lines a text is set; a line break in it is one on paper."""
    return sum(_lines(line.split(" "), style) for line in spelt(text).split("\n"))


def shortened(text: str, lines: int, style: Style) -> str:
    """A text, without line breaks, on no more than so many lines: whole, or its first sentences or words and “…”."""
    text = " ".join(text.split())
    if lines_of(text, style) <= lines:
        return text
    ends = [found.start() for found in re.finditer(r"\s+", text)]
    words = _longest(text, ends, lines, style)
    sentences = _longest(text, [found.end() for found in SENTENCE_ENDS.finditer(text)], lines, style)
    if len(sentences) >= LEAST_OF_A_SENTENCE * len(words) > 0:
        return f"{sentences} {ELLIPSIS}"
    return f"{words.rstrip(' ,;:.–-')}{ELLIPSIS}" if words else _longest_word(text, lines, style)


def _longest(text: str, ends: list[int], lines: int, style: Style) -> str:
    """The longest beginning that ends at one of these places and has room with its ellipsis; empty for none."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        fits = lines_of(f"{text[: ends[middle - 1]]} {ELLIPSIS}", style) <= lines
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[: ends[low - 1]].rstrip() if low else ""


def _longest_word(text: str, lines: int, style: Style) -> str:
    """As much of a word as has room, where not even one is short enough."""
    return _longest(text, list(range(1, len(text))), lines, style) + ELLIPSIS


def _lines(words: list[str], style: Style) -> int:
    """Words set one after another; one that is wider than the measure is broken anywhere."""
    space = _width(" ", style)
    lines, used = 1, 0.0
    for wide in (_width(word, style) for word in words):
        if used and used + space + wide > style.width:
            lines, used = lines + 1, 0.0
        elif used:
            used += space
        more = max(ceil(wide / style.width - 1e-9) - 1, 0)
        lines, used = lines + more, used + wide - more * style.width
    return lines


def _width(text: str, style: Style) -> float:
    advances = _advances(style.weight)
    widest = max(advances.values())
    return sum(advances.get(sign, widest) for sign in text) * style.size * POINT * KERNING


@cache
def _advances(weight: str) -> Mapping[str, float]:
    """How wide each character is, in parts of the size of its letters; figures as tables have them, all alike."""
    font = _opened((FONTS / f"PublicSans-{weight}.ttf").read_bytes())
    metrics, names = font["hmtx"], font.getBestCmap()
    tabular = {name.removesuffix(".tf"): name for name in font.getGlyphOrder() if name.endswith(".tf")}
    units = font["head"].unitsPerEm
    wide = {chr(code): metrics[tabular.get(name, name)][0] / units for code, name in names.items()}
    return wide | dict.fromkeys("\n\N{SOFT HYPHEN}\N{WORD JOINER}", 0.0)


def _opened(font: bytes) -> "TTFont":
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- comes with WeasyPrint

    return TTFont(io.BytesIO(font), lazy=True)
