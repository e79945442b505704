"""How much of a ministry's one page each of its tables leaves to what comes after it. Pure.

The print style breaks a table off where the room of the page ends (`.fill`); what follows is drawn in what was kept.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from reports import content

GAP, FOOT, FOOT_LINE = 3, 22, 3.6
"""A gap; with it two lines of who prepared the page and two of what it rests on; one more of those. In millimetres."""
HEAD, LINE, ROW = 20, 4.3, 2.2
"""A heading with a line beneath it and a table's head; a line of a cell; what a row takes besides its lines."""
LEAST = {"agreed": (3, 2), "verified": (2, 2), "needed": (2, 2)}
"""How many rows of how many lines each section has room for, whatever comes before it."""


class Room(NamedTuple):
    """A section, and the room in millimetres that the one above it kept, and that it keeps beneath itself."""

    section: content.Section
    above: float
    beneath: float


def rooms_of(page: content.MinistryPage, sections: Sequence[content.Section]) -> list[Room]:
    """The sections in their order; the last keeps room for the foot of the page, the first stands a gap nearer."""
    kept = [foot_of(page)]
    for section in reversed(sections[1:]):
        kept.append(round(kept[-1] + _least(page, section), 1))
    kept = [float(GAP), *reversed(kept)]
    return [Room(section, above, beneath) for section, (above, beneath) in zip(sections, pairwise(kept), strict=True)]


def foot_of(page: content.MinistryPage) -> float:
    """What the foot of the page takes: a line more where it tells of a moment, or of sections that were picked."""
    return FOOT + (FOOT_LINE if page.known_by or page.sections is not None else 0)


def _least(page: content.MinistryPage, section: content.Section) -> float:
    """What a section takes at the least: all of its rows, or as many as it has room for whatever comes before."""
    rows, lines = LEAST[section.name]
    number = min(rows, len(getattr(page, section.name)))
    return HEAD + number * (lines * LINE + ROW)
