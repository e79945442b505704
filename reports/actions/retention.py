"""Enter the retention schedule of a country, place a hold on an edition, and release it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from dialogues.choices import RecordKind
from dialogues.models import RetentionHold, RetentionHoldRelease, RetentionSchedule
from recommendations.models import Edition
from reports.actions.disposals import lock_country, refuse_disposed_of
from reports.permissions import can_manage_retention
from tiptracker.accounts.models import Country, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import insert_row, require_text


@transaction.atomic
def set_schedule(
    *, country: Country, kind: RecordKind, years: int, authority: str, by: User, now: datetime
) -> RetentionSchedule:
    """Enter a schedule, which replaces the earlier one. The number of the authority may still be empty.

    Raises PermissionDenied, Refused.
    """
    if not can_manage_retention(by, country):
        raise PermissionDenied
    if not 1 <= years <= 100:
        raise Refused("out_of_range", gettext("Enter a number of years from 1 to 100."), field="years")
    lock_country(country.pk)
    authority = authority.strip()
    current = RetentionSchedule.objects.in_force(country, kind)
    if current and (current.years, current.authority) == (years, authority):  # a new one would end open proposals
        raise Refused("unchanged", gettext("This schedule is in force already. Change it, or choose “Cancel”."))
    schedule = insert_row(
        RetentionSchedule(country=country, kind=kind, years=years, authority=authority, recorded_at=now, recorded_by=by)
    )
    after = {"kind": schedule.kind, "years": schedule.years, "authority": schedule.authority}
    record("retention.scheduled", by=by, row=schedule, country=country, after=after)
    return schedule


@transaction.atomic
def place_hold(*, edition: Edition, reason: str, by: User, now: datetime) -> RetentionHold:
    """Place a hold: nobody disposes of the edition until the hold is released. Raises PermissionDenied, Refused."""
    if not can_manage_retention(by, edition.country):
        raise PermissionDenied
    reason = require_text(reason, gettext("Give the reason in a sentence."), field="reason")
    lock_country(edition.country_id)  # waits for a disposal that runs
    refuse_disposed_of(edition)
    hold = insert_row(RetentionHold(edition=edition, reason=reason, recorded_at=now, recorded_by=by))
    after = {"edition": edition.year, "reason": hold.reason}
    record("retention.held", by=by, row=hold, country=edition.country_id, after=after)
    return hold


@transaction.atomic
def release_hold(*, hold: RetentionHold, reason: str, by: User, now: datetime) -> RetentionHoldRelease:
    """Release a hold. Raises PermissionDenied, Refused."""
    if not can_manage_retention(by, hold.edition.country):
        raise PermissionDenied
    reason = require_text(reason, gettext("Give the reason in a sentence."), field="reason")
    lock_country(hold.edition.country_id)
    if RetentionHoldRelease.objects.filter(hold=hold).exists():
        raise Refused("not_waiting", gettext("This hold has been released already."))
    release = insert_row(RetentionHoldRelease(hold=hold, reason=reason, recorded_at=now, recorded_by=by))
    after = {"edition": hold.edition.year, "reason": release.reason}
    record("retention.released", by=by, row=hold, country=hold.edition.country_id, after=after)
    return release
