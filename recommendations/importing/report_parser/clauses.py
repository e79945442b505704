"""Split one paragraph that holds a whole list: clauses with semicolons, or sentences, perhaps without spaces."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from recommendations.importing.report_parser.dehyphenation import UNCERTAIN_BREAK
from recommendations.importing.report_parser.prose import (
    SentenceBreak,
    find_sentence_breaks,
    has_sentence_end,
    is_narration,
)

_QUOTED_OR_BRACKETED = re.compile(
    r"“[^“”]{0,400}”|«[^«»]{0,400}»|\([^()]{0,400}\)|\[[^\[\]]{0,400}\]|‘[^‘’;]{0,60};[^‘]{0,200}?’(?!\w)"
    r"|(?<=[\s(])'(?=\w)[^';]{0,60};[^']{0,200}?'(?!\w)"
)
_STRAIGHT_QUOTED = re.compile(r'"[^"]{0,400}"')
_SEMICOLON = re.compile(
    r";(?P<quote>[”\"’»]?)(?!\s*(?:(?:and|or)\s+)?\((?:\d{1,2}|[a-z]|[ivx]{2,4})\)\s)\s*(?P<and>and\b,?\s*)?",
    re.IGNORECASE,
)
"""A semicolon that separates clauses. It doesn't match before the next number of a list inside a clause."""
_CONTINUATION = re.compile(
    r"(?:for example|for instance|e\.g|i\.e|such as|including|namely|in particular|or)\b", re.IGNORECASE
)
"""The start of a clause that hardly asks for anything by itself."""

ENDS_AT_FULL_STOP = "It ends at a full stop where nothing else parts the items: it may go on in the next one."
AND_BEFORE_LAST = "“And” stands before it though it isn’t the last: it may belong to the item before it."
ENDS_IN_QUOTE = "The semicolon inside its quotation marks was taken for its end: it may go on in the next one."
SENTENCE_AMONG_CLAUSES = "It ends at a full stop among clauses with semicolons: it may go on in the next one."
SEMICOLON_AMONG_SENTENCES = "It has a semicolon in it: it may be several items."
MAY_BE_PART = "It doesn’t begin with what to do: it may belong to the one before it."
CUT_OFF = "The list ends without a full stop: its rest may be missing."
UNPAIRED_MARKS = "One of its quotation marks or brackets has no other: where it ends is not certain."


class ClauseSpan(NamedTuple):
    """A part of a paragraph: where it starts and ends, and why that is doubtful, if so."""

    start: int
    end: int
    doubt: str = ""


class _Boundary(NamedTuple):
    """The boundary between two parts: the end of one, the start of the next, and the doubts about each."""

    end: int
    start: int
    doubt: str = ""
    doubt_of_next: str = ""


def split_clauses(text: str) -> list[ClauseSpan]:
    """Return the items of a paragraph. Only a semicolon, an "and" or spaces lie between them.

    A list of clauses ends with a full stop. If it does not, its last item has a doubt, because the list may be cut off.
    """
    semicolons = list(_semicolon_boundaries(text))
    sentences = list(find_sentence_breaks(text))
    if semicolons and len(semicolons) > len(sentences) and not any(each.is_glued for each in sentences):
        cuts = semicolons + [_Boundary(each.end, each.start, SENTENCE_AMONG_CLAUSES) for each in sentences]
        spans = _spans_between(text, sorted(cuts))
        return spans if has_sentence_end(text) else [*spans[:-1], add_doubt(spans[-1], CUT_OFF)]
    cuts = list(_sentence_boundaries(text, sentences))
    spans = _spans_between(text, cuts)
    if cuts and not any(each.doubt for each in cuts):
        return spans
    doubts = (SEMICOLON_AMONG_SENTENCES if _has_boundary_inside(semicolons, span) else "" for span in spans)
    return [span._replace(doubt=span.doubt or doubt) for span, doubt in zip(spans, doubts, strict=True)]


def add_doubt(span: ClauseSpan, doubt: str) -> ClauseSpan:
    """Return a part with one more doubt."""
    return span._replace(doubt=f"{span.doubt} {doubt}".strip())


def has_several_clauses(text: str) -> bool:
    """Return whether semicolons split a paragraph into three or more parts, so that it is likely a list of clauses."""
    return len(_semicolon_boundaries(text)) > 1


def split_glued(text: str) -> list[ClauseSpan]:
    """Split an item where two were joined without a space, as in "2018.Train". Usually there is only one part."""
    cuts = [_Boundary(each.end, each.start) for each in find_sentence_breaks(text) if each.is_glued]
    return _spans_between(text, cuts)


def _sentence_boundaries(text: str, sentences: list[SentenceBreak]) -> Iterator[_Boundary]:
    """Yield the boundaries between sentences that are separate items.

    A sentence that only adds detail to the one before is not a separate item.
    """
    ends = [each.end for each in sentences[1:]] + [len(text)]
    for each, end in zip(sentences, ends, strict=False):
        if each.is_glued or not is_narration(text[each.start : end], least=1):
            yield _Boundary(each.end, each.start, "" if each.is_glued else ENDS_AT_FULL_STOP)


def _has_boundary_inside(cuts: list[_Boundary], span: ClauseSpan) -> bool:
    """Return whether one of these boundaries, which are in order, lies in the part."""
    following = bisect_left(cuts, (span.start,))
    return following < len(cuts) and cuts[following].end < span.end


def _spans_between(text: str, cuts: list[_Boundary]) -> list[ClauseSpan]:
    first, last = _Boundary(0, 0), _Boundary(len(text), len(text))
    spans = []
    for before, after in pairwise([first, *cuts, last]):
        piece = text[before.start : after.end]
        if piece.strip(f" {UNCERTAIN_BREAK}"):
            start = before.start + len(piece) - len(piece.lstrip())
            spans.append(ClauseSpan(start, before.start + len(piece.rstrip()), after.doubt or before.doubt_of_next))
    return spans


def _semicolon_boundaries(text: str) -> list[_Boundary]:
    """Return the semicolons that separate clauses.

    They are outside quotation marks and brackets, or directly before a closing quotation mark.
    """
    patterns = [_QUOTED_OR_BRACKETED] if text.count('"') % 2 else [_QUOTED_OR_BRACKETED, _STRAIGHT_QUOTED]
    protected = {place for each in patterns for found in each.finditer(text) for place in range(*found.span())}
    found = [each for each in _SEMICOLON.finditer(text) if each["quote"] or each.start() not in protected]
    cuts = []
    for each in found:
        end = each.end("quote") if each["quote"] else each.start()
        doubt_of_next = AND_BEFORE_LAST if each["and"] and each is not found[-1] else ""
        if _CONTINUATION.match(text, each.end()):
            doubt_of_next = MAY_BE_PART
        cuts.append(_Boundary(end, each.end(), ENDS_IN_QUOTE if each["quote"] else "", doubt_of_next))
    return cuts


def has_unpaired_marks(text: str) -> bool:
    """Return whether a quotation mark or bracket in the text has no counterpart."""
    pairs = (("“", "”"), ("(", ")"), ("[", "]"), ("«", "»"))
    return text.count('"') % 2 > 0 or any(text.count(opening) != text.count(closing) for opening, closing in pairs)
