"""Decide when the tracker rebuilds the ambassador's briefing that it keeps ready, and for which reader.

Changes are found in the activity log: an entry with a higher number than the newest one when the briefing was built.
Entry numbers are exact; the times in the log are the machine's.
"""

from datetime import date, datetime, timedelta

from django.db.models import Max, Min

from recommendations.models import Edition
from reports.models import Briefing
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Role
from tiptracker.jobs.models import Job, State

JOB_KIND = "current_briefing"
QUIET_PERIOD = timedelta(minutes=2)
"""Wait for this long without new entries, so that a series of changes causes one rebuild, not many.

With 4,000 pieces of evidence, a rebuild takes a core for most of a minute.
"""
MAX_DELAY = timedelta(minutes=15)
"""Rebuild once the oldest change is this old, even if new entries keep coming. The dashboard says 20 minutes."""
RETRY_DELAY = timedelta(minutes=10)
"""Wait this long before the next attempt after a failure."""


def find_ambassador(edition: Edition) -> User | None:
    """Return an active ambassador of the country, or None. Without an ambassador no briefing is kept ready."""
    ambassadors = User.objects.filter(role=Role.AMBASSADOR, is_active=True, countries=edition.country_id)
    return ambassadors.order_by("pk").first()


def has_changed_since(briefing: Briefing) -> bool:
    """Return whether anything was recorded that the tracker's own briefing may not include."""
    return AuditEntry.objects.changes_since(briefing.log_number or 0, briefing.edition.country_id).exists()


def is_rebuild_expected(edition: Edition) -> bool:
    """Return whether the tracker will build the next briefing by itself after a change."""
    last = _last_job(edition)
    return find_ambassador(edition) is not None and (last is None or last.state != State.FAILED)


def is_rebuild_due(edition: Edition, today: date, at: datetime) -> bool:
    """Return whether to rebuild at `at` (the machine's time), when it is `today` in the country."""
    if today < edition.starts_on or find_ambassador(edition) is None or _has_failed_recently(edition, at):
        return False
    newest = Briefing.objects.own(edition).first()
    if newest is None or newest.as_of != today or newest.withdrawn_at:
        return True
    changes = AuditEntry.objects.changes_since(newest.log_number or 0, edition.country_id)
    moments = changes.aggregate(first=Min("at"), last=Max("at"))
    return moments["first"] is not None and (moments["last"] <= at - QUIET_PERIOD or moments["first"] <= at - MAX_DELAY)


def _has_failed_recently(edition: Edition, at: datetime) -> bool:
    last = _last_job(edition)
    return bool(last and last.state == State.FAILED and last.finished_at and last.finished_at > at - RETRY_DELAY)


def _last_job(edition: Edition) -> Job | None:
    return Job.objects.filter(kind=JOB_KIND, key=str(edition.pk)).order_by("-pk").first()
