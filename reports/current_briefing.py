"""The ambassador's briefing that the tracker keeps ready by itself: whose eyes read it, and when it is made anew.

Whether anything has changed is asked of the log, whose numbers tell it exactly: an entry that follows the newest one of
when a briefing was read. Its moments are the machine's.
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
QUIET_PERIOD = timedelta(seconds=20)
"""For so long nobody has recorded anything: whoever records several things at a time isn't run after."""
MAX_DELAY = timedelta(minutes=10)
"""What was recorded so long ago waits no longer, however little quiet there is."""
RETRY_DELAY = timedelta(minutes=10)
"""For so long it isn't tried again where it failed."""


def find_ambassador(edition: Edition) -> User | None:
    """An ambassador of the country; None where there is none at present, and then there is nobody to keep it for."""
    people = User.objects.filter(role=Role.AMBASSADOR, is_active=True, countries=edition.country_id)
    return people.order_by("pk").first()


def has_changed_since(briefing: Briefing) -> bool:
    """Whether anything was recorded that the tracker's own briefing may not know."""
    return AuditEntry.objects.changes_since(briefing.log_number or 0, briefing.edition.country_id).exists()


def is_rebuild_expected(edition: Edition) -> bool:
    """Whether the tracker makes the next one by itself, once something was recorded."""
    last = _last_job(edition)
    return find_ambassador(edition) is not None and (last is None or last.state != State.FAILED)


def is_rebuild_due(edition: Edition, today: date, at: datetime) -> bool:
    """Whether it is to be made at `at` (the machine's time), when it is `today` in the country."""
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
