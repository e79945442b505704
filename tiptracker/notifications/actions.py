"""Bring the notices of a country into line with its record, and mark what a person has read.

What there is to tell follows from the record alone (`Occasion`). So a run that was missed, killed or started twice
changes nothing in the end: each notice is written once, and a matter that was settled in the meantime is not told.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import DatabaseError, transaction
from django.db.models import Q

from tiptracker.accounts.models import Country, User
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.infrastructure.outages import FULL, READ_ONLY, find_outage
from tiptracker.notifications.choices import CALENDAR_KINDS, KIND_RULES, Audience, NoticeKind
from tiptracker.notifications.digest_times import DEFAULT_HOUR
from tiptracker.notifications.models import Notice, NoticeQuerySet
from tiptracker.notifications.people import CountryPeople, find_people

EVENT_WINDOW = timedelta(days=7)
"""How far back the record is searched for events to tell of. It is longer than a worker is likely to be down."""
BATCH_SIZE = 2000
REVIVED_FIELDS = ("settled_at", "delivered_at", "read_at", "mail", "occurred_at", "sequence")
"""What changes of a notice that is told again."""


class Occasion(NamedTuple):
    """Something that the record gives reason to tell.

    Attributes:
        table: the record that it is about, such as "dialogues.commitment".
        row: the key of that record.
        day: the due date, or the day on which it happened.
        occurred_at: when it happened, or when the day of the stage began.
        ministry: the ministry that it concerns, if it concerns one.
        by: who did it, and so need not be told. What changes calendars changes theirs too, but is not unread.
        named: the person for whom it is, if it is for one person.
        sequence: how often the record had changed by then, if the notice changes the person's calendar.
        stage: the number of days before or after the due date, if there is one. Of an answer to a request: its id, so
            that each is told of.
    """

    kind: NoticeKind
    table: str
    row: int
    day: date
    occurred_at: datetime
    ministry: int | None = None
    by: int | None = None
    stage: int = 0
    named: int | None = None
    sequence: int = 0


class NoticeChanges(NamedTuple):
    """How many notices were written, and how many are settled."""

    written: int
    settled: int


class _Key(NamedTuple):
    """What makes a notice the same notice. Its fields are those of the row."""

    person_id: int
    kind: str
    table: str
    row: str
    day: date
    stage: int


class _Told(NamedTuple):
    """What a person is to be told. `is_known`: the person did it, and so has read it."""

    occasion: Occasion
    is_known: bool


@transaction.atomic
def update_notices(country: Country, occasions: Iterable[Occasion], *, now: datetime, today: date) -> NoticeChanges:
    """Write the notices that the occasions call for, and settle those that nothing calls for any more.

    Args:
        occasions: everything that the record of the country gives reason to tell.
        now: domain time.
        today: the day of `now` in the country.
    """
    wanted = dict(_find_wanted(country, occasions, today))
    unsettled = _find_unsettled(country, now)
    missing = wanted.keys() - unsettled.keys()
    revived = _revive(country, {key: wanted[key] for key in missing}, now)
    new = missing - revived
    Notice.objects.bulk_create(
        [_build_notice(key, told, country, now) for key, told in wanted.items() if key in new],
        ignore_conflicts=True,  # another run wrote it in the meantime
        batch_size=BATCH_SIZE,
    )
    gone = [pk for key, pk in unsettled.items() if key not in wanted]
    for keys in batched(gone, BATCH_SIZE):
        _lock_and_update(Notice.objects.filter(pk__in=keys), settled_at=now)
    return NoticeChanges(len(missing), len(gone))


@transaction.atomic
def mark_all_read(*, by: User, now: datetime) -> int:
    """Mark all of the person's notices as read. Return how many were unread."""
    return _lock_and_update(Notice.objects.visible_to(by).filter(read_at__isnull=True), read_at=now)


def mark_opened(*, by: User, table: str, row: str, now: datetime) -> None:
    """Mark the person's notices about a record as read, because they opened it.

    If the database takes no changes for the moment, they stay unread, and the page opens all the same.
    """
    if not getattr(by, "unread_notices", 0):
        return
    own = Notice.objects.visible_to(by).filter(table=table, row=row, read_at__isnull=True)
    try:
        with transaction.atomic():
            _lock_and_update(own, read_at=now)
    except DatabaseError as error:
        if find_outage(error) not in {READ_ONLY, FULL}:
            raise


def _lock_and_update(notices: NoticeQuerySet, **values: datetime | None) -> int:
    """Change notices, locked in the order of their keys, as a run and a person may change the same. Return how many."""
    keys = [notice.pk for notice in lock_rows(notices)]
    return Notice.objects.filter(pk__in=keys).update(**values)


def _find_unsettled(country: Country, now: datetime) -> dict[_Key, int]:
    """Return the notices that may have been settled, by what they are about: their keys.

    These are those that last, and events that nobody was told of yet. A country may have tens of thousands.
    """
    lasting = Q(kind__in=[kind for kind, rule in KIND_RULES.items() if rule.is_lasting])
    event = Q(occurred_at__gte=now - EVENT_WINDOW)
    rows = Notice.objects.unsettled().filter(lasting | event, country=country).order_by()
    return {_Key(*row): pk for pk, *row in rows.values_list("pk", *_Key._fields)}


def _revive(country: Country, wanted: Mapping[_Key, _Told], now: datetime) -> set[_Key]:
    """Open settled notices again whose matter is as it was before. Return which.

    Nobody gets a second mail, unless another mail changed the person's calendar in the meantime.
    """
    records = {key.row for key in wanted}
    revived: dict[_Key, int] = {}
    for rows in batched(sorted(records), BATCH_SIZE):
        settled = Notice.objects.filter(country=country, row__in=rows, settled_at__isnull=False)
        revived |= {_key_of(notice): notice.pk for notice in settled if _key_of(notice) in wanted}
    for pks in batched(revived.values(), BATCH_SIZE):
        outdated = list(Notice.objects.filter(pk__in=pks).outdated_in_calendars())
        _lock_and_update(Notice.objects.filter(pk__in=pks), settled_at=None)
        for notice in outdated:
            fresh = _build_notice(_key_of(notice), wanted[_key_of(notice)], country, now)
            notice.settled_at = notice.delivered_at = notice.mail = None
            notice.read_at, notice.occurred_at, notice.sequence = fresh.read_at, fresh.occurred_at, fresh.sequence
        Notice.objects.bulk_update(outdated, REVIVED_FIELDS)
    return set(revived)


def _find_wanted(country: Country, occasions: Iterable[Occasion], today: date) -> Iterator[tuple[_Key, _Told]]:
    people = find_people(country, today)
    without_focal_point: dict[int, Occasion] = {}
    for occasion in occasions:
        yield from _recipients_of(occasion, people)
        ministry = occasion.ministry
        is_for_ministry = KIND_RULES[occasion.kind].audience in {Audience.FOCAL_POINTS, Audience.INVITED}
        if (
            is_for_ministry
            and occasion.named is None
            and ministry is not None
            and not people.focal_points.get(ministry)
        ):
            without_focal_point.setdefault(ministry, occasion)
    for ministry, occasion in without_focal_point.items():
        # The day is the first of the month, so that the officers are told once a month as long as it lasts. On that day
        # they are told in the morning: what goes out at once would wake them at midnight.
        month_on = today.replace(day=1)
        morning = datetime.combine(month_on, time(DEFAULT_HOUR), ZoneInfo(country.time_zone))
        occasion_without_recipient = Occasion(
            NoticeKind.NO_FOCAL_POINT,
            "accounts.ministry",
            ministry,
            month_on,
            max(occasion.occurred_at, morning),
            ministry=ministry,
        )
        yield from _recipients_of(occasion_without_recipient, people)


def _recipients_of(occasion: Occasion, people: CountryPeople) -> Iterator[tuple[_Key, _Told]]:
    is_lasting = KIND_RULES[occasion.kind].is_lasting
    changes_calendar = occasion.kind in CALENDAR_KINDS
    kind, row = str(occasion.kind), str(occasion.row)
    for recipient in people.receivers(occasion.kind, occasion.ministry, occasion.named):
        is_known = recipient.pk == occasion.by
        # Whoever came later was not there for a single event, but is told of what lasts.
        if (changes_calendar or not is_known) and (is_lasting or recipient.created_at <= occasion.occurred_at):
            key = _Key(recipient.pk, kind, occasion.table, row, occasion.day, occasion.stage)
            yield key, _Told(occasion, is_known)


def _build_notice(key: _Key, told: _Told, country: Country, now: datetime) -> Notice:
    occasion, is_known = told
    return Notice(
        **key._asdict(),
        country=country,
        ministry_id=occasion.ministry,
        occurred_at=occasion.occurred_at,
        sequence=occasion.sequence,
        recorded_at=now,
        read_at=now if is_known else None,
    )


def _key_of(notice: Notice) -> _Key:
    return _Key(*(getattr(notice, name) for name in _Key._fields))
