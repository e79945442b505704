"""Sign and read the keys of a workbook's rows. A key that was changed is not read."""

from django.core import signing

from dialogues.workbook.rows import RowKey, RowState

_SALT = "tiptracker.workbook"
_REQUESTS_SALT = "tiptracker.workbook.requests"


def sign_key(key: RowKey, *, is_request: bool = False) -> str:
    """Return the key as text, with its signature. A key of one sheet is none of the other."""
    return signing.Signer(salt=_salt(is_request)).sign_object([*key[:-1], list(key.state)])


def read_key(text: str, *, is_request: bool = False) -> RowKey | None:
    """Return the content of a key, or None if it is not as we signed it."""
    try:
        *values, state = signing.Signer(salt=_salt(is_request)).unsign_object(text)
        return RowKey._make([*values, RowState(*state)])
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _salt(is_request: bool) -> str:
    return _REQUESTS_SALT if is_request else _SALT
