"""The people who come along with a country, with closed accounts."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet

from tiptracker.accounts.models import Country, User
from tiptracker.choices import Role

KEPT_FIELDS = frozenset({
    "created_at", "email", "id", "language", "ministry_id", "name", "role", "role_given_at", "role_given_by_id",
    "valid_until_on", "version",
})  # fmt: skip
"""What comes along of an account."""
EMPTIED_FIELDS = frozenset({"is_active", "last_login", "password"})
"""What a closed account has not. A new field of accounts belongs into one of the two sets."""


def find_people(country: Country, named: set[int]) -> QuerySet[User]:
    """Return the people of a country, and those whom its rows name (by key)."""
    of_it = Q(countries=country) | Q(ministry__country=country) | Q(pk__in=named)
    return User._base_manager.filter(of_it).distinct().order_by("pk")


def close_account(values: Mapping[str, Any], ministries: set[int]) -> dict[str, Any]:
    """Return the columns of an account without what lets anybody use it.

    An administrator, and a focal point of another country's ministry (not in `ministries`), become officers. Without
    the country, which they do not get by that, they would see nothing even if somebody opened the account again.
    """
    if unknown := set(values) - KEPT_FIELDS - EMPTIED_FIELDS:
        raise RuntimeError(f"Say in tiptracker/portable_post/people.py what to do with {sorted(unknown)}.")
    closed = {**values, "is_active": False, "last_login": None, "password": make_password(None)}
    is_of_ministry = values["ministry_id"] in ministries
    if values["role"] == Role.ADMINISTRATOR or (values["role"] == Role.FOCAL_POINT and not is_of_ministry):
        closed |= {"role": Role.OFFICER.value, "ministry_id": None}
    elif not is_of_ministry:
        closed["ministry_id"] = None
    return closed
