"""Parse whole numbers in addresses, forms and headers."""

MAX_DIGITS = 18
"""No row has a longer key. Python also refuses to parse numbers of more than 4,300 digits."""


def parse_whole_number(text: str | None) -> int | None:
    """Return `text` as a number. None if it is not a whole number or has more than MAX_DIGITS digits."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
