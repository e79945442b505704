"""The page to record which recommendations of an edition repeat those of the year before.

Proposals come from text similarity. The user decides.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from recommendations.edition_context import set_page_edition
from recommendations.models import Edition, Recommendation
from recommendations.permissions import can_edit_recommendations
from recommendations.rollover import actions
from recommendations.rollover.forms import RepeatsForm
from recommendations.rollover.proposals import propose_repeats
from recommendations.text_similarity import DiffSegment, diff_words
from tiptracker.errors import Refused
from tiptracker.localization import ngettext
from tiptracker.web.frontend.form_rows import add_refusal, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page


class RepeatsRow(NamedTuple):
    """A recommendation, its field, and how its text differs from the one that it may repeat."""

    recommendation: Recommendation
    field: BoundField
    segments: Sequence[DiffSegment]


def get_edition_pair(request: SignedInRequest, pk: int) -> tuple[Edition, Edition | None]:
    """Return an edition, set as the page's edition, and the one that may be rolled over into it, if any.

    Raises Http404 if the user can't see the edition, PermissionDenied if the user may not edit it.
    """
    edition = get_object_or_404(Edition.objects.visible_to(request.user).select_related("country"), pk=pk)
    if not can_edit_recommendations(request.user, edition):
        raise PermissionDenied
    set_page_edition(request, edition)
    return edition, Edition.objects.visible_to(request.user).preceding(edition).first()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edition_repeats(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record which recommendation of the year before each one repeats, so that years unmet can be counted."""
    edition, before = get_edition_pair(request, pk)
    if before is None:
        return render_page(request, "recommendations/edition_repeats.html", {"edition": edition})
    old, new = _list_active_recommendations(request, before), _list_active_recommendations(request, edition)
    proposed = propose_repeats({row.pk: row.text for row in old}, {row.pk: row.text for row in new})
    typed = request.POST if request.method == "POST" else None
    seen = actions.recommendations_fingerprint([*old, *new])
    form = RepeatsForm(typed, old=old, new=new, proposed=proposed, initial={"seen": seen})
    if form.is_valid():
        try:
            count = actions.set_repeats(
                edition=edition, repeats=form.repeats(), seen=form.cleaned_data["seen"] or None, by=request.user
            )
        except Refused as refusal:
            add_refusal(form, refusal)
            mark_as_seen(form, "seen", seen)
        else:
            sentence = ngettext(
                "%(number)d of %(total)d recommendations repeats one of %(year)d. Next: roll over its benchmarks.",
                "%(number)d of %(total)d recommendations repeat one of %(year)d. Next: roll over their benchmarks.",
                count,
            )
            messages.success(request, sentence % {"number": count, "total": len(new), "year": before.year})
            return redirect("edition_roll_over", pk=edition.pk)
    texts = {row.pk: row.text for row in old}
    lines = []
    for row in new:
        field = form[f"repeats_{row.pk}"]
        segments = diff_words(texts[field.initial], row.text) if field.initial in texts else ()
        lines.append(RepeatsRow(row, field, segments))
    context: dict[str, Any] = {"edition": edition, "before": before, "form": form, "lines": lines}
    return render_page(request, "recommendations/edition_repeats.html", context, status=422 if form.errors else 200)


def _list_active_recommendations(request: SignedInRequest, edition: Edition) -> list[Recommendation]:
    rows = Recommendation.objects.visible_to(request.user).filter(edition=edition).active()
    return list(rows.order_by("-origin", "number"))
