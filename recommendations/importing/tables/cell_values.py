"""What a cell says where it is a number of the list, or one of the three Ps. Pure."""

import re

from recommendations.choices import Pillar

_NUMBER = re.compile(r"(\d+)(?:\.0+(?!\d))?")
"""As spreadsheets write whole ones, too: 1.0."""
_MAX_DIGITS = 5
"""Digits."""


def parse_number(cell: str) -> int | None:
    """The one number that a cell holds, whatever stands around it: 1 of "1.", "Rec 1" and "R-01"; else None."""
    found = _NUMBER.findall(cell)
    return int(found[0]) if len(found) == 1 and len(found[0]) <= _MAX_DIGITS else None


def parse_pillar(cell: str) -> Pillar | None:
    """Which of the three Ps a cell names, by how it begins: "Prevent", "Protection of victims"."""
    return next((one for one in Pillar if cell.casefold().startswith(one.value[:7])), None)
