"""Parse a cell that holds an item's number or a pillar."""

import re

from recommendations.choices import Pillar

_NUMBER = re.compile(r"(\d+)(?:\.0+(?!\d))?")
"""Spreadsheets also write whole numbers as 1.0."""
_MAX_DIGITS = 5
"""Most digits of a number."""


def parse_number(cell: str) -> int | None:
    """Return the only number in a cell, such as 1 for "1.", "Rec 1" or "R-01"; None if there is none or several."""
    numbers = _NUMBER.findall(cell)
    return int(numbers[0]) if len(numbers) == 1 and len(numbers[0]) <= _MAX_DIGITS else None


def parse_pillar(cell: str) -> Pillar | None:
    """Return the pillar that a cell starts with, such as "Prevent" or "Protection of victims"; None otherwise."""
    return next((pillar for pillar in Pillar if cell.casefold().startswith(pillar.value[:7])), None)
