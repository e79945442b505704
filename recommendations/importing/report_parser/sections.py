"""Where the list of recommendations stands in a document: behind its heading, or else behind the opening paragraph."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from recommendations.importing.readers.paragraph import Kind
from recommendations.importing.report_parser import headings
from recommendations.importing.report_parser.dehyphenation import SEAM
from recommendations.importing.report_parser.lines import sort_of
from recommendations.importing.report_parser.paragraphs import Block, marked
from recommendations.importing.report_parser.prose import (
    demands,
    endings,
    first_sentence,
    has_stopped,
    is_account,
    tells_more,
    tells_of_government,
)
from tiptracker.errors import Refused

_OPENING = re.compile(
    r"minimum\s+standards|\b(?:remain(?:s|ed)|placed|ranked|(?:up|down)graded)\b[^.;]{0,80}\btier\s*[123]",
    re.IGNORECASE,
)
UNTOLD = (
    "Neither a heading nor the minimum standards tell where the list begins: what follows the first account was taken."
)
MOST_LISTS = 1_000
"""In one narrative: each is looked through to its end."""
MOST_BLOCKS = 5_000
"""Of a list: the longest there was had some twenty."""
_ASIDE = {Kind.FURNITURE, Kind.TITLE}


class Section(NamedTuple):
    """A list as it stands: its heading, its blocks, the furniture among them, and the number of its first block."""

    heading: str
    blocks: list[Block]
    left_out: list[str]
    start: int
    doubt: str = ""


def sections(blocks: list[Block], country: str | None) -> list[Section]:
    """The lists of a narrative, each behind its heading; where none has one, what follows the opening paragraph."""
    found = [section for section in _headed(blocks, country) if section.blocks]
    return found or [section for section in _unheaded(blocks, country) if section.blocks]


def _headed(blocks: list[Block], country: str | None) -> Iterator[Section]:
    begun = 0
    for index, block in enumerate(blocks):
        start = headings.content_after(block.text) if block.kind not in _ASIDE else None
        if start is None:
            continue
        begun += 1
        if begun > MOST_LISTS:
            raise Refused(f"More than {MOST_LISTS} lists of recommendations stand in it. Keep only the one you mean.")
        rest = block.text[start:].strip()
        first = [marked(rest, Kind.PLAIN if block.kind == Kind.HEADING else block.kind)] if rest else []
        yield _section(block.text[:start].strip(), first, blocks, index + 1, country)


def _unheaded(blocks: list[Block], country: str | None) -> Iterator[Section]:
    """Behind the opening, before any other section, what asks for something.

    Where nothing tells the opening, it is the first account in a document whose title names a country, and doubted.
    """
    plain = [i for i, each in enumerate(blocks) if each.kind == Kind.PLAIN]
    accounts = [i for i in plain if is_account(blocks[i].text, country)]
    told = [i for i in plain if _OPENING.search(blocks[i].text)]
    told = sorted({*told} & {*accounts}) or [i for i in told if not demands(first_sentence(blocks[i].text))]
    first = next(iter(told or (accounts if country else [])), None)
    if first is None:
        return
    closing = (i for i in range(first, len(blocks)) if blocks[i].kind not in _ASIDE and _closes(blocks[i]))
    end = next(closing, len(blocks))
    start = max((i for i in told if i < end), default=first) + 1
    for index in range(start, end):
        block = blocks[index]
        if block.kind == Kind.ITEM or (block.kind == Kind.PLAIN and not is_account(block.text, country)):
            section = _section("", [], blocks, index, country)
            if any(each.kind == Kind.ITEM or demands(each.text) for each in section.blocks):
                yield section._replace(doubt="" if told else UNTOLD)
            return


def _section(heading: str, first: list[Block], blocks: list[Block], start: int, country: str | None) -> Section:
    """From block `start` on, as far as the list goes."""
    found: list[Block] = []
    left_out: list[str] = []
    waiting: list[str] = []
    for index in range(start - len(first), len(blocks)):
        block = first[index - start] if index < start else blocks[index]
        if block.kind in _ASIDE:
            waiting.append(block.text)
            continue
        following = next((each for each in _behind(blocks, index) if each.kind not in _ASIDE), None)
        is_account_of = found and block.kind == Kind.PLAIN and _tells(block, found, country)
        if _closes(block) or (is_account_of and not _resumes(found[-1], _behind(blocks, index))):
            break
        left_out += waiting
        waiting = []
        cut = _told_inside(block.text, following, country)
        if cut is not None and _resumes(block, _behind(blocks, index)):
            cut = None
        found.append(block if cut is None else block._replace(text=block.text[:cut]))
        if len(found) > MOST_BLOCKS:
            raise Refused(f"The list goes on for more than {MOST_BLOCKS:,} paragraphs. Keep only the list itself.")
        if cut is not None:
            break
    return Section(heading, found, left_out, start)


def _behind(blocks: list[Block], index: int) -> Iterator[Block]:
    return (blocks[after] for after in range(index + 1, len(blocks)))


def _resumes(item: Block, following: Iterable[Block]) -> bool:
    """Whether the list with bullets that the item is in goes on before any heading, within what a list may have."""
    for block in islice(following, MOST_BLOCKS):
        if block.kind not in _ASIDE and (block.kind == Kind.ITEM or _closes(block)):
            return item.kind == block.kind == Kind.ITEM and sort_of(item.mark) == sort_of(block.mark)
    return False


def _closes(block: Block) -> bool:
    """Whether a block begins another section, or another list."""
    is_heading = block.kind == Kind.HEADING or headings.section_begins(block.text)
    return is_heading or headings.content_after(block.text) is not None


def _tells(block: Block, found: list[Block], country: str | None) -> bool:
    """Whether a paragraph begins the account of what the government did, with no heading before it."""
    turns = is_account(block.text, country) and not is_account(found[-1].text, country)
    if turns and found[-1].kind == Kind.PLAIN and not has_stopped(found[-1].text) and _stop(found[:-1]):
        turns = False  # a sentence was cut there
    return (turns and not tells_more(block.text)) or tells_of_government(block.text)


def _stop(blocks: list[Block]) -> bool:
    """Whether most of them end as sentences or clauses do."""
    return sum(has_stopped(block.text) for block in blocks) * 2 >= len(blocks)


def _told_inside(text: str, following: Block | None, country: str | None) -> int | None:
    """Where, at the end of the list's last paragraph, that account begins: perhaps where a line was full."""
    if following and _closes(following):
        if "prosecution" in following.text[:60].casefold():
            return None
    elif following:
        is_demand = not is_account(following.text, country) and demands(first_sentence(following.text))
        if following.kind == Kind.ITEM or is_demand:
            return None
    cut = next((each.end for each in endings(text) if tells_of_government(text[each.start : each.start + 300])), None)
    if cut is not None or (following and not is_account(following.text, country)):
        return cut
    seams = (found.end() for found in re.finditer(SEAM, text) if found.start() and not is_account(text, country))
    return next((seam for seam in seams if is_account(text[seam:], country) and not tells_more(text[seam:])), None)
