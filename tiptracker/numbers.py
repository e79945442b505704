"""Numbers as somebody names them, in an address, a form or a header. Pure."""

MAX_DIGITS = 18
"""No row has a key of more; and of one of more than 4,300, Python refuses even to read it."""


def parse_whole_number(text: str | None) -> int | None:
    """The number that `text` is; None where it is none, or has more digits than any that means something here."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
