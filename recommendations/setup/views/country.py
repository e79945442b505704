"""The first step: choose a country from the reference list and correct its facts."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from recommendations.setup.forms.country import ChooseCountryForm, CountryEditForm, CountryForm
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock, country_reference
from tiptracker.accounts.models import Country
from tiptracker.country_reference import CountryReference, DivisionLevel
from tiptracker.localization import gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.onboarding.actions.countries import add_country, change_country
from tiptracker.onboarding.permissions import can_add_post
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest, render_page


@form_page
def setup_add(request: SignedInRequest) -> HttpResponse:
    """Add a post: choose the country, then review its known facts before they are saved."""
    if not can_add_post(request.user):
        raise PermissionDenied(gettext("Only administrators of the whole installation add a country."))
    existing = set(Country.objects.visible_to(request.user).values_list("code", flat=True))
    data = request.POST if request.method == "POST" else request.GET
    is_asked = request.method == "POST" or "country" in data
    choosing = ChooseCountryForm(data if is_asked else None, existing=existing, today=clock.today())
    if not choosing.is_valid():
        status = 422 if is_asked else 200
        return render_page(request, "recommendations/setup_add.html", {"choosing": choosing}, status=status)
    land: CountryReference = choosing.cleaned_data["country"]
    level = _selected_level(land, request.GET.get("level", ""))
    form = CountryForm(sent_data(request), land=land, initial=CountryForm.filled_from(land, level))
    if country := save_form(form, lambda: add_country(code=land.code, by=request.user, **form.cleaned_data)):
        messages.success(
            request, gettext("%(country)s is added. Next: add its report edition.") % {"country": country.name}
        )
        return redirect("setup_detail", pk=country.pk)
    return render_form(request, "recommendations/setup_add.html", form, {"land": land, "level": level})


@form_page
def setup_country(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct the country of a post."""
    country = get_post_country(request, pk, to_set_up=True)
    districts = list(country.districts.all())
    form = CountryEditForm(
        sent_data(request),
        land=country_reference.find_country(country.code, clock.today()),
        districts=districts,
        initial=CountryEditForm.filled_from_row(country),
    )
    if save_form(form, lambda: change_country(country=country, by=request.user, **form.cleaned_data)):
        messages.success(request, gettext("%(country)s is saved.") % {"country": country.name})
        return redirect("setup_detail", pk=country.pk)
    context = step_context(country, SetupStep.COUNTRY) | {"districts": districts}
    return render_form(request, "recommendations/setup_country.html", form, context)


def _selected_level(land: CountryReference, text: str) -> DivisionLevel | None:
    """Return the level of divisions that the URL asks for, by its position in the list.

    The default is the level called districts.
    """
    level = parse_whole_number(text)
    if level is not None and level < len(land.levels):
        return land.levels[level]
    return land.districts
