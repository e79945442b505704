"""How alike two texts are, and where they differ word by word: what is proposed to the person who pairs them. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, groupby, islice
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from tiptracker.choices import ChoiceEnum
from tiptracker.text_rules import normalize_name

MIN_SIMILARITY = 45
"""Of 100: less alike than this, two texts are not proposed. Any two recommendations share about so much."""
LIKELY_SIMILARITY = 65
"""Of 100: from here a proposal is likely right; below, a person should look twice."""
_MAX_COMPARED = 20
"""Texts that one is held against: those that share its rarest words."""
_MAX_RARE_WORDS = 8
_MAX_WORD_MATCHES = 1_000
"""Times that a text is met by one of these words, the rarest first: the commonest of a long list tell nothing more."""
_STOP_WORDS = frozenset(
    {
        "a", "an", "and", "as", "all", "at", "be", "by", "for", "from", "in", "including", "into", "is", "it",
        "its", "more", "of", "on", "or", "other", "such", "than", "that", "the", "their", "them", "they",
        "this", "to", "which", "who", "with",
    }
)  # fmt: skip
"""Words that every recommendation has."""
_SUFFIXES = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ment", "ed", "es", "s", "y", "e")
_WORD = re.compile(r"\w+")


class SimilarPair(NamedTuple):
    """One text of two lists each, by their places, and how alike they are, of 100."""

    old: int
    new: int
    likeness: int


class DiffSide(ChoiceEnum):
    """On which side of a difference words stand."""

    BOTH = "both"
    OLD = "old", "Taken out"
    NEW = "new", "Put in"


class DiffSegment(NamedTuple):
    """Words that follow each other, and on which side they stand."""

    side: DiffSide
    text: str


def normalize_wording(text: str) -> str:
    """What two texts have in common that say the same: spaces, apostrophes and capitals aside."""
    return normalize_name(" ".join(text.split()))


def find_similar_pairs(old: Sequence[str], new: Sequence[str]) -> list[SimilarPair]:
    """The pairs of an old and a new text that are alike enough to be proposed, the most alike first.

    Long lists are not held against each other whole: each text meets those that share its rarest words.
    """
    stems = [_stems(text) for text in new]
    holding = _texts_by_word(stems)
    spelt = [" ".join(words) for words in stems]
    found = [
        SimilarPair(place, other, round(score))
        for place, own in enumerate(map(_stems, old))
        for said in [" ".join(own)]
        for other in _select_comparable(own, holding)
        if (score := fuzz.token_set_ratio(said, spelt[other])) >= MIN_SIMILARITY
    ]
    return sorted(found, key=lambda pair: (-pair.likeness, pair.old, pair.new))


def pick_best_pairs(found: Iterable[SimilarPair]) -> dict[int, SimilarPair]:
    """Of `find_similar_pairs`, one for each old text at most and no new text twice, the most alike first; by the
    old."""
    chosen: dict[int, SimilarPair] = {}
    taken = set()
    for pair in found:
        if pair.old not in chosen and pair.new not in taken:
            chosen[pair.old] = pair
            taken.add(pair.new)
    return chosen


def diff_words(old: str, new: str) -> tuple[DiffSegment, ...]:
    """The words of both texts in order, each with its side: put together, either side gives its text again.

    Between words that both have, what was taken out comes before what was put in.
    """
    before, after = old.split(), new.split()
    pieces: list[DiffSegment] = []
    for is_equal, steps in groupby(Indel.opcodes(before, after), key=lambda step: step.tag == "equal"):
        run = list(steps)
        taken_out = " ".join(word for step in run for word in before[step.src_start : step.src_end])
        put_in = " ".join(word for step in run for word in after[step.dest_start : step.dest_end])
        sides = [(DiffSide.BOTH, taken_out)] if is_equal else [(DiffSide.OLD, taken_out), (DiffSide.NEW, put_in)]
        pieces += [DiffSegment(side, text) for side, text in sides if text]
    return tuple(pieces)


def _stems(text: str) -> list[str]:
    words = _WORD.findall(normalize_name(text).replace("'", ""))
    return [_stem(word) for word in words if word not in _STOP_WORDS]


def _stem(word: str) -> str:
    """A word without its ending, so that "investigating" and "investigations" are one."""
    return next((word.removesuffix(end) for end in _SUFFIXES if word.endswith(end) and len(word) - len(end) > 3), word)


def _texts_by_word(texts: Sequence[Sequence[str]]) -> Mapping[str, list[int]]:
    """By word, which texts hold it."""
    holding: dict[str, list[int]] = {}
    for place, words in enumerate(texts):
        for word in dict.fromkeys(words):
            holding.setdefault(word, []).append(place)
    return holding


def _select_comparable(words: Sequence[str], holding: Mapping[str, list[int]]) -> list[int]:
    """The texts that share the rarest of these words, those that share the most of them first."""
    known = sorted({word for word in words if word in holding}, key=lambda word: (len(holding[word]), word))
    met = chain.from_iterable(holding[word] for word in known[:_MAX_RARE_WORDS])
    shared = Counter(islice(met, _MAX_WORD_MATCHES))
    return [place for place, _ in shared.most_common(_MAX_COMPARED)]
