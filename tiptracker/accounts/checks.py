"""System checks of the accounts, run by `manage.py migrate` and `manage.py check --database default`."""

from collections.abc import Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 -- Django's name
from django.db import DatabaseError, connection

from tiptracker.accounts import secrets_at_rest


@register(Tags.database)
def check_secrets_readable(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Warn if SECRET_KEY was changed without SECRET_KEY_FALLBACKS.

    It is a warning and no error, so that people can still get in and repair it.
    """
    if "default" not in (databases or ()):
        return []
    try:
        is_there = Authenticator._meta.db_table in connection.introspection.table_names()
        if not is_there or not secrets_at_rest.has_unreadable_secrets():
            return []
    except DatabaseError:
        return []  # the running command reports this itself
    return [
        Warning(
            "SECRET_KEY does not open the second steps of the accounts: it was changed.",
            hint="Put the former key in SECRET_KEY_FALLBACKS, then run `manage.py rotate_secrets`.",
            id="tiptracker.W001",
        )
    ]
