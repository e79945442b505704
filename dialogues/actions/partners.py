"""Add and change partners: organizations outside government."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import model_to_dict

from dialogues.choices import PartnerKind
from dialogues.models import Partner
from dialogues.permissions import can_manage_partners
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.text_rules import normalize_name
from tiptracker.validation import insert_row, refuse_stale, require_text, update_row

LOGGED_FIELDS = ("name", "kind", "note")


@transaction.atomic
def add_partner(*, country: Country, name: str, kind: PartnerKind, note: str = "", by: User, now: datetime) -> Partner:
    """Add a partner to a country.

    Raises:
        PermissionDenied: if the user is no officer of the country.
        Refused: without a name, or if a partner of the country has it already.
    """
    if not can_manage_partners(by, country):
        raise PermissionDenied
    locked = Country.objects.select_for_update(no_key=True).get(pk=country.pk)
    partner = Partner(country=locked, name=_find_free_name(locked, name), kind=kind, note=note.strip())
    insert_row(partner)
    after = model_to_dict(partner, LOGGED_FIELDS) | {"recorded_at": now}
    record("partner.added", by=by, row=partner, country=locked, after=after)
    return partner


@transaction.atomic
def change_partner(
    *, partner: Partner, version: int, name: str, kind: PartnerKind, note: str, by: User, now: datetime
) -> Partner:
    """Change a partner's name, kind or note. Evidence shows the new name; the log keeps the earlier one.

    Raises:
        PermissionDenied: if the user is no officer of the country.
        Refused: without a name, for a name that is taken, and if nothing differs.
        EditConflict: if another user changed it since `version`.
    """
    if not can_manage_partners(by, partner.country):
        raise PermissionDenied
    country = Country.objects.select_for_update(no_key=True).get(pk=partner.country_id)
    locked = Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)
    refuse_stale(locked, version, now)
    before = model_to_dict(locked, LOGGED_FIELDS)
    locked.name, locked.kind, locked.note = _find_free_name(country, name, besides=locked), kind, note.strip()
    after = model_to_dict(locked, LOGGED_FIELDS)
    changed = [field for field in LOGGED_FIELDS if before[field] != after[field]]
    if not changed:
        raise Refused("unchanged", gettext("You have not changed anything. Change a value, or cancel."))
    locked.version += 1
    update_row(locked)
    record(
        "partner.changed",
        by=by,
        row=locked,
        country=country,
        before={field: before[field] for field in changed},
        after={field: after[field] for field in changed} | {"recorded_at": now},
    )
    return locked


def _find_free_name(country: Country, name: str, besides: Partner | None = None) -> str:
    """Return the name as it is saved. Refuse an empty one, and one that another partner of the country has."""
    name = require_text(name, gettext("Enter the name of the organization."), field="name")
    others = (other for other in Partner.objects.filter(country=country) if other != besides)
    taken = next((other for other in others if normalize_name(other.name) == normalize_name(name)), None)
    if taken:
        sentence = gettext("The partner “%(name)s” already exists. Enter another name, or use that partner.")
        raise Refused("taken", sentence % {"name": taken.name}, field="name")
    return name
