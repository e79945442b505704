"""Measure how similar texts are and show their differences word by word.

The results are proposals for the user who pairs the texts.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop
from tiptracker.text_rules import normalize_name

MIN_SIMILARITY = 45
"""Lowest similarity, of 100, at which a pair is proposed. Any two recommendations are about this similar."""
LIKELY_SIMILARITY = 65
"""Similarity, of 100, from which a proposal is likely right. Below it the user should check carefully."""
_MAX_COMPARED = 20
"""Most texts to compare a text with: those that share its rarest words."""
_MAX_RARE_WORDS = 8
_MAX_WORD_MATCHES = 1_000
"""Most matches to count for the rare words of a text. Common words of a long list say little."""
_STOP_WORDS = frozenset(
    {
        "a", "an", "and", "as", "all", "at", "be", "by", "for", "from", "in", "including", "into", "is", "it",
        "its", "more", "of", "on", "or", "other", "such", "than", "that", "the", "their", "them", "they",
        "this", "to", "which", "who", "with",
    }
)  # fmt: skip
"""Words that occur in every recommendation."""
_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ment", "ed", "es", "s", "y", "e")
_WORD = re.compile(r"\w+")


class SimilarPair(NamedTuple):
    """One text from each of two lists, by their positions, and their similarity of 100."""

    old: int
    new: int
    likeness: int


class DiffSide(ChoiceEnum):
    """Which text of a comparison some words are in."""

    BOTH = "both", gettext_noop("Both")
    OLD = "old", gettext_noop("Removed")
    NEW = "new", gettext_noop("Added")


class DiffSegment(NamedTuple):
    """Consecutive words that are in the same text or texts."""

    side: DiffSide
    text: str


def normalize_wording(text: str) -> str:
    """Return a text without differences in spaces, apostrophes and capitals, so that equal wordings compare equal."""
    return normalize_name(" ".join(text.split()))


def find_similar_pairs(old: Sequence[str], new: Sequence[str]) -> list[SimilarPair]:
    """Return the pairs of an old and a new text that are similar enough to propose, most similar first.

    To stay fast on long lists, each text is compared only with the texts that share its rarest words.
    """
    stems = [_stems(text) for text in new]
    index = _WordIndex(stems)
    joined = [" ".join(words) for words in stems]
    by_likeness: dict[int, list[SimilarPair]] = {}
    for place, words in enumerate(map(_stems, old)):
        others = sorted(index.select_comparable(words))
        scores = process.extract_iter(
            " ".join(words),
            [joined[other] for other in others],
            scorer=fuzz.token_set_ratio,
            score_cutoff=MIN_SIMILARITY,
        )
        for _, score, number in scores:
            likeness = round(score)
            by_likeness.setdefault(likeness, []).append(SimilarPair(place, others[number], likeness))
    return [pair for likeness in sorted(by_likeness, reverse=True) for pair in by_likeness[likeness]]


def pick_best_pairs(pairs: Iterable[SimilarPair]) -> dict[int, SimilarPair]:
    """Pick at most one pair for each old and each new text from `find_similar_pairs`, most similar first.

    The result is keyed by the position of the old text.
    """
    chosen: dict[int, SimilarPair] = {}
    taken = set()
    for pair in pairs:
        if pair.old not in chosen and pair.new not in taken:
            chosen[pair.old] = pair
            taken.add(pair.new)
    return chosen


def diff_words(old: str, new: str) -> tuple[DiffSegment, ...]:
    """Return the words of both texts in order, each segment with its side. Joining one side gives its text again.

    Between words that both texts have, removed words come before added words.
    """
    old_words, new_words = old.split(), new.split()
    segments: list[DiffSegment] = []
    for is_equal, steps in groupby(Indel.opcodes(old_words, new_words), key=lambda step: step.tag == "equal"):
        edits = list(steps)
        taken_out = " ".join(word for step in edits for word in old_words[step.src_start : step.src_end])
        put_in = " ".join(word for step in edits for word in new_words[step.dest_start : step.dest_end])
        sides = [(DiffSide.BOTH, taken_out)] if is_equal else [(DiffSide.OLD, taken_out), (DiffSide.NEW, put_in)]
        segments += [DiffSegment(side, text) for side, text in sides if text]
    return tuple(segments)


def _stems(text: str) -> list[str]:
    words = _WORD.findall(normalize_name(text).replace("'", ""))
    return [_stem(word) for word in words if word not in _STOP_WORDS]


@lru_cache(maxsize=10_000)
def _stem(word: str) -> str:
    """Return a word without its ending, so that "investigating" and "investigations" match."""
    return next((word.removesuffix(end) for end in _SUFFIXES if word.endswith(end) and len(word) - len(end) > 3), word)


def _texts_by_word(texts: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """Return for each word the positions of the texts that contain it, in order."""
    positions: dict[str, list[int]] = {}
    for place, words in enumerate(texts):
        for word in dict.fromkeys(words):
            positions.setdefault(word, []).append(place)
    return positions


class _WordIndex:
    """The texts of a list by their words."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.positions = _texts_by_word(texts)
        self.members: dict[str, frozenset[int]] = {}

    def select_comparable(self, words: Iterable[str]) -> list[int]:
        """Return the positions of the texts that share the rarest of these words, those that share the most first.

        Most matches are of the last word that is counted. They are not counted one by one: a text that shares no other
        word is needed only if too few texts share a rarer one.
        """
        known = sorted({word for word in words if word in self.positions}, key=self._rarity)[:_MAX_RARE_WORDS]
        if not known:
            return []
        rare: list[int] = []
        for last in known:
            matches = self.positions[last][: _MAX_WORD_MATCHES - len(rare)]
            if last == known[-1] or len(rare) + len(matches) == _MAX_WORD_MATCHES:
                break
            rare += matches
        shared = Counter(rare)
        others = self._members(last)
        for place in shared:
            shared[place] += place in others and place <= matches[-1]
        for place in matches:
            if len(shared) >= _MAX_COMPARED:
                break
            shared.setdefault(place, 1)
        return sorted(shared, key=shared.__getitem__, reverse=True)[:_MAX_COMPARED]

    def _rarity(self, word: str) -> tuple[int, str]:
        return len(self.positions[word]), word

    def _members(self, word: str) -> frozenset[int]:
        if word not in self.members:
            self.members[word] = frozenset(self.positions[word])
        return self.members[word]
