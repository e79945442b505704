"""Find the list of recommendations in a document: after its heading, or else after the opening paragraph."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
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
    has_demand,
    is_continuation,
    is_government_narration,
    is_narration,
)
from tiptracker.errors import Refused

_OPENING_PARAGRAPH = re.compile(
    r"minimum\s+standards|\b(?:remain(?:s|ed)|placed|ranked|(?:up|down)graded)\b[^.;]{0,80}\btier\s*[123]",
    re.IGNORECASE,
)
UNCERTAIN_START = (
    "Neither a heading nor the minimum standards tell where the list begins: what follows the first account was taken."
)
MAX_LISTS = 1_000
"""Most lists in one narrative. Each is searched to its end."""
MAX_BLOCKS = 5_000
"""Most blocks of a list. The longest real one had about twenty."""
_BOILERPLATE_KINDS = {ParagraphKind.FURNITURE, ParagraphKind.TITLE}


class ListSection(NamedTuple):
    """A list as found: its heading, its blocks, the furniture among them, and the index of its first block."""

    heading: str
    blocks: list[Block]
    left_out: list[str]
    start: int
    doubt: str = ""


def find_list_sections(blocks: list[Block], country: str | None) -> list[ListSection]:
    """Return the lists of a narrative, each after its heading; without headings, after the opening paragraph."""
    found = [section for section in _sections_with_heading(blocks, country) if section.blocks]
    return found or [section for section in _sections_without_heading(blocks, country) if section.blocks]


def _sections_with_heading(blocks: list[Block], country: str | None) -> Iterator[ListSection]:
    begun = 0
    for index, block in enumerate(blocks):
        start = headings.find_list_start(block.text) if block.kind not in _BOILERPLATE_KINDS else None
        if start is None:
            continue
        begun += 1
        if begun > MAX_LISTS:
            raise Refused(f"More than {MAX_LISTS} lists of recommendations stand in it. Keep only the one you mean.")
        rest = block.text[start:].strip()
        first = (
            [build_block(rest, ParagraphKind.PLAIN if block.kind == ParagraphKind.HEADING else block.kind)]
            if rest
            else []
        )
        yield _build_section(block.text[:start].strip(), first, blocks, index + 1, country)


def _sections_without_heading(blocks: list[Block], country: str | None) -> Iterator[ListSection]:
    """Yield the text that asks for something after the opening paragraph and before any other section.

    If no opening is recognized, use the first account of a document whose title names a country, and add a doubt.
    """
    plain = [i for i, each in enumerate(blocks) if each.kind == ParagraphKind.PLAIN]
    accounts = [i for i in plain if is_narration(blocks[i].text, country)]
    told = [i for i in plain if _OPENING_PARAGRAPH.search(blocks[i].text)]
    told = sorted({*told} & {*accounts}) or [i for i in told if not has_demand(first_sentence(blocks[i].text))]
    first = next(iter(told or (accounts if country else [])), None)
    if first is None:
        return
    closing = (
        i for i in range(first, len(blocks)) if blocks[i].kind not in _BOILERPLATE_KINDS and _is_section_end(blocks[i])
    )
    end = next(closing, len(blocks))
    start = max((i for i in told if i < end), default=first) + 1
    for index in range(start, end):
        block = blocks[index]
        if block.kind == ParagraphKind.ITEM or (
            block.kind == ParagraphKind.PLAIN and not is_narration(block.text, country)
        ):
            section = _build_section("", [], blocks, index, country)
            if any(each.kind == ParagraphKind.ITEM or has_demand(each.text) for each in section.blocks):
                yield section._replace(doubt="" if told else UNCERTAIN_START)
            return


def _build_section(
    heading: str, first: list[Block], blocks: list[Block], start: int, country: str | None
) -> ListSection:
    """Return the list from block `start` up to its end."""
    found: list[Block] = []
    left_out: list[str] = []
    waiting: list[str] = []
    for index in range(start - len(first), len(blocks)):
        block = first[index - start] if index < start else blocks[index]
        if block.kind in _BOILERPLATE_KINDS:
            waiting.append(block.text)
            continue
        following = next(
            (each for each in _following_blocks(blocks, index) if each.kind not in _BOILERPLATE_KINDS), None
        )
        is_account_of = found and block.kind == ParagraphKind.PLAIN and _is_narration_start(block, found, country)
        if _is_section_end(block) or (
            is_account_of and not _is_list_resumed(found[-1], _following_blocks(blocks, index))
        ):
            break
        left_out += waiting
        waiting = []
        cut = _find_narration_start(block.text, following, country)
        if cut is not None and _is_list_resumed(block, _following_blocks(blocks, index)):
            cut = None
        found.append(block if cut is None else block._replace(text=block.text[:cut]))
        if len(found) > MAX_BLOCKS:
            raise Refused(f"The list goes on for more than {MAX_BLOCKS:,} paragraphs. Keep only the list itself.")
        if cut is not None:
            break
    return ListSection(heading, found, left_out, start)


def _following_blocks(blocks: list[Block], index: int) -> Iterator[Block]:
    return (blocks[after] for after in range(index + 1, len(blocks)))


def _is_list_resumed(item: Block, following: Iterable[Block]) -> bool:
    """Return whether the bulleted list of this item continues before any heading, within MAX_BLOCKS."""
    for block in islice(following, MAX_BLOCKS):
        if block.kind not in _BOILERPLATE_KINDS and (block.kind == ParagraphKind.ITEM or _is_section_end(block)):
            return item.kind == block.kind == ParagraphKind.ITEM and marker_style(item.mark) == marker_style(block.mark)
    return False


def _is_section_end(block: Block) -> bool:
    """Return whether a block starts another section or another list."""
    is_heading = block.kind == ParagraphKind.HEADING or headings.is_section_start(block.text)
    return is_heading or headings.find_list_start(block.text) is not None


def _is_narration_start(block: Block, found: list[Block], country: str | None) -> bool:
    """Return whether a paragraph without a heading starts the account of what the government did."""
    turns = is_narration(block.text, country) and not is_narration(found[-1].text, country)
    if (
        turns
        and found[-1].kind == ParagraphKind.PLAIN
        and not has_clause_end(found[-1].text)
        and _are_mostly_complete(found[:-1])
    ):
        turns = False  # a sentence was cut there
    return (turns and not is_continuation(block.text)) or is_government_narration(block.text)


def _are_mostly_complete(blocks: list[Block]) -> bool:
    """Return whether at least half of the blocks end like sentences or clauses."""
    return sum(has_clause_end(block.text) for block in blocks) * 2 >= len(blocks)


def _find_narration_start(text: str, following: Block | None, country: str | None) -> int | None:
    """Return where, in the list's last paragraph, that account starts; it may be at a full line. None if nowhere."""
    if following and _is_section_end(following):
        if "prosecution" in following.text[:60].casefold():
            return None
    elif following:
        is_demand = not is_narration(following.text, country) and has_demand(first_sentence(following.text))
        if following.kind == ParagraphKind.ITEM or is_demand:
            return None
    cut = next(
        (
            each.end
            for each in find_sentence_breaks(text)
            if is_government_narration(text[each.start : each.start + 300])
        ),
        None,
    )
    if cut is not None or (following and not is_narration(following.text, country)):
        return cut
    seams = (
        found.end() for found in re.finditer(UNCERTAIN_BREAK, text) if found.start() and not is_narration(text, country)
    )
    return next(
        (seam for seam in seams if is_narration(text[seam:], country) and not is_continuation(text[seam:])), None
    )
