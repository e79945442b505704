"""The third step: add the country's ministries and their office holders, several at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from recommendations.setup.forms.ministries import KnownMinistryFormSet, MinistryFormSet
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock
from tiptracker.accounts.models import Ministry, OfficeHolder, in_office
from tiptracker.errors import Refused
from tiptracker.onboarding.actions.ministries import add_ministries
from tiptracker.web.frontend.form_rows import add_empty_row, add_field_error, add_row_error, invalid_forms, raw_values
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup_ministries(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the ministries with their office holders, rows for those without one, and rows for new ministries."""
    country = get_post_country(request, pk, to_set_up=True)
    today = clock.today(country.time_zone)
    ministries = list(Ministry.objects.visible_to(request.user).filter(country=country).order_by("name"))
    page = _MinistriesPage(request, ministries, in_office_by_ministry(ministries, today))
    if page.is_sent and page.is_valid():
        try:
            added = add_ministries(country=country, on=today, by=request.user, **page.said())
        except Refused as refusal:
            page.refuse(refusal)
        else:
            messages.success(request, "Ministries added." if added else "Office holders saved.")
            return redirect("setup_detail", pk=country.pk)
    context: dict[str, Any] = step_context(country, SetupStep.MINISTRIES) | page.context()
    status = 422 if page.is_sent else 200
    return render_page(request, "recommendations/setup_ministries.html", context, status=status)


def in_office_by_ministry(ministries: Sequence[Ministry], day: date) -> dict[int, list[OfficeHolder]]:
    """Return the office holders on `day`, by ministry. Ministries without one are left out."""
    found: dict[int, list[OfficeHolder]] = {}
    for holder in in_office(OfficeHolder.objects, day).filter(ministry__in=ministries):
        found.setdefault(holder.ministry_id, []).append(holder)
    return found


class _MinistriesPage:
    """The rows of the page, from the request or empty. `page` holds errors that belong to no row."""

    def __init__(
        self, request: SignedInRequest, ministries: list[Ministry], held: dict[int, list[OfficeHolder]]
    ) -> None:
        self.there = [(ministry, held.get(ministry.pk, [])) for ministry in ministries]
        kwargs: dict[str, Any] = {"prefix": "known", "form_kwargs": {"ministries": ministries}}
        self.is_sent = request.method == "POST" and "more" not in request.POST
        self.page = TrackerForm(request.POST if self.is_sent else None)
        if request.method != "POST":
            waiting = [{"ministry": ministry.pk} for ministry in ministries if ministry.pk not in held]
            self.new, self.known = MinistryFormSet(prefix="new"), KnownMinistryFormSet(initial=waiting, **kwargs)
            return
        self.new, self.known = MinistryFormSet(request.POST, prefix="new"), KnownMinistryFormSet(request.POST, **kwargs)
        if not self.is_sent:
            self.known = KnownMinistryFormSet(initial=[raw_values(row) for row in self.known.forms], **kwargs)
            self.new = add_empty_row(self.new, prefix="new")

    def is_valid(self) -> bool:
        """Return whether all rows are valid. It validates every row, so that the page shows all errors at once."""
        return all([self.page.is_valid(), self.new.is_valid(), self.known.is_valid()])

    def said(self) -> dict[str, Any]:
        """Return the entered values as the action takes them."""
        return {
            "ministries": [row.ministry for row in _filled_rows(self.new)],
            "holders": [(row.cleaned_data["ministry"], row.office_holder) for row in _filled_rows(self.known)],
        }

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal next to the row that it belongs to."""
        lines = {"new": _filled_rows(self.new), "known": _filled_rows(self.known)}
        if not add_row_error(lines, str(refusal), refusal.field):
            add_field_error(self.page, str(refusal), None)

    def context(self) -> dict[str, Any]:
        """Return the template context."""
        wrong = invalid_forms(self.page, *self.known.forms, *self.new.forms) if self.is_sent else []
        return {"there": self.there, "new": self.new, "known": self.known, "wrong_forms": wrong}


def _filled_rows(rows: Any) -> list[Any]:
    return [row for row in rows if row.is_filled]
