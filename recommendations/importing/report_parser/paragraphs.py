"""Turn a file's paragraphs into blocks: join wrapped lines, recognize bullets, separate page furniture."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.readers.paragraph import Paragraph, ParagraphKind
from recommendations.importing.report_parser import headings
from recommendations.importing.report_parser.dehyphenation import UNCERTAIN_BREAK, UNCERTAINTY_MARK, LineJoiner
from recommendations.importing.report_parser.lines import (
    BULLET,
    BULLETS,
    DASHES,
    NUMBER,
    NUMBER_ALONE,
    group_lines,
    is_item_start,
    marker_style,
    match_marker,
)
from recommendations.importing.report_parser.page_headers import flag_boilerplate
from recommendations.importing.report_parser.prose import has_clause_end, has_sentence_end, is_incomplete

_HEADING_MARKUP = re.compile(r"^(?:#{1,6}\s+|[*_]{2,3}(?=\w))|[*_]{2,3}$")
"""Characters that mark a heading in plain text."""
_BOLD_OR_ITALIC = re.compile(
    r"(\*\*|__)(?=[^\s*_])(?P<bold>.{1,300}?)(?<=[^\s*_])\1"
    r"|^([*_])(?P<heading>(?=[A-Z])[^*_\n]{0,30}recommendations?[^*_\n]{0,80})\3",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
"""Characters that mark bold text, or a heading in italics, in plain text."""


class Block(NamedTuple):
    """A paragraph in one line without its bullet, and its kind. A paragraph with a bullet or number is an item."""

    text: str
    kind: ParagraphKind
    mark: str = ""
    """The bullet or number at its start."""
    follows_sentence: bool = False
    """Whether it starts with a heading that directly followed a sentence in its paragraph."""

    @property
    def is_boilerplate(self) -> bool:
        """Return whether the block is not part of the text."""
        return self.kind in {ParagraphKind.FURNITURE, ParagraphKind.TITLE}


def build_blocks(paragraphs: Iterable[Paragraph]) -> list[Block]:
    """Return the blocks of a file in order, with the furniture where it was found."""
    paragraphs = [paragraph._replace(text=_strip_markup(paragraph.text)) for paragraph in paragraphs]
    joiner = LineJoiner(paragraph.text for paragraph in paragraphs)
    split_blocks = [block for paragraph in paragraphs for block in _paragraph_blocks(paragraph, joiner)]
    split_blocks = list(_attach_bullets(part for block in split_blocks for part in _split_at_headings(block)))
    return _rejoin_blocks(_mark_boilerplate(split_blocks), joiner)


def _strip_markup(text: str) -> str:
    """Remove our own marks and plain-text formatting, and repair broken headings."""
    text = UNCERTAINTY_MARK.sub("", text)
    return headings.repair_headings(_BOLD_OR_ITALIC.sub(lambda match: match["bold"] or match["heading"], text))


def _paragraph_blocks(paragraph: Paragraph, joiner: LineJoiner) -> Iterator[Block]:
    """Yield the blocks of one paragraph. Furniture within it comes before the text."""
    if paragraph.kind == ParagraphKind.PLAIN:
        for text, asides in group_lines(paragraph.text):
            yield from (Block(joiner.join(aside), ParagraphKind.FURNITURE) for aside in asides)
            if text:
                yield build_block(joiner.join(text), ParagraphKind.PLAIN)
    elif text := joiner.join(paragraph.text):
        is_named = paragraph.kind in {ParagraphKind.TITLE, ParagraphKind.HEADING}
        is_aside = not is_named and any(flag_boilerplate([text], [True]))
        yield build_block(text, ParagraphKind.FURNITURE if is_aside else paragraph.kind)


def build_block(text: str, kind: ParagraphKind) -> Block:
    """Return the block without its written bullet. A text with a bullet is an item."""
    seam = UNCERTAIN_BREAK if text.startswith(UNCERTAIN_BREAK) else ""
    text = text.removeprefix(UNCERTAIN_BREAK)
    if headings.is_heading(plain := _HEADING_MARKUP.sub("", text)):
        return Block(plain, kind)
    is_in_list = kind in {ParagraphKind.ITEM, ParagraphKind.PART}
    match = BULLET.match(text) if is_in_list else match_marker(text) if kind == ParagraphKind.PLAIN else None
    if not match:
        return Block(seam + text, kind)
    return Block(text[match.end() :].strip(), kind if is_in_list else ParagraphKind.ITEM, match[0].strip())


def _attach_bullets(blocks: Iterable[Block]) -> Iterator[Block]:
    """Join a marker on a line of its own to the next paragraph, and a marker within a sentence to its text."""
    bullet: Block | None = None
    before: Block | None = None
    for original in blocks:
        block = original
        if before and _is_inside_sentence(before, original):
            block = Block(f"{original.mark} {original.text}", ParagraphKind.PLAIN)
        elif before and _is_nested_item(before, original):
            block = original._replace(kind=ParagraphKind.PART)
        before = before if block.is_boilerplate else block
        if block.kind == ParagraphKind.ITEM and not block.text:
            bullet = block
        elif block.kind == ParagraphKind.PLAIN and NUMBER_ALONE.fullmatch(block.text):
            bullet = Block("", ParagraphKind.ITEM, block.text)
        elif bullet and block.kind == ParagraphKind.PLAIN and not headings.is_heading(block.text):
            yield bullet._replace(text=block.text)
            bullet = None
        else:
            bullet = bullet if block.is_boilerplate else None
            yield block


def _is_inside_sentence(before: Block, block: Block) -> bool:
    """Return whether a dash or number at the start of a line is part of the sentence that continues there."""
    if block.mark in DASHES:
        return block.text[:1].islower() and not has_clause_end(before.text) and before.mark != block.mark
    number = NUMBER.match(f"{block.mark} {block.text}")
    if not number or has_sentence_end(before.text) or marker_style(before.mark) == marker_style(block.mark):
        return False
    if number[1] == "1":
        return before.kind == ParagraphKind.ITEM or any(bullet in before.text for bullet in BULLETS)
    return block.mark.replace(number[1], str(int(number[1]) - 1)) in before.text


def _is_nested_item(before: Block, block: Block) -> bool:
    """Return whether an item belongs to a list nested in the item before, which ends with a colon."""
    if block.kind != ParagraphKind.ITEM or not block.text[:1].islower():
        return False
    if before.kind == ParagraphKind.PART:
        return before.mark == block.mark
    return before.kind == ParagraphKind.ITEM and before.text.endswith(":") and before.mark not in {"", block.mark}


# --- Paragraphs ------------------------------------------------------------------------------------------------------


def _split_at_headings(block: Block) -> Iterator[Block]:
    """Split a block before each heading that directly follows a sentence in it."""
    start = 0
    for cut in [] if block.is_boilerplate else headings.find_inline_headings(block.text):
        yield block._replace(text=block.text[start:cut].rstrip())
        block, start = Block(block.text, ParagraphKind.PLAIN, follows_sentence=True), cut
    yield block._replace(text=block.text[start:])


def _mark_boilerplate(blocks: list[Block]) -> list[Block]:
    """Mark capital lines that are no known heading as furniture, if the text continues after them."""
    marked = list(blocks)
    text = [index for index, block in enumerate(blocks) if not _may_be_boilerplate(block)]
    for before, after in pairwise(text):
        if after > before + 1 and _is_interrupted(blocks[before], blocks[after]):
            between = blocks[before + 1 : after]
            marked[before + 1 : after] = [Block(block.text, ParagraphKind.FURNITURE) for block in between]
    return marked


def _may_be_boilerplate(block: Block) -> bool:
    if block.kind == ParagraphKind.PLAIN:
        return headings.is_capital_heading(block.text) and not headings.is_known_heading(block.text)
    return block.is_boilerplate


def _is_interrupted(before: Block, after: Block) -> bool:
    """Return whether blocks between these two interrupt a list with bullets or numbers, or a sentence."""
    if before.kind == after.kind == ParagraphKind.ITEM:
        return before.mark != "" and marker_style(before.mark) == marker_style(after.mark)
    return after.kind == ParagraphKind.PLAIN and _is_same_paragraph(before, after.text)


def _rejoin_blocks(blocks: list[Block], joiner: LineJoiner) -> list[Block]:
    """Join the blocks that the end of a page or line cut in two."""
    groups: list[list[Block]] = []
    last = None
    for block in blocks:
        group = [block]
        if not block.is_boilerplate:
            if (
                last is not None
                and block.kind == ParagraphKind.PLAIN
                and _is_same_paragraph(groups[last][-1], block.text)
            ):
                group = groups.pop(last)  # it comes after the furniture that interrupts it
                group.append(block)
            last = len(groups)
        groups.append(group)
    return [
        group[0]._replace(text=joiner.join("\n".join(block.text for block in group))) if len(group) > 1 else group[0]
        for group in groups
    ]


def _is_same_paragraph(before: Block, text: str) -> bool:
    """Return whether `text` continues the block before it."""
    if not text or before.kind == ParagraphKind.HEADING or headings.find_list_start(text) is not None:
        return False
    if headings.is_heading(before.text) or headings.is_heading(text):
        return False
    if is_incomplete(before.text) or before.text.endswith(("-", "\u2010")):
        return True
    if text[:1] in DASHES and not has_clause_end(before.text):
        return True
    return not is_item_start(text) and (not has_clause_end(before.text) or before.text.endswith(";"))
