"""What an account holds besides the record: filters, choices about mails, a calendar address, API tokens.

Nothing here is a fact of a country. Drafts and tasks belong to a post or a ministry, so a successor sees them anyway.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tiptracker.accounts.models import ApiToken, User
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.notifications.choices import KIND_RULES, Frequency, NoticeKind
from tiptracker.notifications.models import CalendarFeed, DigestSchedule
from tiptracker.notifications.preferences import read_frequencies
from tiptracker.saved_filters.actions import MAX_FILTERS
from tiptracker.saved_filters.models import NAME_LENGTH, SavedFilter


class Belongings(NamedTuple):
    """What an account holds besides the record.

    `has_own_settings` says whether the person chose other mails, or another time, than their role gets by default.
    """

    saved_filters: int
    has_own_settings: bool
    has_calendar: bool
    tokens: Sequence[ApiToken]


def find_belongings(person: User) -> Belongings:
    """Return what an account holds besides the record."""
    return Belongings(
        saved_filters=SavedFilter.objects.filter(person=person).count(),
        has_own_settings=has_own_settings(person),
        has_calendar=CalendarFeed.objects.filter(person=person, is_open=True).exists(),
        tokens=list(ApiToken.objects.filter(person=person, revoked_at=None)),
    )


def has_own_settings(person: User) -> bool:
    """Return whether the person chose other mails, or another time for them, than their role gets by default."""
    return bool(own_frequencies(person)) or DigestSchedule.objects.filter(person=person).exists()


def own_frequencies(person: User) -> Mapping[NoticeKind, Frequency]:
    """Return how often the person gets mails of each kind for which they chose something else than the default."""
    return {
        kind: frequency
        for kind, frequency in read_frequencies(person).items()
        if frequency is not KIND_RULES[kind].frequency
    }


def copy_saved_filters(person: User, successor: User, now: datetime) -> int:
    """Copy saved filters to a successor, whose row the caller has locked. Return how many were copied.

    Filters that the successor has already are left out, and so are those beyond the limit of a list. A name that is
    taken gets a number. The filters of `person` stay, so nothing is lost.
    """
    own = list(SavedFilter.objects.filter(person=successor))
    copied = 0
    for saved in SavedFilter.objects.filter(person=person).order_by("pk"):
        same_page = [other for other in own if other.page == saved.page]
        if len(same_page) >= MAX_FILTERS or saved.query in {other.query for other in same_page}:
            continue
        name = _free_name(saved.name, {other.name for other in same_page})
        copy = SavedFilter(person=successor, page=saved.page, name=name, query=saved.query, saved_at=now)
        copy.save(force_insert=True)
        own.append(copy)
        copied += 1
    return copied


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name, or with a number if it is taken: "Overdue (2)"."""
    free, number = name, 1
    while free in taken:
        number += 1
        ending = f" ({number})"
        free = name[: NAME_LENGTH - len(ending)] + ending
    return free


def move_calendar(person: User, successor: User | None) -> bool:
    """End the calendar address of `person`. Return whether there was one.

    The successor gets an address of their own if they never had one. It is signed with their own number, so no address
    is ever given from one person to another.
    """
    feeds = lock_rows(CalendarFeed.objects.filter(person__in=filter(None, [person, successor])))
    ended = [feed for feed in feeds if feed.person_id == person.pk and feed.is_open]
    for feed in ended:
        feed.is_open = False
        feed.save(update_fields=["is_open"])
    if ended and successor and not any(feed.person_id == successor.pk for feed in feeds):
        CalendarFeed.objects.create(person=successor, number=1)
    return bool(ended)
