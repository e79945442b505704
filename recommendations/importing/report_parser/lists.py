"""The blocks of a list's section, to its items: by bullets, else by paragraphs, else inside the one paragraph.

Nothing is lost: introduction and items together are the section, but for bullets, numbers, the semicolons between
clauses and the "and" before the last.
"""

import re
from collections.abc import Iterator
from string import ascii_lowercase
from typing import NamedTuple

from recommendations.importing.readers.paragraph import Kind
from recommendations.importing.report_parser import clauses
from recommendations.importing.report_parser.dehyphenation import SEAM, UNSURE
from recommendations.importing.report_parser.lines import BULLETS
from recommendations.importing.report_parser.paragraphs import Block, marked
from recommendations.importing.report_parser.prose import endings, has_ended, has_stopped, is_account, tells_more

MOST_CHARACTERS = 1_500
"""Of an item that nobody need look at: the longest have half of it."""
_INLINE = re.compile(
    rf"\s*[{BULLETS}]\s*|(?<=\S)\s+\*\s+|(?:(?<=[.;:!?])|(?<=[.;:!?][”\"’)]))(?:\s*\*|\s+[·–—-])\s+(?=[A-Z“\"])"
)
_SEPARATOR = re.compile(r"\s*;\s*(?:and|&)?\s*$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:(?<=[.;,:])\s*|(?<=[.;,][”\"’])\s*|^|(?<=\band)\s+)(?P<sign>\(?(?P<number>\d{1,2}|(?<=\()[a-z])[.)])\s+(?=\S)"
)
_LEADS = re.compile(r"(?:To|In order to|For|The|It|We|In|Over|Going|Moving|Among|These|Following|As)\b", re.IGNORECASE)
"""How what leads to a list begins, and hardly any item does."""
_ENUMERATED = re.compile(
    r"(?P<sign>(?:\(|#|(?:No\.|Recommendation)\s)?(?P<number>\d{1,2}|[a-z]|[ivx]{1,5})(?:[.):/]|\s[:–-]|(?<=#\d)|(?<=#\d\d)))\s+"
    r"(?=[A-Z“\"])",
    re.IGNORECASE,
)
_ROMAN = re.findall(r"\w+", "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx")
_ROWS = ([str(number) for number in range(1, 100)], list(ascii_lowercase), _ROMAN)

LINE_WAS_FULL = "A full line ended at a full stop in it or before it: where it begins or ends is not certain."
HYPHEN = "A word in it was broken at a line’s end: see whether it has a hyphen."
UNMARKED = "It has no bullet among items with one: it may belong to another."
WITH_PARTS = "It has paragraphs or a list of its own, which stand in it."
OPEN_END = "It doesn’t end with a full stop, as the others do: its rest may be missing or stand in the next one."
SMALL_LETTER = "It begins with a small letter: it may be the rest of the one before it."
TOO_LONG = "It is very long: it may be several items."
SEVERAL = "It has several semicolons: it may be several items."
BEHIND_CLAUSES = "It is a paragraph of its own behind a list of clauses: it may be none of them."


class Listed(NamedTuple):
    """A section as a list: what stands before the first item, and each item's words and doubt."""

    introduction: str
    items: list[tuple[str, str]]


def listed(blocks: list[Block], country: str | None) -> Listed:
    """The list in the blocks of its section, furniture left out."""
    blocks = [part for block in _enumerated(blocks) for part in _by_bullets(block)]
    introduction, blocks = _introduced(blocks, country)
    if any(block.kind == Kind.ITEM for block in blocks):
        found = list(_bulleted(blocks))
    else:
        found = list(_unmarked(_rejoined(blocks)))
    found = [part for text, doubt in _without_separators(found) for part in _unglued(text, doubt)]
    return Listed(_plain(introduction), list(_doubted(found)))


def _enumerated(blocks: list[Block]) -> list[Block]:
    """The blocks, each an item without its letter or number, if they are lettered or numbered one by one."""
    found = [_ENUMERATED.match(block.text) if block.kind == Kind.PLAIN else None for block in blocks]
    first = next((index for index, each in enumerate(found) if each), 0)
    marks = [each for each in found[first:] if each]
    if first > 1 or len(marks) < 2 or len(marks) < len(found) - first or len({_written(each) for each in marks}) > 1:
        return blocks
    said = [each["number"].casefold() for each in marks]
    if said not in (row[: len(said)] for row in _ROWS):
        return blocks
    items = [Block(each.string[each.end() :], Kind.ITEM, each["sign"]) for each in marks]
    return blocks[:first] + items


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
    """The numbers or letters that part a paragraph: in order, from that at its beginning or behind what leads to it.

    Where those behind a full stop make a row, the others part something inside an item.
    """
    own = _NUMBERED.match(f"{block.mark} {block.text[:1]}") if block.mark else None
    given = list(_NUMBERED.finditer(block.text)) if block.kind == Kind.PLAIN or own else []
    first = own or next(iter(given), None)
    begins = "" if own or not first else block.text[: first.start()].rstrip()
    if not first or (begins and not _is_introduction(begins)):
        return []
    behind_stops = [each for each in given if each.start() == 0 or has_ended(block.text[: each.start()])]
    rows = ([each for each in _row(first, among) if each is not own] for among in (behind_stops, given))
    return next((row for row in rows if len(row) > (0 if own else 1)), [])


def _row(first: re.Match[str], given: list[re.Match[str]]) -> list[re.Match[str]]:
    """The numbers that go on from the first, which has to be 1 or a, one by one; none where they begin twice."""
    found = [first] if first["number"] in {"1", "a"} else []
    if any(each["sign"] == first["sign"] for each in given if each is not first):
        return []
    for each in given:
        if found and _place(each) == _place(found[-1]) + 1 and _written(each) == _written(first):
            found.append(each)
    return found


def _place(number: re.Match[str]) -> int:
    said = number["number"]
    return int(said) if said.isdigit() else ord(said)


def _written(number: re.Match[str]) -> str:
    return number["sign"].replace(number["number"], "")


def _is_introduction(text: str) -> bool:
    """Whether a text does no more than lead to a list: one sentence that asks for nothing, up to its colon."""
    return text.endswith(":") and bool(_LEADS.match(text)) and not any(endings(text))


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
    if _LEADS.match(text):
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


def _rejoined(blocks: list[Block]) -> list[Block]:
    """Paragraphs without bullets, those put together of which the one doesn't end as others do: something cut them."""
    are_open = [not has_stopped(block.text) for block in blocks]
    is_clauses = not are_open[-1] and clauses.holds_several(" ".join(block.text for block in blocks))
    if sum(are_open) * 2 > len(blocks) and not is_clauses:
        return blocks
    found = blocks[:1]
    for block, is_open in zip(blocks[1:], are_open[:-1], strict=True):
        if is_open:
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {SEAM}{block.text}")
        else:
            found.append(block)
    return found


def _unmarked(blocks: list[Block]) -> Iterator[tuple[str, str]]:
    """The items of a list without bullets: its paragraphs, or the clauses or sentences of the only one."""
    first, others = blocks[0].text, blocks[1:]
    is_clauses = clauses.holds_several(first) and (first[:1].islower() or len(others) == 1)
    if others and not is_clauses:
        yield first, SEVERAL if clauses.holds_several(first) else ""
        yield from ((block.text, "") for block in others)
        return
    yield from ((first[each.start : each.end], each.doubt) for each in clauses.pieces(first))
    yield from ((block.text, BEHIND_CLAUSES) for block in others)


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
    open_ends = [not has_ended(_plain(text)) for text, _ in found]
    small_letters = [text.lstrip(SEAM)[:1].islower() for text, _ in found]
    n_open, n_small = sum(open_ends), sum(small_letters)
    for number, ((text, doubt), is_open, is_small) in enumerate(zip(found, open_ends, small_letters, strict=True)):
        words = _plain(text)
        reasons = {
            clauses.IS_PART: tells_more(words) and number > 0,
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
