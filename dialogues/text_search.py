"""Search for words in texts, whatever the spelling of case, accents, blanks and hyphens. No Django here.

Only letters and digits are compared, in their order. Capitals, accents, blanks, line breaks, hyphens and soft hyphens
can't hide a name. The search finds too much rather than too little, because people check the results.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from tiptracker.choices import ChoiceEnum
from tiptracker.privacy.personal_data import PersonalDataKind

MIN_SEARCH_CHARACTERS = 4
"""Minimum number of letters and digits to search for. Shorter words occur inside many words that name nobody."""
EXCERPT_CONTEXT = 80
"""Number of characters shown before and after a match."""
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
"""Everything that is neither letter nor digit, combining marks included."""
_MACHINE_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.+Z-]+)?|[0-9a-f]{64}|[a-z]+\.[a-z]+:\d+:[a-z_]+")
"""A date or time, a hash, or the key of a redacted place: texts that no person typed."""


def normalize_for_search(text: str) -> str:
    """Return the letters and digits of a text, decomposed (NFKD) and case folded."""
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKD", text).casefold())


def contains_words(text: str, words: str) -> bool:
    """Return whether `text` contains `words`. False if `words` has no letter or digit."""
    wanted = normalize_for_search(words)
    return bool(wanted) and wanted in normalize_for_search(text)


def contains_each_word(text: str, words: str) -> bool:
    """Return whether `text` contains each of the words, anywhere. In print a page may end between them."""
    wanted = [normalize_for_search(word) for word in words.split() if normalize_for_search(word)]
    within = normalize_for_search(text)
    return bool(wanted) and all(word in within for word in wanted)


def find_in_json(text: str, words: str) -> list[str]:
    """Return the strings of a JSON document that contain `words`.

    Only texts that people wrote are searched: no keys, no enumeration values.
    """
    if not text:
        return []
    enumerations: list[type[StrEnum]] = [*ChoiceEnum.__subclasses__(), PersonalDataKind]
    enumeration_values = {member.value for enumeration in enumerations for member in enumeration}
    texts = [each for each in _iterate_texts(json.loads(text)) if each not in enumeration_values]
    return [each for each in texts if contains_words(each, words)]


def repeats_words(text: str, words: str) -> bool:
    """Return whether `text` repeats `words`, or one of them that is capitalized like a name."""
    names = [
        word for word in words.split() if word[0].isupper() and len(normalize_for_search(word)) >= MIN_SEARCH_CHARACTERS
    ]
    return any(contains_words(text, searched) for searched in (words, *names))


def excerpt(text: str, words: str) -> str:
    """Return the first match of `words` in `text` with its context, or the beginning of `text` if there is no match."""
    wanted = normalize_for_search(words)
    characters = [(each, index) for index, original in enumerate(text) for each in normalize_for_search(original)]
    position = "".join(each for each, _ in characters).find(wanted) if wanted else -1
    first, last = (characters[position][1], characters[position + len(wanted) - 1][1]) if position >= 0 else (0, 0)
    start, end = max(0, first - EXCERPT_CONTEXT), min(len(text), last + 1 + EXCERPT_CONTEXT)
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


def _iterate_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not _MACHINE_WRITTEN.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        yield from _iterate_texts([*value.values()])
    elif isinstance(value, list):
        for item in value:
            yield from _iterate_texts(item)
