"""Join wrapped lines and repair the words that wrapping broke. Nothing else changes."""

import re
from collections import Counter
from collections.abc import Iterable

UNCERTAIN_BREAK = "\ue000"
"""Marks a join or separation of lines that may be wrong. It stays in a text until an item reports it."""
UNCERTAIN_HYPHEN = "\ue001"
"""Marks a hyphen directly before it, or a join of two halves, that may be wrong."""
UNCERTAIN_LETTER = "\ue002"
"""Marks a letter that was separated from its word."""
UNCERTAIN_BULLET = "\ue003"
"""Marks the start of an item whose bullet may be a dash of the item before."""
UNCERTAINTY_MARK = re.compile("[\ue000-\ue003]")

_WHITESPACE = re.compile(r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_REPLACEMENTS = str.maketrans(
    {"\u2011": "-", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
"""Characters that only typesetting uses, and the usual ones."""
_INVISIBLE = re.compile(r"\xad\s*\n\s*|[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]")
"""Soft hyphens with the line break after them, and invisible characters."""
_HYPHENATED_BREAK = re.compile(r"(?P<head>[^\W\d_]+)(?P<hyphen>[-\u2010])[ \n\v\f]+(?P<tail>[^\W_]+)")
_UNSPACED_BREAK = re.compile(r"(?<=[^\s—–][—–])[\n\v\f](?=\w)|(?<=[^\s—–])[\n\v\f](?=[—–]\w)|(?<=[\w:/]/)\n(?=\w)")
"""A line end next to a dash without a space on its other side, or after a slash: there was no space."""
_SPLIT_WORD = re.compile(r"(?<![\w-])(?P<head>[^\W\d_]{2,})\n(?P<tail>[^\W\d_]{2,})(?![\w-])")
_LOOSE_LETTER = re.compile(r"(?<![^\W\d_])(?P<head>[^\W\d_]{3,})[ \n\v\f](?P<tail>[b-hj-np-z])(?![\w\ue002)-]|\.\w)")
"""A word and a single small letter after it. "A", "I" and "o" are words or bullets, and "c)" is part of a list."""
_ANTI_TRAFFICKING = re.compile(r"\b(a\s?n\s?t\s?i)\s?-\s?(?=traffick)", re.IGNORECASE)
_COMPOUND_PARTS = {
    "all", "any", "by", "can", "down", "ever", "every", "for", "here", "how", "in", "is", "it", "less", "more",
    "no", "not", "off", "on", "one", "or", "other", "out", "over", "some", "than", "the", "there", "through", "to",
    "under", "up", "where", "wise", "with", "work",
}  # fmt: skip
"""Words that often form compounds with others."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_AFTER_SUSPENDED_HYPHEN = {"and", "as", "but", "nor", "or", "to"}
"""Words that follow the hyphen in "short- and long-term"."""
_PREFIXES = {
    "anti", "counter", "cross", "front", "high", "long", "low", "mid", "multi", "non", "post", "self", "semi", "short",
    "socio", "third", "two", "under", "well",
}  # fmt: skip


class LineJoiner:
    """Joins lines using the words of the text: a word written without a hyphen elsewhere gets none."""

    def __init__(self, texts: Iterable[str]) -> None:
        cleaned = (_HYPHENATED_BREAK.sub(" ", normalize_characters(text)).casefold() for text in texts)
        self.words = Counter(word for text in cleaned for word in _WORD.findall(text))

    def join(self, text: str) -> str:
        """Return `text` in one line, with broken words repaired."""
        text = _ANTI_TRAFFICKING.sub(lambda anti: re.sub(r"\s", "", anti[0]), normalize_characters(text))
        text = _HYPHENATED_BREAK.sub(self._joined_word, _SPLIT_WORD.sub(self._joined, text))
        text = _LOOSE_LETTER.sub(self._joined_letter, text)
        text = _UNSPACED_BREAK.sub("", text)
        return _WHITESPACE.sub(" ", re.sub(r"[\n\v\f]+", " ", text)).strip()

    def _joined(self, cut: re.Match[str]) -> str:
        """Join a word that a line end cut in two without a hyphen.

        It does so only if the text has the whole word elsewhere and neither half.
        """
        head, tail = cut["head"], cut["tail"]
        if self._is_word(head) or self._is_word(tail) or not self.words[f"{head}{tail}".casefold()]:
            return cut[0]
        return f"{head}{UNCERTAIN_HYPHEN}{tail}"

    def _joined_letter(self, loose: re.Match[str]) -> str:
        """Join a single letter to the word before it, as in "victim s".

        It does so only if the text has the whole word elsewhere. Both this and an "s" that stays single leave a mark,
        since the word may also be "victim’s". Other single letters may be names, as in "annex b".
        """
        head, tail = loose["head"], loose["tail"]
        uses = self.words[f"{head}{tail}".casefold()]
        if uses and (tail == "s" or not self._is_word(head)):
            return f"{head}{tail}{UNCERTAIN_LETTER}"
        return f"{loose[0]}{UNCERTAIN_LETTER}" if tail == "s" else loose[0]

    def _is_word(self, half: str) -> bool:
        return self.words[half.casefold()] > 1 or half.casefold() in _COMPOUND_PARTS

    def _joined_word(self, broken: re.Match[str]) -> str:
        head, hyphen, tail = broken["head"], broken["hyphen"], broken["tail"]
        if tail.casefold() in _AFTER_SUSPENDED_HYPHEN:
            return f"{head}- {tail}"
        joined, hyphenated = self.words[f"{head}{tail}".casefold()], self.words[f"{head}-{tail}".casefold()]
        is_by_software = hyphen == "\u2010"  # the hyphen that software writes when it breaks a word
        if joined > hyphenated or (is_by_software and not hyphenated):
            return head + tail
        is_compound = self.words[head.casefold()] and self.words[tail.casefold()]
        is_sure = hyphenated or is_compound or head.casefold() in _PREFIXES or tail[0].isupper()
        return f"{head}-{tail}" if is_sure else f"{head}-{UNCERTAIN_HYPHEN}{tail}"


def normalize_characters(text: str) -> str:
    """Return `text` without invisible characters and with one kind of space and hyphen."""
    return _WHITESPACE.sub(" ", _INVISIBLE.sub("", text)).translate(_REPLACEMENTS)
