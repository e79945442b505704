"""Adapt allauth: nobody can sign up, administrators add people, and each sign-in and refusal is logged."""

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
from django.utils.functional import lazy

from tiptracker.accounts import secrets_at_rest, sessions
from tiptracker.accounts.backend import is_expired
from tiptracker.accounts.models import User
from tiptracker.audit.actions import record
from tiptracker.localization import gettext, gettext_lazy, gettext_noop, ngettext

INCORRECT_CODE_MESSAGE = gettext_noop(
    "This code does not work. Each code works once. Type the code that your app shows now."
)
ONLY_SECOND_STEP_MESSAGE = gettext_noop("This is your only second step. Set up another one before you remove it.")


def _describe_lock_out() -> str:
    return ngettext(
        "Too many failed attempts. Wait %(number)d minute, then try again.",
        "Too many failed attempts. Wait %(number)d minutes, then try again.",
        settings.LOCKED_OUT_MINUTES,
    ) % {"number": settings.LOCKED_OUT_MINUTES}


LOCKED_OUT_MESSAGE = lazy(_describe_lock_out, str)()


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's adapter with sign-up closed."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The e-mail address or the password is wrong. Type both again."),
        "incorrect_password": gettext_lazy("This is not your password. Type it again."),
        "incorrect_code": gettext_lazy(INCORRECT_CODE_MESSAGE),
        "too_many_login_attempts": LOCKED_OUT_MESSAGE,
        "rate_limited": LOCKED_OUT_MESSAGE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed attempts by address alone.

        allauth's key includes the host, which the sender of a request can choose.
        """
        return str(credentials.get("email", "")).lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse the attempt while an account or an address is locked out, alike for existing and unknown accounts."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            email = str(credentials.get("email", "")).lower()
            if self.begins_lock_out(request, email):
                self._record_refusal("person.locked_out", email)
            raise

    def begins_lock_out(self, request: HttpRequest, identifier: str) -> bool:
        """Return whether to log this lock-out: once per lock-out, not per attempt, so that nobody can fill the log."""
        key = sha256(f"{identifier} {self.get_client_ip(request)}".encode()).hexdigest()
        return bool(cache.add(f"locked-out:{key}", 1, timeout=settings.LOCKED_OUT_MINUTES * 60))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log a failed sign-in. For a signed-in user, the page that asks for the password again logs it."""
        if request.user.is_authenticated:
            return
        self._record_refusal("person.sign_in_refused", str(credentials.get("email", "")).lower())

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Say that an account is closed or expired, but only to a user who has proved to be its owner."""
        if user.is_active and not is_expired(user):
            return None
        with transaction.atomic():
            reason = "expired" if user.is_active else "closed"
            record("person.sign_in_refused", by=None, row=user, after={"account": reason})
        return redirect("account_inactive" if not user.is_active else "account_expired")

    def login(self, request: HttpRequest, user: User) -> None:
        with transaction.atomic():
            super().login(request, user)
            sessions.start_session(request.session)
            shown = [sign_in.get("type", sign_in["method"]) for sign_in in get_authentication_records(request, user)]
            record("person.signed_in", by=user, row=user, after={"with": shown})

    def logout(self, request: HttpRequest) -> None:
        with transaction.atomic():
            if isinstance(request.user, User):
                record("person.signed_out", by=request.user, row=request.user)
            super().logout(request)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Return whether this is the password of `user`.

        allauth would look in its own table of addresses, which is empty here.
        """
        again = self.authenticate(self.request, email=user.email, password=password)
        return bool(again and again.pk == user.pk)

    def is_reauthentication_required(self, *, app: str = "") -> bool:
        """Return whether the user must authenticate again: the last proof is older than REAUTHENTICATION_TIMEOUT."""
        shown = get_authentication_records(self.request, self.request.user)
        newest = max((float(sign_in["at"]) for sign_in in shown), default=0.0)
        return bool(time.time() - newest >= account_settings.REAUTHENTICATION_TIMEOUT)

    def _record_refusal(self, verb: str, email: str) -> None:
        with transaction.atomic():
            record(verb, by=None, row=User.objects.get_queryset().filter(email=email).first())


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second factors: issued under our name, with encrypted secrets, and the last one cannot be removed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(ONLY_SECOND_STEP_MESSAGE),
        "incorrect_code": gettext_lazy(INCORRECT_CODE_MESSAGE),
    }

    def _get_site_name(self) -> str:
        return "TIP Tracker"

    def encrypt(self, text: str) -> str:
        return secrets_at_rest.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises SecretKeyChanged if no key opens the text."""
        return secrets_at_rest.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return whether it may be removed: if a second step is required, another one must remain."""
        others = Authenticator.objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        steps = others.exclude(type=Authenticator.Type.RECOVERY_CODES)
        return not settings.SECOND_FACTOR_REQUIRED or steps.exists()

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 -- as allauth names it
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: our own views send these mails."""
