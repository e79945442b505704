"""Split one paragraph that holds a whole list: clauses with semicolons, or sentences, perhaps without spaces.

A semicolon may also separate the parts of a list inside one item. Such a list is recognized by brackets or quotation
marks around it, by numbers in order, or by parts that ask for nothing before an "and". Other text that looks like such
a list gets a doubt.
"""

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
    is_request,
)
from tiptracker.localization import gettext_noop

_QUOTED_OR_BRACKETED = re.compile(
    r"“[^“”]{0,400}”|«[^«»]{0,400}»|\((?:[^()]|\([^()]{0,200}\)){0,400}\)|\[[^\[\]]{0,400}\]|‘[^‘’;]{0,60};[^‘]{0,200}?’(?!\w)"
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
"""The start of a clause that rarely asks for anything by itself."""

_LIST_MARKS = (
    *((str(number), str(number + 1)) for number in range(1, 30)),
    *pairwise("abcdefghijkl"),
    *pairwise(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")),
)
"""Each number or letter of a list inside an item, and the one after it."""
_FIRST_MARK = re.compile(r"(?<=[\s:,])(?P<open>\(?)(?P<number>1|a|i)(?P<close>[.)])\s+(?=\S)", re.IGNORECASE)
_FIRST_WORD = re.compile(r"(?<=[\s:,])first(?P<ending>ly)?,", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_LIST_MARK = re.compile(r"(?:^|\s)(?:\d{1,2}|[a-z]|[ivx]{1,4})\)\s", re.IGNORECASE)
"""A number or letter whose bracket has no counterpart, and needs none."""

ENDS_AT_FULL_STOP = gettext_noop("Only a full stop ends this item. If it continues in the next item, merge the two.")
AND_BEFORE_LAST = gettext_noop(
    "The word “and” comes before this item, but it is not the last one. "
    "If it belongs to the item before, merge the two."
)
ENDS_IN_QUOTE = gettext_noop(
    "This item was ended at a semicolon inside quotation marks. If it continues in the next item, merge the two."
)
SENTENCE_AMONG_CLAUSES = gettext_noop(
    "This item ends with a full stop, the others with a semicolon. If it continues in the next item, merge the two."
)
SEMICOLON_AMONG_SENTENCES = gettext_noop("This item contains a semicolon. If it is several items, split it.")
MAY_BE_PART = gettext_noop("This item does not begin with an action. If it belongs to the item before, merge the two.")
HAS_PARTS = gettext_noop(
    "Some parts of this item do not begin with an action. If a part is an item of its own, split it off."
)
COLON_BEFORE_PARTS = gettext_noop(
    "A list may begin at the colon in this item and continue in the next items. If so, merge them."
)
PART_AFTER_COLON = gettext_noop(
    "This item may belong to a list that begins at a colon in an earlier item. If so, merge them."
)
CUT_OFF = gettext_noop("The list ends here without a full stop. Compare it with the report and add what is missing.")
UNPAIRED_MARKS = gettext_noop(
    "A quotation mark or bracket in this item is not closed. Compare the end of the item with the report."
)


class ClauseSpan(NamedTuple):
    """A part of a paragraph: where it starts and ends, and why that is doubtful, if so (a sentence on each line)."""

    start: int
    end: int
    doubt: str = ""


class _Boundary(NamedTuple):
    """The boundary between two parts: the end of one, the start of the next, and the doubts about each.

    `has_and` says whether "and" is between them.
    """

    end: int
    start: int
    doubt: str = ""
    doubt_of_next: str = ""
    has_and: bool = False


def split_clauses(text: str) -> list[ClauseSpan]:
    """Return the items of a paragraph. Only a semicolon, an "and" or spaces separate them.

    A list of clauses ends with a full stop. If it does not, its last item has a doubt, because the list may be cut off.
    """
    semicolons = _semicolon_boundaries(text)
    sentences = list(find_sentence_breaks(text))
    if semicolons and len(semicolons) > len(sentences) and not any(each.lacks_space for each in sentences):
        semicolons = _without_enumerations(text, semicolons)
        cuts = semicolons + [_Boundary(each.end, each.start, SENTENCE_AMONG_CLAUSES) for each in sentences]
        spans = _doubt_parts(text, _spans_between(text, sorted(cuts)))
        return spans if has_sentence_end(text) else [*spans[:-1], add_doubt(spans[-1], CUT_OFF)]
    cuts = list(_sentence_boundaries(text, sentences))
    spans = _spans_between(text, cuts)
    if cuts and not any(each.doubt for each in cuts):
        return spans
    doubts = (SEMICOLON_AMONG_SENTENCES if _has_boundary_inside(semicolons, span) else "" for span in spans)
    return [span._replace(doubt=span.doubt or doubt) for span, doubt in zip(spans, doubts, strict=True)]


def add_doubt(span: ClauseSpan, doubt: str) -> ClauseSpan:
    """Return a part with one more doubt."""
    return span._replace(doubt=f"{span.doubt}\n{doubt}".strip())


def has_several_clauses(text: str) -> bool:
    """Return whether semicolons split a paragraph into three or more parts, so that it is likely a list of clauses."""
    return len(_semicolon_boundaries(text)) > 1


def split_at_missing_spaces(text: str) -> list[ClauseSpan]:
    """Split an item where two were joined without a space, as in "2018.Train". Usually there is only one part."""
    cuts = [_Boundary(each.end, each.start) for each in find_sentence_breaks(text) if each.lacks_space]
    return _spans_between(text, cuts)


def _sentence_boundaries(text: str, sentences: list[SentenceBreak]) -> Iterator[_Boundary]:
    """Yield the boundaries between sentences that are separate items.

    A sentence that only adds detail to the one before is not a separate item.
    """
    ends = [each.end for each in sentences[1:]] + [len(text)]
    for each, end in zip(sentences, ends, strict=False):
        if each.lacks_space or not is_narration(text[each.start : end], least=1):
            yield _Boundary(each.end, each.start, "" if each.lacks_space else ENDS_AT_FULL_STOP)


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
        cuts.append(_Boundary(end, each.end(), ENDS_IN_QUOTE if each["quote"] else "", has_and=bool(each["and"])))
    cuts = _without_numbered_parts(text, cuts)
    for place, cut in enumerate(cuts):
        if _CONTINUATION.match(text, cut.start):
            cuts[place] = cut._replace(doubt_of_next=MAY_BE_PART)
        elif cut.has_and and place < len(cuts) - 1:
            cuts[place] = cut._replace(doubt_of_next=AND_BEFORE_LAST)
    return cuts


def _without_numbered_parts(text: str, cuts: list[_Boundary]) -> list[_Boundary]:
    """Leave out the semicolons of a list inside a clause that is in order, as in "hire: a) police; b) judges; fund".

    The list begins inside the clause, and its next number or letter directly follows the semicolon.
    """
    kept: list[_Boundary] = []
    start, expected = 0, ""
    for cut in cuts:
        mark = expected or _next_mark(_first_mark(text[start : cut.end]))
        following = re.sub(r"^or\s+", "", text[cut.start : cut.start + 20]).casefold()
        if mark and following.startswith(mark):
            expected = _next_mark(mark)
        else:
            kept.append(cut)
            expected = ""
        start = cut.start
    return kept


def _first_mark(clause: str) -> str:
    """Return the mark that starts a list inside a clause, such as "a)" or "first,"; empty if there is none."""
    found = _FIRST_MARK.search(clause) or _FIRST_WORD.search(clause)
    return found[0].strip().casefold() if found else ""


def _next_mark(mark: str) -> str:
    """Return the next mark of a list: "b)" for "a)", "second," for "first,"; empty if none is known."""
    if word := re.fullmatch(r"([a-z]{3,}?)((?:ly)?,)", mark):
        following = dict(pairwise(_ORDINALS)).get(word[1], "")
        return f"{following}{word[2]}" if following else ""
    inner = mark.strip("().")
    following = dict(_LIST_MARKS).get(inner, "")
    return mark.replace(inner, following) if following else ""


def _without_enumerations(text: str, cuts: list[_Boundary]) -> list[_Boundary]:
    """Leave out the semicolons of a list inside a clause whose parts ask for nothing, as in "men; women; and children".

    An "and" that isn't the last one ends such a list, if two or more parts before the next semicolon ask for nothing.
    The clause that keeps them has a doubt.
    """
    ends = [*(cut.end for cut in cuts), len(text)]
    are_requests = [
        is_request(text[start:end]) for start, end in zip([0, *(cut.start for cut in cuts)], ends, strict=True)
    ]
    left_out: set[int] = set()
    doubtful: set[int] = set()
    length = 0
    for place, cut in enumerate(cuts[:-1]):
        length = 0 if are_requests[place + 1] else length + 1
        if cut.has_and and length > 1 and are_requests[place + 1 - length]:
            left_out.update(range(place + 1 - length, place + 1))
            doubtful.add(place + 1)
            length = 0
    return [
        cut._replace(doubt=cut.doubt or HAS_PARTS) if place in doubtful else cut
        for place, cut in enumerate(cuts)
        if place not in left_out
    ]


def _doubt_parts(text: str, spans: list[ClauseSpan]) -> list[ClauseSpan]:
    """Add doubts to clauses that may be parts of another one.

    They don't begin with an action although at least half of the list does, or they are between a colon and an "and"
    that isn't the last.
    """
    are_requests = [is_request(text[span.start : span.end]) for span in spans]
    is_list_of_requests = sum(are_requests) * 2 >= len(spans)
    doubted = list(spans)
    colon: int | None = None
    for place, span in enumerate(spans):
        if place and not are_requests[place] and is_list_of_requests and MAY_BE_PART not in span.doubt:
            doubted[place] = add_doubt(span, MAY_BE_PART)
        if AND_BEFORE_LAST in span.doubt and colon is not None:
            doubted[colon] = add_doubt(doubted[colon], COLON_BEFORE_PARTS)
            doubted[colon + 1 : place] = [add_doubt(each, PART_AFTER_COLON) for each in doubted[colon + 1 : place]]
            colon = None
        elif ": " in text[span.start : span.end]:
            colon = place
    return doubted


def has_unpaired_marks(text: str) -> bool:
    """Return whether a quotation mark or bracket in the text has no counterpart, other than those of "a)" or "1)"."""
    if text.count('"') % 2 or any(
        text.count(opening) != text.count(closing) for opening, closing in ("“”", "[]", "«»")
    ):
        return True
    readings = (text, _LIST_MARK.sub(" ", text))
    return all(reading.count("(") != reading.count(")") for reading in readings)
