"""The embassy's page of a ministry: what it leads, its commitments, its last updates and its office holders."""

from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from dialogues.choices import ClaimedProgress, UpdateDecision
from dialogues.models import UpdateVersion
from recommendations.edition_context import get_page_edition, set_page_country
from recommendations.models import Recommendation
from reports.briefings.contacts import gather_responsible_parties
from reports.readiness.explanation import score_display
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.views.access import read_page
from reports.views.recommendations import build_recommendation_rows
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.web.pages import SignedInRequest, render_page

MAX_SENT = 5


class SentUpdate(NamedTuple):
    """An update from the ministry, the progress claimed, and the embassy's decision (None while it waits)."""

    update_version: UpdateVersion
    claimed: ClaimedProgress
    decision: UpdateDecision | None


@read_page
def ministry_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a ministry in the page's edition. Embassy roles only; ministries have a page of their own."""
    user = request.user
    ministry = get_object_or_404(Ministry.objects.visible_to(user).select_related("country"), pk=pk)
    if not user.is_embassy:
        raise PermissionDenied
    set_page_country(request, ministry.country)
    edition = get_page_edition(request)
    context: dict[str, Any] = {"ministry": ministry, "edition": edition}
    if edition is not None:
        today = clock.today(ministry.country.time_zone)
        facts = gather_facts(edition)
        stands = score_display.display_benchmarks(facts, evaluate_readiness(facts, as_of=today))
        led = Recommendation.objects.visible_to(user).asked().filter(edition=edition, lead=ministry)
        desks = gather_responsible_parties(user, edition, facts, today)
        context |= {
            "today": today,
            "rows": build_recommendation_rows(user, led.select_related("lead").with_pillar(), stands),
            "desk": next(desk for desk in desks if desk.key == ministry.pk),
            "sent": _find_sent_updates(user, ministry),
            "holders": list(ministry.office_holders.all()),
        }
    return render_page(request, "reports/ministry_detail.html", context)


def _find_sent_updates(user: User, ministry: Ministry) -> list[SentUpdate]:
    """Return the last updates from the ministry, newest first."""
    versions = UpdateVersion.objects.visible_to(user).filter(update__commitment__ministry=ministry)
    return [
        SentUpdate(
            row,
            ClaimedProgress(row.claimed),
            UpdateDecision(row.decision.decision) if hasattr(row, "decision") else None,
        )
        for row in versions.select_related("update__commitment", "decision").order_by("-recorded_at", "-pk")[:MAX_SENT]
    ]
