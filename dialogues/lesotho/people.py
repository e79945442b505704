"""The accounts that loading stands on: two sources that can't sign in, and the people of the exercise."""

from typing import NamedTuple

from django.db import transaction

from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit import actions as audit
from tiptracker.choices import EMBASSY_ROLES, Role
from tiptracker.infrastructure.locking import hold


class Account(NamedTuple):
    """Somebody, or a source, before it is a row. `ministry` is a short name, for focal points."""

    email: str
    name: str
    role: Role
    ministry: str = ""
    may_sign_in: bool = True


PUBLIC_RECORD = Account(
    "public.record@tip-tracker.invalid", "Public record (not a person)", Role.OFFICER, may_sign_in=False
)
TIP_REPORT_2022 = Account(
    "tip.report.2022@tip-tracker.invalid", "TIP Report 2022 (not a person)", Role.OFFICER, may_sign_in=False
)

OFFICER = Account("officer@demo.example", "Exercise Officer", Role.OFFICER)
SECOND_OFFICER = Account("second.officer@demo.example", "Exercise Second Officer", Role.OFFICER)
AMBASSADOR = Account("ambassador@demo.example", "Exercise Ambassador", Role.AMBASSADOR)
HOME_AFFAIRS = Account(
    "home.affairs@demo.example", "Exercise Focal Point, Home Affairs", Role.FOCAL_POINT, "Home Affairs"
)
POLICE = Account("police@demo.example", "Exercise Focal Point, Police", Role.FOCAL_POINT, "Police and Public Safety")
JUSTICE = Account("justice@demo.example", "Exercise Focal Point, Justice", Role.FOCAL_POINT, "Justice and Law")
OBSERVER = Account("observer@demo.example", "Exercise Observer", Role.OBSERVER)
ADMINISTRATOR = Account("admin@demo.example", "Exercise Administrator", Role.ADMINISTRATOR)

EXERCISE = (OFFICER, SECOND_OFFICER, AMBASSADOR, HOME_AFFAIRS, POLICE, JUSTICE, OBSERVER, ADMINISTRATOR)


@transaction.atomic
def ensure(account: Account, country: Country) -> User:
    """The user of an account, made without a usable password where there is none yet; else as it stands."""
    if user := User.objects.get_queryset().filter(email=account.email).first():
        return user
    ministry = Ministry.objects.get(country=country, short_name=account.ministry) if account.ministry else None
    user = User.objects.create_user(
        account.email,
        name=account.name,
        role=account.role,
        ministry=ministry,
        is_active=account.may_sign_in,
    )
    if account.role in EMBASSY_ROLES:
        user.countries.add(country)
    audit.record(
        "user.loaded",
        by=None,
        row=user,
        country=country,
        after={"email": user.email, "name": user.name, "role": user.role},
    )
    return user


@transaction.atomic
def ensure_exercise(country: Country) -> None:
    """Everybody of the exercise, so that a password can be set for them; their ministries must be there."""
    if country.contact is None:
        hold(Country.objects.filter(pk=country.pk))
    for account in EXERCISE:
        ensure(account, country)
    if country.contact is None:
        country.contact = ensure(OFFICER, country)
        country.save(update_fields=["contact"])
        audit.record("country.changed", by=None, row=country, country=country, after={"contact": OFFICER.name})
