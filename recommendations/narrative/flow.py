"""The paragraphs of a file as the narrative has them: lines put together again, bullets known, furniture set aside."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from recommendations.narrative import countries, headings
from recommendations.narrative.mending import SEAM, UNSURE, Mender, clean
from recommendations.narrative.prose import has_ended, has_stopped, leans
from recommendations.reading import BROKEN, PAGE, Kind, Paragraph

BULLETS = "•●▪■◦○‣∙➢➤►✓❖\uf0b7\uf0a7\uf0d8\u2043"
_BULLET = re.compile(rf"(?:[{BULLETS}·]\s*|[*–—-]\s+|\*(?=[A-Z“\"])|o\s+(?=[A-Z]))")
_NUMBER = re.compile(r"\(?(\d{1,2})[.)]\s+(?=[A-Za-z“\"])")
MOST_ASIDE = 200
"""Characters of a line that stands beside the text."""
_EMPHASIS = re.compile(r"^(?:#{1,6}\s+|[*_]{2,3}(?=\w))|[*_]{2,3}$")
"""How plain text marks a heading."""
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_REPORT = rf"(?:(?:20\d\d|June|July)\s+)*(?:trafficking\s+in\s+persons|tip)\s+report(?:\W+(?:20\d\d|{_MONTHS}))*"
_FURNITURE = re.compile(
    rf"""
      [\s|–—-]* (?:page\s*)? \d{{1,4}} (?:\s*(?:of|/)\s*\d{{1,4}})? [\s|–—-]*       # a page's number
    | (?:\d{{1,4}}\W+)? {_REPORT} (?:\W+[\w’'., -]{{2,40}}?)? (?:\W+\d{{1,4}})?     # the report's name
    | \d{{1,2}}/\d{{1,2}}/\d{{2,4}},? .*                                            # what a browser prints
    | [=*_~\s–—-]{{3,}} | \#+                                                         # a rule
    | (?:https?://|www\.)\S+ (?:\s+\d+/\d+)?
    | office \s to \s monitor \s and \s combat \s trafficking \s in \s persons
    | (?:u\.s\.\s)? department \s of \s state
    | share | print | e-?mail | tweet | facebook | twitter | home | unclassified
    | back \s to \s top | skip \s to \s content
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CHART = re.compile(
    r"(?:tiers?|rankings?|by|year|history|watch|list|special|case|wl|2wl|auto|downgrade|sc|n/?a|[123]|20\d\d|[\W_])+",
    re.IGNORECASE,
)


_OF_CHARTS = re.compile(r"tier|20\d\d.*20\d\d", re.IGNORECASE)
_RANKING = re.compile(r"tier\s+(?:ranking|history)|[123]\W+tier", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


class Block(NamedTuple):
    """A paragraph in one line, without its bullet, and what it is. One that had a bullet or a number is an item."""

    text: str
    kind: Kind
    mark: str = ""
    """The bullet or number that it began with."""


class _Line(NamedTuple):
    text: str
    sign: str
    """What parts it from the line before: BROKEN, PAGE or a line break."""

    @property
    def is_broken(self) -> bool:
        """Whether the line before ended because it was meant to."""
        return self.sign == BROKEN


def flow(given: Iterable[Paragraph]) -> list[Block]:
    """The blocks of a file in order, furniture among them where it stood."""
    given = [each._replace(text=re.sub(f"[{SEAM}{UNSURE}]", "", each.text)) for each in given]
    mender = Mender(each.text for each in given)
    found: list[Block] = []
    for paragraph in given:
        found += _blocks(paragraph, mender)
    return _going_on([part for block in found for part in _parted(block)], mender)


def _blocks(paragraph: Paragraph, mender: Mender) -> Iterator[Block]:
    """What one paragraph of a file is."""
    if paragraph.kind == Kind.PLAIN:
        lines = _lines(paragraph.text)
        aside = list(_aside(lines))
        first = aside.index(False) if False in aside else len(lines)
        for line in lines[:first]:
            yield Block(mender.mend(line.text), Kind.FURNITURE)
        for text in _groups([line for line, is_aside in zip(lines, aside, strict=True) if not is_aside]):
            yield marked(mender.mend(text), Kind.PLAIN)
        for line, is_aside in zip(lines[first:], aside[first:], strict=True):
            if is_aside:
                yield Block(mender.mend(line.text), Kind.FURNITURE)
    elif text := mender.mend(paragraph.text):
        is_aside = paragraph.kind not in {Kind.TITLE, Kind.HEADING} and any(_aside([_Line(text, BROKEN)]))
        yield marked(text, Kind.FURNITURE if is_aside else paragraph.kind)


def is_furniture(line: str) -> bool:
    """Whether a line stands beside the text, whatever is around it: a page's number, a running head, a chart's row."""
    line = clean(line).strip()
    if len(line) > MOST_ASIDE:
        return False
    if _FURNITURE.fullmatch(line):
        return not _YEAR.fullmatch(line)
    if line.endswith((".", ",", ";")):
        return False
    words = re.sub(r"^\d{1,4}\W+|\W+\d{1,4}$", "", line)
    if words.isupper() and len(words) < 60 and countries.find(words):
        return True
    rest = _chart(line)
    return rest is not None and (len(re.findall(r"20\d\d", rest)) > 1 or bool(_RANKING.search(rest)))


def _may_be_furniture(line: str) -> bool:
    """Whether it stands beside the text unless the text leads to it: a year, a country's name, a tier."""
    line = clean(line).strip()
    if line.endswith((".", ",", ";")):
        return False
    if len(line) > MOST_ASIDE:
        return False
    return _chart(line) is not None or bool(_YEAR.fullmatch(line)) or countries.find(line) is not None


def _chart(line: str) -> str | None:
    """What a line of the chart of tiers says behind the country's name; None where it is something else."""
    if not _OF_CHARTS.search(line):
        return None
    named = countries.begins(line)
    rest = line[named.end :] if named else line
    return rest if _CHART.fullmatch(rest) and _OF_CHARTS.search(rest) else None


def _aside(lines: list[_Line]) -> Iterator[bool]:
    """Of each line of a paragraph, whether it stands beside the text.

    A short line that others follow was never wrapped there: its place tells what its words leave open.
    """
    for before, line, after in zip([None, *lines], lines, [*lines[1:], None], strict=False):
        stands_alone = before is None or not leans(before.text) or (after is not None and after.is_broken)
        yield is_furniture(line.text) or (stands_alone and _may_be_furniture(line.text))


def _lines(text: str) -> list[_Line]:
    parts = [BROKEN, *re.split(rf"([\n{BROKEN}{PAGE}])", text)]
    told = [_Line(line, sign) for sign, line in zip(parts[::2], parts[1::2], strict=True)]
    return [line for line in told if clean(line.text).strip()]


# --- Lines to paragraphs ----------------------------------------------------------------------------------------------


def _groups(lines: list[_Line]) -> Iterator[str]:
    """The lines of a paragraph as those that are in it by what they say: one a line, or one of several."""
    each_begins = _each_begins([clean(line.text).strip() for line in lines])
    parting = [_parts(before.text, line, each_begins=each_begins) for before, line in pairwise(lines)]
    has_bullets = any(_BULLET.match(clean(line.text).strip()) for line in lines)
    has_several = any(parts and has_ended(before.text) for before, parts in zip(lines, parting, strict=False))
    group = lines[0].text if lines else ""
    for (before, line), parts in zip(pairwise(lines), parting, strict=True):
        is_doubtful = has_ended(before.text) and not leans(before.text) and _begins(line.text)
        if parts or (is_doubtful and not has_bullets and (has_several or line.sign == PAGE)):
            yield group
            group = line.text if parts else SEAM + line.text.lstrip()
        else:
            group += f"\n{SEAM if is_doubtful else ''}{line.text.lstrip()}"
    if group:
        yield group


def _each_begins(lines: list[str]) -> bool:
    """Whether each line of a paragraph begins something, by a capital, and none of them by a bullet."""
    lines = [line for line in lines if not headings.is_whole(line)]
    is_several = len(lines) > 2 or (len(lines) == 2 and has_stopped(lines[0]))
    if not is_several or not all(_begins(line) and not _BULLET.match(line) for line in lines):
        return False
    ends = [has_stopped(line) for line in lines]
    return all(ends) or not any(ends)


def _begins(text: str) -> bool:
    """Whether a line begins as an item or a sentence does: with a capital, or a bullet."""
    text = clean(text).strip()
    return text.lstrip("“‘\"'[")[:1].isupper() or bool(_BULLET.match(text))


def _parts(before: str, line: _Line, *, each_begins: bool) -> bool:
    """Whether a line begins something new."""
    text = clean(line.text).strip()
    before = clean(before).strip()
    if headings.is_whole(before) or headings.is_whole(text) or headings.content_after(text) is not None:
        return True
    if _BULLET.match(text) and (_begins(_BULLET.sub("", text, count=1)) or has_stopped(before)):
        return True
    if _NUMBER.match(text) and has_stopped(before):
        return True
    if leans(before) or before.endswith(("-", "\u2010")):
        return False
    if not _begins(text):
        return line.is_broken and has_ended(before)
    return each_begins or line.is_broken


def marked(text: str, kind: Kind) -> Block:
    """The block, without a bullet that is written out; what has one is an item."""
    seam = SEAM if text.startswith(SEAM) else ""
    text = text.removeprefix(SEAM)
    if headings.is_whole(plain := _EMPHASIS.sub("", text)):
        return Block(plain, kind)
    found = _BULLET.match(text) or _NUMBER.match(text)
    if not found or kind not in {Kind.PLAIN, Kind.ITEM, Kind.PART}:
        return Block(seam + text, kind)
    if _NUMBER.match(text) and kind != Kind.PLAIN:
        return Block(seam + text, kind)
    return Block(text[found.end() :].strip(), Kind.PART if kind == Kind.PART else Kind.ITEM, found[0].strip())


# --- Paragraphs ------------------------------------------------------------------------------------------------------


def _parted(block: Block) -> Iterator[Block]:
    """A block, cut before each heading that is glued to the end of a sentence in it."""
    if block.kind in {Kind.TITLE, Kind.FURNITURE}:
        yield block
        return
    start = 0
    for cut in headings.glued(block.text):
        yield block._replace(text=block.text[start:cut].rstrip())
        block, start = Block(block.text, Kind.PLAIN), cut
    yield block._replace(text=block.text[start:])


def _going_on(blocks: list[Block], mender: Mender) -> list[Block]:
    """The blocks, with those put together that the end of a page or a line cut in two."""
    groups: list[list[Block]] = []
    last: list[Block] = []
    for block in blocks:
        if block.kind in {Kind.FURNITURE, Kind.TITLE}:
            groups.append([block])
        elif last and block.kind == Kind.PLAIN and _goes_on(last[-1], block.text):
            last.append(block)
        else:
            groups.append(last := [block])
    return [
        group[0]._replace(text=mender.mend("\n".join(block.text for block in group))) if len(group) > 1 else group[0]
        for group in groups
    ]


def _goes_on(before: Block, text: str) -> bool:
    """Whether `text` is the rest of what stands in the block before it."""
    if before.kind == Kind.HEADING or headings.is_whole(before.text) or headings.content_after(text) is not None:
        return False
    if headings.is_whole(text) or not text:
        return False
    if leans(before.text) or before.text.endswith(("-", "\u2010")):
        return True
    return not _begins(text) and (not has_stopped(before.text) or before.text.endswith(";"))
