"""Everybody who may ask for rows, and what each is given: for the tables of `visible_to`."""

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


def readers():
    """One of each sort. Police is the ministry that things belong to; Justice is only named as supporting it."""
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
        "deactivated officer": OfficerFactory(is_active=False),
        "deactivated focal point": FocalPointFactory(ministry=police, is_active=False),
        "officer of nowhere": OfficerFactory(countries=[]),
        "anonymous": AnonymousUser(),
    }


def alike(those, names):
    """Each of `those` readers sees the rows of these `names`."""
    return {reader: list(names) for reader in those}


def seen_by_each(people, rows):
    """The names of exactly those rows of the table that each reader sees, sorted; who sees none is left out.

    `rows`: all rows of one table by name. A row that comes twice is named twice; one without a name is an error.
    """
    names = {row.pk: name for name, row in rows.items()}
    objects = type(next(iter(rows.values()))).objects
    seen = {reader: sorted(names[row.pk] for row in objects.visible_to(user)) for reader, user in people.items()}
    return {reader: rows_seen for reader, rows_seen in seen.items() if rows_seen}
