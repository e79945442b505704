"""Pages about what each side contributes, and what will sustain the work."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from dialogues import permissions
from dialogues.actions.contributions import ContributionValues, record_contribution, record_sustainment
from dialogues.forms.dialogue_numbers import COMMITMENT, RECOMMENDATION, ContributionForm, SustainmentForm
from dialogues.models import Commitment, Contribution, Partner
from dialogues.views.page_context import get_managed_dialogue
from dialogues.views.redactions import pending_redaction_urls, removal_notes
from recommendations.edition_context import set_page_country
from recommendations.models import Recommendation
from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry, User
from tiptracker.audit.permissions import can_read_log
from tiptracker.localization import gettext
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.frontend.form_rows import raw_values
from tiptracker.web.pages import SignedInRequest, render_page

LOAD_PARTNERS = "load_partners"
"""The name of the button that loads the list of partners again and keeps what was typed."""


@login_required
@require_safe
def contribution_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a contribution: what is given, by whom, for which work and when, and what became of the row."""
    user = request.user
    rows = Contribution.objects.visible_to(user).with_giver_and_work()
    contribution = get_object_or_404(
        rows.select_related("country", "corrects__ministry", "corrects__partner", "corrected_by__recorded_by"), pk=pk
    )
    country = contribution.country
    set_page_country(request, country)
    newer = getattr(contribution, "corrected_by", None)
    context = {
        "contribution": contribution,
        "newer": newer,
        "can_correct": newer is None and permissions.can_manage_dialogues(user, country),
        "reads_log": can_read_log(user),
        "redacted": removal_notes(contribution),
        "pending": pending_redaction_urls(user, country, contribution),
    }
    return render_page(request, "dialogues/contribution_detail.html", context)


@form_page
def contribution_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record what one side contributes, from the page of a dialogue."""
    dialogue = get_managed_dialogue(request, pk)
    now = clock.now(dialogue.country.time_zone)
    form = _contribution_form(request, dialogue.country, {"currency": dialogue.country.currency})
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
    rows = Contribution.objects.visible_to(user).select_related("country", "ministry", "partner")
    contribution = get_object_or_404(rows, pk=pk)
    country = contribution.country
    set_page_country(request, country)
    if not permissions.can_manage_dialogues(user, country):
        raise PermissionDenied
    now = clock.now(country.time_zone)
    form = _contribution_form(request, country, _initial_of(contribution), is_correction=True)
    corrected = save_form(
        form,
        lambda: record_contribution(country=country, corrects=contribution, by=user, now=now, **form.values()),
    )
    if corrected:
        messages.success(request, gettext("The contribution is corrected. The earlier version stays readable."))
        return redirect("contribution_detail", corrected.pk)
    context = {"contribution": contribution}
    return render_form(request, "dialogues/contribution_correct.html", form, context)


@form_page
def sustainment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record who pays for a piece of work after outside money ends, from the page of a dialogue."""
    user, dialogue = request.user, get_managed_dialogue(request, pk)
    now = clock.now(dialogue.country.time_zone)
    offered = _offered(user, dialogue.country)
    del offered["ministries"], offered["partners"]
    form = SustainmentForm(sent_data(request), initial={"work": request.GET.get("work", "")}, **offered)
    if save_form(form, lambda: record_sustainment(country=dialogue.country, by=user, now=now, **form.values())):
        messages.success(request, gettext("It is recorded what will sustain the work."))
        return redirect("dialogue_numbers", pk)
    return render_form(request, "dialogues/sustainment_add.html", form, {"dialogue": dialogue})


def _contribution_form(
    request: SignedInRequest, country: Country, initial: dict[str, Any], *, is_correction: bool = False
) -> ContributionForm:
    """Return the form as sent. If only the list of partners is loaded again, it is unbound and holds what was typed."""
    offered = _offered(request.user, country)
    offered |= {"today": clock.today(country.time_zone), "is_correction": is_correction}
    form = ContributionForm(sent_data(request), initial=initial, **offered)
    if LOAD_PARTNERS in request.POST:
        return ContributionForm(initial=raw_values(form), **offered)
    return form


def _offered(user: User, country: Country) -> dict[str, Any]:
    """Return the rows of the country that the forms offer: ministries, partners, commitments, recommendations."""
    commitments = (
        Commitment.objects.visible_to(user, country).select_related("ministry").order_by("-recorded_at", "-pk")
    )
    recommendations = Recommendation.objects.visible_to(user).active().filter(edition__country=country)
    return {
        "ministries": list(Ministry.objects.visible_to(user).filter(country=country)),
        "partners": list(Partner.objects.visible_to(user, country)),
        "commitments": list(commitments),
        "recommendations": list(recommendations.select_related("edition").order_by("-edition__year", "number")),
    }


def _initial_of(row: Contribution) -> dict[str, Any]:
    """Return the form filled with the contribution that is corrected."""
    initial = {name: getattr(row, name) for name in ContributionValues.__annotations__}
    initial["ministry"], initial["partner"] = row.ministry_id, row.partner_id
    if row.commitment_id:
        initial["work"] = f"{COMMITMENT}-{row.commitment_id}"
    elif row.recommendation_id:
        initial["work"] = f"{RECOMMENDATION}-{row.recommendation_id}"
    return initial
