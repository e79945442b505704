"""The country of a post, its districts, and the contact person of its ministries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from tiptracker import country_reference
from tiptracker.accounts.models import Country, District, User
from tiptracker.audit.actions import record
from tiptracker.choices import Paper, Role
from tiptracker.errors import Refused
from tiptracker.localization import gettext, join_with_colon, quote_text
from tiptracker.onboarding.permissions import can_add_post, require_administrator
from tiptracker.text_rules import normalize_apostrophes, normalize_name
from tiptracker.validation import insert_row, refuse_stale, require_text, update_row

EDITABLE_FIELDS = ("name", "time_zone", "currency", "paper")
"""The fields of a country that can be edited; its code stays."""


class DistrictInput(NamedTuple):
    """A district as typed."""

    name: str
    capital: str = ""


@transaction.atomic
def add_country(
    *,
    code: str,
    name: str,
    time_zone: str,
    currency: str,
    paper: Paper,
    districts: Sequence[DistrictInput],
    by: User,
) -> Country:
    """Add a country to follow, by its ISO 3166-1 alpha-3 code. Raises PermissionDenied, Refused."""
    if not can_add_post(by):
        raise PermissionDenied
    _refuse_existing(code)
    row = Country(code=code)
    try:
        with transaction.atomic():
            _set_fields(row, name=name, time_zone=time_zone, currency=currency, paper=paper)
            insert_row(row)
    except (IntegrityError, Refused):  # another request (such as a double click) was faster
        _refuse_existing(code)
        raise
    logged = _add_districts(row, districts)
    record("country.added", by=by, row=row, country=row, after={"code": code} | _log_fields(row) | logged)
    return row


@transaction.atomic
def change_country(
    *,
    country: Country,
    name: str,
    time_zone: str,
    currency: str,
    paper: Paper,
    districts: Sequence[DistrictInput],
    by: User,
) -> Country:
    """Correct a country. `districts` are additional ones, because facts may refer to the existing districts.

    Raises PermissionDenied; Refused, also if nothing would change.
    """
    require_administrator(by, country.pk)
    locked = Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    before = _log_fields(locked)
    _set_fields(locked, name=name, time_zone=time_zone, currency=currency, paper=paper)
    after = _log_fields(locked)
    changed = [key for key in EDITABLE_FIELDS if before[key] != after[key]]
    if not changed and not districts:
        raise Refused("unchanged", gettext("You have not changed anything. Change a value, or go to the next step."))
    locked.version += 1
    update_row(locked)
    logged = {key: after[key] for key in changed} | _add_districts(locked, districts)
    was = {key: before[key] for key in changed}
    record("country.changed", by=by, row=locked, country=locked, before=was, after=logged)
    return locked


@transaction.atomic
def change_districts(
    *, country: Country, version: int, districts: Sequence[tuple[District, DistrictInput]], by: User, now: datetime
) -> Country:
    """Correct the names and capitals of existing districts.

    A refusal's field is "districts-0-name": the line, counted from 0. Raises PermissionDenied, EditConflict, Refused.
    """
    require_administrator(by, country.pk)
    locked = Country.objects.select_for_update(no_key=True, of=("self",)).get(pk=country.pk)
    refuse_stale(locked, version, now)
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    sent = {row.pk for row, _ in districts}
    known = {normalize_name(name) for name in locked.districts.exclude(pk__in=sent).values_list("name", flat=True)}
    changed: list[tuple[District, str, str]] = []
    for number, (row, typed) in enumerate(districts):
        line = f"districts-{number}"
        name = _take_name(typed.name, known, field=f"{line}-name", remedy=gettext("Enter another name."))
        capital = typed.capital.strip()
        for field, value in (("name", name), ("capital", capital)):
            if getattr(row, field) != value:
                before[f"district {row.name}: {field}"] = getattr(row, field)
                after[f"district {row.name}: {field}"] = value
        if (row.name, row.capital) != (name, capital):
            changed.append((row, name, capital))
    if not after:
        raise Refused("unchanged", gettext("You have not changed anything. Change a value, or cancel."))
    changed.sort(key=lambda line: line[0].pk)
    for row, _, _ in changed:  # two districts may swap their names
        District.objects.filter(pk=row.pk).update(name=f"#{row.pk}")
    for row, name, capital in changed:
        row.name, row.capital = name, capital
        update_row(row)
    locked.version += 1
    update_row(locked)
    record("country.changed", by=by, row=locked, country=locked, before=before, after=after)
    return locked


@transaction.atomic
def set_language(*, country: Country, language: str, by: User) -> Country:
    """Set the language for people of a country who have chosen none; empty means English. Raises PermissionDenied."""
    require_administrator(by, country.pk)
    locked = Country.objects.select_for_update(no_key=True, of=("self",)).get(pk=country.pk)
    before, locked.language = locked.language, language
    if before != language:
        locked.version += 1
        update_row(locked)
        was, became = {"language": before}, {"language": language}
        record("country.changed", by=by, row=locked, country=locked, before=was, after=became)
    return locked


@transaction.atomic
def set_contact(*, country: Country, contact: User | None, by: User) -> Country:
    """Set or clear the contact person of a country's ministries, who must be an officer of its embassy.

    Raises PermissionDenied, Refused.
    """
    require_administrator(by, country.pk)
    locked = Country.objects.select_for_update(no_key=True, of=("self",)).select_related("contact").get(pk=country.pk)
    if contact and not contact_choices(locked).filter(pk=contact.pk).exists():
        raise Refused(
            "no_choice",
            gettext("The contact person must be an officer of the country’s embassy. Choose one of its officers."),
            field="contact",
        )
    if contact == locked.contact:
        raise Refused(
            "unchanged",
            gettext("This person is already the contact person. Choose another person, or cancel."),
            field="contact",
        )
    before, locked.contact = locked.contact, contact
    locked.version += 1
    update_row(locked)
    was, became = ({"contact": person.name if person else None} for person in (before, contact))
    record("country.changed", by=by, row=locked, country=locked, before=was, after=became)
    return locked


def contact_choices(country: Country) -> Any:
    """Return the people who may be the contact person: the officers of the country's embassy who may sign in.

    Officers decide on updates. The Ambassador does not, and an observer may work elsewhere.
    """
    people = User.objects.get_queryset().filter(countries=country, is_active=True, role=Role.OFFICER)
    return people.exclude(email__endswith=".invalid")


def _refuse_existing(code: str) -> None:
    if country := Country.objects.filter(code=code).first():
        raise Refused(
            "already_set_up",
            gettext("%(country)s was already added. Continue from the list of posts.") % {"country": country},
            field="name",
        )


def _set_fields(row: Country, *, name: str, time_zone: str, currency: str, paper: Paper) -> None:
    row.name = require_text(name, gettext("Enter the name of the country."), field="name")
    if Country.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
        raise Refused("taken", gettext("Another country has this name. Enter another name."), field="name")
    if time_zone not in country_reference.list_time_zones():
        raise Refused("no_choice", gettext("Choose a time zone from the list."), field="time_zone")
    if currency not in country_reference.list_currencies():
        raise Refused("no_choice", gettext("Choose a currency from the list."), field="currency")
    row.time_zone, row.currency, row.paper = time_zone, currency, paper


def _add_districts(country: Country, districts: Iterable[DistrictInput]) -> dict[str, str]:
    """Add the districts and return what the log records of them. Raises Refused if one exists already."""
    known = {normalize_name(name) for name in country.districts.values_list("name", flat=True)}
    logged: dict[str, str] = {}
    for district in districts:
        name = _take_name(district.name, known, field="districts", remedy=gettext("Remove one of the two."))
        row = District(country=country, name=name, capital=district.capital.strip())
        try:
            insert_row(row)
        except Refused as refusal:
            raise Refused(refusal.code, join_with_colon(quote_text(name[:40]), refusal), field="districts") from refusal
        logged[f"district {name}: name"] = name
        if row.capital:
            logged[f"district {name}: capital"] = row.capital
    return logged


def _take_name(typed: str, known: set[str], *, field: str, remedy: str) -> str:
    """Return the name of a district and add it to the `known` ones. Raises Refused if it is empty or known."""
    name = require_text(normalize_apostrophes(typed), gettext("Enter a name for each district."), field=field)
    if normalize_name(name) in known:
        raise Refused(
            "named_twice",
            f"{gettext('Two districts have the name “%(name)s”.') % {'name': name}} {remedy}",
            field=field,
        )
    known.add(normalize_name(name))
    return name


def _log_fields(country: Country) -> dict[str, str]:
    return {key: str(getattr(country, key)) for key in EDITABLE_FIELDS}
