"""Who may sign in at all: with the right password, an active account that has not expired."""

from datetime import date, timedelta

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser

from tiptracker import clock
from tiptracker.accounts.models import User


def is_expired(person: User) -> bool:
    """Whether the last day of the account is over."""
    return person.valid_until_on is not None and person.valid_until_on < clock.today()


def default_valid_until() -> date:
    """The last day of an account that is made or renewed today, unless an administrator says otherwise."""
    return clock.today() + timedelta(days=365)


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's backend. A session of somebody who may no longer sign in is nobody's from the next request on."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return isinstance(user, User) and user.is_active and not is_expired(user)
