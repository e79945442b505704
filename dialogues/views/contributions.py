"""Pages about what both sides contribute, and what will sustain the work."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from dialogues import permissions
from dialogues.actions.contributions import ContributionValues, record_contribution, record_sustainment
from dialogues.forms.dialogue_numbers import COMMITMENT, RECOMMENDATION, ContributionForm, SustainmentForm
from dialogues.models import Commitment, Contribution, Dialogue
from dialogues.views.page_context import get_managed_dialogue
from recommendations.edition_context import page_url, set_page_country
from recommendations.models import Recommendation
from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.localization import gettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest


@form_page
def contribution_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record what one side contributes, from the page of a dialogue."""
    dialogue = get_managed_dialogue(request, pk)
    now = clock.now(dialogue.country.time_zone)
    form = ContributionForm(
        sent_data(request),
        today=now.date(),
        initial={"currency": dialogue.country.currency},
        **_offered(request.user, dialogue.country),
    )
    if save_form(
        form, lambda: record_contribution(country=dialogue.country, by=request.user, now=now, **form.values())
    ):
        messages.success(request, gettext("The contribution is recorded. Ministries do not see it."))
        return redirect("dialogue_numbers", pk)
    return render_form(request, "dialogues/contribution_add.html", form, {"dialogue": dialogue})


@form_page
def contribution_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct a contribution by a later row, with the reason."""
    user = request.user
    rows = Contribution.objects.visible_to(user).select_related("country", "ministry")
    contribution = get_object_or_404(rows, pk=pk)
    country = contribution.country
    set_page_country(request, country)
    if not permissions.can_manage_dialogues(user, country):
        raise PermissionDenied
    now = clock.now(country.time_zone)
    dialogue = Dialogue.objects.visible_to(user).filter(country=country).nearest_first(now.date()).first()
    form = ContributionForm(
        sent_data(request),
        today=now.date(),
        initial=_initial_of(contribution),
        is_correction=True,
        **_offered(user, country),
    )
    if save_form(
        form,
        lambda: record_contribution(country=country, corrects=contribution, by=user, now=now, **form.values()),
    ):
        messages.success(request, gettext("The contribution is corrected. The earlier row stays in the activity log."))
        return redirect("dialogue_numbers", dialogue.pk) if dialogue else redirect(page_url(request, "dialogue_list"))
    context = {"contribution": contribution, "dialogue": dialogue}
    return render_form(request, "dialogues/contribution_correct.html", form, context)


@form_page
def sustainment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record who pays for a piece of work after outside money ends, from the page of a dialogue."""
    user, dialogue = request.user, get_managed_dialogue(request, pk)
    now = clock.now(dialogue.country.time_zone)
    offered = _offered(user, dialogue.country)
    offered.pop("ministries")
    form = SustainmentForm(sent_data(request), initial={"work": request.GET.get("work", "")}, **offered)
    if save_form(form, lambda: record_sustainment(country=dialogue.country, by=user, now=now, **form.values())):
        messages.success(request, gettext("It is recorded what will sustain the work."))
        return redirect("dialogue_numbers", pk)
    return render_form(request, "dialogues/sustainment_add.html", form, {"dialogue": dialogue})


def _offered(user: User, country: Country) -> dict[str, Any]:
    """Return the rows that the forms offer: ministries, commitments and recommendations of the country."""
    commitments = (
        Commitment.objects.visible_to(user, country).select_related("ministry").order_by("-recorded_at", "-pk")
    )
    recommendations = Recommendation.objects.visible_to(user).active().filter(edition__country=country)
    return {
        "ministries": list(Ministry.objects.visible_to(user).filter(country=country)),
        "commitments": list(commitments),
        "recommendations": list(recommendations.select_related("edition").order_by("-edition__year", "number")),
    }


def _initial_of(row: Contribution) -> dict[str, Any]:
    """Return the form filled with the contribution that is corrected."""
    initial = {name: getattr(row, name) for name in ContributionValues.__annotations__}
    initial["ministry"] = row.ministry_id
    if row.commitment_id:
        initial["work"] = f"{COMMITMENT}-{row.commitment_id}"
    elif row.recommendation_id:
        initial["work"] = f"{RECOMMENDATION}-{row.recommendation_id}"
    return initial
