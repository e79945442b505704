"""The third step: add the country's ministries and their office holders, several at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from recommendations.setup.forms.ministries import USUAL_MINISTRIES, KnownMinistryFormSet, MinistryFormSet
from recommendations.setup.steps import SetupStep
from recommendations.setup.views.posts import get_post_country, step_context
from tiptracker import clock
from tiptracker.accounts.models import Ministry, OfficeHolder, in_office
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.onboarding.actions.ministries import add_ministries
from tiptracker.web.form_pages import form_page, sent_data
from tiptracker.web.frontend.form_rows import add_empty_row, add_refusal, add_row_refusal, invalid_forms, raw_values
from tiptracker.web.frontend.forms import TrackerForm
from tiptracker.web.pages import SignedInRequest, render_page


@form_page
def setup_ministries(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the ministries with their office holders, rows for those without one, and rows for new ministries."""
    country = get_post_country(request, pk, to_set_up=True)
    today = clock.today(country.time_zone)
    ministries = list(Ministry.objects.visible_to(request.user).filter(country=country).order_by("name"))
    holders = in_office_by_ministry(ministries, today)
    data = sent_data(request)
    is_sent = data is not None and "more" not in data
    page = TrackerForm(data if is_sent else None)
    new = MinistryFormSet(data, prefix="new")
    known_kwargs: dict[str, Any] = {"prefix": "known", "form_kwargs": {"ministries": ministries}}
    if data is None:
        without_holder = [{"ministry": ministry.pk} for ministry in ministries if ministry.pk not in holders]
        known = KnownMinistryFormSet(initial=without_holder, **known_kwargs)
    else:
        known = KnownMinistryFormSet(data, **known_kwargs)
    if is_sent and all([page.is_valid(), new.is_valid(), known.is_valid()]):
        filled = {"new": _filled_rows(new), "known": _filled_rows(known)}
        try:
            added = add_ministries(
                country=country,
                ministries=[row.ministry for row in filled["new"]],
                holders=[(row.cleaned_data["ministry"], row.office_holder) for row in filled["known"]],
                day=today,
                by=request.user,
            )
        except Refused as refusal:
            if not add_row_refusal(filled, refusal):
                add_refusal(page, refusal)
        else:
            messages.success(request, gettext("Ministries saved.") if added else gettext("Office holders saved."))
            return redirect("setup_detail", pk=country.pk)
    elif data is not None and not is_sent:
        known = KnownMinistryFormSet(initial=[raw_values(row) for row in known.forms], **known_kwargs)
        new = add_empty_row(new, prefix="new")
    context = step_context(country, SetupStep.MINISTRIES) | {
        "ministries": [(ministry, holders.get(ministry.pk, [])) for ministry in ministries],
        "new": new,
        "usual": [gettext(name) for name in USUAL_MINISTRIES],
        "known": known,
        "refused_forms": invalid_forms(page, *known.forms, *new.forms),
    }
    return render_page(request, "recommendations/setup_ministries.html", context, status=422 if is_sent else 200)


def in_office_by_ministry(ministries: Sequence[Ministry], day: date) -> dict[int, list[OfficeHolder]]:
    """Return the office holders on `day`, by ministry. Ministries without one are left out."""
    holders: dict[int, list[OfficeHolder]] = {}
    for holder in in_office(OfficeHolder.objects, day).filter(ministry__in=ministries):
        holders.setdefault(holder.ministry_id, []).append(holder)
    return holders


def _filled_rows(rows: Any) -> list[Any]:
    return [row for row in rows if row.is_filled]
