"""Pages of ministries by country, with their office holders and their dates."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry, OfficeHolder, User, in_office
from tiptracker.audit.subjects import history
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.onboarding.actions.ministries import change_ministry
from tiptracker.onboarding.forms import CountryFilter, MinistryForm, OfficeHolderFormSet, OfficeHolderRow
from tiptracker.onboarding.permissions import require_administrator
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import (
    add_empty_row,
    add_refusal,
    add_row_refusal,
    invalid_forms,
    mark_as_seen,
    raw_values,
)
from tiptracker.web.pages import SignedInRequest, render_page

PAGE_SIZE = 50


@login_required
@require_safe
def ministry_list(request: SignedInRequest) -> HttpResponse:
    """List the ministries of each country with today's office holders: `?country=&page=`."""
    require_administrator(request.user)
    countries = list(Country.objects.visible_to(request.user).order_by("name"))
    chosen = CountryFilter(request.GET, countries=countries)
    chosen.is_valid()
    rows: Any = Ministry.objects.visible_to(request.user).select_related("country")
    if country := chosen.cleaned_data.get("country"):
        rows = rows.filter(country=country)
    ministries = rows.annotate(people=Count("users")).order_by("country__name", "name", "pk")
    page = Paginator(ministries, PAGE_SIZE).get_page(request.GET.get("page"))
    holders_by_ministry: dict[int, list[OfficeHolder]] = {}
    for holder in in_office(OfficeHolder.objects, clock.today()).filter(ministry__in=list(page)):
        holders_by_ministry.setdefault(holder.ministry_id, []).append(holder)
    context = {
        "filter": chosen,
        "page": page,
        "lines": [(ministry, holders_by_ministry.get(ministry.pk, [])) for ministry in page],
        "countries": countries,
        "nothing": gettext("%(country)s has no ministries yet.") % {"country": country}
        if country
        else gettext("No ministries have been added yet."),
    }
    return render_page(request, "onboarding/ministry_list.html", context, partial="rows")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ministry_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Edit a ministry's names and its present and former office holders. Its country stays.

    The page also names its focal points and the contact person at the embassy.
    """
    require_administrator(request.user)
    ministry = get_object_or_404(Ministry.objects.visible_to(request.user).select_related("country__contact"), pk=pk)
    holders = list(ministry.office_holders.all())
    kwargs: dict[str, Any] = {"prefix": "holders", "form_kwargs": {"existing": holders}}
    initial = {"name": ministry.name, "short_name": ministry.short_name, "version": ministry.version}
    data = request.POST if request.method == "POST" else None
    is_sent = data is not None and "more" not in data
    form = MinistryForm(data, initial=initial)
    rows = OfficeHolderFormSet(data, initial=[OfficeHolderRow.filled_from(holder) for holder in holders], **kwargs)
    if data is not None and not is_sent:
        form = MinistryForm(initial=raw_values(form))
        rows = add_empty_row(rows, **kwargs)
    context: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "ministry": ministry,
        "focal_points": User.objects.visible_to(request.user)
        .filter(ministry=ministry, is_active=True)
        .exclude(email__endswith=".invalid"),
    }
    if is_sent and all([form.is_valid(), rows.is_valid()]):
        filled = [row for row in rows if row.is_filled]
        try:
            change_ministry(
                ministry=ministry,
                holders=[row.row_and_input() for row in filled],
                by=request.user,
                now=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            if not add_row_refusal({"holders": filled}, refusal):
                add_refusal(form, refusal)
            if isinstance(refusal, EditConflict):
                ministry.refresh_from_db()
                mark_as_seen(form, "version", ministry.version)
                context |= {"current": ministry, "current_holders": list(ministry.office_holders.all())}
        else:
            messages.success(request, gettext("%(ministry)s was saved.") % {"ministry": ministry})
            return redirect("ministry_list")
    context["refused_forms"] = invalid_forms(form, *rows.forms) if is_sent else []
    context["history"] = history(request.user, ministry)
    return render_page(request, "onboarding/ministry_edit.html", context, status=422 if is_sent else 200)
