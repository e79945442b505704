"""What every change of what is asked, or of what was done about it, sets going."""

from recommendations.models import Edition
from tiptracker.jobs.actions import enqueue


def enqueue_readiness(country_id: int) -> None:
    """Ask for readiness to be computed anew, once the transaction commits, for each edition tracked in the country."""
    for edition in Edition.objects.filter(country=country_id).tracked().order_by("pk"):
        enqueue("readiness", edition.pk)
