"""The second step: the edition to track, its deadline and its milestones."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from recommendations.forms import add_refusal
from recommendations.models import Edition, Milestone
from recommendations.setup.actions.editions import change_edition, open_edition
from recommendations.setup.forms.edition import EditionFactsForm, EditionForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock
from tiptracker.errors import Refused
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.web.pages import SignedInRequest, render_page

form_page = require_http_methods(["GET", "HEAD", "POST"])


class EditionRow(NamedTuple):
    """An existing edition, its number of recommendations, and its milestones in order of their days."""

    edition: Edition
    asked: int
    milestones: list[Milestone]

    @property
    def is_followed(self) -> bool:
        """Return whether more than the tier is known. Editions before the post was tracked have only a tier."""
        return bool(self.asked or self.milestones)


@login_required
@form_page
def setup_edition(request: SignedInRequest, pk: int) -> HttpResponse:
    """List the editions of a post and add another one."""
    country = get_post_country(request, pk, to_set_up=True)
    now = clock.now(country.time_zone)
    lines = _edition_rows(request, pk)
    year = lines[0].edition.year + 1 if lines else now.year
    form = EditionForm(request.POST if request.method == "POST" else None, year=year)
    if form.is_valid():
        try:
            edition = open_edition(country=country, by=request.user, now=now, **form.answers())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"The {edition.year} edition is added. Next: its list of recommendations.")
            return redirect("edition_import", pk=edition.pk)
    context: dict[str, Any] = step_context(country, SetupStep.EDITION) | {
        "form": form,
        "lines": [line for line in lines if line.is_followed],
        "others": [line.edition for line in lines if not line.is_followed],
    }
    return render_page(request, "recommendations/setup_edition.html", context, status=422 if form.errors else 200)


@login_required
@form_page
def setup_edition_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct an edition's published facts, and add milestones that it doesn't have yet."""
    edition = get_object_or_404(Edition.objects.visible_to(request.user).select_related("country"), pk=pk)
    if not can_set_up(request.user):
        raise PermissionDenied
    milestones = list(Milestone.objects.visible_to(request.user).filter(edition=edition).as_known_by(None))
    form = EditionFactsForm(
        request.POST if request.method == "POST" else None,
        there={one.kind for one in milestones},
        initial=EditionFactsForm.filled_from(edition),
    )
    if form.is_valid():
        try:
            change_edition(edition=edition, by=request.user, **form.facts())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"The {edition.year} edition is saved.")
            return redirect("setup_edition", pk=edition.country_id)
    context = step_context(edition.country, SetupStep.EDITION) | {
        "form": form,
        "edition": edition,
        "milestones": milestones,
    }
    return render_page(request, "recommendations/setup_edition_edit.html", context, status=422 if form.errors else 200)


def _edition_rows(request: SignedInRequest, country: int) -> list[EditionRow]:
    editions: Any = (
        Edition.objects.visible_to(request.user)
        .filter(country=country)
        .annotate(asked=Count("recommendations", filter=Q(recommendations__is_retired=False)))
        .order_by("-year")
    )
    days: dict[int, list[Milestone]] = {}
    for one in Milestone.objects.visible_to(request.user).filter(edition__country=country).as_known_by(None):
        days.setdefault(one.edition_id, []).append(one)
    return [EditionRow(one, one.asked, days.get(one.pk, [])) for one in editions]
