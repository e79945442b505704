"""The version of a country's record: a random token that changes with every entry of the log that changes the record.

Pages are kept in the cache with the version that they show. Reading and signing in change no version. What a ministry
may read has versions of its own, so the work of the embassy and of other ministries leaves its pages in the cache. A
number would return after a restore of the database and after a rolled-back transaction; a random token never does.
"""

import secrets
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import connection

from tiptracker.audit.models import RecordVersion
from tiptracker.audit.verbs import EMBASSY_VERBS, VERBS_CHANGING_NO_PAGE

_NO_COUNTRY = "no country"
"""The part that changes with entries of no country, such as a change of an account."""
_TOKEN_BYTES = 12


class RecordChange(NamedTuple):
    """What one entry of the log changed.

    Attributes:
        verb: the verb of the entry.
        country: id of the country; None if the entry belongs to none.
        ministries: ids of the ministries that may read what changed; None if any may. A None among them is nobody: a
            commitment of the embassy has no ministry.
    """

    verb: str
    country: int | None
    ministries: Collection[int | None] | None = None


def renew_versions(changes: Iterable[RecordChange]) -> None:
    """Give each part of the record that these changes touch a new version, in one statement.

    Call it in the transaction of the entries, after taking the lock of the log, so that two transactions never wait for
    each other.
    """
    parts = {part for change in changes for part in _changed_parts(change)}
    RecordVersion.objects.bulk_create(
        [RecordVersion(part=part, token=secrets.token_hex(_TOKEN_BYTES)) for part in sorted(parts)],
        update_conflicts=True,
        unique_fields=["part"],
        update_fields=["token"],
    )


def _changed_parts(change: RecordChange) -> list[str]:
    if change.verb in VERBS_CHANGING_NO_PAGE:
        return []
    if change.country is None:
        return [_NO_COUNTRY]
    if change.verb in EMBASSY_VERBS:
        return [_of_country(change.country)]
    if change.ministries is None:
        return [_of_country(change.country), _of_all_ministries(change.country)]
    return [_of_country(change.country), *(_of_ministry(one) for one in change.ministries if one is not None)]


def read_version(countries: Collection[int], ministry: int | None = None) -> str:
    """Return the version of the record of these countries (ids), including what belongs to no country. One query.

    With a ministry (id), it is the version of what that ministry may read.
    """
    parts = [_NO_COUNTRY, *map(_of_country if ministry is None else _of_all_ministries, sorted(countries))]
    if ministry is not None:
        parts.append(_of_ministry(ministry))
    marks = ", ".join(["%s"] * len(parts))
    with connection.cursor() as cursor:
        # Written out, because every page asks it and building the query takes longer than running it.
        cursor.execute(
            f"SELECT part, token FROM {RecordVersion._meta.db_table} WHERE part IN ({marks}) ORDER BY part",  # noqa: S608 -- only the table and marks
            parts,
        )
        return " ".join(f"{part}:{token}" for part, token in cursor.fetchall())


def _of_country(country: int) -> str:
    return f"country {country}"


def _of_all_ministries(country: int) -> str:
    return f"ministries of {country}"


def _of_ministry(ministry: int) -> str:
    return f"ministry {ministry}"
