"""The blocks of a list's section, to its items: by bullets, else by paragraphs, else inside the one paragraph.

Nothing is lost: introduction and items together are the section, but for bullets, numbers, the semicolons between
clauses and the "and" before the last.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from recommendations.narrative import clauses
from recommendations.narrative.flow import Block, marked
from recommendations.narrative.lines import BULLETS
from recommendations.narrative.mending import SEAM, UNSURE
from recommendations.narrative.prose import endings, has_ended, is_account
from recommendations.reading import Kind

MOST_CHARACTERS = 1_500
"""Of an item that nobody need look at: the longest have half of it."""
_INLINE = re.compile(
    rf"\s*[{BULLETS}]\s*|(?<=\S)\s+\*\s+|(?:(?<=[.;:!?])|(?<=[.;:!?][”\"’)]))(?:\s*\*|\s+[·–—-])\s+(?=[A-Z“\"])"
)
_SEPARATOR = re.compile(r"\s*;\s*(?:and|&)?\s*$", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:(?<=[.;,:])\s+|^|(?<=\band)\s+)\(?(\d{1,2})[.)]\s+(?=\S)")

LINE_WAS_FULL = "A full line ended at a full stop in it or before it: where it begins or ends is not certain."
HYPHEN = "A word in it was broken at a line’s end: it may be written without its hyphen."
UNMARKED = "It has no bullet among items with one: it may belong to another."
WITH_PARTS = "It has paragraphs or a list of its own, which stand in it."
OPEN_END = "It doesn’t end with a full stop, as the others do: its rest may be missing or stand in the next one."
SMALL_LETTER = "It begins with a small letter: it may be the rest of the one before it."
TOO_LONG = "It is very long: it may be several items."
SEVERAL = "It has many semicolons: it may be several items."


class Listed(NamedTuple):
    """A section as a list: what stands before the first item, and each item's words and doubt."""

    introduction: str
    items: list[tuple[str, str]]


def listed(blocks: list[Block], country: str | None) -> Listed:
    """The list in the blocks of its section, furniture left out."""
    blocks = [part for block in blocks for part in _by_bullets(block)]
    introduction, blocks = _introduced(blocks, country)
    if any(block.kind == Kind.ITEM for block in blocks):
        found = [(text.replace(SEAM, ""), doubt) for text, doubt in _bulleted(blocks)]  # a new one would have a bullet
    elif len(blocks) == 1:
        found = [(blocks[0].text[each.start : each.end], each.doubt) for each in clauses.pieces(blocks[0].text)]
    else:
        found = [(block.text, "") for block in blocks]
    found = [part for text, doubt in _without_separators(found) for part in _unglued(text, doubt)]
    return Listed(_plain(introduction), list(_doubted(found)))


def _by_bullets(block: Block) -> Iterator[Block]:
    """A block, parted at the bullets or numbers inside it."""
    cuts = list(_INLINE.finditer(block.text)) or _numbers(block)
    if not cuts or block.kind == Kind.HEADING:
        yield block
        return
    if before := block.text[: cuts[0].start()].strip():
        yield block._replace(text=before)
    for cut, end in zip(cuts, [*(cut.start() for cut in cuts[1:]), len(block.text)], strict=True):
        if text := block.text[cut.end() : end].strip():
            yield Block(text, Kind.PART if block.kind == Kind.PART else Kind.ITEM, cut[0].strip())


def _numbers(block: Block) -> list[re.Match[str]]:
    """The numbers that part a paragraph: two or more, from 1, the first of them at its beginning or behind a colon."""
    found = list(_NUMBERED.finditer(block.text)) if block.kind == Kind.PLAIN else []
    begins = block.text[: found[0].start()].rstrip() if found else ""
    is_whole = not begins or begins.endswith(":")
    numbers = [int(each[1]) for each in found]
    return found if is_whole and len(found) > 1 and numbers == list(range(1, len(numbers) + 1)) else []


def _introduced(blocks: list[Block], country: str | None) -> tuple[str, list[Block]]:
    """What leads to the list, and the list: a paragraph or a sentence that asks for nothing, or ends with a colon."""
    first, others = blocks[0], blocks[1:]
    if first.kind != Kind.PLAIN:
        return "", blocks
    if led := _leading(first.text, country):
        return first.text[:led].strip(), [marked(first.text[led:].strip(), Kind.PLAIN), *others]
    asks_too = all(is_account(block.text, country) for block in others)
    if others and (first.text.endswith(":") or (is_account(first.text, country) and not asks_too)):
        return first.text, others
    return "", blocks


def _leading(text: str, country: str | None) -> int:
    """How much of a paragraph only leads to its list."""
    if re.match(
        r"(?:To|In order to|For|The|It|We|In|Over|Going|Moving|Among|These|Following|As)\b", text, re.IGNORECASE
    ):
        colon = re.match(r"[^:]{1,400}?:\s*(?=\S)", text)
        sentence = next((each.end for each in endings(text)), len(text))
        if colon and colon.end() < sentence:
            return colon.end()
    first = next(endings(text, before=r"\S"), None)
    if (
        first
        and not first.is_glued
        and is_account(text[: first.end], country)
        and not is_account(text[first.start :], country)
    ):
        return first.start
    return 0


def _bulleted(blocks: list[Block]) -> Iterator[tuple[str, str]]:
    """The items of a list with bullets: what has none begins one only where it plainly does."""
    texts: list[str] = []
    doubt = ""
    for block in blocks:
        if block.kind == Kind.PART and texts:
            texts += [block.mark, block.text] if block.mark else [block.text]
            doubt = WITH_PARTS
        elif block.kind != Kind.ITEM and texts and not (block.text.lstrip(SEAM)[:1].isupper() and has_ended(texts[-1])):
            texts.append(block.text)
            doubt = UNMARKED
        else:
            if texts:
                yield " ".join(texts), doubt
            doubt = UNMARKED if texts and block.kind != Kind.ITEM else ""
            texts = [block.text]
    yield " ".join(texts), doubt


def _without_separators(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The items without the semicolons that part them, where all but the last end with one."""
    if len(found) < 2 or not all(_SEPARATOR.search(text) for text, _ in found[:-1]):
        return found
    return [(_SEPARATOR.sub("", text), doubt) for text, doubt in found[:-1]] + found[-1:]


def _unglued(text: str, doubt: str) -> Iterator[tuple[str, str]]:
    for piece in clauses.at_glue(text):
        yield text[piece.start : piece.end], doubt


def _doubted(found: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The items, each with why a person should look at it."""
    few = len(found) // 3
    open_ends = [not has_ended(text) for text, _ in found]
    small_letters = [text.lstrip(SEAM)[:1].islower() for text, _ in found]
    n_open, n_small = sum(open_ends), sum(small_letters)
    for (text, doubt), is_open, is_small in zip(found, open_ends, small_letters, strict=True):
        words = _plain(text)
        reasons = {
            doubt: bool(doubt),
            LINE_WAS_FULL: SEAM in text,
            HYPHEN: UNSURE in text,
            OPEN_END: is_open and n_open <= few,
            SMALL_LETTER: is_small and n_small <= few,
            TOO_LONG: len(words) > MOST_CHARACTERS,
            clauses.UNPAIRED: clauses.is_unpaired(words),
        }
        yield words, " ".join(reason for reason, holds in reasons.items() if holds)


def _plain(text: str) -> str:
    """The words, without the marks of what is doubtful of them."""
    return re.sub(f"[{SEAM}{UNSURE}]", "", text).strip()
