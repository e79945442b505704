"""The first step: choose a country from the reference list and correct its facts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from recommendations.forms import add_refusal
from recommendations.setup.forms.country import ChooseCountryForm, CountryEditForm, CountryForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock, country_reference
from tiptracker.accounts.models import Country
from tiptracker.country_reference import CountryReference, DivisionLevel
from tiptracker.errors import Refused
from tiptracker.numbers import parse_whole_number
from tiptracker.onboarding.actions.countries import add_country, change_country
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.web.pages import SignedInRequest, render_page

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@form_page
def setup_add(request: SignedInRequest) -> HttpResponse:
    """Add a post: choose the country, then review its known facts before they are saved."""
    if not can_set_up(request.user):
        raise PermissionDenied
    there = set(Country.objects.visible_to(request.user).values_list("code", flat=True))
    said = request.POST if request.method == "POST" else request.GET
    is_asked = request.method == "POST" or "country" in said
    choosing = ChooseCountryForm(said if is_asked else None, there=there, today=clock.today())
    if not choosing.is_valid():
        context: dict[str, Any] = {"choosing": choosing}
        return render_page(request, "recommendations/setup_add.html", context, status=422 if is_asked else 200)
    land: CountryReference = choosing.cleaned_data["country"]
    level = _selected_level(land, request.GET.get("level", ""))
    typed = request.POST if request.method == "POST" else None
    form = CountryForm(typed, land=land, initial=CountryForm.filled_from(land, level))
    if form.is_valid():
        try:
            country = add_country(code=land.code, by=request.user, **form.answers())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"{country} added. Next: its report edition.")
            return redirect("setup_detail", pk=country.pk)
    context = {"land": land, "level": level, "form": form}
    return render_page(request, "recommendations/setup_add.html", context, status=422 if form.errors else 200)


@login_required
@form_page
def setup_country(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the country of a post."""
    country = get_post_country(request, pk, to_set_up=True)
    districts = list(country.districts.all())
    form = CountryEditForm(
        request.POST if request.method == "POST" else None,
        land=country_reference.find_country(country.code, clock.today()),
        districts=districts,
        initial=CountryEditForm.filled_from_row(country),
    )
    if form.is_valid():
        try:
            change_country(country=country, by=request.user, **form.answers())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, f"{country} saved.")
            return redirect("setup_detail", pk=country.pk)
    context = step_context(country, SetupStep.COUNTRY) | {"form": form, "districts": districts}
    return render_page(request, "recommendations/setup_country.html", context, status=422 if form.errors else 200)


def _selected_level(land: CountryReference, asked: str) -> DivisionLevel | None:
    """Return the level of divisions that the URL asks for, by its position in the list.

    The default is the level called districts.
    """
    level = parse_whole_number(asked)
    if level is not None and level < len(land.levels):
        return land.levels[level]
    return land.districts
