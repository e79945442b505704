"""Match the questions of a set with those that are known: the current ones, or last year's. No Django here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from recommendations.questions.draft_questions import DraftQuestion
from recommendations.text_similarity import (
    LIKELY_SIMILARITY,
    SimilarPair,
    find_similar_pairs,
    normalize_wording,
)
from tiptracker.choices import ChoiceEnum
from tiptracker.localization import gettext_noop

_MIN_SAME_NUMBER = 55
"""Lowest similarity, of 100, at which a question with the same number counts as the same question, reworded."""
_COMMON_WORDS = frozenset(
    {
        "a", "an", "and", "any", "are", "at", "by", "describe", "did", "do", "does", "for", "from", "give",
        "government", "government's", "had", "has", "have", "how", "if", "in", "is", "it", "its", "last", "list",
        "many", "much", "name", "of", "on", "or", "period", "persons", "please", "provide", "reporting", "the",
        "their", "there", "these", "this", "to", "trafficking", "was", "were", "what", "when", "which", "who", "with",
        "year",
    }
)  # fmt: skip
"""Words that occur in every set, whatever a question is about."""


class QuestionChange(ChoiceEnum):
    """What loading does to a question."""

    NEW = "new", gettext_noop("New")
    REWORDED = "reworded", gettext_noop("Reworded")
    MOVED = "moved", gettext_noop("Other number, heading or place")
    ASKED_AGAIN = "asked_again", gettext_noop("Asked again")
    RELINKED = "relinked", gettext_noop("Repeats another question of last year")
    SAME = "same", gettext_noop("Unchanged")
    RETIRED = "retired", gettext_noop("No longer asked")


class KnownQuestion(NamedTuple):
    """A question in the record."""

    key: int
    number: str
    text: str


class QuestionMatch(NamedTuple):
    """The known question that one of the set continues, and how similar the texts are, of 100."""

    key: int
    likeness: int

    @property
    def is_doubtful(self) -> bool:
        """Return whether the texts are so different that the user should check."""
        return self.likeness < LIKELY_SIMILARITY


def match_questions(known: Sequence[KnownQuestion], asked: Sequence[DraftQuestion]) -> dict[int, QuestionMatch]:
    """Return, by the place of each question asked, which known one it continues. No known one is continued twice.

    The order decides: the same number and wording, the same wording, the same number and a similar wording, then the
    most similar wording if it is likely the same.
    """
    matches: dict[int, QuestionMatch] = {}
    taken: set[int] = set()
    for place, match in _find_candidates(known, asked):
        if place not in matches and match.key not in taken:
            matches[place] = match
            taken.add(match.key)
    return matches


def _find_candidates(
    known: Sequence[KnownQuestion], asked: Sequence[DraftQuestion]
) -> Iterator[tuple[int, QuestionMatch]]:
    """Yield the places of questions asked and what each may continue, the surest first."""
    wordings: dict[str, list[KnownQuestion]] = {}
    for row in known:
        wordings.setdefault(normalize_wording(row.text), []).append(row)
    same = [
        (place, row)
        for place, question in enumerate(asked)
        for row in wordings.get(normalize_wording(question.text), ())
    ]
    yield from (
        (place, QuestionMatch(row.key, 100))
        for place, row in sorted(same, key=lambda pair: asked[pair[0]].number != pair[1].number)
    )
    pairs = _find_similar([row.text for row in known], [question.text for question in asked])
    likeness = {(pair.old, pair.new): pair.likeness for pair in pairs}
    by_number = {row.number: place for place, row in enumerate(known)}
    for place, question in enumerate(asked):
        old = by_number.get(question.number, -1)
        if likeness.get((old, place), 0) >= _MIN_SAME_NUMBER:
            yield place, QuestionMatch(known[old].key, likeness[old, place])
    yield from (
        (pair.new, QuestionMatch(known[pair.old].key, pair.likeness))
        for pair in pairs
        if pair.likeness >= LIKELY_SIMILARITY
    )


def _find_similar(old: Sequence[str], new: Sequence[str]) -> list[SimilarPair]:
    """Return similar texts, most similar first, judged without the words that any question has.

    Questions differ much in length, so words that only one text has count too.
    """
    old, new = list(map(_subject, old)), list(map(_subject, new))
    pairs = [
        pair._replace(likeness=round((pair.likeness + fuzz.token_sort_ratio(old[pair.old], new[pair.new])) / 2))
        for pair in find_similar_pairs(old, new)
    ]
    return sorted(pairs, key=lambda pair: (-pair.likeness, pair.old, pair.new))


def _subject(text: str) -> str:
    """Return the words of a text that say what it asks about; all words if it has no others."""
    words = re.findall(r"[\w'-]+", normalize_wording(text))
    return " ".join(word for word in words if word not in _COMMON_WORDS) or text


def find_retired(known: Sequence[KnownQuestion], matches: Mapping[int, QuestionMatch]) -> list[KnownQuestion]:
    """Return the known questions that none of the set continues."""
    continued = {match.key for match in matches.values()}
    return [row for row in known if row.key not in continued]
