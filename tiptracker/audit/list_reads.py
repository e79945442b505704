"""Count, log and limit the rows that a person reads from the API's lists, per day."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import AuditEvent, record_all
from tiptracker.audit.models import ListRead
from tiptracker.choices import Role
from tiptracker.infrastructure.locking import lock_rows
from tiptracker.infrastructure.prepared_query import PreparedQuery
from tiptracker.infrastructure.prepared_rows import PreparedRows

LOG_EVERY_ROWS = 500
"""After how many more rows of a list the log gets another entry."""
PAGE_PARAMETERS = ("page", "page_size")
"""Query parameters that choose a page and do not narrow the list."""


@transaction.atomic
def count_read(name: str, *, rows: int, by: User, parameters: Mapping[str, str], now: datetime) -> None:
    """Add `rows` of the list `name` to what `by` was sent today, and write to the log if an entry is due.

    An entry is due at a person's first request for a list on a day (`now` is in the person's zone), and after each
    further LOG_EVERY_ROWS rows. If the same request follows directly again, it is a retry and does not count.
    """
    day = now.date()
    counts = _LOCKED_COUNTS_ON_DAY.rows(person=by.pk, day=day)
    count = next((row for row in counts if row.list == name), None) or _create_count(name, by, now)
    request = sha256(json.dumps([name, dict(parameters)], sort_keys=True).encode()).hexdigest()
    if count.last_request == request:
        return
    count.rows, count.last_request = count.rows + rows, request
    is_due = count.told is None or count.rows - count.told >= LOG_EVERY_ROWS
    if is_due:
        count.told = count.rows
    count.save(update_fields=["rows", "told", "last_request"])
    if is_due:
        narrowed = {key: value for key, value in parameters.items() if key not in PAGE_PARAMETERS}
        after = {"list": name, "rows": count.rows, "asked": narrowed}
        record_all([AuditEvent("list.read", after=after, country=country) for country in _log_countries(by)], by=by)


def seconds_until_limit_resets(by: User, *, now: datetime) -> int:
    """Return 0 while the person may be sent more rows today; otherwise the seconds until the next day."""
    sent = sum(rows for (rows,) in _ROWS_ON_DAY.rows(person=by.pk, day=now.date()))
    if sent < settings.LIMIT_API_ROWS:
        return 0
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((tomorrow - now).total_seconds()))


_ROWS_ON_DAY = PreparedQuery(
    lambda person, day: ListRead.objects.on_day(User(pk=person), day).values_list("rows"), person=int, day=date
)
_LOCKED_COUNTS_ON_DAY = PreparedRows(
    lambda person, day: ListRead.objects.on_day(User(pk=person), day).order_by("pk").select_for_update(no_key=True),
    person=int,
    day=date,
)
"""As `lock_rows`, for a query that each request of a list sends."""


def _create_count(name: str, by: User, now: datetime) -> ListRead:
    """Create today's count of a list and return it locked; delete counts from before yesterday."""
    ListRead.objects.filter(person=by, day__lt=now.date() - timedelta(days=1)).delete()
    ListRead.objects.bulk_create([ListRead(person=by, list=name, day=now.date())], ignore_conflicts=True)
    (count,) = lock_rows(ListRead.objects.on_day(by, now.date()).filter(list=name))
    return count


def _log_countries(by: User) -> list[Country] | list[None]:
    """Return the countries whose log gets the entry: all that the person sees, or none for an administrator."""
    if by.role == Role.ADMINISTRATOR:
        return [None]
    return list(Country.objects.visible_to(by)) or [None]
