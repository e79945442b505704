"""Inviting people to a post: their accounts, and the mails by which they set a first password."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tiptracker.accounts import actions
from tiptracker.accounts.backend import is_expired
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.actions import record
from tiptracker.posts.permissions import can_set_up
from tiptracker.refusals import Refused
from tiptracker.rules import written
from tiptracker.words import EMBASSY_ROLES, Role

INVITED_HERE = (Role.OFFICER, Role.AMBASSADOR, Role.FOCAL_POINT, Role.OBSERVER)
"""Who belongs to a post. An administrator belongs to none, and is added among all people."""


class Invited(NamedTuple):
    """Somebody to invite: `ministry` for focal points alone, `until` the last day that the account works."""

    name: str
    email: str
    role: Role
    ministry: Ministry | None
    until: date


@transaction.atomic
def add_people(*, country: Country, people: Sequence[Invited], by: User) -> list[User]:
    """Accounts for people of a post, none of which has a password yet; all of them or none.

    A refusal's field is "people-1-email": the line, counted from 0, and what is wrong there.
    Raises PermissionDenied, Refused.
    """
    if not can_set_up(by):
        raise PermissionDenied
    if not people:
        raise Refused("Name somebody to invite.")
    locked = Country.objects.select_for_update(no_key=True).get(
        pk=country.pk
    )  # whoever sends the same twice is told so
    added = [_add(locked, each, f"people-{number}") for number, each in enumerate(people)]
    for person in added:  # the log last: somebody else may be adding the same people
        _tell(person, locked, by)
    return added


def send_invitations(*, people: Iterable[User], by: User) -> list[str]:
    """Queue for each a mail with the link to set a first password: gives a sentence for each who isn't invited.

    Raises PermissionDenied.
    """
    if not can_set_up(by):
        raise PermissionDenied
    refused = []
    for person in people:
        try:
            actions.invite(person=person, by=by)
        except Refused as refusal:
            refused.append(str(refusal))
    return refused


def _add(country: Country, typed: Invited, line: str) -> User:
    name = written(typed.name, "Give their name.", field=f"{line}-name")
    email = written(typed.email, "Give their e-mail address.", field=f"{line}-email").lower()
    if typed.role not in INVITED_HERE:
        raise Refused("Choose one of the roles of a post.", field=f"{line}-role")
    if typed.role == Role.FOCAL_POINT and typed.ministry is None:
        raise Refused("Say which ministry they are the focal point of.", field=f"{line}-ministry")
    if typed.role != Role.FOCAL_POINT and typed.ministry is not None:
        raise Refused("Only a focal point belongs to a ministry. Leave it empty.", field=f"{line}-ministry")
    if typed.ministry and typed.ministry.country_id != country.pk:
        raise Refused("That ministry is another country’s. Choose one of this country’s.", field=f"{line}-ministry")
    if is_expired(User(valid_until_on=typed.until)):
        raise Refused("That day is over. Give the last day on which they may sign in.", field=f"{line}-until")
    if there := User.objects.get_queryset().filter(email=email).first():
        raise Refused(
            f"{there} has an account with that address, as {there.get_role_display().lower()}. Take this line out; "
            "what they may see is changed under People, countries and ministries.",
            field=f"{line}-email",
        )
    person = User.objects.create_user(
        email, name=name, role=typed.role, ministry=typed.ministry, valid_until_on=typed.until
    )
    if typed.role in EMBASSY_ROLES:
        person.countries.add(country)
    return person


def _tell(person: User, country: Country, by: User) -> None:
    record(
        "user.added",
        by=by,
        row=person,
        after={
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "ministry": person.ministry.name if person.ministry else None,
            "countries": [country.name] if person.role in EMBASSY_ROLES else [],
            "is_active": True,
            "valid_until_on": person.valid_until_on,
        },
    )
    actions.follow_change(person=person, before=None, by=by)
