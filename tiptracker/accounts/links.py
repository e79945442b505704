"""Links in mails by which somebody sets a password: each works once, for a time, and holds no secret of the person.

A link is a signed key and fingerprint of how the account stood when it was made; a new password, a sign-in, another
address or a closed account make it void. The machine's time counts.
"""

from datetime import timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import User
from tiptracker.words import Word


class Purpose(Word):
    """What a link is for; also the name of the page that it leads to."""

    INVITATION = "invitation_accept"
    RESET = "password_choose"


LASTS = {Purpose.INVITATION: timedelta(days=7), Purpose.RESET: timedelta(hours=1)}


def link(person: User, purpose: Purpose) -> str:
    """The whole address of the page on which `person` sets a password."""
    token = signing.dumps([person.pk, _fingerprint(person)], salt=purpose)
    return urljoin(settings.PUBLIC_URL, reverse(purpose, args=[token]))


def person_of(token: str, purpose: Purpose, *, locked: bool = False) -> User | None:
    """Whose link it is; None where it is made up, too old, used already, or its account may not sign in.

    `locked`, in a transaction: nobody else uses the link, or changes the person, until that ends.
    """
    try:
        key, fingerprint = signing.loads(token, salt=purpose, max_age=LASTS[purpose])
    except (signing.BadSignature, ValueError, TypeError):
        return None
    people = User.objects.get_queryset().filter(pk=key)
    person = (people.select_for_update(no_key=True) if locked else people).first()
    if person is None or not Backend().user_can_authenticate(person):
        return None
    # A link of before SECRET_KEY was changed works while the former key is a fallback.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return person if any(constant_time_compare(fingerprint, _fingerprint(person, one)) for one in keys) else None


def _fingerprint(person: User, secret: str | None = None) -> str:
    stands = f"{person.email}|{person.password}|{person.last_login}"
    return salted_hmac("tiptracker.accounts.links", stands, secret, algorithm="sha256").hexdigest()[:32]
