"""What a person reads of the API's lists: counted by day, told in the log, and limited."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import AuditEvent, record_all
from tiptracker.audit.models import ListRead
from tiptracker.choices import Role
from tiptracker.infrastructure.locking import lock_rows

LOG_EVERY_ROWS = 500
"""After how many more rows of a list the log is told once more."""
PAGE_PARAMETERS = ("page", "page_size")
"""Parameters that choose a page, and narrow nothing."""


@transaction.atomic
def count_read(name: str, *, rows: int, by: User, asked: Mapping[str, str], now: datetime) -> None:
    """Add `rows` of the list `name` to what `by` was sent today, and tell the log where that is due.

    The log is told at a person's first request for a list on a day (`now` is in the person's zone), and each time that
    TOLD_EVERY more rows went out. The same request once more, straight after, is a retry: it counts nothing.
    """
    day = now.date()
    counts = lock_rows(ListRead.objects.on_day(by, day))
    count = next((one for one in counts if one.list == name), None) or _create_count(name, by, now)
    request = sha256(json.dumps([name, dict(asked)], sort_keys=True).encode()).hexdigest()
    if count.last_request == request:
        return
    count.rows, count.last_request = count.rows + rows, request
    is_due = count.told is None or count.rows - count.told >= LOG_EVERY_ROWS
    if is_due:
        count.told = count.rows
    count.save(update_fields=["rows", "told", "last_request"])
    if is_due:
        narrowed = {key: value for key, value in asked.items() if key not in PAGE_PARAMETERS}
        after = {"list": name, "rows": count.rows, "asked": narrowed}
        record_all([AuditEvent("list.read", after=after, country=each) for each in _log_countries(by)], by=by)


def seconds_until_limit_resets(by: User, *, now: datetime) -> int:
    """0 while a person may be sent more rows today; else in how many seconds the next day begins."""
    sent = ListRead.objects.on_day(by, now.date()).aggregate(rows=Sum("rows"))["rows"] or 0
    if sent < settings.LIMIT_API_ROWS:
        return 0
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((tomorrow - now).total_seconds()))


def _create_count(name: str, by: User, now: datetime) -> ListRead:
    """The day's count of a list, held; those of days before yesterday have served their turn and go."""
    ListRead.objects.filter(person=by, day__lt=now.date() - timedelta(days=1)).delete()
    ListRead.objects.bulk_create([ListRead(person=by, list=name, day=now.date())], ignore_conflicts=True)
    (count,) = lock_rows(ListRead.objects.on_day(by, now.date()).filter(list=name))
    return count


def _log_countries(by: User) -> list[Country] | list[None]:
    """In the log of which countries an entry stands: each that the person sees; an administrator's in none."""
    if by.role == Role.ADMINISTRATOR:
        return [None]
    return list(Country.objects.visible_to(by)) or [None]
