"""Find the list of recommendations in a document: after its heading, otherwise after the opening paragraph."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from recommendations.importing.readers.paragraph import ParagraphKind
from recommendations.importing.report_parser import headings
from recommendations.importing.report_parser.dehyphenation import UNCERTAIN_BREAK
from recommendations.importing.report_parser.lines import marker_style
from recommendations.importing.report_parser.paragraphs import Block, build_block
from recommendations.importing.report_parser.prose import (
    find_sentence_breaks,
    first_sentence,
    has_clause_end,
    has_request,
    is_continuation,
    is_government_narration,
    is_narration,
)
from tiptracker.errors import Refused
from tiptracker.localization import format_number, gettext, gettext_noop

_OPENING_PARAGRAPH = re.compile(
    r"minimum\s+standards|\b(?:remain(?:s|ed)|placed|ranked|(?:up|down)graded)\b[^.;]{0,80}\btier\s*[123]",
    re.IGNORECASE,
)
UNCERTAIN_START = gettext_noop(
    "Neither a heading nor the minimum standards show where the list begins. "
    "We read what follows the first account. Check that the first item is right."
)
UNCERTAIN_HEADING = gettext_noop(
    "The heading of the list is inside a paragraph and has no colon. Check that the first item is right."
)
MAX_LISTS = 1_000
"""Most lists in one narrative. Each is searched to its end."""
MAX_BLOCKS = 5_000
"""Most blocks of a list. The longest real one had about twenty."""


class ListSection(NamedTuple):
    """A list as found: its heading, its blocks, the furniture among them, and the index of its first block."""

    heading: str
    blocks: list[Block]
    left_out: list[str]
    start: int
    doubt: str = ""


def find_list_sections(blocks: list[Block], country: str | None) -> list[ListSection]:
    """Return the lists of a narrative, each after its heading; without headings, after the opening paragraph."""
    sections = [section for section in _sections_with_heading(blocks, country) if section.blocks]
    return sections or [section for section in _sections_without_heading(blocks, country) if section.blocks]


def _sections_with_heading(blocks: list[Block], country: str | None) -> Iterator[ListSection]:
    count = 0
    for index, block in enumerate(blocks):
        start = None if block.is_boilerplate else headings.find_list_start(block.text)
        if start is None:
            continue
        count += 1
        if count > MAX_LISTS:
            raise Refused(
                "too_many",
                gettext("It contains more than %(number)s lists of recommendations. Keep only the list that you need.")
                % {"number": format_number(MAX_LISTS)},
            )
        kind = ParagraphKind.PLAIN if block.kind == ParagraphKind.HEADING else block.kind
        rest = block.text[start:].strip()
        first = [build_block(rest, kind)] if rest else []
        heading = block.text[:start].strip()
        is_uncertain = block.follows_sentence and not heading.isupper() and ":" not in heading
        section = _build_section(heading, first, blocks, index + 1, country)
        yield section._replace(doubt=UNCERTAIN_HEADING) if is_uncertain else section


def _sections_without_heading(blocks: list[Block], country: str | None) -> Iterator[ListSection]:
    """Yield the text that asks for something after the opening paragraph and before any other section.

    If no opening is recognized, use the first account of a document whose title names a country, and add a doubt.
    """
    plain = [i for i, each in enumerate(blocks) if each.kind == ParagraphKind.PLAIN]
    accounts = [i for i in plain if is_narration(blocks[i].text, country)]
    openings = [i for i in plain if _OPENING_PARAGRAPH.search(blocks[i].text)]
    openings = sorted({*openings} & {*accounts}) or [
        i for i in openings if not has_request(first_sentence(blocks[i].text))
    ]
    first = next(iter(openings or (accounts if country else [])), None)
    if first is None:
        return
    end = next((i for i in range(first, len(blocks)) if _is_section_end(blocks[i])), len(blocks))
    start = max((i for i in openings if i < end), default=first) + 1
    for index in range(start, end):
        block = blocks[index]
        is_plain = block.kind == ParagraphKind.PLAIN
        if block.kind == ParagraphKind.ITEM or (is_plain and not is_narration(block.text, country)):
            section = _build_section("", [], blocks, index, country)
            if any(each.kind == ParagraphKind.ITEM or has_request(each.text) for each in section.blocks):
                yield section._replace(doubt="" if openings else UNCERTAIN_START)
            return


def _build_section(
    heading: str, first: list[Block], blocks: list[Block], start: int, country: str | None
) -> ListSection:
    """Return the list from block `start` up to its end."""
    section_blocks: list[Block] = []
    left_out: list[str] = []
    furniture: list[str] = []
    for index in range(start - len(first), len(blocks)):
        block = first[index - start] if index < start else blocks[index]
        if block.is_boilerplate:
            furniture.append(block.text)
            continue
        if _is_section_end(block):
            break
        is_account = (
            section_blocks and block.kind == ParagraphKind.PLAIN and _is_narration_start(block, section_blocks, country)
        )
        if is_account and not _is_list_resumed(section_blocks[-1], blocks[index + 1 : index + 1 + MAX_BLOCKS]):
            break
        left_out += furniture
        furniture = []
        following = next((blocks[i] for i in range(index + 1, len(blocks)) if not blocks[i].is_boilerplate), None)
        cut = _find_narration_start(block.text, following, country)
        if cut is not None and _is_list_resumed(block, blocks[index + 1 : index + 1 + MAX_BLOCKS]):
            cut = None
        section_blocks.append(block if cut is None else block._replace(text=block.text[:cut]))
        if len(section_blocks) > MAX_BLOCKS:
            raise Refused(
                "too_many",
                gettext("The list has more than %(number)s paragraphs. Keep only the list itself.")
                % {"number": format_number(MAX_BLOCKS)},
            )
        if cut is not None:
            break
    return ListSection(heading, section_blocks, left_out, start)


def _is_list_resumed(item: Block, following: list[Block]) -> bool:
    """Return whether the bulleted list of this item continues before any heading."""
    for block in following:
        if block.kind == ParagraphKind.ITEM or _is_section_end(block):
            return item.kind == block.kind == ParagraphKind.ITEM and marker_style(item.mark) == marker_style(block.mark)
    return False


def _is_section_end(block: Block) -> bool:
    """Return whether a block of text starts another section or another list."""
    if block.is_boilerplate:
        return False
    is_heading = block.kind == ParagraphKind.HEADING or headings.is_section_start(block.text)
    return is_heading or headings.find_list_start(block.text) is not None


def _is_narration_start(block: Block, section_blocks: list[Block], country: str | None) -> bool:
    """Return whether a paragraph without a heading starts the account of what the government did."""
    if is_government_narration(block.text):
        return True
    if not is_narration(block.text, country) or is_continuation(block.text):
        return False
    last = section_blocks[-1]
    is_cut = (
        last.kind == ParagraphKind.PLAIN and not has_clause_end(last.text) and _are_mostly_complete(section_blocks[:-1])
    )
    return not is_cut and not is_narration(last.text, country)


def _are_mostly_complete(blocks: list[Block]) -> bool:
    """Return whether at least half of the blocks end like sentences or clauses."""
    return sum(has_clause_end(block.text) for block in blocks) * 2 >= len(blocks)


def _find_narration_start(text: str, following: Block | None, country: str | None) -> int | None:
    """Return where the account of the government starts in a paragraph of the list; None if it does not.

    It may start after a long line that was not known to end a sentence.
    """
    if following and _is_section_end(following):
        if "prosecution" in following.text[:60].casefold():
            return None
    elif following:
        is_request = not is_narration(following.text, country) and has_request(first_sentence(following.text))
        if following.kind == ParagraphKind.ITEM or is_request:
            return None
    for each in find_sentence_breaks(text):
        if is_government_narration(text[each.start : each.start + 300]):
            return each.end
    if is_narration(text, country) or (following and not is_narration(following.text, country)):
        return None
    seams = (match.end() for match in re.finditer(UNCERTAIN_BREAK, text) if match.start())
    accounts = (seam for seam in seams if is_narration(text[seam:], country) and not is_continuation(text[seam:]))
    return next(accounts, None)
