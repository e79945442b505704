"""The embassy's page of a ministry: what it leads, its commitments, its last updates and its office holders."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from dialogues.choices import ClaimedProgress, CommitmentStatus, UpdateDecision
from dialogues.models import UpdateVersion
from recommendations.edition_context import get_page_edition, set_page_country
from recommendations.models import Recommendation
from reports.briefings.contacts import CommitmentSummary, gather_responsible_parties
from reports.briefings.reversal_sentences import gather_reversals
from reports.readiness.explanation import score_display
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from reports.views.access import read_page
from reports.views.recommendations import build_recommendation_rows
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.localization import gettext
from tiptracker.web import exports
from tiptracker.web.pages import SignedInRequest, render_page

MAX_UPDATES = 5


@read_page
def ministry_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a ministry in the page's edition. Embassy roles only; ministries have a page of their own.

    Its commitments can be exported, with what has reversed them since.
    """
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
        displays = score_display.display_benchmarks(facts, evaluate_readiness(facts, as_of=today))
        led = Recommendation.objects.visible_to(user).active().filter(edition=edition, lead=ministry)
        parties = gather_responsible_parties(user, edition, facts, today)
        desk = next(party for party in parties if party.key == ministry.pk)
        updates = _find_last_updates(user, ministry)
        reversals = gather_reversals(user, facts, today)

        def since_then(commitment: int) -> str:
            return reversals.describe(reversals.of_commitment(commitment))

        if exports.is_export_requested(request):
            cells = [_export_row(one, since_then(one.row.pk)) for one in desk.commitments]
            return exports.export_rows(request, "ministry-commitments", _export_columns(), cells)
        context |= {
            "today": today,
            "rows": build_recommendation_rows(user, led.select_related("lead").with_pillar(), displays),
            "desk": desk,
            "commitments": [(one, since_then(one.row.pk)) for one in desk.commitments],
            "updates": [(*update, since_then(update[0].update.commitment_id)) for update in updates],
            "holders": list(ministry.office_holders.all()),
        }
    return render_page(request, "reports/ministry_detail.html", context)


def _export_columns() -> tuple[str, ...]:
    return (
        gettext("Ministry"), gettext("Commitment"), gettext("Status"), gettext("Days overdue"), gettext("Due"),
        gettext("Last update"), gettext("Reversed"),
    )  # fmt: skip


def _export_row(commitment: CommitmentSummary, since_then: str) -> tuple[object, ...]:
    row, standing = commitment.row, commitment.standing
    return (
        row.maker, row.text, standing.status.label, standing.days_overdue or None, standing.due_on,
        commitment.last_update, since_then,
    )  # fmt: skip


def _find_last_updates(
    user: User, ministry: Ministry
) -> list[tuple[UpdateVersion, ClaimedProgress, UpdateDecision | CommitmentStatus]]:
    """Return the last updates from the ministry, newest first: the claim, and the decision or "With the embassy"."""
    versions = UpdateVersion.objects.visible_to(user).filter(update__commitment__ministry=ministry)
    last = versions.select_related("update__commitment", "decision").order_by("-recorded_at", "-pk")[:MAX_UPDATES]
    return [
        (
            row,
            ClaimedProgress(row.claimed),
            UpdateDecision(row.decision.decision) if hasattr(row, "decision") else CommitmentStatus.WITH_EMBASSY,
        )
        for row in last
    ]
