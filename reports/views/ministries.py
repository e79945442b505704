"""A ministry as the embassy reads of it: what it leads, what it promised, what it sent last, who is there."""

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dialogues.choices import Decision, Progress
from dialogues.models import UpdateRound
from recommendations.edition_context import edition_shown, stand_in
from recommendations.models import Recommendation
from reports.briefings.contacts import gather_desks
from reports.readiness.explanation import score_display
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import readiness
from reports.views.recommendations import asked_of
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.web.pages import SignedIn, render_page

MOST_SENT = 5


class Sent(NamedTuple):
    """An update of the ministry, what it claimed, and the embassy's answer (None while it waits)."""

    round: UpdateRound
    claimed: Progress
    decision: Decision | None


@login_required
@require_safe
def ministry_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One ministry, by its country's edition at hand. A ministry has a page of its own instead."""
    user = request.user
    ministry = get_object_or_404(Ministry.objects.visible_to(user).select_related("country"), pk=pk)
    if not user.is_embassy:
        raise PermissionDenied
    stand_in(request, ministry.country)
    edition = edition_shown(request)
    context: dict[str, Any] = {"ministry": ministry, "edition": edition}
    if edition is not None:
        today = clock.today(ministry.country.time_zone)
        facts = gather_facts(edition)
        stands = score_display.benchmarks(facts, readiness(facts, as_of=today))
        led = Recommendation.objects.visible_to(user).asked().filter(edition=edition, lead=ministry)
        desks = gather_desks(user, edition, facts, today)
        context |= {
            "today": today,
            "rows": asked_of(user, led.select_related("lead").with_pillar(), stands),
            "desk": next(desk for desk in desks if desk.key == ministry.pk),
            "sent": _sent(user, ministry),
            "holders": list(ministry.office_holders.all()),
        }
    return render_page(request, "reports/ministry_detail.html", context)


def _sent(user: User, ministry: Ministry) -> list[Sent]:
    """What it sent last, newest first."""
    rounds = UpdateRound.objects.visible_to(user).filter(update__commitment__ministry=ministry)
    return [
        Sent(row, Progress(row.claimed), Decision(row.decision.decision) if hasattr(row, "decision") else None)
        for row in rounds.select_related("update__commitment", "decision").order_by("-recorded_at", "-pk")[:MOST_SENT]
    ]
