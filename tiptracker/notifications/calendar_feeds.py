"""A person's private address for calendar programs: made, made anew, stopped, and found again from the address."""

from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from tiptracker.accounts.backend import Backend
from tiptracker.accounts.models import User
from tiptracker.notifications.models import CalendarFeed

SALT = "tiptracker.notifications.calendar"


@transaction.atomic
def renew_feed(*, by: User) -> CalendarFeed:
    """Give the person an address, or a new one, which ends the one before."""
    list(User.objects.get_queryset().filter(pk=by.pk).select_for_update(no_key=True, of=("self",)))
    feed = CalendarFeed.objects.visible_to(by).first() or CalendarFeed(person=by, number=0)
    feed.number += 1
    feed.is_open = True
    feed.save()
    return feed


@transaction.atomic
def stop_feed(*, by: User) -> None:
    """End the person's address. The row stays, so that no later address is ever the same."""
    CalendarFeed.objects.visible_to(by).update(is_open=False)


def find_feed_address(person: User) -> str:
    """Return the person's address, or "" if they have none."""
    feed = CalendarFeed.objects.visible_to(person).filter(is_open=True).first()
    if feed is None:
        return ""
    token = signing.dumps([person.pk, feed.number], salt=SALT)
    return urljoin(settings.PUBLIC_URL, reverse("calendar_file", args=[token]))


def find_person_of_feed(token: str) -> User | None:
    """Return the person whose address this is. None if it is made up or ended, or if the account may not sign in."""
    try:
        key, number = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    feed = CalendarFeed.objects.filter(person=key, number=number, is_open=True).select_related("person").first()
    return feed.person if feed and Backend().user_can_authenticate(feed.person) else None
