"""Create, check and revoke API tokens, and record their use. A token has a last day, as an account does.

A token is 256 random bits. Nobody can guess that, so a plain SHA-256 of it is safe to store and to look up.
"""

import hashlib
import secrets
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tiptracker import clock
from tiptracker.accounts import mails
from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import ApiToken, User
from tiptracker.audit import request_context
from tiptracker.audit.actions import AuditEvent, record
from tiptracker.choices import TokenScope
from tiptracker.errors import Refused
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.localization import format_date, gettext, gettext_noop, ngettext

TOKEN_PREFIX = "tip_"  # noqa: S105 -- no secret
"""How every token begins, so that secret scanners recognise one in texts and code."""
VISIBLE_LENGTH = len(TOKEN_PREFIX) + 6
"""Number of characters stored in clear, so that users can tell their tokens apart."""
DEFAULT_LIFETIME, MAX_LIFETIME = timedelta(days=90), timedelta(days=365)
MAX_TOKENS = 10
"""Most working tokens per person. A person who needs more has probably forgotten some."""
USE_NOTE_INTERVAL = timedelta(minutes=1)
"""Least time between two records of a token's use: a single request is not worth a database write."""


def latest_expiry(person: User, lasts: timedelta = MAX_LIFETIME) -> date:
    """Return the last day of a token that is created today and lasts this long, but never later than the account's."""
    return min(filter(None, (clock.today() + lasts, person.valid_until_on)))


@transaction.atomic
def create_token(*, person: User, name: str, scope: TokenScope, expires_on: date) -> tuple[ApiToken, str]:
    """Create a token and return it with its secret, which is stored nowhere and cannot be shown again.

    Raises Refused if the name is taken, if the person has MAX_TOKENS tokens, or if the last day is out of range.
    """
    User.objects.get_queryset().select_for_update(no_key=True).get(pk=person.pk)
    active = ApiToken.objects.filter(person=person, revoked_at=None)
    # Expired tokens free their name and their place within the limit.
    active.filter(expires_on__lt=clock.today()).update(revoked_at=timezone.now())
    if active.filter(name__iexact=name).exists():
        raise Refused(
            "taken",
            gettext("You already have a token with this name. Choose another name, or revoke that token first."),
            field="name",
        )
    if active.count() >= MAX_TOKENS:
        raise Refused(
            "too_many",
            ngettext(
                "You have %(number)d token, which is the limit. Revoke one that you no longer use, then try again.",
                "You have %(number)d tokens, which is the limit. Revoke one that you no longer use, then try again.",
                MAX_TOKENS,
            )
            % {"number": MAX_TOKENS},
        )
    _refuse_expiry(person, expires_on)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        scope=scope,
        prefix=secret[:VISIBLE_LENGTH],
        digest=_digest(secret),
        created_at=timezone.now(),
        expires_on=expires_on,
    )
    mails.notify_sign_in_changed(person, gettext_noop("An API token was made for your account."))
    record("token.made", by=person, row=token, after=_log_fields(token) | {"scope": scope, "expires_on": expires_on})
    return token, secret


@transaction.atomic
def revoke(token: ApiToken, *, by: User | None) -> None:
    """Revoke `token` for good. A token that was already revoked stays as it is."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        mails.notify_sign_in_changed(token.person, gettext_noop("An API token of your account was revoked."))
        record("token.revoked", by=by, row=token, before=_log_fields(token))


@transaction.atomic
def revoke_all(person: User) -> list[AuditEvent]:
    """Revoke every token of `person`: the account was closed, or its secrets may be known to others.

    Returns the events for the activity log. The caller records them after it has taken all its locks.
    """
    ended = [token for token in lock_rows(ApiToken.objects.filter(person=person)) if token.revoked_at is None]
    ApiToken.objects.filter(pk__in=[token.pk for token in ended]).update(revoked_at=timezone.now())
    return [AuditEvent("token.revoked", token, before=_log_fields(token)) for token in ended]


def find_token(secret: str) -> ApiToken | None:
    """Return the token that has this secret, whether or not it still works."""
    return ApiToken.objects.select_related("person").filter(digest=_digest(secret)).first()


def end_reason(token: ApiToken) -> str:
    """Return why `token` itself has ended, as one word for the activity log, or "" while it lasts."""
    if token.revoked_at:
        return "revoked"
    return "expired" if token.expires_on < clock.today() else ""


def refusal_reason(token: ApiToken) -> str:
    """Return why `token` does not work now, as one word for the activity log, or "" if it works.

    A token can do no more than its person: it also fails if the account may not sign in or lacks a required second
    step.
    """
    if ended := end_reason(token):
        return ended
    if not Backend().user_can_authenticate(token.person):
        return "account"
    if settings.SECOND_FACTOR_REQUIRED and not Authenticator.objects.filter(user=token.person).exists():
        return "second_factor"
    return ""


def note_use(token: ApiToken, address: str | None) -> None:
    """Record that `token` was used now from this address, if the last record is older than USE_NOTE_INTERVAL."""
    now = timezone.now()
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTE_INTERVAL)
    if token.last_used_at is None or token.last_used_at < now - USE_NOTE_INTERVAL:
        ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now, last_used_from=address)


def note_refusal(token: ApiToken | None, reason: str) -> None:
    """Record a refused token in the activity log, once per address and token in LOCKED_OUT_MINUTES.

    The limit keeps attackers from flooding the log.
    """
    key = f"token-refused:{request_context.address.get()}:{token.pk if token else 0}"
    if cache.add(key, 1, timeout=settings.LOCKED_OUT_MINUTES * 60):
        with transaction.atomic():
            record("token.refused", by=None, row=token, after={"why": reason})


def _refuse_expiry(person: User, expires_on: date) -> None:
    today, last = clock.today(), latest_expiry(person)
    if today <= expires_on <= last:
        return
    sentence = (
        gettext("Enter a date from today to %(date)s, the last day of your account.")
        if last == person.valid_until_on
        else gettext("Enter a date from today to %(date)s. A token lasts one year at most.")
    )
    raise Refused("out_of_range", sentence % {"date": format_date(last)}, field="expires_on")


def _log_fields(token: ApiToken) -> dict[str, str]:
    return {"name": token.name, "prefix": token.prefix}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
