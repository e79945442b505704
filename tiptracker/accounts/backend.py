"""Decide who may sign in: a person with the right password and an active account that has not expired."""

from datetime import date, timedelta

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from tiptracker import clock
from tiptracker.accounts.models import User


def is_expired(person: User) -> bool:
    """Return whether the last day of the account is over."""
    return person.valid_until_on is not None and person.valid_until_on < clock.today()


def default_valid_until() -> date:
    """Return the default last day of an account that is created or renewed today."""
    return clock.today() + timedelta(days=365)


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend. If a person may no longer sign in, their session stops working from the next request on."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return isinstance(user, User) and user.is_active and not is_expired(user)
