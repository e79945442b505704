"""Sign and read the keys of a workbook's rows. A key that was changed is not read."""

from django.core import signing

from dialogues.workbook.rows import RowKey, RowState

_SALT = "tiptracker.workbook"


def sign_key(key: RowKey) -> str:
    """Return the key as text, with its signature."""
    return signing.Signer(salt=_SALT).sign_object([*key[:-1], list(key.state)])


def read_key(text: str) -> RowKey | None:
    """Return the content of a key, or None if it is not as we signed it."""
    try:
        *values, state = signing.Signer(salt=_SALT).unsign_object(text)
        return RowKey._make([*values, RowState(*state)])
    except (signing.BadSignature, ValueError, TypeError):
        return None
