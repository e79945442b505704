"""Put notices into mails: at once, or in one digest at each person's hour. Each calendar entry has a mail of its own.

A notice and the mail that carries it are written in one transaction, so a notice is in at most one mail. What became
settled before the mail is built is left out of it (`tiptracker.mail.rendering`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery

from tiptracker.accounts.models import Country, User
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.mail.actions import MailInput, queue_mails
from tiptracker.mail.models import Mail, MailKind
from tiptracker.notifications.actions import BATCH_SIZE
from tiptracker.notifications.choices import (
    CALENDAR_KINDS,
    KIND_RULES,
    SAID_AGAIN,
    Audience,
    Frequency,
    NoticeKind,
)
from tiptracker.notifications.digest_times import (
    DigestTimes,
    latest_daily_digest,
    latest_weekly_digest,
    public_holidays,
)
from tiptracker.notifications.models import DigestSchedule, Notice, NoticeFrequency
from tiptracker.notifications.people import find_open_accounts

SETTLING_TIME = timedelta(minutes=5)
"""How long an event waits before it is told, so that what is undone at once is never told."""
PEOPLE_AT_ONCE = 500
"""The people whose mails are queued in one transaction."""


@dataclass
class Preferences:
    """What the people of a batch chose: the frequency of each kind, and when their digests are due."""

    frequencies: Mapping[tuple[int, str], Frequency]
    times: Mapping[int, DigestTimes]
    countries: Mapping[int, Country]
    other_recipients: Callable[[User, NoticeKind], bool]

    def frequency(self, person: User, kind: NoticeKind) -> Frequency:
        """Return how often the person is told of a kind.

        Whoever switched off a required kind is told all the same while nobody else of the ministry is.
        """
        rule = KIND_RULES[kind]
        chosen = self.frequencies.get((person.pk, kind), rule.frequency)
        if chosen is Frequency.NEVER and rule.is_required and not self.other_recipients(person, kind):
            return rule.frequency
        return chosen


def queue_notice_mails(*, now: datetime) -> int:
    """Queue a mail to each person with notices that are due by now. Return how many mails.

    `now` is domain time.
    """
    due = Notice.objects.undelivered(before=now - SETTLING_TIME)
    people = list(due.order_by("person").values_list("person", flat=True).distinct())
    return sum(_queue_mails(keys, now) for keys in batched(people, PEOPLE_AT_ONCE))


@transaction.atomic
def _queue_mails(people: Collection[int], now: datetime) -> int:
    """Queue the mails of some people in one transaction."""
    notices = defaultdict(list)
    for notice in lock_rows(Notice.objects.undelivered(before=now - SETTLING_TIME).filter(person__in=people)):
        notices[notice.person_id].append(notice)
    persons = User.objects.get_queryset().filter(pk__in=notices).select_related("ministry__country")
    by_key = {person.pk: person for person in persons.prefetch_related("countries")}
    preferences = _read_preferences(by_key.values(), now.date())
    left_out: list[int] = []
    carried: list[tuple[User, list[Notice]]] = []
    entries: list[Notice] = []
    for key, waiting in notices.items():
        person = by_key[key]
        if not _can_open_mail_links(person):
            continue
        due = [notice for notice in waiting if _is_due(notice, person, preferences, now)]
        unwanted = {
            notice.pk
            for notice in waiting
            if not person.is_active or preferences.frequency(person, NoticeKind(notice.kind)) is Frequency.NEVER
        }
        unwanted |= _find_repeated(due)
        left_out += unwanted
        mailed = [notice for notice in due if notice.pk not in unwanted]
        entries += [notice for notice in mailed if notice.kind in CALENDAR_KINDS]
        if listed := [notice for notice in mailed if notice.kind not in CALENDAR_KINDS]:
            carried.append((person, listed))
    mails = queue_mails(
        [MailInput(MailKind.NOTICES, person) for person, _ in carried]
        + [MailInput(MailKind.DIALOGUE, by_key[entry.person_id]) for entry in entries]
    )
    digests = [mail.pk for mail in mails[: len(carried)]]
    own_mail = Mail.objects.filter(pk__in=digests, person=OuterRef("person"))
    delivered = [notice.pk for _, listed in carried for notice in listed]
    for pks in batched(delivered, BATCH_SIZE):
        Notice.objects.filter(pk__in=pks).update(delivered_at=now, mail=Subquery(own_mail.values("pk")[:1]))
    for entry, mail in zip(entries, mails[len(carried) :], strict=True):
        entry.delivered_at, entry.mail = now, mail
    Notice.objects.bulk_update(entries, ["delivered_at", "mail"], batch_size=BATCH_SIZE)
    for pks in batched(left_out, BATCH_SIZE):
        Notice.objects.filter(pk__in=pks).update(delivered_at=now)
    return len(mails)


def _find_repeated(notices: Collection[Notice]) -> set[int]:
    """Return the notices whose matter another one of the same mail tells as well (`SAID_AGAIN`)."""
    told = {(notice.kind, notice.table, notice.row) for notice in notices}
    return {
        notice.pk
        for notice in notices
        if (again := SAID_AGAIN.get(NoticeKind(notice.kind))) and (again, notice.table, notice.row) in told
    }


def _can_open_mail_links(person: User) -> bool:
    """Return whether the person has accepted the invitation. Before that, they could open nothing that a mail names."""
    return person.has_usable_password() or bool(settings.OIDC_SERVER_URL)


def _is_due(notice: Notice, person: User, preferences: Preferences, now: datetime) -> bool:
    """Return whether a notice belongs into a mail of this run."""
    ready_at = notice.occurred_at + SETTLING_TIME
    frequency = preferences.frequency(person, NoticeKind(notice.kind))
    if frequency is Frequency.AT_ONCE:
        return ready_at <= now
    country = preferences.countries.get(person.pk)
    zone = ZoneInfo(country.time_zone if country else "UTC")
    days_off = _days_off(country, now.astimezone(zone).date())
    times = preferences.times.get(person.pk, DigestTimes())
    latest = latest_weekly_digest if frequency is Frequency.WEEKLY else latest_daily_digest
    digest_at = latest(times, now, zone, days_off)
    return digest_at is not None and ready_at <= digest_at


def _days_off(country: Country | None, today: date) -> frozenset[date]:
    if country is None:
        return frozenset()
    return public_holidays(country.code, today.year) | public_holidays(country.code, today.year - 1)


def _read_preferences(people: Iterable[User], today: date) -> Preferences:
    """Read what people chose, in two queries, and one for the colleagues of focal points."""
    people = list(people)
    frequencies = {
        (row.person_id, row.kind): Frequency(row.frequency) for row in NoticeFrequency.objects.filter(person__in=people)
    }
    times = {row.person_id: row.times for row in DigestSchedule.objects.filter(person__in=people)}
    countries = {}
    for person in people:
        own = [person.ministry.country] if person.ministry else sorted(person.countries.all(), key=lambda c: c.name)
        if own:
            countries[person.pk] = own[0]
    return Preferences(frequencies, times, countries, _find_colleagues(people, today))


def _find_colleagues(people: Iterable[User], today: date) -> Callable[[User, NoticeKind], bool]:
    """Return a function that says whether a colleague in the person's ministry gets mails about a kind."""
    ministries = {person.ministry_id for person in people if person.ministry_id}
    colleagues = find_open_accounts(today).filter(ministry__in=ministries)
    by_ministry: dict[int, set[int]] = defaultdict(set)
    for pk, ministry in colleagues.values_list("pk", "ministry"):
        by_ministry[ministry].add(pk)
    never = set(
        NoticeFrequency.objects.filter(person__ministry__in=ministries, frequency=Frequency.NEVER).values_list(
            "person", "kind"
        )
    )

    def has_other(person: User, kind: NoticeKind) -> bool:
        if KIND_RULES[kind].audience is not Audience.FOCAL_POINTS or person.ministry_id is None:
            return True
        others = by_ministry[person.ministry_id] - {person.pk}
        return any((other, kind) not in never for other in others)

    return has_other
