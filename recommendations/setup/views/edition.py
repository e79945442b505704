"""The second step: the edition to track, its deadline and its milestones."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from recommendations.models import Edition, EditionImport, Milestone
from recommendations.setup.actions.editions import change_edition, open_edition
from recommendations.setup.forms.edition import EditionFactsForm, EditionForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from recommendations.tracking_period import tracked_year
from tiptracker import clock
from tiptracker.localization import gettext
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest

MAX_DRAFTS = 50
"""Most draft imports to list."""


@form_page
def setup_edition(request: SignedInRequest, pk: int) -> HttpResponse:
    """List the editions of a post and add another one."""
    country = get_post_country(request, pk, to_set_up=True)
    now = clock.now(country.time_zone)
    milestones = Milestone.objects.visible_to(request.user).as_known_by(None)
    editions: Any = list(
        Edition.objects.visible_to(request.user)
        .filter(country=country)
        .annotate(recommendation_count=Count("recommendations", filter=Q(recommendations__is_retired=False)))
        .prefetch_related(Prefetch("milestones", milestones))
        .order_by("-year")
    )
    year = editions[0].year + 1 if editions else tracked_year(now.date())
    form = EditionForm(sent_data(request), year=year, country=country.name)
    if edition := save_form(form, lambda: open_edition(country=country, by=request.user, now=now, **form.values())):
        messages.success(
            request,
            gettext("The %(year)d edition is added. Next: import its list of recommendations.")
            % {"year": edition.year},
        )
        return redirect("edition_import", pk=edition.pk)
    context = step_context(country, SetupStep.EDITION) | {
        "editions": [edition for edition in editions if edition.recommendation_count or edition.milestones.all()],
        "drafts": EditionImport.objects.visible_to(request.user)
        .filter(edition__country=country, loaded_at=None)
        .with_size()
        .defer("draft", "did")
        .select_related("edition__country", "begun_by")[:MAX_DRAFTS],
        "others": [edition for edition in editions if not (edition.recommendation_count or edition.milestones.all())],
    }
    return render_form(request, "recommendations/setup_edition.html", form, context)


@form_page
def setup_edition_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct an edition's published facts, and add milestones that it doesn't have yet."""
    edition = get_object_or_404(Edition.objects.visible_to(request.user).select_related("country"), pk=pk)
    if not can_set_up(request.user):
        raise PermissionDenied
    milestones = list(Milestone.objects.visible_to(request.user).filter(edition=edition).as_known_by(None))
    initial = EditionFactsForm.filled_from(edition)
    form = EditionFactsForm(sent_data(request), existing={milestone.kind for milestone in milestones}, initial=initial)
    if save_form(form, lambda: change_edition(edition=edition, by=request.user, **form.facts())):
        messages.success(request, gettext("The %(year)d edition is saved.") % {"year": edition.year})
        return redirect("setup_edition", pk=edition.country_id)
    context = step_context(edition.country, SetupStep.EDITION) | {"edition": edition, "milestones": milestones}
    return render_form(request, "recommendations/setup_edition_edit.html", form, context)
