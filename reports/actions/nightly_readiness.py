"""Compute each country's readiness in its night: a new day can change the score even if nothing was recorded."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from recommendations.models import Edition
from reports.actions.runs import compute_readiness
from reports.models import ReadinessRun
from reports.readiness.readiness import METHOD_VERSION
from tiptracker.accounts.models import Country
from tiptracker.audit.models import AuditEntry
from tiptracker.jobs.actions import enqueue
from tiptracker.jobs.models import OPEN_STATES, Job

JOB_KIND = "country_readiness"
NIGHT_BEGINS_AT = time(1)
"""The local time from which a country's readiness of that day is computed. The time zones spread the work."""
RECENT = timedelta(days=1)
"""Countries whose record changed within this time come first."""


def queue_countries(*, now: datetime, logged_by: datetime) -> list[int]:
    """Queue one job for each country whose night has begun. Return the countries' ids in their order.

    Countries with recent changes come first. A country is left out once its readiness of the day is stored, or while
    its job is open; one whose job failed is queued again.

    Args:
        now: domain time.
        logged_by: the same moment in machine time, by which the activity log is dated.
    """
    begun = [
        edition for edition in find_editions_under_way(now) if _local(edition.country, now).time() >= NIGHT_BEGINS_AT
    ]
    runs = ReadinessRun.objects.filter(edition__in=begun, methodology=METHOD_VERSION, as_of__gte=_earliest_day(now))
    done = set(runs.order_by().values_list("edition", "as_of").distinct())
    open_jobs = Job.objects.filter(kind=JOB_KIND, state__in=OPEN_STATES).values_list("key", flat=True)
    due = {edition.country_id for edition in begun if (edition.pk, _local(edition.country, now).date()) not in done}
    due -= set(map(int, open_jobs))
    changed = AuditEntry.objects.countries_changed_since(logged_by - RECENT)
    countries = sorted(due, key=lambda country: (country not in changed, country))
    for country in countries:
        enqueue(JOB_KIND, country)
    return countries


def compute_country_readiness(*, country: Country, now: datetime) -> None:
    """Compute the readiness of a country's editions that are not over, as of today there.

    An edition that can't be computed does not keep the others from it. Its error is raised at the end, in an
    ExceptionGroup.
    """
    local = _local(country, now)
    failures = []
    for edition in Edition.objects.tracked().not_over(local.date()).filter(country=country).select_related("country"):
        try:
            compute_readiness(edition=edition, as_of=local.date(), now=local)
        except Exception as error:  # noqa: BLE001 -- raised below
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"Readiness of {country.code}", failures)


def find_editions_under_way(now: datetime) -> Iterator[Edition]:
    """Yield the tracked editions that are not over in their country, where the date may differ from UTC."""
    for edition in Edition.objects.tracked().not_over(_earliest_day(now)).select_related("country"):
        if edition.ends_on >= _local(edition.country, now).date():
            yield edition


def _earliest_day(now: datetime) -> date:
    """Return a day that is not later than the date in any country."""
    return now.astimezone(UTC).date() - timedelta(days=1)


def _local(country: Country, now: datetime) -> datetime:
    return now.astimezone(ZoneInfo(country.time_zone))
