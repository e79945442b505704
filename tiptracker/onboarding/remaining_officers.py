"""Say which countries have one officer or none once a person has left."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.hashers import is_password_usable
from django.db.models import Q

from tiptracker.accounts.models import Country, User, UserQuerySet
from tiptracker.choices import Role
from tiptracker.localization import format_date, gettext


def warn_of_few_officers(person: User, *, last_day: date, new_officer: str = "") -> list[str]:
    """Return a sentence for each country of an officer that has one officer or none after a last day.

    Two are needed, because nobody can verify what they recorded themselves. Whoever has not accepted the invitation
    yet is named. `new_officer` is the name of a successor who has no account yet. Empty for every other role.
    """
    if person.role != Role.OFFICER:
        return []
    countries = list(person.countries.all())
    remaining: dict[int, list[str]] = {country.pk: [new_officer] if new_officer else [] for country in countries}
    invited: dict[int, list[str]] = {country.pk: [] for country in countries}
    others = _find_others(person, countries, last_day)
    for country, name, password in others.values_list("countries", "name", "password"):
        (remaining if is_password_usable(password) else invited)[country].append(name)
    return [
        _describe(country, remaining[country.pk], invited[country.pk], last_day)
        for country in countries
        if len(remaining[country.pk]) < 2
    ]


def _find_others(person: User, countries: Iterable[Country], last_day: date) -> UserQuerySet:
    """Return the other officers of these countries whose account is open after the last day."""
    is_open = Q(valid_until_on__isnull=True) | Q(valid_until_on__gt=last_day)
    officers = User.objects.get_queryset().filter(is_open, is_active=True, role=Role.OFFICER, countries__in=countries)
    return officers.exclude(pk=person.pk).exclude(email__endswith=".invalid").order_by("name", "pk")


def _describe(country: Country, names: list[str], invited: list[str], last_day: date) -> str:
    values = {"country": country, "date": format_date(last_day), "name": names[0] if names else ""}
    values["invited"] = ", ".join(invited)
    if not names and not invited:
        return gettext("After %(date)s, %(country)s has no officer. Add one under People.") % values
    if not names:
        return (
            gettext("After %(date)s, %(country)s has no officer until the invitation is accepted by %(invited)s.")
            % values
        )
    if invited:
        return (
            gettext(
                "After %(date)s, %(name)s is the only officer for %(country)s until the invitation is accepted by "
                "%(invited)s. Nobody can verify what they recorded themselves."
            )
            % values
        )
    return (
        gettext(
            "After %(date)s, %(name)s is the only officer for %(country)s. Nobody can verify what they recorded "
            "themselves. Add a second officer under People, or ask the ambassador to verify."
        )
        % values
    )
