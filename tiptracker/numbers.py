"""Parse whole numbers in addresses, forms and headers."""

from decimal import Decimal

MAX_DIGITS = 18
"""No row has a longer key. Python also refuses to parse numbers of more than 4,300 digits."""


def parse_whole_number(text: str | None) -> int | None:
    """Return `text` as a number. None if it is not a whole number or has more than MAX_DIGITS digits."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None


def strip_zeros(value: Decimal | None) -> Decimal | None:
    """Return a number without trailing zeros, as a user would type it."""
    if value is None:
        return None
    integer = value.to_integral_value()
    return integer if value == integer else value.normalize()
