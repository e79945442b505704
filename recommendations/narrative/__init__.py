"""A country's narrative in the TIP Report, to its tier and its prioritized recommendations, word for word. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from recommendations.reading import Paragraph, paragraphs
from recommendations.words import Tier
from tiptracker.refusals import Refused


class Item(NamedTuple):
    """A recommendation: its place in the list (from 1), its words, and why a person should look at it, if so."""

    number: int
    text: str
    doubt: str = ""


class Narrative(NamedTuple):
    """What a narrative says of itself, and its list; what could not be told is None, and a doubt says so."""

    tier: Tier | None
    country: str | None
    """ISO 3166-1 alpha-3."""
    year: int | None
    recommendations: tuple[Item, ...]
    doubts: tuple[str, ...] = ()
    """About the whole: sentences."""
    introduction: str = ""
    """What stands between the list's heading and its first item."""
    left_out: tuple[str, ...] = ()
    """What stands in the middle of the list and is none of it: page numbers, running heads, charts."""


def read(said: str | Iterable[Paragraph]) -> Narrative:
    """The narrative in a text, or in a file's paragraphs; Refused where no list is found, or more than one."""
    whole = "\n\n".join(each.text for each in (paragraphs(said) if isinstance(said, str) else said))
    found = re.search(r"RECOMMENDATIONS[^:\n]*:(.*?)(?=\n\s*PROSECUTION\b|\Z)", whole, re.DOTALL)
    if not found:
        raise Refused("No list of prioritized recommendations was found. Paste the list with its heading above it.")
    texts = [text for each in re.split(r"[•*]|\n\n", found[1]) if (text := " ".join(each.split()))]
    return Narrative(None, None, None, tuple(Item(number, text) for number, text in enumerate(texts, 1)))
