"""The accounts that loading needs: the sources, which can't sign in, and the users of the exercise."""

from django.db import transaction

from dialogues.lesotho.entries import AccountEntry
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit import actions as audit
from tiptracker.choices import EMBASSY_ROLES


@transaction.atomic
def ensure_user(account: AccountEntry, country: Country) -> User:
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
