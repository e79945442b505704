"""What `manage.py migrate` and `manage.py check --database default` say of the accounts."""

from collections.abc import Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 -- Django's name
from django.db import DatabaseError, connection

from tiptracker.accounts import secrets_at_rest


@register(Tags.database)
def check_secrets_readable(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Warn where SECRET_KEY was changed without SECRET_KEY_FALLBACKS. No error: one has to get back in."""
    if "default" not in (databases or ()):
        return []
    try:
        is_there = Authenticator._meta.db_table in connection.introspection.table_names()
        if not is_there or not secrets_at_rest.has_unreadable_secrets():
            return []
    except DatabaseError:
        return []  # the command that was asked for says so itself
    return [
        Warning(
            "SECRET_KEY does not open the second steps of the accounts: it was changed.",
            hint="Put the former key in SECRET_KEY_FALLBACKS, then run `manage.py rotate_secrets`.",
            id="tiptracker.W001",
        )
    ]
