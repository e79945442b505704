"""One reader of each kind, and which rows each of them sees: for tests of `visible_to`."""

from django.contrib.auth.models import AnonymousUser

from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    CountryFactory,
    FocalPointFactory,
    MinistryFactory,
    ObserverFactory,
    OfficerFactory,
)

EMBASSY = ("officer", "ambassador", "observer")


def create_readers():
    """Create one reader of each kind. Rows belong to Police; Justice is only named as supporting it."""
    elsewhere = CountryFactory(elsewhere=True)
    police, justice, home = (MinistryFactory(short_name=name) for name in ("Police", "Justice", "Home Affairs"))
    return {
        "officer": OfficerFactory(),
        "ambassador": AmbassadorFactory(),
        "observer": ObserverFactory(),
        "own ministry": FocalPointFactory(ministry=police),
        "supporting ministry": FocalPointFactory(ministry=justice),
        "other ministry": FocalPointFactory(ministry=home),
        "officer elsewhere": OfficerFactory(countries=[elsewhere]),
        "ministry elsewhere": FocalPointFactory(ministry=MinistryFactory(country=elsewhere, short_name="Police")),
        "administrator": AdministratorFactory(),
        "post administrator": AdministratorFactory(countries=[police.country]),
        "post administrator elsewhere": AdministratorFactory(countries=[elsewhere]),
        "deactivated officer": OfficerFactory(is_active=False),
        "deactivated focal point": FocalPointFactory(ministry=police, is_active=False),
        "officer of nowhere": OfficerFactory(countries=[]),
        "anonymous": AnonymousUser(),
    }


def same_for_each(those, names):
    """Expect that each of `those` readers sees the rows with these names."""
    return {reader: list(names) for reader in those}


def visible_names(people, rows):
    """Return the sorted names of the rows that each reader sees. Readers who see none are left out.

    A row that comes twice is named twice.

    Args:
        rows: all rows of one table by name; a row that is missing here is an error.
    """
    names = {row.pk: name for name, row in rows.items()}
    objects = type(next(iter(rows.values()))).objects
    seen = {reader: sorted(names[row.pk] for row in objects.visible_to(user)) for reader, user in people.items()}
    return {reader: rows_seen for reader, rows_seen in seen.items() if rows_seen}
