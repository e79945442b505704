"""Pages of countries: their data, and the names of their districts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from tiptracker import clock
from tiptracker.accounts.forms import LanguageForm
from tiptracker.accounts.models import Country
from tiptracker.audit.subjects import history
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.onboarding.actions.countries import change_districts, set_language
from tiptracker.onboarding.forms import DistrictFormSet, VersionForm
from tiptracker.onboarding.permissions import require_administrator
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import add_refusal, add_row_refusal, invalid_forms, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page


@login_required
@require_safe
def country_list(request: SignedInRequest) -> HttpResponse:
    """List every country in the tracker with its data."""
    require_administrator(request.user)
    rows: Any = Country.objects.visible_to(request.user).select_related("contact")
    countries = rows.annotate(
        district_count=Count("districts", distinct=True), ministry_count=Count("ministry", distinct=True)
    )
    return render_page(request, "onboarding/country_list.html", {"countries": list(countries.order_by("name"))})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def country_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a country's data, and correct the names of its districts, or set its language (`do=language`)."""
    require_administrator(request.user)
    country = get_object_or_404(Country.objects.visible_to(request.user).select_related("contact"), pk=pk)
    is_language_sent = request.POST.get("do") == "language"
    language_form = LanguageForm(
        request.POST if is_language_sent else None,
        initial={"language": country.language},
        default=gettext("English, as by default"),
    )
    if is_language_sent and language_form.is_valid():
        set_language(country=country, language=language_form.cleaned_data["language"], by=request.user)
        messages.success(request, gettext("The language was saved."))
        return redirect("country_edit", pk=country.pk)
    districts = list(country.districts.all())
    is_sent = request.method == "POST" and not is_language_sent
    data = request.POST if is_sent else None
    form = VersionForm(data, initial={"version": country.version})
    filled = [{"row": district.pk, "name": district.name, "capital": district.capital} for district in districts]
    rows = DistrictFormSet(data, initial=filled, prefix="districts", form_kwargs={"existing": districts})
    if is_sent and all([form.is_valid(), rows.is_valid()]):
        try:
            change_districts(
                country=country,
                version=form.cleaned_data["version"],
                districts=[row.row_and_input() for row in rows],
                by=request.user,
                now=clock.now(),
            )
        except Refused as refusal:
            if not add_row_refusal({"districts": rows.forms}, refusal):
                add_refusal(form, refusal)
            if isinstance(refusal, EditConflict):
                country.refresh_from_db()
                mark_as_seen(form, "version", country.version)
        else:
            messages.success(request, gettext("The districts were saved."))
            return redirect("country_edit", pk=country.pk)
    context = {
        "country": country,
        "form": form,
        "rows": rows,
        "districts": districts,
        "language_form": language_form,
        "refused_forms": invalid_forms(language_form, *((form, *rows.forms) if is_sent else ())),
        "history": history(request.user, country),
    }
    return render_page(
        request, "onboarding/country_edit.html", context, status=422 if request.method == "POST" else 200
    )
