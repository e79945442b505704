"""Suppress small counts of victims in breakdowns. No Django here.

A count of 1 to 4 by sex, age or district could identify a person. It is shown as "fewer than 5", and so is the next
smallest cell where the total would reveal it. This is primary and complementary suppression (Hundepool et al., Handbook
on Statistical Disclosure Control, chapter 4). All suppressed cells show the same text, so that a reader can't tell one
kind from the other.
"""

from collections.abc import Mapping
from decimal import Decimal

from tiptracker.localization import format_number, gettext, gettext_noop

SMALLEST_SHOWN = 5
"""The smallest count of people that is shown. Zero is shown too."""
SUPPRESSED_TEXT = gettext_noop("fewer than 5, or withheld")
"""The text shown for a suppressed count. It is true both of small counts and of the cells that protect them."""


def display(cells: Mapping[str, Decimal], total: Decimal, *, of_victims: bool) -> dict[str, str]:
    """Return a breakdown as text by category. If it counts victims, small counts are suppressed."""
    shown = _suppress(cells, total, of_victims=of_victims)
    return {
        category: gettext(SUPPRESSED_TEXT) if count is None else format_number(count)
        for category, count in shown.items()
    }


def display_for_log(cells: Mapping[str, Decimal], total: Decimal, *, of_victims: bool) -> dict[str, str]:
    """Return a breakdown like `display`, in English and without marks between thousands."""
    shown = _suppress(cells, total, of_victims=of_victims)
    return {
        category: SUPPRESSED_TEXT if count is None else f"{count.normalize():f}" for category, count in shown.items()
    }


def _suppress(cells: Mapping[str, Decimal], total: Decimal, *, of_victims: bool) -> dict[str, Decimal | None]:
    """Return the cells, with None for those that are not shown."""
    counts = {category: int(count) for category, count in cells.items()}
    hidden = find_suppressed(counts, int(total)) if of_victims else frozenset()
    return {category: None if category in hidden else count for category, count in cells.items()}


def is_small(count: int) -> bool:
    """Return whether a count of people is between 1 and 4. Zero identifies nobody."""
    return 0 < count < SMALLEST_SHOWN


def find_suppressed(cells: Mapping[str, int], total: int) -> frozenset[str]:
    """Return the categories whose count is suppressed. `total` is shown wherever the cells are.

    A reader who knows the total and every shown cell can't work out a small count: only the sum of several is left. If
    the cells don't add up to the total, the people in no cell protect the others, and nothing more is suppressed. If no
    larger cell is left to suppress as well, all cells are suppressed.
    """
    small = frozenset(category for category, count in cells.items() if is_small(count))
    if not small or sum(cells.values()) != total or not _are_deducible(list(map(cells.__getitem__, small))):
        return small
    larger = [(count, category) for category, count in cells.items() if count >= SMALLEST_SHOWN]
    return small | {min(larger)[1]} if larger else frozenset(cells)


def _are_deducible(counts: list[int]) -> bool:
    """Return whether the sum of these counts (each 1 to 4) reveals one of them.

    It does for a single count, and where all are at the minimum or all at the maximum.
    """
    return len(counts) == 1 or sum(counts) in (len(counts), len(counts) * (SMALLEST_SHOWN - 1))
