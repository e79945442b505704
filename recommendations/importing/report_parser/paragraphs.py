"""The paragraphs of a file as the narrative has them: lines put together again, bullets known, furniture set aside."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.readers.paragraph import Kind, Paragraph
from recommendations.importing.report_parser import headings
from recommendations.importing.report_parser.dehyphenation import SEAM, UNSURE, Mender
from recommendations.importing.report_parser.lines import (
    BULLETS,
    DASHES,
    NUMBER,
    NUMBER_ALONE,
    begins,
    groups,
    marker,
    sort_of,
)
from recommendations.importing.report_parser.page_headers import aside
from recommendations.importing.report_parser.prose import has_ended, has_stopped, leans

_EMPHASIS = re.compile(r"^(?:#{1,6}\s+|[*_]{2,3}(?=\w))|[*_]{2,3}$")
"""How plain text marks a heading."""
_PRINTED = re.compile(
    r"(\*\*|__)(?=[^\s*_])(?P<bold>.{1,300}?)(?<=[^\s*_])\1"
    r"|^([*_])(?P<heading>(?=[A-Z])[^*_\n]{0,30}recommendations?[^*_\n]{0,80})\3",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
"""How plain text marks what is in bold, or a heading in italics."""


class Block(NamedTuple):
    """A paragraph in one line, without its bullet, and what it is. One that had a bullet or a number is an item."""

    text: str
    kind: Kind
    mark: str = ""
    """The bullet or number that it began with."""


def flow(given: Iterable[Paragraph]) -> list[Block]:
    """The blocks of a file in order, furniture among them where it stood."""
    given = [each._replace(text=_unmarked(each.text)) for each in given]
    mender = Mender(each.text for each in given)
    found: list[Block] = []
    for paragraph in given:
        found += _blocks(paragraph, mender)
    found = list(_with_bullets(part for block in found for part in _parted(block)))
    return _going_on(_set_aside(found), mender)


def _unmarked(text: str) -> str:
    """A text without the marks of ours and of plain text, the headings in it whole."""
    text = re.sub(f"[{SEAM}{UNSURE}]", "", text)
    return headings.mended(_PRINTED.sub(lambda found: found["bold"] or found["heading"], text))


def _blocks(paragraph: Paragraph, mender: Mender) -> Iterator[Block]:
    """What one paragraph of a file is: furniture of its before what it stands in."""
    if paragraph.kind == Kind.PLAIN:
        for text, beside in groups(paragraph.text):
            yield from (Block(mender.mend(each), Kind.FURNITURE) for each in beside)
            if text:
                yield marked(mender.mend(text), Kind.PLAIN)
    elif text := mender.mend(paragraph.text):
        is_aside = paragraph.kind not in {Kind.TITLE, Kind.HEADING} and any(aside([text], [True]))
        yield marked(text, Kind.FURNITURE if is_aside else paragraph.kind)


def marked(text: str, kind: Kind) -> Block:
    """The block, without a bullet that is written out; what has one is an item."""
    seam = SEAM if text.startswith(SEAM) else ""
    text = text.removeprefix(SEAM)
    if headings.is_whole(plain := _EMPHASIS.sub("", text)):
        return Block(plain, kind)
    found = marker(text)
    if not found or kind not in {Kind.PLAIN, Kind.ITEM, Kind.PART}:
        return Block(seam + text, kind)
    if NUMBER.match(text) and kind != Kind.PLAIN:
        return Block(seam + text, kind)
    return Block(text[found.end() :].strip(), Kind.PART if kind == Kind.PART else Kind.ITEM, found[0].strip())


def _with_bullets(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, a mark that stood alone given to the paragraph behind it, and one in a sentence back to it."""
    bullet: Block | None = None
    before: Block | None = None
    for given in blocks:
        block = given
        if before and _is_inside(before, given):
            block = Block(f"{given.mark} {given.text}", Kind.PLAIN)
        elif before and _is_below(before, given):
            block = given._replace(kind=Kind.PART)
        if block.kind not in {Kind.FURNITURE, Kind.TITLE}:
            before = block
        if block.kind == Kind.ITEM and not block.text:
            bullet = block
        elif block.kind == Kind.PLAIN and NUMBER_ALONE.fullmatch(block.text):
            bullet = Block("", Kind.ITEM, block.text)
        elif bullet and block.kind == Kind.PLAIN and not headings.is_whole(block.text):
            yield bullet._replace(text=block.text)
            bullet = None
        else:
            bullet = bullet if block.kind in {Kind.FURNITURE, Kind.TITLE} else None
            yield block


def _is_inside(before: Block, block: Block) -> bool:
    """Whether a dash or a number that a line begins with stands in the sentence that goes on there."""
    if block.mark in DASHES:
        return block.text[:1].islower() and not has_stopped(before.text) and before.mark != block.mark
    number = NUMBER.match(f"{block.mark} {block.text}")
    if not number or has_ended(before.text) or sort_of(before.mark) == sort_of(block.mark):
        return False
    if number[1] == "1":
        return before.kind == Kind.ITEM or any(bullet in before.text for bullet in BULLETS)
    return block.mark.replace(number[1], str(int(number[1]) - 1)) in before.text


def _is_below(before: Block, block: Block) -> bool:
    """Whether an item stands in a list of its own inside the item before, which leads to it with a colon."""
    if block.kind != Kind.ITEM or not block.text[:1].islower():
        return False
    if before.kind == Kind.PART:
        return before.mark == block.mark
    return before.kind == Kind.ITEM and before.text.endswith(":") and before.mark not in {"", block.mark}


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


def _set_aside(blocks: list[Block]) -> list[Block]:
    """The blocks, lines in capitals that are no known heading set aside where the text goes on behind them."""
    found = list(blocks)
    text = [index for index, block in enumerate(blocks) if not _may_be_beside(block)]
    for before, after in pairwise(text):
        if after > before + 1 and _is_interrupted(blocks[before], blocks[after]):
            beside = blocks[before + 1 : after]
            found[before + 1 : after] = [Block(block.text, Kind.FURNITURE) for block in beside]
    return found


def _may_be_beside(block: Block) -> bool:
    if block.kind == Kind.PLAIN:
        return headings.is_capital(block.text) and not headings.is_known(block.text)
    return block.kind in {Kind.FURNITURE, Kind.TITLE}


def _is_interrupted(before: Block, after: Block) -> bool:
    """Whether what stands between two blocks breaks what goes on: a list with bullets or numbers, or a sentence."""
    if before.kind == after.kind == Kind.ITEM:
        return before.mark != "" and sort_of(before.mark) == sort_of(after.mark)
    return after.kind == Kind.PLAIN and _goes_on(before, after.text)


def _going_on(blocks: list[Block], mender: Mender) -> list[Block]:
    """The blocks, with those put together that the end of a page or a line cut in two."""
    found: list[list[Block]] = []
    last: list[Block] = []
    for block in blocks:
        if block.kind in {Kind.FURNITURE, Kind.TITLE}:
            found.append([block])
        elif last and block.kind == Kind.PLAIN and _goes_on(last[-1], block.text):
            last.append(block)
            found.append(
                found.pop(next(i for i in range(len(found) - 1, -1, -1) if found[i] is last))
            )  # behind the furniture that it goes around
        else:
            found.append(last := [block])
    return [
        group[0]._replace(text=mender.mend("\n".join(block.text for block in group))) if len(group) > 1 else group[0]
        for group in found
    ]


def _goes_on(before: Block, text: str) -> bool:
    """Whether `text` is the rest of what stands in the block before it."""
    if before.kind == Kind.HEADING or headings.is_whole(before.text) or headings.content_after(text) is not None:
        return False
    if headings.is_whole(text) or not text:
        return False
    if leans(before.text) or before.text.endswith(("-", "\u2010")):
        return True
    if text[:1] in DASHES and not has_stopped(before.text):
        return True
    return not begins(text) and (not has_stopped(before.text) or before.text.endswith(";"))
