"""Links in mails, by which a person sets a password or decides on a request about their account.

Each link works for a limited time and holds no secret of the person. A link that sets a password works once. It holds
the person's id and a fingerprint of the account's state, both signed. A new password, a sign-in, another address, a
removed second step or a closed account make it void. All times here are machine time.
"""

from datetime import datetime, timedelta
from urllib.parse import urljoin

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import AccountRequest, AccountRequestStep, User
from tiptracker.choices import AccountRequestKind, AccountRequestStepKind, ChoiceEnum


class LinkPurpose(ChoiceEnum):
    """What a link is for; also the name of the page that it opens."""

    INVITATION = "invitation_accept"
    RESET = "password_choose"


LINK_LIFETIMES = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=1)}


def password_link(person: User, purpose: LinkPurpose) -> str:
    """Return the full address of the page on which `person` sets a password."""
    token = signing.dumps([person.pk, _fingerprint(person)], salt=purpose)
    return urljoin(settings.PUBLIC_URL, reverse(purpose, args=[token]))


def find_person(token: str, purpose: LinkPurpose, *, locked: bool = False) -> User | None:
    """Return the person whose link this is.

    Returns None if the link is forged, too old or already used, or if its account may not sign in. `locked`, in a
    transaction: nobody else can use the link or change the person until the transaction ends.
    """
    try:
        key, fingerprint = signing.loads(token, salt=purpose, max_age=LINK_LIFETIMES[purpose])
    except (signing.BadSignature, ValueError, TypeError):
        return None
    people = User.objects.get_queryset().filter(pk=key)
    person = (people.select_for_update(no_key=True) if locked else people).first()
    if person is None or not Backend().user_can_authenticate(person):
        return None
    # A link from before a change of SECRET_KEY works while the old key is a fallback.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return person if any(constant_time_compare(fingerprint, _fingerprint(person, secret)) for secret in keys) else None


def _fingerprint(person: User, secret: str | None = None) -> str:
    state = f"{person.email}|{person.password}|{person.last_login}|{_second_step_removals(person).count()}"
    return salted_hmac("tiptracker.accounts.links", state, secret, algorithm="sha256").hexdigest()[:32]


def _second_step_removals(person: User) -> QuerySet[AccountRequestStep]:
    return AccountRequestStep.objects.filter(
        request__person=person, request__kind=AccountRequestKind.SECOND_STEP, kind=AccountRequestStepKind.DONE
    )


class RequestLinkAction(ChoiceEnum):
    """What a link about a request does; also the name of the page that it opens."""

    CONFIRM = "account_address_confirm"
    STOP = "account_request_stop"


ADDRESS_DELAY = timedelta(days=1)
"""Waiting time of a new address that an administrator asked for."""
REQUEST_LINK_LIFETIME = timedelta(days=9)
"""Covers the time in which a request waits for consent, its delay of a day, and the day in which it can be put back."""


def request_link(request: AccountRequest, decision: RequestLinkAction) -> str:
    """Return the full address of the page on which a request is confirmed or stopped."""
    token = signing.dumps(request.pk, salt=decision)
    return urljoin(settings.PUBLIC_URL, reverse(decision, args=[token]))


def find_request(token: str, decision: RequestLinkAction) -> AccountRequest | None:
    """Return the request that a link is about; None if the link is forged or too old."""
    try:
        key = signing.loads(token, salt=decision, max_age=REQUEST_LINK_LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return AccountRequest.objects.filter(pk=key).select_related("person").prefetch_related("steps").first()


RESET_BLOCKED_FOR = timedelta(days=1)


def is_reset_blocked(person: User, now: datetime) -> bool:
    """Return whether links may not set a password now.

    That is so for a day after the second step was removed, until the person sets up a new one.
    """
    removed = _second_step_removals(person).filter(at__gt=now - RESET_BLOCKED_FOR)
    return removed.exists() and not Authenticator.objects.filter(user=person).exists()
