"""The words of a search text. No Django here."""

import re

MAX_WORDS = 12
MAX_CHARACTERS = 200


def split_words(text: str) -> list[str]:
    """Return the words of a search text in lower case. "Qacha’s Nek" has three, whichever apostrophe is typed."""
    return re.findall(r"[^\W_ʹ-ʿ]+", text[:MAX_CHARACTERS].lower())[:MAX_WORDS]
