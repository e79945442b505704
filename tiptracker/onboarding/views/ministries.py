"""Pages of ministries by country, with their office holders and their dates."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from tiptracker import clock
from tiptracker.accounts.models import Country, Ministry, OfficeHolder, in_office
from tiptracker.audit.subjects import history
from tiptracker.errors import Refused
from tiptracker.onboarding.actions.ministries import change_ministry
from tiptracker.onboarding.forms import MinistryFilter, MinistryForm, OfficeHolderFormSet, OfficeHolderRow
from tiptracker.onboarding.permissions import can_set_up
from tiptracker.validation import EditConflict
from tiptracker.web.frontend.form_rows import add_empty_row, add_field_error, add_row_error, invalid_forms, mark_as_seen
from tiptracker.web.pages import SignedInRequest, render_page

PAGE_SIZE = 50


@login_required
@require_safe
def ministry_list(request: SignedInRequest) -> HttpResponse:
    """List the ministries of each country with today's office holders: `?country=&page=`."""
    if not can_set_up(request.user):
        raise PermissionDenied
    countries = list(Country.objects.visible_to(request.user).order_by("name"))
    chosen = MinistryFilter(request.GET, countries=countries)
    chosen.is_valid()
    rows: Any = Ministry.objects.visible_to(request.user).select_related("country")
    if country := chosen.cleaned_data.get("country"):
        rows = rows.filter(country=country)
    found = rows.annotate(people=Count("users")).order_by("country__name", "name", "pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    held: dict[int, list[OfficeHolder]] = {}
    for holder in in_office(OfficeHolder.objects, clock.today()).filter(ministry__in=list(page)):
        held.setdefault(holder.ministry_id, []).append(holder)
    context = {
        "filter": chosen,
        "page": page,
        "lines": [(ministry, held.get(ministry.pk, [])) for ministry in page],
        "countries": countries,
        "nothing": f"{country} has no ministries yet." if country else "No ministries have been added.",
    }
    return render_page(request, "onboarding/ministry_list.html", context, partial="rows")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ministry_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Edit a ministry's names and its present and former office holders. Its country stays."""
    if not can_set_up(request.user):
        raise PermissionDenied
    ministry = get_object_or_404(Ministry.objects.visible_to(request.user).select_related("country"), pk=pk)
    page = _MinistryPage(request, ministry)
    if page.is_sent and page.is_valid():
        try:
            change_ministry(ministry=ministry, by=request.user, now=clock.now(), **page.said())
        except Refused as refusal:
            page.refuse(refusal)
        else:
            messages.success(request, f"{page.ministry} saved.")
            return redirect("ministry_list")
    context = page.context() | {"ministry": ministry, "history": history(request.user, ministry)}
    status = 422 if page.is_sent else 200
    return render_page(request, "onboarding/ministry_edit.html", context, status=status)


class _MinistryPage:
    """The form with the ministry's names, and one row for each present or former office holder."""

    def __init__(self, request: SignedInRequest, ministry: Ministry) -> None:
        there = list(ministry.office_holders.all())
        kwargs: dict[str, Any] = {"prefix": "holders", "form_kwargs": {"there": there}}
        initial = {"name": ministry.name, "short_name": ministry.short_name, "version": ministry.version}
        self.ministry, self.stands = ministry, False
        self.is_sent = request.method == "POST" and "more" not in request.POST
        if request.method != "POST":
            self.form = MinistryForm(initial=initial)
            self.rows = OfficeHolderFormSet(initial=[OfficeHolderRow.filled_from(one) for one in there], **kwargs)
            return
        self.form, self.rows = MinistryForm(request.POST), OfficeHolderFormSet(request.POST, **kwargs)
        if not self.is_sent:
            self.form = MinistryForm(initial={name: request.POST.get(name, "") for name in initial})
            self.rows = add_empty_row(self.rows, **kwargs)

    def is_valid(self) -> bool:
        """Return whether every form is valid. Checks all of them, so that all errors are shown at once."""
        return all([self.form.is_valid(), self.rows.is_valid()])

    def said(self) -> dict[str, Any]:
        """Return the typed values as arguments of the action."""
        return {**self.form.cleaned_data, "holders": [row.said() for row in self._filled()]}

    def _filled(self) -> list[Any]:
        return [row for row in self.rows if row.is_filled]

    def refuse(self, refusal: Refused) -> None:
        """Show the error beside the row or field that it belongs to."""
        if not add_row_error({"holders": self._filled()}, str(refusal), refusal.field):
            add_field_error(self.form, str(refusal), refusal.field)
        if isinstance(refusal, EditConflict):
            self.ministry.refresh_from_db()
            self.stands = True
            mark_as_seen(self.form, "version", self.ministry.version)

    def context(self) -> dict[str, Any]:
        """Return the template context."""
        wrong = invalid_forms(self.form, *self.rows.forms) if self.is_sent else []
        stands = self.ministry if self.stands else None
        holders = list(self.ministry.office_holders.all()) if self.stands else []
        return {"form": self.form, "rows": self.rows, "wrong_forms": wrong, "stands": stands, "stand_holders": holders}
