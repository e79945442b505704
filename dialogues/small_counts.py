"""Counts of people so small that they would point at somebody: which cells of a breakdown are held back. Pure.

Between 1 and 4 reads "fewer than 5" wherever victims are counted by sex, age or district, and so does the next smallest
cell where the total would give the others away: primary and complementary suppression, as statistical offices do it
(Hundepool et al., Handbook on Statistical Disclosure Control, chapter 4). All that is held back reads alike, so that
nobody can tell one from the other.
"""

from collections.abc import Mapping
from decimal import Decimal

SMALLEST_SHOWN = 5
"""The smallest count of people that is shown, besides none at all."""
SUPPRESSED_TEXT = f"fewer than {SMALLEST_SHOWN}, or held back with them"
"""What is read in place of a count that isn't shown: true of the small ones and of what hides them."""


def display(cells: Mapping[str, Decimal], total: Decimal, *, of_victims: bool) -> dict[str, str]:
    """A breakdown as it is read, category by category; of victims without small counts."""
    counts = {category: int(count) for category, count in cells.items()}
    hidden = find_suppressed(counts, int(total)) if of_victims else frozenset()
    return {
        category: SUPPRESSED_TEXT if category in hidden else f"{cells[category].normalize():f}" for category in cells
    }


def is_small(count: int) -> bool:
    """Whether a count of people is between 1 and 4: none at all points at nobody."""
    return 0 < count < SMALLEST_SHOWN


def find_suppressed(cells: Mapping[str, int], total: int) -> frozenset[str]:
    """The categories, of people counted by category, whose count isn't shown; `total` is shown wherever they are.

    Whoever knows the total and every shown cell can tell no small count exactly: what is left for them is one sum of
    several. Where the cells don't add up to the total, some people are in no cell, and hide the others. Where nothing
    larger is left to hide behind, all cells are held back.
    """
    small = frozenset(category for category, count in cells.items() if is_small(count))
    if not small or sum(cells.values()) != total or not _are_deducible(list(map(cells.__getitem__, small))):
        return small
    larger = [(count, category) for category, count in cells.items() if count >= SMALLEST_SHOWN]
    return small | {min(larger)[1]} if larger else frozenset(cells)


def _are_deducible(counts: list[int]) -> bool:
    """Whether their sum tells one of these counts, each between 1 and 4: one alone, all the least or all the most."""
    return len(counts) == 1 or sum(counts) in (len(counts), len(counts) * (SMALLEST_SHOWN - 1))
