"""Parse a cell that holds an item's number or a pillar."""

import re

from recommendations.choices import Pillar

_NUMBER = re.compile(r"(\d+)(?:\.0+(?!\d))?")
"""Spreadsheets also write whole numbers as 1.0."""
_MAX_DIGITS = 5
"""Most digits of a number."""


def parse_number(cell: str) -> int | None:
    """Return the only number in a cell, such as 1 for "1.", "Rec 1" or "R-01"; None if there is none or several."""
    found = _NUMBER.findall(cell)
    return int(found[0]) if len(found) == 1 and len(found[0]) <= _MAX_DIGITS else None


def parse_pillar(cell: str) -> Pillar | None:
    """Return the pillar that a cell starts with, such as "Prevent" or "Protection of victims"; None otherwise."""
    return next((one for one in Pillar if cell.casefold().startswith(one.value[:7])), None)
