"""The accounts that loading needs: two sources that can't sign in, and the users of the exercise."""

from typing import NamedTuple

from django.db import transaction

from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit import actions as audit
from tiptracker.choices import EMBASSY_ROLES, Role
from tiptracker.infrastructure.locking import lock_rows


class SeedAccount(NamedTuple):
    """A user or a source to create. `ministry` is a short name, for focal points."""

    email: str
    name: str
    role: Role
    ministry: str = ""
    may_sign_in: bool = True


PUBLIC_RECORD = SeedAccount(
    "public.record@tip-tracker.invalid", "Public record (not a person)", Role.OFFICER, may_sign_in=False
)
TIP_REPORT_2022 = SeedAccount(
    "tip.report.2022@tip-tracker.invalid", "TIP Report 2022 (not a person)", Role.OFFICER, may_sign_in=False
)

OFFICER = SeedAccount("officer@demo.example", "Exercise Officer", Role.OFFICER)
SECOND_OFFICER = SeedAccount("second.officer@demo.example", "Exercise Second Officer", Role.OFFICER)
AMBASSADOR = SeedAccount("ambassador@demo.example", "Exercise Ambassador", Role.AMBASSADOR)
FOCAL_POINT_HOME = SeedAccount(
    "home.affairs@demo.example", "Exercise Focal Point, Home Affairs", Role.FOCAL_POINT, "Home Affairs"
)
FOCAL_POINT_POLICE = SeedAccount(
    "police@demo.example", "Exercise Focal Point, Police", Role.FOCAL_POINT, "Police and Public Safety"
)
FOCAL_POINT_JUSTICE = SeedAccount(
    "justice@demo.example", "Exercise Focal Point, Justice", Role.FOCAL_POINT, "Justice and Law"
)
OBSERVER = SeedAccount("observer@demo.example", "Exercise Observer", Role.OBSERVER)
ADMINISTRATOR = SeedAccount("admin@demo.example", "Exercise Administrator", Role.ADMINISTRATOR)

EXERCISE_ACCOUNTS = (
    OFFICER,
    SECOND_OFFICER,
    AMBASSADOR,
    FOCAL_POINT_HOME,
    FOCAL_POINT_POLICE,
    FOCAL_POINT_JUSTICE,
    OBSERVER,
    ADMINISTRATOR,
)


@transaction.atomic
def ensure_user(account: SeedAccount, country: Country) -> User:
    """Return the user of an account, created without a usable password if missing, otherwise unchanged."""
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
def ensure_exercise_users(country: Country) -> None:
    """Create all users of the exercise, so that a password can be set for them. Their ministries must exist."""
    if country.contact is None:
        lock_rows(Country.objects.filter(pk=country.pk))
    for account in EXERCISE_ACCOUNTS:
        ensure_user(account, country)
    if country.contact is None:
        country.contact = ensure_user(OFFICER, country)
        country.save(update_fields=["contact"])
        audit.record("country.changed", by=None, row=country, country=country, after={"contact": OFFICER.name})
