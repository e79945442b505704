"""Look at the status every ten minutes, and tell administrators by mail of parts that have failed.

A part that stops the mails themselves, such as the worker, cannot be told of in this way. A program that asks `/ready/`
or `manage.py status` from another machine notices it.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tiptracker.accounts.models import User
from tiptracker.mail.actions import queue_mail
from tiptracker.mail.models import MailKind
from tiptracker.operations.checks import CheckState, run_checks
from tiptracker.operations.models import PartFailure

SHORTEST_FAILURE = timedelta(minutes=9)
"""A failure that is over within two looks, such as a restart, is nobody's concern."""
PAUSE = timedelta(days=1)
"""How long after a mail about a part that stays failed the next one follows."""


def report_failures(*, now: datetime) -> list[str]:
    """Look at the status, and queue mails about parts that have failed for two looks. `now` is machine time.

    Return the labels of these parts, in English.
    """
    failed = {
        part.check.name: part.check.label for part in run_checks(now=now) if part.result.state is CheckState.FAILED
    }
    with transaction.atomic():
        lasting = _record_failures(failed.keys(), now)
        if not any(row.told_at is None or now - row.told_at >= PAUSE for row in lasting):
            return []
        for row in lasting:
            row.told_at = now
            row.save(update_fields=["told_at"])
        told = [failed[row.part] for row in lasting]
        for person in User.objects.get_queryset().of_installation().filter(is_active=True).order_by("pk"):
            notify_failure(person, told)
    return told


def _record_failures(failed: AbstractSet[str], now: datetime) -> list[PartFailure]:
    """Keep since when parts have failed. Return those that had failed at the look before, too."""
    known = list(PartFailure.objects.select_for_update(no_key=True).order_by("pk"))
    for row in known:
        if row.part not in failed:
            row.delete()
    new = sorted(failed - {row.part for row in known})
    PartFailure.objects.bulk_create([PartFailure(part=name, since=now) for name in new], ignore_conflicts=True)
    return [row for row in known if row.part in failed and now - row.since >= SHORTEST_FAILURE]


def notify_failure(person: User, labels: Sequence[str]) -> None:
    """Tell the person which parts have failed: their labels in English, translated in the mail."""
    link = urljoin(settings.PUBLIC_URL, reverse("status"))
    queue_mail(
        MailKind.STATUS_FAILED, person=person, key=str(person.pk), values={"parts": ", ".join(labels), "link": link}
    )
