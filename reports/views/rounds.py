"""What deciding on a ministry's round would add to the score."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dialogues.models import UpdateRound
from dialogues.words import Decision
from recommendations.models import Edition
from reports import wording
from reports.facts import gather_facts
from reports.foretold import foretold
from reports.glance import plain
from reports.permissions import can_read_readiness
from tiptracker import clock
from tiptracker.pages import SignedIn, render_page


class Rise(NamedTuple):
    """The score before and after, as pages print it, and what lies between; and the exact points."""

    before: Decimal
    after: Decimal
    points: Decimal
    exact: Fraction

    @property
    def fall(self) -> Decimal:
        """What is lost, where an assessment takes points away."""
        return -self.points


@login_required
@require_safe
def round_foretold(request: SignedIn, pk: int) -> HttpResponse:
    """The points that accepting a round would add, and those that assessing its benchmarks would add on top."""
    sent = get_object_or_404(
        UpdateRound.objects.visible_to(request.user).select_related("update__commitment__country", "decision"), pk=pk
    )
    country = sent.update.commitment.country
    edition = (
        Edition.objects.visible_to(request.user).tracked().filter(country=country).select_related("country").first()
    )
    if edition is None or not can_read_readiness(request.user, edition):
        raise PermissionDenied
    decision = Decision(sent.decision.decision) if hasattr(sent, "decision") else None
    context: dict[str, Any] = {"round": sent, "is_accepted": decision is Decision.ACCEPTED}
    if decision is not Decision.RETURNED:
        now = clock.now(country.time_zone)
        told = foretold(
            gather_facts(edition),
            round_id=sent.pk,
            as_of=now.date(),
            now=now,
            is_accepted=decision is Decision.ACCEPTED,
        )
        accepting = told.accepting or Fraction(0)
        context |= {
            "foretold": told,
            "accepting": _rise(told.score, accepting),
            "assessing": [(one, _rise(told.score + accepting, one.points)) for one in told.assessing],
        }
    return render_page(request, "reports/round_foretold.html", context, partial="points")


def _rise(before: Fraction, points: Fraction) -> Rise:
    first, last = wording.tenths(before), wording.tenths(before + points)
    return Rise(plain(first), plain(last), plain(last - first), points)
