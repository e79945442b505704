"""Group the lines of a paragraph by their content: each line alone, or several together."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.readers.paragraph import HARD_BREAK, PAGE_BREAK
from recommendations.importing.report_parser import headings
from recommendations.importing.report_parser.dehyphenation import UNCERTAIN_BREAK, normalize_characters
from recommendations.importing.report_parser.page_headers import flag_boilerplate
from recommendations.importing.report_parser.prose import (
    has_clause_end,
    has_sentence_end,
    is_continuation,
    is_incomplete,
)

BULLETS = "•●▪■◦○‣∙➢➤►▶▸✓✔❖→◆♦□☐❑❒✦⦁⁌⁍・\uf0b7\uf0a7\uf0d8\u2043"
DASHES = ("-", "–", "—")
"""Bullets that also occur within sentences."""
BULLET = re.compile(rf"(?:[{BULLETS}·]\s*|[*–—-](?:\s+|$)|\*(?=[A-Z“\"])|o(?:\s+(?=[A-Z“\"])|$))")
NUMBER = re.compile(r"\(?(\d{1,2})[.)]\s+(?=[A-Za-z“\"])")
_BROKEN_WATCH_LIST = re.compile(
    rf"(?:(?<=tier 2)\s*[\n{HARD_BREAK}]\s*(?=\(?watch\b)|(?<=tier 2 watch)\s*[\n{HARD_BREAK}]\s*(?=list\b))",
    re.IGNORECASE,
)
"""A line break in the name of a tier. Without its second part, the name would be that of another tier."""

NUMBER_ALONE = re.compile(r"\(?\d{1,2}[.)]")
LETTER = re.compile(r"\(?(?:[a-z]|[ivx]{1,5})[.)]\s+(?=[A-Z“\"])")


class ParagraphLine(NamedTuple):
    """A line of a paragraph, and the furniture between it and the line before."""

    text: str
    sign: str
    """What separates it from the line before: HARD_BREAK, PAGE_BREAK or a newline."""
    asides: tuple[str, ...] = ()


class LineGroup(NamedTuple):
    """Lines that belong together, as one text with newlines, and the furniture among or before them."""

    text: str
    asides: tuple[str, ...]


def group_lines(text: str) -> Iterator[LineGroup]:
    """Yield the groups of lines of a paragraph. The last one is empty if furniture follows it."""
    lines, trailing_asides = _split_lines(text)
    normalized = [normalize_characters(line.text) for line in lines]
    has_item_per_line = _has_item_per_line(normalized)
    style = next((marker_style(marker[0]) for line in normalized if (marker := match_marker(line))), "")
    group_starts = [
        _is_group_start(before.text, line, has_item_per_line=has_item_per_line, style=style)
        for before, line in pairwise(lines)
    ]
    has_bullets = any(map(BULLET.match, normalized))
    has_several = any(
        starts_group and has_sentence_end(before.text)
        for before, starts_group in zip(lines, group_starts, strict=False)
    )
    group = list(lines[:1])
    for (before, line), starts_group in zip(pairwise(lines), group_starts, strict=True):
        is_doubtful = (
            has_sentence_end(before.text)
            and not is_incomplete(before.text)
            and is_item_start(line.text)
            and not is_continuation(line.text)
        )
        seamed = line._replace(text=UNCERTAIN_BREAK + line.text) if is_doubtful and not starts_group else line
        if starts_group or (is_doubtful and not has_bullets and (has_several or line.sign == PAGE_BREAK)):
            yield _merge_lines(group)
            group = [seamed]
        else:
            group.append(seamed)
    if group:
        yield _merge_lines(group)
    if trailing_asides:
        yield LineGroup("", trailing_asides)


def _merge_lines(lines: list[ParagraphLine]) -> LineGroup:
    return LineGroup("\n".join(line.text for line in lines), tuple(text for line in lines for text in line.asides))


def _split_lines(text: str) -> tuple[list[ParagraphLine], tuple[str, ...]]:
    """Return the lines of a paragraph, and the furniture after the last of them."""
    text = _BROKEN_WATCH_LIST.sub(" ", text)
    pieces = [HARD_BREAK, *re.split(rf"([\n{HARD_BREAK}{PAGE_BREAK}])", text)]
    signed = zip(pieces[1::2], pieces[::2], strict=True)
    filled = [(line.strip(), sign) for line, sign in signed if normalize_characters(line).strip()]
    lines: list[ParagraphLine] = []
    asides: tuple[str, ...] = ()
    are_aside = flag_boilerplate([line for line, _ in filled], [sign == HARD_BREAK for _, sign in filled])
    for (line, sign), is_aside in zip(filled, are_aside, strict=True):
        if is_aside:
            asides += (line,)
        else:
            lines.append(ParagraphLine(line, sign, asides))
            asides = ()
    return lines, asides


def _has_item_per_line(lines: list[str]) -> bool:
    """Return whether every line of a paragraph starts a new item, with a capital and without a bullet."""
    lines = [line for line in lines if not headings.is_heading(line)]
    is_several = len(lines) > 2 or (len(lines) == 2 and has_clause_end(lines[0]))
    if not is_several or not all(is_item_start(line) and not BULLET.match(line) for line in lines):
        return False
    ends = [has_clause_end(line) for line in lines]
    return all(ends) or not any(ends)


def is_item_start(text: str) -> bool:
    """Return whether a line starts like an item or a sentence: with a capital or a bullet."""
    text = normalize_characters(text).strip()
    return text.lstrip("“‘\"'[")[:1].isupper() or bool(BULLET.match(text) or LETTER.match(text))


def match_marker(text: str) -> re.Match[str] | None:
    """Return the match of the bullet or number at the start of a text."""
    return BULLET.match(text) or NUMBER.match(text)


def marker_style(marker: str) -> str:
    """Return a common form for the markers of one list: the same for "(1)" and "(2)"."""
    return re.sub(r"\d+", "1", marker.strip())


def _is_group_start(before: str, line: ParagraphLine, *, has_item_per_line: bool, style: str) -> bool:
    """Return whether a line starts a new group. `style` is the style of the paragraph's first marker."""
    text = normalize_characters(line.text).strip()
    before = normalize_characters(before).strip()
    if _is_at_heading(before, text) or _is_at_marker(before, text, style):
        return True
    if is_incomplete(before) or before.endswith(("-", "\u2010")) or is_continuation(text):
        return False
    if not is_item_start(text):
        return line.sign == HARD_BREAK and has_sentence_end(before)
    return has_item_per_line or line.sign == HARD_BREAK


def _is_at_heading(before: str, text: str) -> bool:
    """Return whether one of two lines is a heading or starts with one."""
    if headings.is_heading(before) or headings.find_list_start(text) is not None or headings.is_capital_heading(text):
        return True
    return headings.is_section_start(text) and not is_incomplete(before)


def _is_at_marker(before: str, text: str, style: str) -> bool:
    """Return whether a line starts with a bullet, or with a number that is not part of a sentence."""
    if bullet := BULLET.match(text):
        earlier = (BULLET.match(before) or [""])[0]
        is_only_one = bullet[0].strip() in BULLETS or marker_style(bullet[0]) == marker_style(earlier)
        return is_only_one or is_item_start(text[bullet.end() :]) or has_clause_end(before)
    if NUMBER_ALONE.fullmatch(text):
        return has_clause_end(before)
    number = NUMBER.match(text)
    return bool(number and has_clause_end(before) and marker_style(number[0]) == style)
