"""Queue the readiness jobs that every change of recommendations or progress needs."""

from recommendations.models import Edition
from tiptracker.jobs.actions import enqueue


def enqueue_readiness(country_id: int) -> None:
    """Queue a readiness job for each tracked edition of the country. It runs after the transaction commits.

    While changes go on, it gathers those of a minute (`readiness` in `reports/tasks.py`).
    """
    for edition in Edition.objects.filter(country=country_id).tracked().order_by("pk"):
        enqueue("readiness", edition.pk, hurries=False)
