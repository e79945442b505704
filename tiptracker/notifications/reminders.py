"""Which reminders of a record went out, whoever got them."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Min, Q

from tiptracker.mail.models import MailState
from tiptracker.notifications.models import Notice


def find_sent_reminders(table: str, row: int, day: date) -> Mapping[tuple[str, int], datetime]:
    """Return, by kind and stage, when the first notice about a record's due date was written. One query.

    A notice whose mail never arrived counts only once its person has read it. The caller has checked with `visible_to`
    that the reader may see the record. No person is named.
    """
    failed = Q(mail__state__in=[MailState.REFUSED, MailState.GIVEN_UP], read_at__isnull=True)
    notices = Notice.objects.filter(~failed, table=table, row=str(row), day=day).order_by()
    first = notices.values("kind", "stage").annotate(at=Min("recorded_at"))
    return {(kind, stage): at for kind, stage, at in first.values_list("kind", "stage", "at")}
