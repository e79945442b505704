"""Lines put together again: what wrapping them did to the words is undone, and nothing else."""

import re
from collections import Counter
from collections.abc import Iterable

UNCERTAIN_BREAK = "\ue000"
"""Where lines were put together, or parted, that might be otherwise; it stays in a text until an item says so."""
UNCERTAIN_HYPHEN = "\ue001"
"""The same for the hyphen before it."""

_WHITESPACE = re.compile(r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_REPLACEMENTS = str.maketrans(
    {"\u2011": "-", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
"""Signs that are one with others: they only look so for the line's sake."""
_INVISIBLE = re.compile(r"\xad\s*\n\s*|[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]")
"""Soft hyphens with the line break that they allowed, and characters that nobody sees."""
_HYPHENATED_BREAK = re.compile(r"(?P<head>[^\W\d_]+)(?P<hyphen>[-\u2010])[ \n\v\f]+(?P<tail>[^\W_]+)")
_UNSPACED_BREAK = re.compile(r"(?<=[^\s—–][—–])[\n\v\f](?=\w)|(?<=[^\s—–])[\n\v\f](?=[—–]\w)|(?<=[\w:/]/)\n(?=\w)")
"""A line's end at a dash that stands tight on its other side, or behind a slash: there was no space."""
_SPLIT_WORD = re.compile(r"(?<![\w-])(?P<head>[^\W\d_]{2,})\n(?P<tail>[^\W\d_]{2,})(?![\w-])")
_ANTI_TRAFFICKING = re.compile(r"\b(a\s?n\s?t\s?i)\s?-\s?(?=traffick)", re.IGNORECASE)
_COMPOUND_PARTS = {
    "all", "any", "by", "can", "down", "ever", "every", "for", "here", "how", "in", "is", "it", "less", "more",
    "no", "not", "off", "on", "one", "or", "other", "out", "over", "some", "than", "the", "there", "through", "to",
    "under", "up", "where", "wise", "with", "work",
}  # fmt: skip
"""Words that others are made of."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_AFTER_SUSPENDED_HYPHEN = {"and", "as", "but", "nor", "or", "to"}
"""What follows the hyphen of "short- and long-term"."""
_PREFIXES = {
    "anti", "counter", "cross", "front", "high", "long", "low", "mid", "multi", "non", "post", "self", "semi", "short",
    "socio", "third", "two", "under", "well",
}  # fmt: skip


class LineJoiner:
    """Puts lines together as the words of one text have it: what it writes without a hyphen elsewhere has none."""

    def __init__(self, texts: Iterable[str]) -> None:
        whole = (_HYPHENATED_BREAK.sub(" ", normalize_characters(text)).casefold() for text in texts)
        self.words = Counter(word for text in whole for word in _WORD.findall(text))

    def mend(self, text: str) -> str:
        """`text` in one line, its broken words whole again."""
        text = _ANTI_TRAFFICKING.sub(lambda anti: re.sub(r"\s", "", anti[0]), normalize_characters(text))
        text = _HYPHENATED_BREAK.sub(self._whole, _SPLIT_WORD.sub(self._joined, text))
        text = _UNSPACED_BREAK.sub("", text)
        return _WHITESPACE.sub(" ", re.sub(r"[\n\v\f]+", " ", text)).strip()

    def _joined(self, cut: re.Match[str]) -> str:
        """What a line's end cut in two without a hyphen, if the text has it whole and neither half elsewhere."""
        head, tail = cut["head"], cut["tail"]
        is_word = self.words[f"{head}{tail}".casefold()] > 0
        return (
            f"{head}{UNCERTAIN_HYPHEN}{tail}"
            if is_word and not self._is_word(head) and not self._is_word(tail)
            else cut[0]
        )

    def _is_word(self, half: str) -> bool:
        return self.words[half.casefold()] > 1 or half.casefold() in _COMPOUND_PARTS

    def _whole(self, broken: re.Match[str]) -> str:
        head, hyphen, tail = broken["head"], broken["hyphen"], broken["tail"]
        if tail.casefold() in _AFTER_SUSPENDED_HYPHEN:
            return f"{head}- {tail}"
        joined, hyphenated = self.words[f"{head}{tail}".casefold()], self.words[f"{head}-{tail}".casefold()]
        is_by_software = hyphen == "\u2010"  # what it writes where it breaks a word by itself
        if joined > hyphenated or (is_by_software and not hyphenated):
            return head + tail
        is_compound = self.words[head.casefold()] and self.words[tail.casefold()]
        is_sure = hyphenated or is_compound or head.casefold() in _PREFIXES or tail[0].isupper()
        return f"{head}-{tail}" if is_sure else f"{head}-{UNCERTAIN_HYPHEN}{tail}"


def normalize_characters(text: str) -> str:
    """`text` without what nobody sees, its spaces and hyphens of one sort."""
    return _WHITESPACE.sub(" ", _INVISIBLE.sub("", text)).translate(_REPLACEMENTS)
