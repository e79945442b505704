"""Mails about a handover: names, a day and an address, and nothing of the record."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from tiptracker.accounts.models import Country, User
from tiptracker.choices import MINISTRY_ROLES, Role
from tiptracker.handovers.models import Handover, first_day_after
from tiptracker.localization import gettext_noop
from tiptracker.mail.actions import queue_mail
from tiptracker.mail.models import Mail, MailKind
from tiptracker.notifications.people import find_open_accounts

AUDIENCES: Mapping[str, str] = {
    "ministry": gettext_noop("focal point, because the contact person changes"),
    "colleague": gettext_noop("focal point of the same ministry"),
    "officer": gettext_noop("officer of the embassy"),
}
"""Who is told besides the two people, and why."""


class ToldPerson(NamedTuple):
    """A person who is told of a handover. `audience` is one of AUDIENCES."""

    person: User
    audience: str


def find_told_people(
    person: User, *, countries: Iterable[Country], contact_of: Iterable[Country], today: date
) -> list[ToldPerson]:
    """Return who is told that `person` hands over, besides the two people themselves.

    - The officers of each country.
    - If `person` is the contact person of a country: the focal points of all its ministries. Ministries know the name
      of nobody else at the embassy, so they are told of nobody else.
    - If `person` is a focal point: the other focal points of the ministry.
    """
    people = (
        find_open_accounts(today).exclude(pk=person.pk).exclude(email__endswith=".invalid").select_related("ministry")
    )
    told = [ToldPerson(row, "officer") for row in people.filter(role=Role.OFFICER, countries__in=list(countries))]
    of_ministry = Q(ministry__country__in=list(contact_of))
    told += [ToldPerson(row, "ministry") for row in people.filter(of_ministry)]
    if person.role in MINISTRY_ROLES:
        told += [ToldPerson(row, "colleague") for row in people.filter(ministry=person.ministry_id)]
    once = {line.person.pk: line for line in reversed(told)}
    return sorted(once.values(), key=lambda line: (line.person.name, line.person.pk))


def notify_handover(handover: Handover, told: Iterable[ToldPerson], *, is_contact: bool) -> list[Mail]:
    """Tell both people and everybody else concerned who takes over, and from which day."""
    return _queue(MailKind.HANDOVER, handover, told, is_contact=is_contact)


def notify_called_off(handover: Handover, told: Iterable[ToldPerson]) -> list[Mail]:
    """Tell everybody who was told of a handover that it will not happen."""
    return _queue(MailKind.HANDOVER_CALLED_OFF, handover, told, is_contact=False)


def notify_carried_out(handover: Handover, *, is_contact: bool) -> Mail:
    """Tell the successor that they have taken over, with the link to the page about it."""
    values = _values(handover, is_contact=is_contact) | {"audience": "successor"}
    return queue_mail(MailKind.HANDOVER_DONE, person=handover.successor, values=values)


def _queue(kind: MailKind, handover: Handover, told: Iterable[ToldPerson], *, is_contact: bool) -> list[Mail]:
    readers = [ToldPerson(handover.successor, "successor")]
    if handover.person.is_active:  # whoever left long ago is not written to
        readers.insert(0, ToldPerson(handover.person, "leaver"))
    readers += [line for line in told if line.person != handover.successor]
    values = _values(handover, is_contact=is_contact)
    return [queue_mail(kind, person=line.person, values=values | {"audience": line.audience}) for line in readers]


def _values(handover: Handover, *, is_contact: bool) -> dict[str, str]:
    """Return the values of the template. Days are translated when the mail is built."""
    return {
        "leaver": handover.person.name,
        "successor": handover.successor.name,
        "successor_email": handover.successor.email,
        "last_day": handover.last_day.isoformat(),
        "first_day": first_day_after(handover).isoformat(),
        "is_contact": "yes" if is_contact else "",
        "page": urljoin(settings.PUBLIC_URL, reverse("handover_received")),
    }
