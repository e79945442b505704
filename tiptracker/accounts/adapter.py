"""How allauth behaves here: nobody signs up, people are added by an administrator; who signs in is logged."""

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from tiptracker.accounts.models import User
from tiptracker.audit.actions import record


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        with transaction.atomic():
            super().login(request, user)
            record("person.signed_in", by=user, row=user)

    def logout(self, request: HttpRequest) -> None:
        with transaction.atomic():
            if isinstance(request.user, User):
                record("person.signed_out", by=request.user, row=request.user)
            super().logout(request)
