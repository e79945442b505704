"""Find words in a text by how they begin and, if they are English, by their other forms. No Django here.

The rules are those of PostgreSQL, whose configuration `english` makes the same stems of words. SQLite searches by this
module, and both databases mark found words by it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import snowballstemmer

MAX_WORDS = 12
MAX_CHARACTERS = 200
WORDS_WITHOUT_FORMS = {
    "ours", "ourselves", "yours", "yourselves", "hers", "its", "theirs", "themselves", "being", "having", "does",
    "doing", "because", "during", "before", "above", "once", "why", "any", "only", "very",
}  # fmt: skip
"""Words that PostgreSQL's `english` leaves out, of those that have another stem. They are found as typed."""
_LETTER = r"[^\W_ʹ-ʿ]"
"""A letter or digit of a word. Modifier letters count as apostrophes."""
_STEM_CHANGES = 2
"""At most so many letters at the end of a stem differ from the word: "hope" from "hoping", "die" from "dying"."""


def split_words(text: str) -> list[str]:
    """Return the words of a search text in lower case. "Qacha’s Nek" has three, whichever apostrophe is typed."""
    return re.findall(f"{_LETTER}+", text[:MAX_CHARACTERS].lower())[:MAX_WORDS]


@lru_cache(maxsize=20_000)
def stem_word(word: str) -> str:
    """Return what the forms of an English word have in common: "prosecut" for "prosecution" and "prosecuted".

    Args:
        word: letters and digits in lower case. A word with a digit is its own stem.
    """
    if word in WORDS_WITHOUT_FORMS or not word.isalpha():
        return word
    stem: str = snowballstemmer.stemmer("english").stemWord(word)  # a new one, because threads cannot share one
    return stem


def find_words(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of each word of `text` that begins with one of `words` or is another form of one.

    Args:
        words: as `split_words` returns them.
    """
    if not words:
        return
    for match in _candidates(tuple(words)).finditer(text):
        candidate = match.group().lower()
        if any(_is_found(candidate, word) for word in words):
            yield match.span()


def has_word(text: str | None, word: str) -> bool:
    """Return whether `find_words` finds `word` in a text. A text that is None has no words.

    SQLite asks this of every text of a list. So what a look at the letters can tell needs no regular expression.
    """
    if text is None:
        return False
    beginning, candidates = _search_for(word)
    if text.isascii():  # other letters may change their number in lower case
        lower = text.lower()
        position = lower.find(word)
        if position == 0 or (position > 0 and not lower[position - 1].isalnum()):
            return True
        if beginning not in lower:
            return False
    return any(_is_found(match.group().lower(), word) for match in candidates.finditer(text))


@lru_cache(maxsize=256)
def _search_for(word: str) -> tuple[str, re.Pattern[str]]:
    """Return how the words begin that may be forms of `word`, and the pattern of these words."""
    return _beginning(word), _candidates((word,))


def _is_found(candidate: str, word: str) -> bool:
    """Return whether PostgreSQL would find a word of a text, which it knows as typed and by its stem."""
    if candidate.startswith(word):
        return True
    stem, stem_sought = stem_word(candidate), stem_word(word)
    return stem_sought in (candidate, stem) or stem.startswith(word)


@lru_cache(maxsize=256)
def _candidates(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of words that may be found, so that few words of a long text need their stem."""
    beginnings = set(map(_beginning, words))
    return re.compile(rf"(?<!{_LETTER})(?:{'|'.join(sorted(beginnings))}){_LETTER}*", re.IGNORECASE)


def _beginning(word: str) -> str:
    """Return how a word begins that has the same stem as `word`."""
    return stem_word(word)[:-_STEM_CHANGES] or word[0]
