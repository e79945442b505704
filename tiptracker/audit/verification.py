"""Check the whole activity log, store the result, and report a fault."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tiptracker.accounts import mails
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import find_head_fault, find_log_fault, log_head, record
from tiptracker.audit.models import AuditEntry, LogVerification
from tiptracker.choices import Role

logger = logging.getLogger(__name__)


def verify_log(*, now: datetime) -> LogVerification:
    """Check the log and store the result. `now` is machine time."""
    verification = check_log(now=now)
    store_verification(verification)
    return verification


def check_log(*, now: datetime) -> LogVerification:
    """Check every entry, and that the newest entry of the last check is unchanged. The result is not stored yet."""
    last = LogVerification.objects.first()
    newest = log_head() or (0, "")
    fault = find_log_fault()
    if fault is None and last and last.number and (description := find_head_fault(last.number, last.hash)):
        fault = (last.number, description)
    number, description = fault or (None, "")
    return LogVerification(at=now, number=newest[0], hash=newest[1], fault=description, faulty_number=number)


def store_verification(verification: LogVerification) -> None:
    """Store the result of a check.

    A fault is logged and mailed to administrators of the installation, officers and ambassadors once, not after every
    check again.
    """
    number, description = verification.faulty_number, verification.fault
    last = LogVerification.objects.first()
    with transaction.atomic():
        verification.save(force_insert=True)
        if number is not None:
            logger.error("The log does not hold: %s", description)
            if last is None or last.fault != description:
                _report_fault(number, description)


def _report_fault(number: int, description: str) -> None:
    """Report a fault by mail and in the log of each country concerned.

    An entry of one country concerns that country, any other entry all countries.
    """
    entry = AuditEntry.objects.filter(number=number).first()
    countries = Country.objects.filter(pk=entry.country_id) if entry and entry.country_id else Country.objects.all()
    readers = Q(role=Role.ADMINISTRATOR, countries=None) | Q(
        role__in=(Role.OFFICER, Role.AMBASSADOR), countries__in=countries
    )
    for person in User.objects.get_queryset().filter(readers, is_active=True).distinct().order_by("pk"):
        mails.notify_log_fault(person, number)
    for country in (None, *countries.order_by("pk")):
        record("log.fault_found", by=None, country=country, after={"entry": number, "fault": description})
