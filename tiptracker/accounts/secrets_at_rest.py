"""Encrypt the secrets of second steps with a key derived from SECRET_KEY, and handle a change of that key.

A secret is read with SECRET_KEY or any of SECRET_KEY_FALLBACKS, and written with SECRET_KEY. `rotate_secrets` writes
all of them again, so that an old key can be dropped. Passkeys hold no secret and survive any change of key.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from tiptracker.accounts.models import User
from tiptracker.infrastructure.outages import Outage
from tiptracker.localization import gettext, gettext_noop

ENCRYPTED_FIELDS = {"secret", "seed", "migrated_codes"}
"""The encrypted fields in the data of an app or of recovery codes; the last one is a list."""


class SecretKeyChanged(ValidationError):
    """Neither SECRET_KEY nor any of SECRET_KEY_FALLBACKS opens a secret. In a form it is the error of the field."""

    outage = Outage(
        "secret_key",
        gettext_noop("Your second step can’t be read"),
        gettext_noop(
            "This server’s key was changed since you set it up. Use a passkey if you have one. Otherwise tell your "
            "administrator: the former key may come back. Only if it is lost do you need a new second step."
        ),
        3600,
    )

    def __init__(self) -> None:
        super().__init__(f"{gettext(self.outage.title)}. {gettext(self.outage.sentence)}")


def encrypt(text: str) -> str:
    """Encrypt a secret with SECRET_KEY."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """Decrypt a secret. Raises SecretKeyChanged if no key opens it."""
    try:
        return _cipher().decrypt(text.encode()).decode()
    except InvalidToken:
        raise SecretKeyChanged from None


def is_readable(step: Authenticator) -> bool:
    """Return whether the secrets of a second step can be read."""
    try:
        _map_secrets(step.data, decrypt)
    except SecretKeyChanged:
        return False
    return True


def has_unreadable_secrets() -> bool:
    """Return whether the oldest or the newest second step cannot be read: cheap, and enough to notice a changed key."""
    steps = _encrypted_authenticators().order_by("pk")
    return not all(is_readable(step) for step in (steps.first(), steps.last()) if step)


class RotationResult(NamedTuple):
    """How many secrets are now encrypted with SECRET_KEY, and the people whose secrets no key opens."""

    rotated: int
    unreadable: list[User]


def rotate_secrets() -> RotationResult:
    """Encrypt every secret again with SECRET_KEY. Secrets that no key opens stay as they are."""
    rotated, unreadable = 0, []
    for person in (
        User.objects.get_queryset().filter(authenticator__in=_encrypted_authenticators()).distinct().order_by("pk")
    ):
        with transaction.atomic():
            # Checking a code locks the person too, and writes to the same row.
            User.objects.get_queryset().select_for_update(no_key=True).get(pk=person.pk)
            for step in _encrypted_authenticators().filter(user=person):
                if is_readable(step):
                    step.data = _map_secrets(step.data, lambda text: encrypt(decrypt(text)))
                    step.save(update_fields=["data"])
                    rotated += 1
                elif person not in unreadable:
                    unreadable.append(person)
    return RotationResult(rotated, unreadable)


def _encrypted_authenticators() -> Any:
    return Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)


def _map_secrets(data: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    """Return `data` with `change` applied to each of its secrets."""

    def changed(value: Any) -> Any:
        return [change(secret) for secret in value] if isinstance(value, list) else change(value)

    return {name: changed(value) if name in ENCRYPTED_FIELDS else value for name, value in data.items()}


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(Fernet(urlsafe_b64encode(sha256(f"second factor {key}".encode()).digest())) for key in keys)
