"""Where the list of recommendations stands in a document: behind its heading, or else behind the opening paragraph."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from recommendations.narrative import headings
from recommendations.narrative.flow import Block, marked
from recommendations.narrative.prose import endings, is_account, tells_of_government
from recommendations.reading import Kind

_OPENING = re.compile(
    r"minimum\s+standards|\b(?:remain(?:s|ed)|placed|ranked|(?:up|down)graded)\b[^.;]{0,80}\btier\s*[123]",
    re.IGNORECASE,
)
_ASIDE = {Kind.FURNITURE, Kind.TITLE}


class Section(NamedTuple):
    """A list as it stands: its heading, its blocks, the furniture among them, and the number of its first block."""

    heading: str
    blocks: list[Block]
    left_out: list[str]
    start: int


def sections(blocks: list[Block], country: str | None) -> list[Section]:
    """The lists of a narrative, each behind its heading; where none has one, what follows the opening paragraph."""
    found = [section for section in _headed(blocks, country) if section.blocks]
    return found or [section for section in _unheaded(blocks, country) if section.blocks]


def _headed(blocks: list[Block], country: str | None) -> Iterator[Section]:
    for index, block in enumerate(blocks):
        start = headings.content_after(block.text) if block.kind not in _ASIDE else None
        if start is None:
            continue
        rest = block.text[start:].strip()
        first = [marked(rest, Kind.PLAIN if block.kind == Kind.HEADING else block.kind)] if rest else []
        yield _section(block.text[:start].strip(), first, blocks, index + 1, country)


def _unheaded(blocks: list[Block], country: str | None) -> Iterator[Section]:
    """Behind the last paragraph of the opening, before any other section, what asks for something."""
    opening = [i for i, each in enumerate(blocks) if each.kind == Kind.PLAIN and _OPENING.search(each.text)]
    if not opening:
        return
    closing = (i for i in range(opening[0], len(blocks)) if blocks[i].kind not in _ASIDE and _closes(blocks[i]))
    end = next(closing, len(blocks))
    opening = [i for i in opening if i < end]
    for index in range(opening[-1] + 1, end):
        block = blocks[index]
        if block.kind in {Kind.ITEM, Kind.PLAIN} and not is_account(block.text, country):
            yield _section("", [], blocks, index, country)
            return


def _section(heading: str, first: list[Block], blocks: list[Block], start: int, country: str | None) -> Section:
    """From block `start` on, as far as the list goes."""
    found: list[Block] = []
    left_out: list[str] = []
    waiting: list[str] = []
    for block in [*first, *blocks[start:]]:
        if block.kind in _ASIDE:
            waiting.append(block.text)
            continue
        if _closes(block) or (found and block.kind == Kind.PLAIN and _tells(block, found, country)):
            break
        left_out += waiting
        waiting = []
        cut = _told_inside(block.text)
        found.append(block if cut is None else block._replace(text=block.text[:cut]))
        if cut is not None:
            break
    return Section(heading, found, left_out, start)


def _closes(block: Block) -> bool:
    """Whether a block begins another section, or another list."""
    is_heading = block.kind == Kind.HEADING or headings.section_begins(block.text)
    return is_heading or headings.content_after(block.text) is not None


def _tells(block: Block, found: list[Block], country: str | None) -> bool:
    """Whether a paragraph begins the account of what the government did, with no heading before it."""
    turns = is_account(block.text, country) and not is_account(found[-1].text, country)
    return turns or tells_of_government(block.text)


def _told_inside(text: str) -> int | None:
    """Where, at the end of the list's last paragraph, that account begins."""
    return next((each.end for each in endings(text) if tells_of_government(text[each.start : each.start + 300])), None)
