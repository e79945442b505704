"""How alike two texts are, and where they differ word by word: what is proposed to the person who pairs them. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, groupby, islice
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from tiptracker.choices import Word
from tiptracker.text_rules import alike

PROPOSED = 45
"""Of 100: less alike than this, two texts are not proposed. Any two recommendations share about so much."""
LIKELY = 65
"""Of 100: from here a proposal is likely right; below, a person should look twice."""
_MOST_COMPARED = 20
"""Texts that one is held against: those that share its rarest words."""
_RAREST = 8
_MOST_MET = 1_000
"""Times that a text is met by one of these words, the rarest first: the commonest of a long list tell nothing more."""
_LITTLE = frozenset(
    {
        "a", "an", "and", "as", "all", "at", "be", "by", "for", "from", "in", "including", "into", "is", "it",
        "its", "more", "of", "on", "or", "other", "such", "than", "that", "the", "their", "them", "they",
        "this", "to", "which", "who", "with",
    }
)  # fmt: skip
"""Words that every recommendation has."""
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ment", "ed", "es", "s", "y", "e")
_WORD = re.compile(r"\w+")


class Likeness(NamedTuple):
    """One text of two lists each, by their places, and how alike they are, of 100."""

    old: int
    new: int
    likeness: int


class Side(Word):
    """On which side of a difference words stand."""

    BOTH = "both"
    OLD = "old", "Taken out"
    NEW = "new", "Put in"


class Piece(NamedTuple):
    """Words that follow each other, and on which side they stand."""

    side: Side
    text: str


def same_words(text: str) -> str:
    """What two texts have in common that say the same: spaces, apostrophes and capitals aside."""
    return alike(" ".join(text.split()))


def alikenesses(old: Sequence[str], new: Sequence[str]) -> list[Likeness]:
    """The pairs of an old and a new text that are alike enough to be proposed, the most alike first.

    Long lists are not held against each other whole: each text meets those that share its rarest words.
    """
    stems = [_stems(text) for text in new]
    holding = _index(stems)
    spelt = [" ".join(words) for words in stems]
    found = [
        Likeness(place, other, round(score))
        for place, own in enumerate(map(_stems, old))
        for said in [" ".join(own)]
        for other in _worth_comparing(own, holding)
        if (score := fuzz.token_set_ratio(said, spelt[other])) >= PROPOSED
    ]
    return sorted(found, key=lambda pair: (-pair.likeness, pair.old, pair.new))


def pairs(found: Iterable[Likeness]) -> dict[int, Likeness]:
    """Of `alikenesses`, one for each old text at most and no new text twice, the most alike first; by the old."""
    chosen: dict[int, Likeness] = {}
    taken = set()
    for pair in found:
        if pair.old not in chosen and pair.new not in taken:
            chosen[pair.old] = pair
            taken.add(pair.new)
    return chosen


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """The words of both texts in order, each with its side: put together, either side gives its text again.

    Between words that both have, what was taken out comes before what was put in.
    """
    before, after = old.split(), new.split()
    pieces: list[Piece] = []
    for is_equal, steps in groupby(Indel.opcodes(before, after), key=lambda step: step.tag == "equal"):
        run = list(steps)
        taken_out = " ".join(word for step in run for word in before[step.src_start : step.src_end])
        put_in = " ".join(word for step in run for word in after[step.dest_start : step.dest_end])
        sides = [(Side.BOTH, taken_out)] if is_equal else [(Side.OLD, taken_out), (Side.NEW, put_in)]
        pieces += [Piece(side, text) for side, text in sides if text]
    return tuple(pieces)


def _stems(text: str) -> list[str]:
    words = _WORD.findall(alike(text).replace("'", ""))
    return [_stem(word) for word in words if word not in _LITTLE]


def _stem(word: str) -> str:
    """A word without its ending, so that "investigating" and "investigations" are one."""
    return next((word.removesuffix(end) for end in _ENDINGS if word.endswith(end) and len(word) - len(end) > 3), word)


def _index(texts: Sequence[Sequence[str]]) -> Mapping[str, list[int]]:
    """By word, which texts hold it."""
    holding: dict[str, list[int]] = {}
    for place, words in enumerate(texts):
        for word in dict.fromkeys(words):
            holding.setdefault(word, []).append(place)
    return holding


def _worth_comparing(words: Sequence[str], holding: Mapping[str, list[int]]) -> list[int]:
    """The texts that share the rarest of these words, those that share the most of them first."""
    known = sorted({word for word in words if word in holding}, key=lambda word: (len(holding[word]), word))
    met = chain.from_iterable(holding[word] for word in known[:_RAREST])
    shared = Counter(islice(met, _MOST_MET))
    return [place for place, _ in shared.most_common(_MOST_COMPARED)]
