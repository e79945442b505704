"""Tell everybody what there is to tell: bring the notices of all countries up to date, and queue the mails."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction

import dialogues.occasions
import reports.occasions
from tiptracker.accounts.models import Country
from tiptracker.notifications.actions import NoticeChanges, update_notices
from tiptracker.notifications.delivery import queue_notice_mails


class NotifyResult(NamedTuple):
    """What a run did: the notices written, the notices settled, and the mails handed to the mail worker (`sent`)."""

    written: int
    settled: int
    sent: int


def notify(*, now: datetime) -> NotifyResult:
    """Do one run for all countries. `now` is domain time.

    A run that is repeated, killed or begun twice at once tells nobody anything twice.
    """
    written = settled = 0
    for country in Country.objects.order_by("pk"):
        changes = _update_country(country, now)
        written += changes.written
        settled += changes.settled
    return NotifyResult(written, settled, queue_notice_mails(now=now))


@transaction.atomic
def _update_country(country: Country, now: datetime) -> NoticeChanges:
    occasions = [*dialogues.occasions.find_occasions(country, now), *reports.occasions.find_occasions(country, now)]
    today = now.astimezone(ZoneInfo(country.time_zone)).date()
    return update_notices(country, occasions, now=now, today=today)
