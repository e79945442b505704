"""Show found words in their context."""

import re
from collections.abc import Sequence
from typing import NamedTuple

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

    `words` are those of `split_words`. A word of the text is found if one of them begins it.
    """
    found = _find_words(text, words)
    start = max(0, found[0][0] - CONTEXT_CHARACTERS) if found else 0
    start = text.find(" ", start) + 1 if start and " " in text[start : found[0][0]] else start
    end = min(len(text), start + MAX_CHARACTERS)
    if end < len(text) and " " in text[start:end]:
        end = text.rfind(" ", start, end)
    parts, at = [ExcerptPart("… ", is_found=False)] if start else [], start
    for first, last in found:
        if first >= end:
            break
        parts += [ExcerptPart(text[at:first], is_found=False), ExcerptPart(text[first:last], is_found=True)]
        at = last
    parts.append(ExcerptPart(text[at : max(at, end)] + (" …" if end < len(text) else ""), is_found=False))
    return [part for part in parts if part.text]


def _find_words(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Return first and last position of each word of the text that is found."""
    if not words:
        return []
    found = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})[^\W_]*", re.IGNORECASE)
    return [match.span() for match in found.finditer(text)]
