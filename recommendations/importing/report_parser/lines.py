"""The lines of a paragraph, to those that are in it by what they say: one a line, or one of several."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.readers.paragraph import BROKEN, PAGE
from recommendations.importing.report_parser import headings
from recommendations.importing.report_parser.dehyphenation import SEAM, clean
from recommendations.importing.report_parser.page_headers import aside
from recommendations.importing.report_parser.prose import has_ended, has_stopped, leans, tells_more

BULLETS = "•●▪■◦○‣∙➢➤►▶▸✓✔❖→◆♦□☐❑❒✦⦁⁌⁍・\uf0b7\uf0a7\uf0d8\u2043"
DASHES = ("-", "–", "—")
"""Bullets that stand in sentences too."""
BULLET = re.compile(rf"(?:[{BULLETS}·]\s*|[*–—-](?:\s+|$)|\*(?=[A-Z“\"])|o(?:\s+(?=[A-Z“\"])|$))")
NUMBER = re.compile(r"\(?(\d{1,2})[.)]\s+(?=[A-Za-z“\"])")
_WATCH_LIST = re.compile(
    rf"(?:(?<=tier 2)\s*[\n{BROKEN}]\s*(?=\(?watch\b)|(?<=tier 2 watch)\s*[\n{BROKEN}]\s*(?=list\b))", re.IGNORECASE
)
"""Where a line breaks the name of a tier, which would be another one without its rest."""

NUMBER_ALONE = re.compile(r"\(?\d{1,2}[.)]")
LETTER = re.compile(r"\(?(?:[a-z]|[ivx]{1,5})[.)]\s+(?=[A-Z“\"])")


class Line(NamedTuple):
    """A line of a paragraph, and the furniture between it and the line before."""

    text: str
    sign: str
    """What parts it from the line before: BROKEN, PAGE or a line break."""
    beside: tuple[str, ...] = ()


class Group(NamedTuple):
    """Lines that belong together, as one text with line breaks, and the furniture that stood among or before them."""

    text: str
    beside: tuple[str, ...]


def groups(text: str) -> Iterator[Group]:
    """What a paragraph is parted into; the last is empty where furniture stands behind it all."""
    lines, behind = _lines(text)
    each_begins = _each_begins([clean(line.text) for line in lines])
    sort = next((sort_of(mark[0]) for line in lines if (mark := marker(clean(line.text)))), "")
    parting = [_parts(before.text, line, each_begins=each_begins, sort=sort) for before, line in pairwise(lines)]
    has_bullets = any(BULLET.match(clean(line.text)) for line in lines)
    has_several = any(parts and has_ended(before.text) for before, parts in zip(lines, parting, strict=False))
    group = list(lines[:1])
    for (before, line), parts in zip(pairwise(lines), parting, strict=True):
        is_doubtful = (
            has_ended(before.text) and not leans(before.text) and begins(line.text) and not tells_more(line.text)
        )
        seamed = line._replace(text=SEAM + line.text) if is_doubtful and not parts else line
        if parts or (is_doubtful and not has_bullets and (has_several or line.sign == PAGE)):
            yield _grouped(group)
            group = [seamed]
        else:
            group.append(seamed)
    if group:
        yield _grouped(group)
    if behind:
        yield Group("", behind)


def _grouped(lines: list[Line]) -> Group:
    return Group("\n".join(line.text for line in lines), tuple(text for line in lines for text in line.beside))


def _lines(text: str) -> tuple[list[Line], tuple[str, ...]]:
    """The lines of a paragraph, and the furniture behind the last of them."""
    text = _WATCH_LIST.sub(" ", text)
    parts = [BROKEN, *re.split(rf"([\n{BROKEN}{PAGE}])", text)]
    told = [(line.strip(), sign) for sign, line in zip(parts[::2], parts[1::2], strict=True) if clean(line).strip()]
    lines: list[Line] = []
    beside: tuple[str, ...] = ()
    are_aside = aside([line for line, _ in told], [sign == BROKEN for _, sign in told])
    for (line, sign), is_aside in zip(told, are_aside, strict=True):
        if is_aside:
            beside += (line,)
        else:
            lines.append(Line(line, sign, beside))
            beside = ()
    return lines, beside


def _each_begins(lines: list[str]) -> bool:
    """Whether each line of a paragraph begins something, by a capital, and none of them by a bullet."""
    lines = [line for line in lines if not headings.is_whole(line)]
    is_several = len(lines) > 2 or (len(lines) == 2 and has_stopped(lines[0]))
    if not is_several or not all(begins(line) and not BULLET.match(line) for line in lines):
        return False
    ends = [has_stopped(line) for line in lines]
    return all(ends) or not any(ends)


def begins(text: str) -> bool:
    """Whether a line begins as an item or a sentence does: with a capital, or a bullet."""
    text = clean(text).strip()
    return text.lstrip("“‘\"'[")[:1].isupper() or bool(BULLET.match(text) or LETTER.match(text))


def marker(text: str) -> re.Match[str] | None:
    """The bullet or the number that a text begins with."""
    return BULLET.match(text) or NUMBER.match(text)


def sort_of(mark: str) -> str:
    """What the marks of one list have in common: "(1)" and "(2)"."""
    return re.sub(r"\d+", "1", mark.strip())


def _parts(before: str, line: Line, *, each_begins: bool, sort: str) -> bool:
    """Whether a line begins something new, in a paragraph whose first mark is of that sort."""
    text = clean(line.text).strip()
    before = clean(before).strip()
    if _is_headed(before, text) or _is_marked(before, text, sort):
        return True
    if leans(before) or before.endswith(("-", "\u2010")) or tells_more(text):
        return False
    if not begins(text):
        return line.sign == BROKEN and has_ended(before)
    return each_begins or line.sign == BROKEN


def _is_headed(before: str, text: str) -> bool:
    """Whether one of two lines is a heading, or begins with one."""
    if headings.is_whole(before) or headings.content_after(text) is not None or headings.is_capital(text):
        return True
    return headings.section_begins(text) and not leans(before)


def _is_marked(before: str, text: str, sort: str) -> bool:
    """Whether a line begins with a bullet or with a number that no sentence holds."""
    if bullet := BULLET.match(text):
        is_only_one = bullet[0].strip() in BULLETS or sort_of(bullet[0]) == sort_of((BULLET.match(before) or [""])[0])
        return is_only_one or begins(text[bullet.end() :]) or has_stopped(before)
    if NUMBER_ALONE.fullmatch(text):
        return has_stopped(before)
    number = NUMBER.match(text)
    return bool(number and has_stopped(before) and sort_of(number[0]) == sort)
