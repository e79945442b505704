"""Set which ministry reports an indicator's figure, and say what its figures include."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from recommendations.actions.readiness_jobs import enqueue_readiness
from recommendations.models import Indicator
from recommendations.permissions import can_describe_indicator, can_set_reporting_ministry
from tiptracker.accounts.models import Ministry, User
from tiptracker.audit.actions import record
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import update_row


@transaction.atomic
def set_reporting_ministry(*, indicator: Indicator, ministry: Ministry | None, by: User, now: datetime) -> Indicator:
    """Set, change or clear (None) the ministry that reports an indicator's figure.

    Next steps ask this ministry for a missing figure. Nothing is written if the ministry is already set.
    Raises PermissionDenied, or Refused if the ministry belongs to another country.
    """
    if not can_set_reporting_ministry(by, indicator):
        raise PermissionDenied
    if ministry and ministry.country_id != indicator.country_id:
        raise Refused(
            "another_country",
            gettext("That ministry belongs to another country. Choose a ministry of this country."),
            field="ministry",
        )
    locked = Indicator.objects.select_for_update(no_key=True).get(pk=indicator.pk)
    before = locked.ministry
    if before == ministry:
        return locked
    locked.ministry = ministry
    update_row(locked)
    enqueue_readiness(locked.country_id)
    record(
        "indicator.ministry_set",
        by=by,
        row=locked,
        country=locked.country_id,
        before={"ministry": before.name if before else None},
        after={"ministry": ministry.name if ministry else None, "recorded_at": now},
    )
    return locked


@transaction.atomic
def describe_figures(*, indicator: Indicator, includes: str, by: User, now: datetime) -> Indicator:
    """Say what an indicator's figures include; empty if nothing is to be said. The log keeps the earlier text.

    Nothing is written if the text is the same. Raises PermissionDenied.
    """
    if not can_describe_indicator(by, indicator):
        raise PermissionDenied
    locked = Indicator.objects.select_for_update(no_key=True).get(pk=indicator.pk)
    before, locked.includes = locked.includes, includes.strip()
    if before == locked.includes:
        return locked
    update_row(locked)
    record(
        "indicator.described",
        by=by,
        row=locked,
        country=locked.country_id,
        before={"includes": before},
        after={"includes": locked.includes, "recorded_at": now},
    )
    return locked
