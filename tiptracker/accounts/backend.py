"""Decide who may sign in: a person with the right password and an active account that has not expired."""

from datetime import date, timedelta

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.infrastructure.prepared_rows import PreparedRows
from tiptracker.notifications.models import Notice


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

    def get_user(self, user_id: int) -> User | None:
        """Return the person of a session, if they may still sign in. `unread_notices` counts for the head of pages.

        One query does both, because every page asks for both.
        """
        person = next(iter(_PERSON.rows(person=user_id)), None)
        return person if self.user_can_authenticate(person) else None


def _person_with_unread_notices(person: int) -> QuerySet[User]:
    unread = Notice.objects.unread().filter(person=OuterRef("pk")).order_by().values("person")
    number = Subquery(unread.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    return User.objects.get_queryset().annotate(unread_notices=Coalesce(number, 0)).filter(pk=person)


_PERSON = PreparedRows(_person_with_unread_notices, person=int)
