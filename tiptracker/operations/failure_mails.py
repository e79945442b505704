"""Look at the status every ten minutes, and tell administrators by mail of parts that have failed.

A part that stops the mails themselves, such as the worker, cannot be told of in this way. A program that asks `/ready/`
or `manage.py status` from another machine notices it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tiptracker.accounts.models import User
from tiptracker.choices import Role
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
        PartFailure.objects.exclude(part__in=failed).delete()
        PartFailure.objects.bulk_create([PartFailure(part=name, since=now) for name in failed], ignore_conflicts=True)
        lasting = PartFailure.objects.filter(since__lte=now - SHORTEST_FAILURE)
        if not any(row.told_at is None or now - row.told_at >= PAUSE for row in lasting):
            return []
        told = [failed[row.part] for row in lasting]
        lasting.update(told_at=now)
        for person in User.objects.get_queryset().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk"):
            notify_failure(person, told)
    return told


def notify_failure(person: User, labels: Sequence[str]) -> None:
    """Tell the person which parts have failed: their labels in English, translated in the mail."""
    link = urljoin(settings.PUBLIC_URL, reverse("status"))
    queue_mail(
        MailKind.STATUS_FAILED, person=person, key=str(person.pk), values={"parts": ", ".join(labels), "link": link}
    )
