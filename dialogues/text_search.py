"""Whether words stand in a text, however they are written there. Pure.

What matters is the letters and digits alone, in their order: neither capitals nor accents, neither blanks and line
breaks nor hyphens, soft or hard, hide a name. Rather too much is found than too little: people look at what was found.
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
"""Letters and digits that words to be looked for have at least; fewer stand in many words that name nobody."""
EXCERPT_CONTEXT = 80
"""Characters of a text that are shown before and behind what was found."""
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
"""What is neither letter nor digit, combining marks among it."""
_MACHINE_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.+Z-]+)?|[0-9a-f]{64}|[a-z]+\.[a-z]+:\d+:[a-z_]+")
"""A day or moment, a hash, the key of a place: nobody typed them."""


def normalize_for_search(text: str) -> str:
    """Its letters and digits alone, decomposed and without case."""
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKD", text).casefold())


def contains_words(text: str, words: str) -> bool:
    """Whether `words` stand in `text`; words without a letter or digit stand nowhere."""
    wanted = normalize_for_search(words)
    return bool(wanted) and wanted in normalize_for_search(text)


def contains_each_word(text: str, words: str) -> bool:
    """Whether each of the words stands in `text`, wherever: where it is printed, a page may end between them."""
    wanted = [normalize_for_search(word) for word in words.split() if normalize_for_search(word)]
    within = normalize_for_search(text)
    return bool(wanted) and all(word in within for word in wanted)


def find_in_json(text: str, words: str) -> list[str]:
    """The texts of a JSON document in which `words` stand: somebody's, so neither its keys nor the domain's words."""
    enumerations: list[type[StrEnum]] = [*ChoiceEnum.__subclasses__(), PersonalDataKind]
    ours = {member.value for enumeration in enumerations for member in enumeration}
    return (
        [one for one in _iterate_texts(json.loads(text)) if one not in ours and contains_words(one, words)]
        if text
        else []
    )


def repeats_words(text: str, words: str) -> bool:
    """Whether `text` says `words` again, or one of them that is written like a name."""
    names = [
        word for word in words.split() if word[0].isupper() and len(normalize_for_search(word)) >= MIN_SEARCH_CHARACTERS
    ]
    return any(contains_words(text, said) for said in (words, *names))


def excerpt(text: str, words: str) -> str:
    """The part of `text` in which `words` stand first, with what is around it; its beginning where they don't."""
    signs = [(sign, at) for at, whole in enumerate(text) for sign in normalize_for_search(whole)]
    found = "".join(sign for sign, _ in signs).find(normalize_for_search(words)) if normalize_for_search(words) else -1
    first, last = (signs[found][1], signs[found + len(normalize_for_search(words)) - 1][1]) if found >= 0 else (0, 0)
    start, end = max(0, first - EXCERPT_CONTEXT), min(len(text), last + 1 + EXCERPT_CONTEXT)
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


def _iterate_texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not _MACHINE_WRITTEN.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        yield from _iterate_texts([*value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from _iterate_texts(one)
