"""Which reminders of a record went out, whoever got them."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Min

from tiptracker.notifications.models import Notice


def find_sent_reminders(table: str, row: int, day: date) -> Mapping[tuple[str, int], datetime]:
    """Return, by kind and stage, when the first notice about a record's due date was written. One query.

    The caller has checked with `visible_to` that the reader may see the record. No person is named.
    """
    notices = Notice.objects.filter(table=table, row=str(row), day=day).order_by()
    first = notices.values("kind", "stage").annotate(at=Min("recorded_at"))
    return {(kind, stage): at for kind, stage, at in first.values_list("kind", "stage", "at")}
