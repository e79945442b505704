"""What a cell says where it is a number of the list, or one of the three Ps. Pure."""

import re

from recommendations.choices import Pillar

_NUMBERS = re.compile(r"(\d+)(?:\.0+(?!\d))?")
"""As spreadsheets write whole ones, too: 1.0."""
_LONGEST = 5
"""Digits."""


def number_in(cell: str) -> int | None:
    """The one number that a cell holds, whatever stands around it: 1 of "1.", "Rec 1" and "R-01"; else None."""
    found = _NUMBERS.findall(cell)
    return int(found[0]) if len(found) == 1 and len(found[0]) <= _LONGEST else None


def pillar_in(cell: str) -> Pillar | None:
    """Which of the three Ps a cell names, by how it begins: "Prevent", "Protection of victims"."""
    return next((one for one in Pillar if cell.casefold().startswith(one.value[:7])), None)
