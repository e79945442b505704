"""Split the section of a list into items: by bullets, otherwise by paragraphs, otherwise within the only paragraph.

No text is lost: the introduction and the items together are the section, except for bullets, numbers, semicolons
between clauses and the "and" before the last clause.
"""

import re
from collections.abc import Iterator
from string import ascii_lowercase
from typing import NamedTuple

from recommendations.importing.readers.paragraph import ParagraphKind
from recommendations.importing.report_parser import clauses
from recommendations.importing.report_parser.dehyphenation import (
    UNCERTAIN_BREAK,
    UNCERTAIN_BULLET,
    UNCERTAIN_HYPHEN,
    UNCERTAIN_LETTER,
    UNCERTAINTY_MARK,
)
from recommendations.importing.report_parser.lines import BULLETS, DASHES
from recommendations.importing.report_parser.paragraphs import Block, build_block
from recommendations.importing.report_parser.prose import (
    find_sentence_breaks,
    has_clause_end,
    has_request,
    has_sentence_end,
    is_continuation,
    is_narration,
    starts_with_request,
)
from tiptracker.localization import gettext_noop

MAX_ITEM_LENGTH = 1_500
"""Most characters of an item that needs no check. The longest real items have half of it."""
MAX_INTRODUCTION_PARTS = 10
"""Most paragraphs and accounts of an introduction. Each is compared with the whole list."""
_INLINE_BULLET = re.compile(
    rf"\s*[{BULLETS}]\s*|(?<=\S)\s+\*\s+|(?:(?<=[.;:!?])|(?<=[.;:!?][”\"’)]))(?:\s*\*|\s+[·–—-])\s+(?=[A-Z“\"])"
)
_SEPARATOR = re.compile(r"\s*;\s*(?:and|&)?\s*$", re.IGNORECASE)
_INLINE_NUMBER = re.compile(
    r"(?:(?<=[.;,:])\s*|(?<=[.;,][”\"’])\s*|^|(?<=\band)\s+)(?P<sign>\(?(?P<number>\d{1,2}|(?<=\()[a-z])[.)])\s+(?=\S)"
)
_INTRODUCTION_START = re.compile(
    r"(?:To|In order to|For|The|It|We|In|Over|Going|Moving|Among|These|Following|As)\b", re.IGNORECASE
)
"""Typical start of an introduction to a list. Hardly any item starts this way."""
_ABOUT_RECOMMENDATIONS = re.compile(r"(?:The|These|Those)\s+(?:\w+\s+){0,2}recommendations?\b")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|remains?|should|must|will|can|could|needs?)\b")
"""A verb of a sentence that states something, or says in general what should be."""
_ENUMERATION_MARK = re.compile(
    r"(?P<sign>(?:\(|#|(?:No\.|Recommendation)\s)?(?P<number>\d{1,2}|[a-z]|[ivx]{1,5})(?:[.):/]|\s[:–-]|(?<=#\d)|(?<=#\d\d)))\s+"
    r"(?=[A-Z“\"])",
    re.IGNORECASE,
)
_ROMAN_NUMERALS = re.findall(r"\w+", "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx")
_ENUMERATIONS = ([str(number) for number in range(1, 100)], list(ascii_lowercase), _ROMAN_NUMERALS)

UNCERTAIN_LINE_END = gettext_noop(
    "A line ends with a full stop in this item or before it. Compare where the item begins and ends with the report."
)
BROKEN_WORD = gettext_noop("A word in this item was broken at the end of a line. Check whether it has a hyphen.")
LOOSE_LETTER = gettext_noop("A single letter stands after a word in this item. Check how the report writes the word.")
WITHOUT_BULLET = gettext_noop(
    "This item has no bullet, but others have one. If it belongs to the item before, merge the two."
)
MAY_BE_INTRODUCTION = gettext_noop("This item asks for nothing. If it is only an introduction to the list, remove it.")
DASH_AS_BULLET = gettext_noop(
    "A dash within a line was read as the bullet of this item. If it belongs to the item before, merge the two."
)
WITH_PARTS = gettext_noop(
    "This item contains several paragraphs or a list. If a part is an item of its own, split it off."
)
OPEN_END = gettext_noop(
    "This item does not end with a full stop, but the others do. Add what is missing, or merge it with the next item."
)
SMALL_LETTER = gettext_noop("This item begins with a small letter. If it belongs to the item before, merge the two.")
TOO_LONG = gettext_noop("This item is very long. If it is several items, split it.")
SEVERAL_SEMICOLONS = gettext_noop("This item contains several semicolons. If it is several items, split it.")
PARAGRAPH_AFTER_CLAUSES = gettext_noop(
    "This item is a paragraph after the end of the list. If it is not a recommendation, remove it."
)


class ParsedList(NamedTuple):
    """A list: the text before the first item, and the text and doubt of each item (English sentences, one a line)."""

    introduction: str
    items: list[tuple[str, str]]


def parse_list(blocks: list[Block], country: str | None) -> ParsedList:
    """Parse the blocks of a list's section, without furniture."""
    blocks = [part for block in _strip_enumeration(blocks) for part in _split_at_bullets(block)]
    introduction, blocks = _split_introduction(blocks, country)
    if any(block.kind == ParagraphKind.ITEM for block in blocks):
        items = list(_items_with_bullets(blocks))
    else:
        items = list(_items_without_bullets(_rejoin_paragraphs(blocks)))
    items = [
        (text[piece.start : piece.end], doubt)
        for text, doubt in _strip_separators(items)
        for piece in clauses.split_at_missing_spaces(text)
    ]
    return ParsedList(_strip_uncertainty_marks(introduction), list(_add_doubts(items, country)))


def _strip_enumeration(blocks: list[Block]) -> list[Block]:
    """Remove the letters or numbers of the blocks, if they are lettered or numbered in order, and make them items."""
    matches = [_ENUMERATION_MARK.match(block.text) if block.kind == ParagraphKind.PLAIN else None for block in blocks]
    first = next((index for index, match in enumerate(matches) if match), 0)
    marks = [match for match in matches[first:] if match]
    if first > 1 or len(marks) < 2 or len(marks) < len(matches) - first:
        return blocks
    numbers = [match["number"].casefold() for match in marks]
    is_in_order = numbers in (row[: len(numbers)] for row in _ENUMERATIONS)
    if not is_in_order or len({_number_style(match) for match in marks}) > 1:
        return blocks
    items = [Block(match.string[match.end() :], ParagraphKind.ITEM, match["sign"]) for match in marks]
    return blocks[:first] + items


def _split_at_bullets(block: Block) -> Iterator[Block]:
    """Split a block at the bullets or numbers inside it."""
    cuts = list(_INLINE_BULLET.finditer(block.text)) or _find_inline_numbers(block) or _find_repeated_bullets(block)
    if not cuts or block.kind == ParagraphKind.HEADING:
        yield block
        return
    if before := block.text[: cuts[0].start()].strip():
        yield block._replace(text=before)
    kind = ParagraphKind.PART if block.kind == ParagraphKind.PART else ParagraphKind.ITEM
    for cut, end in zip(cuts, [*(cut.start() for cut in cuts[1:]), len(block.text)], strict=True):
        if text := block.text[cut.end() : end].strip():
            is_uncertain = cut.re is not _INLINE_BULLET and cut[0].strip() in DASHES
            yield Block(f"{UNCERTAIN_BULLET if is_uncertain else ''}{text}", kind, cut[0].strip())


def _find_repeated_bullets(block: Block) -> list[re.Match[str]]:
    """Return where the bullet of an item, a dash or middle dot, is repeated before a verb that asks for something.

    So "- Fund shelters - Train police" is two items, although no full stop ends the first one.
    """
    if block.mark not in {*DASHES, "·"}:
        return []
    matches = re.finditer(rf"\s+{re.escape(block.mark)}\s+(?=[A-Z])", block.text)
    return [match for match in matches if starts_with_request(block.text[match.end() :])]


def _find_inline_numbers(block: Block) -> list[re.Match[str]]:
    """Return the numbers or letters that split a paragraph: in order, from its start or after an introduction.

    If those after a full stop form a sequence, the others number something inside an item.
    """
    own = _INLINE_NUMBER.match(f"{block.mark} {block.text[:1]}") if block.mark else None
    matches = list(_INLINE_NUMBER.finditer(block.text)) if block.kind == ParagraphKind.PLAIN or own else []
    first = own or next(iter(matches), None)
    introduction = "" if own or not first else block.text[: first.start()].rstrip()
    if not first or (introduction and not _is_introduction(introduction)):
        return []
    after_full_stops = [
        match for match in matches if match.start() == 0 or has_sentence_end(block.text[: match.start()])
    ]
    rows = (
        [match for match in _number_sequence(first, among) if match is not own] for among in (after_full_stops, matches)
    )
    return next((row for row in rows if len(row) > (0 if own else 1)), [])


def _number_sequence(first: re.Match[str], matches: list[re.Match[str]]) -> list[re.Match[str]]:
    """Return the sequence from the first number, which must be 1 or a. Empty if it starts twice."""
    sequence = [first] if first["number"] in {"1", "a"} else []
    if any(match["sign"] == first["sign"] for match in matches if match is not first):
        return []
    for match in matches:
        if sequence and _ordinal(match) == _ordinal(sequence[-1]) + 1 and _number_style(match) == _number_style(first):
            sequence.append(match)
    return sequence


def _ordinal(number: re.Match[str]) -> int:
    text = number["number"]
    return int(text) if text.isdigit() else ord(text)


def _number_style(number: re.Match[str]) -> str:
    return number["sign"].replace(number["number"], "")


def _is_introduction(text: str) -> bool:
    """Return whether a text only introduces a list: one sentence that ends with a colon and asks for nothing."""
    return text.endswith(":") and bool(_INTRODUCTION_START.match(text)) and not any(find_sentence_breaks(text))


def _split_introduction(blocks: list[Block], country: str | None) -> tuple[str, list[Block]]:
    """Split the introduction from the list: paragraphs or sentences that ask for nothing or end with a colon.

    In a PDF, the lines of one introduction may be several blocks.
    """
    parts: list[str] = []
    part, rest = _split_first_introduction(blocks, country)
    while part and len(parts) < MAX_INTRODUCTION_PARTS:
        parts.append(part)
        blocks = rest
        part, rest = _split_first_introduction(blocks, country)
    return " ".join(parts), blocks


def _split_first_introduction(blocks: list[Block], country: str | None) -> tuple[str, list[Block]]:
    """Split the introduction in the first block from the other blocks; "" if the block belongs to the list."""
    first, others = blocks[0], blocks[1:]
    if first.kind != ParagraphKind.PLAIN:
        return "", blocks
    length = _introduction_length(first.text, country)
    if rest := first.text[length:].strip() if length else "":
        return first.text[:length].strip(), [build_block(rest, ParagraphKind.PLAIN), *others]
    if not others:
        return "", blocks
    is_narrated = is_narration(first.text, country) and not all(is_narration(block.text, country) for block in others)
    introduces_other = _is_about_list(others[0].text, country) and not has_request(first.text)
    if length or first.text.endswith(":") or is_narrated or introduces_other:
        return first.text, others
    return "", blocks


def _is_about_list(text: str, country: str | None) -> bool:
    """Return whether a text starts with a sentence about the recommendations, such as "These recommendations are …"."""
    text = text.lstrip(UNCERTAIN_BREAK)
    return bool(_ABOUT_RECOMMENDATIONS.match(text)) and is_narration(text, country)


def _introduction_length(text: str, country: str | None) -> int:
    """Return the length of the introduction at the start of a paragraph; 0 if there is none.

    It ends at a colon, or after the last sentence about the recommendations themselves, or otherwise after the account
    that it begins with. No sentence before its end begins with an action.
    """
    about_list = account = 0
    start = len(text) - len(text.lstrip(UNCERTAIN_BREAK))
    is_account = True
    for each in (*find_sentence_breaks(text, before=r"\S"), None):
        end = each.end if each else len(text)
        sentence = text[start:end]
        colon = re.match(r"[^:]{1,400}?:\s*", sentence) if _INTRODUCTION_START.match(sentence) else None
        if colon:
            return start + colon.end()
        is_statement = is_narration(sentence, country, least=1) or _FINITE.search(sentence)
        if starts_with_request(sentence) or not is_statement:
            return about_list or account
        is_account = is_account and is_narration(sentence, country)
        following = each.start if each else end
        account = following if is_account else account
        if _is_about_list(sentence, country):
            about_list = following
        if not each or each.lacks_space:
            break
        start = each.start
    return about_list


def _rejoin_paragraphs(blocks: list[Block]) -> list[Block]:
    """Join paragraphs without bullets where one was cut: it doesn't end like the others."""
    are_open = [not has_clause_end(block.text) for block in blocks]
    is_clauses = not are_open[-1] and clauses.has_several_clauses(" ".join(block.text for block in blocks))
    if sum(are_open) * 2 > len(blocks) and not is_clauses:
        return blocks
    rejoined = blocks[:1]
    for block, is_open in zip(blocks[1:], are_open[:-1], strict=True):
        if is_open:
            rejoined[-1] = rejoined[-1]._replace(text=f"{rejoined[-1].text} {UNCERTAIN_BREAK}{block.text}")
        else:
            rejoined.append(block)
    return rejoined


def _items_without_bullets(blocks: list[Block]) -> Iterator[tuple[str, str]]:
    """Yield the items of a list without bullets: its paragraphs, or the clauses or sentences of the only one."""
    first, others = blocks[0].text, blocks[1:]
    is_clauses = clauses.has_several_clauses(first) and (first[:1].islower() or len(others) == 1)
    if others and not is_clauses:
        yield first, SEVERAL_SEMICOLONS if clauses.has_several_clauses(first) else ""
        yield from ((block.text, "") for block in others)
        return
    yield from ((first[each.start : each.end], each.doubt) for each in clauses.split_clauses(first))
    yield from ((block.text, PARAGRAPH_AFTER_CLAUSES) for block in others)


def _items_with_bullets(blocks: list[Block]) -> Iterator[tuple[str, str]]:
    """Yield the items of a list with bullets. A block without one starts an item only if it clearly does."""
    texts: list[str] = []
    doubt = ""
    for block in blocks:
        has_bullet = block.kind == ParagraphKind.ITEM or not texts
        is_sentence = block.text.lstrip(UNCERTAIN_BREAK)[:1].isupper()
        if block.kind == ParagraphKind.PART and texts:
            texts += [block.mark, block.text] if block.mark else [block.text]
            doubt = WITH_PARTS
        elif has_bullet or (is_sentence and has_sentence_end(texts[-1])):
            if texts:
                yield " ".join(texts), doubt
            doubt = "" if has_bullet else WITHOUT_BULLET
            texts = [block.text]
        else:
            texts.append(block.text)
            doubt = WITHOUT_BULLET
    yield " ".join(texts), doubt


def _strip_separators(items: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Remove the semicolons between items, if all but the last end with one.

    The last item of such a list ends with a full stop. If it does not, it has a doubt, because the list may be cut off.
    """
    if len(items) < 2 or not all(_SEPARATOR.search(text) for text, _ in items[:-1]):
        return items
    *others, (last, doubt) = items
    if not has_sentence_end(_strip_uncertainty_marks(last)):
        doubt = f"{doubt}\n{clauses.CUT_OFF}".strip()
    return [*((_SEPARATOR.sub("", text), doubt) for text, doubt in others), (last, doubt)]


def _add_doubts(items: list[tuple[str, str]], country: str | None) -> Iterator[tuple[str, str]]:
    """Yield the text of each item with the reasons why the user should check it: English sentences, one a line."""
    allowed = len(items) // 3
    open_ends = [not has_sentence_end(_strip_uncertainty_marks(text)) for text, _ in items]
    small_letters = [text.lstrip(UNCERTAIN_BREAK)[:1].islower() for text, _ in items]
    n_open, n_small = sum(open_ends), sum(small_letters)
    for number, ((text, doubt), is_open, is_small) in enumerate(zip(items, open_ends, small_letters, strict=True)):
        plain = _strip_uncertainty_marks(text)
        reasons = {
            clauses.MAY_BE_PART: is_continuation(plain) and number > 0 and clauses.MAY_BE_PART not in doubt,
            doubt: bool(doubt),
            MAY_BE_INTRODUCTION: number == 0 and is_narration(plain, country, least=1) and not has_request(plain),
            DASH_AS_BULLET: UNCERTAIN_BULLET in text,
            UNCERTAIN_LINE_END: UNCERTAIN_BREAK in text,
            BROKEN_WORD: UNCERTAIN_HYPHEN in text,
            LOOSE_LETTER: UNCERTAIN_LETTER in text,
            OPEN_END: is_open and n_open <= allowed,
            SMALL_LETTER: is_small and n_small <= allowed,
            TOO_LONG: len(plain) > MAX_ITEM_LENGTH,
            clauses.UNPAIRED_MARKS: clauses.has_unpaired_marks(plain),
        }
        yield plain, "\n".join(reason for reason, applies in reasons.items() if applies)


def _strip_uncertainty_marks(text: str) -> str:
    """Remove the marks of doubtful places from a text."""
    return UNCERTAINTY_MARK.sub("", text).strip()
