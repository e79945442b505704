"""How allauth behaves here: nobody signs up, administrators add people; each way in and each refusal is logged."""

import time
from hashlib import sha256
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tiptracker.accounts import secrets_at_rest, sessions
from tiptracker.accounts.backend import is_expired
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record

LOCKED_OUT_MESSAGE = f"Too many attempts went wrong. Wait {settings.LOCKED_OUT_MINUTES} minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter with sign-up closed."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address and the password don’t go together. Type both again.",
        "incorrect_password": "That is not your password. Type it again.",
        "incorrect_code": "That code did not work: each works once, and not for long. Type what your app shows now.",
        "too_many_login_attempts": LOCKED_OUT_MESSAGE,
        "rate_limited": LOCKED_OUT_MESSAGE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What wrong tries are counted by: the address alone. allauth's has the host, which whoever asks may choose."""
        return str(credentials.get("email", "")).lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuses, alike for accounts that exist and that don't, while an account or an address is locked out."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            email = str(credentials.get("email", "")).lower()
            if self.begins_lock_out(request, email):
                self._record_refusal("person.locked_out", email)
            raise

    def begins_lock_out(self, request: HttpRequest, who: str) -> bool:
        """Whether the log is to tell of it: once a lock-out, not once a try, so that nobody can fill the log."""
        key = sha256(f"{who} {self.get_client_ip(request)}".encode()).hexdigest()
        return bool(cache.add(f"locked-out:{key}", 1, timeout=settings.LOCKED_OUT_MINUTES * 60))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A sign-in that failed; of somebody signed in, the page that asks for the password again tells."""
        if request.user.is_authenticated:
            return
        self._record_refusal("person.sign_in_refused", str(credentials.get("email", "")).lower())

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Says that an account is closed or expired to whoever has proved to be its owner, and to nobody else."""
        if user.is_active and not is_expired(user):
            return None
        with transaction.atomic():
            record("person.sign_in_refused", by=None, row=user, after={"account": _refusal_reason(user)})
        return redirect("account_inactive" if not user.is_active else "account_expired")

    def login(self, request: HttpRequest, user: User) -> None:
        with transaction.atomic():
            super().login(request, user)
            sessions.start_session(request.session)
            shown = [one.get("type", one["method"]) for one in get_authentication_records(request, user)]
            record("person.signed_in", by=user, row=user, after={"with": shown})

    def logout(self, request: HttpRequest) -> None:
        with transaction.atomic():
            if isinstance(request.user, User):
                record("person.signed_out", by=request.user, row=request.user)
            super().logout(request)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the password of `user`; allauth would ask its own table of addresses, which is empty here."""
        again = self.authenticate(self.request, email=user.email, password=password)
        return bool(again and again.pk == user.pk)

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Signing in, or anything shown then or since, is good for a few minutes."""
        shown = get_authentication_records(self.request, self.request.user)
        newest = max((float(one["at"]) for one in shown), default=0.0)
        return bool(time.time() - newest >= account_settings.REAUTHENTICATION_TIMEOUT)

    def _record_refusal(self, verb: str, email: str) -> None:
        with transaction.atomic():
            record(verb, by=None, row=User.objects.get_queryset().filter(email=email).first())


def _refusal_reason(person: User) -> str:
    return "expired" if person.is_active else "closed"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second factors: named after us, their secrets encrypted, the last one never taken away."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "This is your only second step. Set up another one before you remove it.",
        "incorrect_code": "That code did not work: each works once, and not for long. Type what your app shows now.",
    }

    def get_totp_issuer(self) -> str:
        return "TIP Tracker"

    def _get_site_name(self) -> str:
        return "TIP Tracker"

    def encrypt(self, text: str) -> str:
        return secrets_at_rest.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises KeyChanged where no key opens it."""
        return secrets_at_rest.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Only while another one stays, where one is required."""
        others = Authenticator.objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        steps = others.exclude(type=Authenticator.Type.RECOVERY_CODES)
        return not settings.SECOND_FACTOR_REQUIRED or steps.exists()

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 -- as allauth names it
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Told by our own views, in our own words."""
