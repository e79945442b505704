"""Measure how much room a text takes on paper: its width and its lines. Shorten a text to a number of lines.

The widths are those of the fonts that documents are printed in. The text is measured as it is printed: see
`reports.briefings.typesetting`.
"""

import io
import re
from collections.abc import Mapping
from functools import cache
from html import escape, unescape
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reports.briefings.typesetting import replace_missing_glyphs, typeset

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FONTS_DIR = Path(__file__).resolve().parents[2] / "tiptracker" / "web" / "frontend" / "dist" / "print"
REGULAR, SEMIBOLD, BOLD = "Regular", "SemiBold", "Bold"
MM_PER_POINT = 25.4 / 72
"""A point in millimetres."""
KERNING_FACTOR = 1.01
"""An allowance for kerning between letters, because each letter is measured alone."""
ELLIPSIS = "…"
SENTENCE_ENDS = re.compile(r"[.!?](?=\s)")
MIN_SENTENCE_SHARE = 0.6
"""A text is shortened to whole sentences if they keep at least this share of what fits; otherwise to whole words."""


class TextStyle(NamedTuple):
    """The style of a text: its font size in points, its line width in millimetres, and its weight."""

    size: float
    width: float
    weight: str = REGULAR


def as_printed(text: str) -> str:
    """Return a plain text (not HTML) as a document prints it."""
    return replace_missing_glyphs(unescape(typeset(escape(text))), available_glyphs())


@cache
def available_glyphs() -> frozenset[str]:
    """Return the characters that documents can print."""
    return printable_glyphs({path.name: path.read_bytes() for path in sorted(FONTS_DIR.glob("*.ttf"))})


def printable_glyphs(fonts: Mapping[str, bytes]) -> frozenset[str]:
    """Return the characters that one of the typefaces has in all its font files, which are given by name."""
    typefaces: dict[str, list[frozenset[str]]] = {}
    for name, font in fonts.items():
        glyphs = frozenset(map(chr, _open_font(font).getBestCmap()))
        typefaces.setdefault(name.partition("-")[0], []).append(glyphs)
    return frozenset().union(*(frozenset.intersection(*files) for files in typefaces.values()))


def measure_width(text: str, style: TextStyle) -> float:
    """Return the width of a text on one line, in millimetres."""
    return _measure_printed(as_printed(text), style)


def count_lines(text: str, style: TextStyle) -> int:
    """Return how many lines a text takes. A line break in the text starts a new line."""
    return sum(_count_wrapped_lines(line.split(" "), style) for line in as_printed(text).split("\n"))


def shorten_to_lines(text: str, lines: int, style: TextStyle) -> str:
    """Return a text without line breaks on at most this many lines.

    A text that does not fit is cut to its first sentences or words, with “…” at the end.
    """
    text = " ".join(text.split())
    if count_lines(text, style) <= lines:
        return text
    ends = [match.start() for match in re.finditer(r"\s+", text)]
    words = _longest_prefix(text, ends, lines, style)
    sentences = _longest_prefix(text, [match.end() for match in SENTENCE_ENDS.finditer(text)], lines, style)
    if len(sentences) >= MIN_SENTENCE_SHARE * len(words) > 0:
        return f"{sentences} {ELLIPSIS}"
    return f"{words.rstrip(' ,;:.–-')}{ELLIPSIS}" if words else _longest_word_part(text, lines, style)


def _longest_prefix(text: str, ends: list[int], lines: int, style: TextStyle) -> str:
    """Return the longest prefix that ends at one of these positions and fits with its ellipsis; empty if none does."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        fits = count_lines(f"{text[: ends[middle - 1]]} {ELLIPSIS}", style) <= lines
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[: ends[low - 1]].rstrip() if low else ""


def _longest_word_part(text: str, lines: int, style: TextStyle) -> str:
    """Return as much of the first word as fits, if not even one word is short enough."""
    return _longest_prefix(text, list(range(1, len(text))), lines, style) + ELLIPSIS


def _count_wrapped_lines(words: list[str], style: TextStyle) -> int:
    """Count the lines of these words. A word wider than the line breaks anywhere."""
    space = _measure_printed(" ", style)
    lines, used = 1, 0.0
    for word_width in (_measure_printed(word, style) for word in words):
        if used and used + space + word_width > style.width:
            lines, used = lines + 1, 0.0
        elif used:
            used += space
        extra = max(ceil(word_width / style.width - 1e-9) - 1, 0)
        lines, used = lines + extra, used + word_width - extra * style.width
    return lines


def _measure_printed(text: str, style: TextStyle) -> float:
    advances = _glyph_widths(style.weight)
    widest = max(advances.values())
    return sum(advances.get(sign, widest) for sign in text) * style.size * MM_PER_POINT * KERNING_FACTOR


@cache
def _glyph_widths(weight: str) -> Mapping[str, float]:
    """Return the width of each character as a share of the font size. Digits have their tabular width, all alike."""
    font = _open_font((FONTS_DIR / f"PublicSans-{weight}.ttf").read_bytes())
    metrics, names = font["hmtx"], font.getBestCmap()
    tabular = {name.removesuffix(".tf"): name for name in font.getGlyphOrder() if name.endswith(".tf")}
    units = font["head"].unitsPerEm
    wide = {chr(code): metrics[tabular.get(name, name)][0] / units for code, name in names.items()}
    return wide | dict.fromkeys("\n\N{SOFT HYPHEN}\N{WORD JOINER}", 0.0)


def _open_font(font: bytes) -> "TTFont":
    from fontTools.ttLib import TTFont  # noqa: PLC0415 -- comes with WeasyPrint

    return TTFont(io.BytesIO(font), lazy=True)
