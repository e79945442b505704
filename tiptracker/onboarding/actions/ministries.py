"""The ministries of a country, and their office holders."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction

from tiptracker.accounts.models import Country, Ministry, OfficeHolder, User, in_office
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.onboarding.permissions import require_administrator
from tiptracker.text_rules import normalize_name
from tiptracker.validation import insert_row, refuse_stale, require_text, update_row


class OfficeHolderInput(NamedTuple):
    """An office holder as typed: name, title, dates as far as known, and the source."""

    name: str
    title: str = "Minister"
    from_on: date | None = None
    source: str = ""
    until_on: date | None = None


class MinistryInput(NamedTuple):
    """A ministry as typed; `holder` is None if the office holder is not known."""

    name: str
    short_name: str
    holder: OfficeHolderInput | None = None


@transaction.atomic
def add_ministries(
    *,
    country: Country,
    ministries: Sequence[MinistryInput],
    holders: Sequence[tuple[Ministry, OfficeHolderInput]] = (),
    day: date,
    by: User,
) -> list[Ministry]:
    """Add ministries to a country, and office holders to existing ministries; all or nothing.

    A refusal's field is "new-2-name" or "known-0-name": the line, counted from 0, and the field with the error. A
    ministry with an office holder `day` that day accepts no new one, because the day on which that person left is not
    known here. Raises PermissionDenied, Refused.
    """
    require_administrator(by, country.pk)
    if not ministries and not holders:
        raise Refused("required", gettext("Enter a ministry, or the office holder of a ministry in the list."))
    locked = Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    for number, assignment in enumerate(holders):
        _fill_office(locked, assignment, f"known-{number}", day, by)
    return [_add_ministry(locked, ministry, f"new-{number}", by) for number, ministry in enumerate(ministries)]


@transaction.atomic
def change_ministry(
    *,
    ministry: Ministry,
    version: int,
    name: str,
    short_name: str,
    holders: Sequence[tuple[OfficeHolder | None, OfficeHolderInput]],
    by: User,
    now: datetime,
) -> Ministry:
    """Correct a ministry's names and its office holders with their dates; its country stays.

    `holders` pairs each existing office holder, or None for a new one, with the input for it. A refusal's field is
    "name", "short_name" or "holders-0-from_on": the line, counted from 0. Raises PermissionDenied, EditConflict,
    Refused.
    """
    require_administrator(by, ministry.country_id)
    locked = Ministry.objects.select_for_update(no_key=True, of=("self",)).select_related("country").get(pk=ministry.pk)
    refuse_stale(locked, version, now)
    name = require_text(name, gettext("Enter the name of the ministry."), field="name")
    short_name = require_text(short_name, gettext("Enter a short name. Lists show it."), field="short_name")
    others = Ministry.objects.filter(country=locked.country).exclude(pk=locked.pk)
    _refuse_taken_names(others, name, short_name, remedy=gettext("Enter another name."))
    before: dict[str, Any] = {"name": locked.name, "short_name": locked.short_name}
    after: dict[str, Any] = {"name": name, "short_name": short_name}
    for number, (row, holder) in enumerate(holders):
        if row is None:
            after |= _log_fields(_add_holder(locked, holder, f"holders-{number}"))
            continue
        was = _log_fields(row)
        _fill_in(row, holder, f"holders-{number}")
        if (became := _log_fields(row)) != was:
            update_row(row)
            before, after = before | was, after | became
    changed = {key for key in (*before, *after) if before.get(key) != after.get(key)}
    if not changed:
        raise Refused("unchanged", gettext("You have not changed anything. Change a value, or cancel."))
    locked.name, locked.short_name = name, short_name
    locked.version += 1
    update_row(locked)
    record(
        "ministry.changed",
        by=by,
        row=locked,
        country=locked.country,
        before={key: value for key, value in before.items() if key in changed},
        after={key: value for key, value in after.items() if key in changed},
    )
    return locked


def _fill_in(row: OfficeHolder, holder: OfficeHolderInput, line: str) -> None:
    """Set the fields of an office holder as typed."""
    row.name = require_text(holder.name, gettext("Enter the name of the office holder."), field=f"{line}-holder")
    row.title, row.source = holder.title.strip() or "Minister", holder.source.strip()
    row.from_on, row.until_on = holder.from_on, holder.until_on
    if row.from_on and row.until_on and row.until_on < row.from_on:
        raise Refused(
            "reversed_dates",
            gettext("The end date is before the start date. Correct one of them."),
            field=f"{line}-until_on",
        )


def _refuse_taken_names(others: Iterable[Ministry], name: str, short_name: str, *, remedy: str, line: str = "") -> None:
    for other in others:
        if normalize_name(other.name) == normalize_name(name):
            sentence = gettext("The ministry “%(name)s” already exists.") % {"name": other.name}
            raise Refused("taken", f"{sentence} {remedy}", field=f"{line}name")
        if normalize_name(other.short_name) == normalize_name(short_name):
            sentence = gettext("“%(short_name)s” is the short name of “%(name)s”. Enter another short name.") % {
                "short_name": other.short_name,
                "name": other.name,
            }
            raise Refused("taken", sentence, field=f"{line}short_name")


def _add_ministry(country: Country, typed: MinistryInput, line: str, by: User) -> Ministry:
    name = require_text(typed.name, gettext("Enter the name of the ministry."), field=f"{line}-name")
    short_name = require_text(
        typed.short_name, gettext("Enter a short name. Lists show it."), field=f"{line}-short_name"
    )
    others = Ministry.objects.filter(country=country)
    _refuse_taken_names(others, name, short_name, remedy=gettext("Remove this row."), line=f"{line}-")
    row = _insert(Ministry(country=country, name=name, short_name=short_name), line)
    logged: dict[str, Any] = {"country": country.name, "name": name, "short_name": short_name}
    if typed.holder:
        logged |= _log_fields(_add_holder(row, typed.holder, line))
    record("ministry.added", by=by, row=row, country=country, after=logged)
    return row


def _fill_office(
    country: Country, assignment: tuple[Ministry, OfficeHolderInput], line: str, day: date, by: User
) -> None:
    ministry, holder = assignment
    if ministry.country_id != country.pk:
        raise Refused(
            "another_country",
            gettext("This ministry belongs to another country. Reload the page."),
            field=f"{line}-holder",
        )
    if holder_in_office := in_office(ministry.office_holders, day).first():
        raise Refused(
            "office_filled",
            gettext("%(holder)s holds this office. Enter the end date under Ministries first.")
            % {"holder": holder_in_office},
            field=f"{line}-holder",
        )
    logged = _log_fields(_add_holder(ministry, holder, line))
    record("ministry.changed", by=by, row=ministry, country=country, before={}, after=logged)


def _add_holder(ministry: Ministry, holder: OfficeHolderInput, line: str) -> OfficeHolder:
    row = OfficeHolder(ministry=ministry)
    _fill_in(row, holder, line)
    return _insert(row, line, {"name": "holder"})


def _insert[Row: Ministry | OfficeHolder](row: Row, line: str, called: dict[str, str] | None = None) -> Row:
    """Insert the row; a refusal names the line."""
    try:
        return insert_row(row)
    except Refused as refusal:
        field = (called or {}).get(refusal.field or "", refusal.field)
        raise Refused(refusal.code, str(refusal), field=f"{line}-{field}") from refusal


def _log_fields(holder: OfficeHolder) -> dict[str, Any]:
    return {
        f"office holder {holder}: {name}": getattr(holder, name)
        for name in ("name", "title", "from_on", "until_on", "source")
        if getattr(holder, name)
    }
