"""Show found words in their context."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from tiptracker.web.word_forms import find_words

CONTEXT_CHARACTERS = 80
"""Characters shown before and after the first found word."""
MAX_CHARACTERS = 240
"""Characters of an excerpt."""


class ExcerptPart(NamedTuple):
    """A piece of an excerpt. `is_found` says whether it is one of the words looked for."""

    text: str
    is_found: bool


def make_excerpt(text: str, words: Sequence[str]) -> list[ExcerptPart]:
    """Return the surroundings of the first found word, in parts; without one, the beginning of the text.

    `words` are those of `split_words`. `find_words` says what is found.
    """
    found = find_words(text, words)
    first = next(found, None)
    start = max(0, first[0] - CONTEXT_CHARACTERS) if first else 0
    start = text.find(" ", start) + 1 if first and start and " " in text[start : first[0]] else start
    end = min(len(text), start + MAX_CHARACTERS)
    if end < len(text) and " " in text[start:end]:
        end = text.rfind(" ", start, end)
    parts, at = [ExcerptPart("… ", is_found=False)] if start else [], start
    for word_start, word_end in chain([first] if first else [], found):
        if word_start >= end:
            break
        parts += [
            ExcerptPart(text[at:word_start], is_found=False),
            ExcerptPart(text[word_start:word_end], is_found=True),
        ]
        at = word_end
    parts.append(ExcerptPart(text[at : max(at, end)] + (" …" if end < len(text) else ""), is_found=False))
    return [part for part in parts if part.text]
