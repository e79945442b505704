"""The version of a country's record: a random token that changes with every entry of the log that changes the record.

Pages are kept in the cache with the version that they show. Reading and signing in change no version. A number would
return after a restore of the database and after a rolled-back transaction; a random token never does.
"""

import secrets
from collections.abc import Collection, Iterable

from django.db import connection

from tiptracker.audit.models import RecordVersion
from tiptracker.audit.verbs import VERBS_CHANGING_NO_PAGE

EVERY_COUNTRY = 0
"""The key of the version that changes with entries of no country, such as a change of an account."""
_TOKEN_BYTES = 12


def renew_versions(changes: Iterable[tuple[int | None, str]]) -> None:
    """Give the record of each country that an entry changed a new version, in one statement.

    `changes` are the country (id, or None) and the verb of each entry. Call it in the transaction of the entries, after
    taking the lock of the log, so that two transactions never wait for each other.
    """
    countries = {country or EVERY_COUNTRY for country, verb in changes if verb not in VERBS_CHANGING_NO_PAGE}
    RecordVersion.objects.bulk_create(
        [RecordVersion(country=country, token=secrets.token_hex(_TOKEN_BYTES)) for country in sorted(countries)],
        update_conflicts=True,
        unique_fields=["country"],
        update_fields=["token"],
    )


def read_version(countries: Collection[int]) -> str:
    """Return the version of the record of these countries (ids), including what belongs to no country. One query."""
    keys = [EVERY_COUNTRY, *sorted(countries)]
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        # Written out, because every page asks it and building the query takes longer than running it.
        cursor.execute(
            f"SELECT country, token FROM {RecordVersion._meta.db_table} WHERE country IN ({marks}) ORDER BY country",  # noqa: S608 -- only the table and marks
            keys,
        )
        return " ".join(f"{country}:{token}" for country, token in cursor.fetchall())
