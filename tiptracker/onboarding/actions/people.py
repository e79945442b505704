"""Invite people to a post: create their accounts and send the mails by which they set a first password."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from tiptracker.accounts import actions
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.choices import EMBASSY_ROLES, Role
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.onboarding.actions.accounts import AccountDetails, create_person, handle_person_added
from tiptracker.onboarding.permissions import require_account_administrator, require_administrator

SETUP_ROLES = (Role.OFFICER, Role.AMBASSADOR, Role.FOCAL_POINT, Role.OBSERVER)
"""The roles within a post. An administrator is added on the page of all people."""


class PersonInput(NamedTuple):
    """A person to invite: `ministry` only for focal points, `until` is the last day on which the account works."""

    name: str
    email: str
    role: Role
    ministry: Ministry | None
    until: date


@transaction.atomic
def add_people(*, country: Country, people: Sequence[PersonInput], by: User, now: datetime) -> list[User]:
    """Create accounts without passwords for people of a post; all or none.

    A refusal's field is "people-1-email": the line, counted from 0, and the field with the error. Raises
    PermissionDenied, Refused.
    """
    require_administrator(by, country.pk)
    if not people:
        raise Refused("required", gettext("Enter at least one person to invite."))
    locked = Country.objects.select_for_update(no_key=True).get(
        pk=country.pk
    )  # so that sending the same form twice is refused
    added = [
        _add_person(locked, person_input, f"people-{number}", by, now) for number, person_input in enumerate(people)
    ]
    for person in added:  # write the log last, because another request may be adding the same people
        handle_person_added(person, by=by)
    return added


def send_invitations(*, people: Iterable[User], by: User) -> list[str]:
    """Queue a mail to each person with the link to set a first password. Return a sentence for each who is not invited.

    Raises PermissionDenied.
    """
    require_administrator(by)
    people, refused = list(people), []
    for person in people:
        require_account_administrator(by, person)
    for person in people:
        try:
            actions.invite(person=person, by=by)
        except Refused as refusal:
            refused.append(str(refusal))
    return refused


def _add_person(country: Country, typed: PersonInput, line: str, by: User, now: datetime) -> User:
    if typed.role not in SETUP_ROLES:
        raise Refused("no_choice", gettext("Choose one of the roles of a post."), field=f"{line}-role")
    if typed.ministry and typed.ministry.country_id != country.pk:
        raise Refused(
            "another_country",
            gettext("This ministry belongs to another country. Choose a ministry of this country."),
            field=f"{line}-ministry",
        )
    countries = [country] if typed.role in EMBASSY_ROLES else []
    account = AccountDetails(typed.name, typed.role, typed.ministry, countries, typed.until)
    return create_person(account, typed.email, by=by, now=now, field=lambda name: f"{line}-{name}")
