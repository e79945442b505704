"""The readiness that pages show: of everything recorded until now."""

from datetime import date

from django.conf import settings

from recommendations.models import Edition
from reports.readiness.daily_scores import DailyScores
from reports.readiness.facts import Facts
from reports.readiness.gathering import gather_facts
from reports.readiness.kept_readiness import daily_scores_of, facts_of, readiness_of
from reports.readiness.readiness import Readiness, evaluate_readiness
from reports.request_params import RequestedMoment
from tiptracker.web.kept_pages import record_version
from tiptracker.web.pages import SignedInRequest


def current_readiness(request: SignedInRequest, edition: Edition, today: date, facts: Facts | None = None) -> Readiness:
    """Return the readiness of an edition as of today. This process keeps it until the record changes.

    `facts` are its `current_facts`, if they are at hand.
    """
    if not _may_be_kept(request):
        return evaluate_readiness(facts or gather_facts(edition), as_of=today)
    return readiness_of(edition, as_of=today, version=record_version(request, [edition.country_id]))


def readiness_at(request: SignedInRequest, moment: RequestedMoment) -> Readiness:
    """Return the readiness as of a day, as known at a moment. It is kept if that is what is known now."""
    if moment.known_by is None:
        return current_readiness(request, moment.edition, moment.as_of)
    return evaluate_readiness(gather_facts(moment.edition), as_of=moment.as_of, known_by=moment.known_by)


def current_facts(request: SignedInRequest, edition: Edition) -> Facts:
    """Return the facts of an edition. This process keeps them until the record changes."""
    if not _may_be_kept(request):
        return gather_facts(edition)
    return facts_of(edition, version=record_version(request, [edition.country_id]))


def current_scores(request: SignedInRequest, edition: Edition) -> DailyScores | None:
    """Return the scores of an edition on its days, by `current_facts`; None if this process does not keep them."""
    if not _may_be_kept(request):
        return None
    return daily_scores_of(edition, version=record_version(request, [edition.country_id]))


def _may_be_kept(request: SignedInRequest) -> bool:
    """Return whether the request only reads: what a form is about to change must not be kept."""
    return settings.KEEP_PAGES and request.method == "GET"
