"""Pages about the annual targets of indicators: set one, and list what was set before."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from dialogues import permissions
from dialogues.actions.targets import set_annual_target
from dialogues.effective_reading import find_effective_reading
from dialogues.forms.targets import AnnualTargetForm
from dialogues.models import Dialogue, IndicatorTarget, Reading
from dialogues.views.indicators import review_decision, unrevised_readings
from recommendations.edition_context import get_page_edition, set_page_country
from recommendations.models import Edition, Indicator
from tiptracker import clock
from tiptracker.accounts.models import Ministry, User
from tiptracker.localization import format_date, format_number, gettext
from tiptracker.numbers import parse_whole_number
from tiptracker.web.form_pages import form_page, render_form, save_form, sent_data
from tiptracker.web.pages import SignedInRequest


@form_page
def annual_target(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set, change or drop the annual target of an indicator in the edition of the page.

    `dialogue` in the address names the planned dialogue from which the user came and to which the page returns.
    """
    user = request.user
    indicator = get_object_or_404(Indicator.objects.visible_to(user).select_related("country"), pk=pk)
    set_page_country(request, indicator.country)
    edition = get_page_edition(request)
    if edition is None or not permissions.can_set_annual_target(user, indicator):
        raise PermissionDenied
    now = clock.now(edition.country.time_zone)
    history = list_target_history(user, indicator)
    newest = next((row for row in history if row.edition_id == edition.pk), None)
    for_dialogue = _find_dialogue(user, edition, request.GET.get("dialogue", ""))
    initial = _initial_of(newest) if newest else propose_baseline(user, indicator, edition)
    form = AnnualTargetForm(
        sent_data(request),
        indicator=indicator,
        ministries=list(Ministry.objects.visible_to(user).filter(country=edition.country)),
        dialogues=list(
            Dialogue.objects.visible_to(user).filter(country=edition.country).begun_by(now.date()).order_by("-held_on")
        ),
        has_target=newest is not None and not newest.is_dropped,
        initial=initial | {"seen": newest.pk if newest else 0, "unit": indicator.unit},
    )
    if target := save_form(
        form,
        lambda: set_annual_target(indicator=indicator, edition=edition, by=user, now=now, **form.values()),
    ):
        messages.success(request, _describe_saved(target))
        return redirect("dialogue_numbers", for_dialogue.pk) if for_dialogue else redirect("indicator_detail", pk)
    context = {
        "indicator": indicator,
        "edition": edition,
        "for_dialogue": for_dialogue,
        "history": history,
        "is_proposed": newest is None and form.initial.get("baseline") is not None,
    }
    return render_form(request, "dialogues/annual_target.html", form, context)


def list_target_history(user: User, indicator: Indicator) -> list[IndicatorTarget]:
    """Return every row of the annual targets of an indicator, newest first."""
    rows = IndicatorTarget.objects.visible_to(user).filter(indicator=indicator).known_by(None)
    return list(rows.select_related("edition", "ministry", "dialogue", "recorded_by"))


def _find_dialogue(user: User, edition: Edition, key: str) -> Dialogue | None:
    """Return the dialogue of the country that an address names, or None."""
    if not (pk := parse_whole_number(key)):
        return None
    return Dialogue.objects.visible_to(user).filter(country=edition.country, pk=pk).first()


def propose_baseline(user: User, indicator: Indicator, edition: Edition) -> dict[str, Any]:
    """Return the baseline that the form proposes: the figure of the year before, verified before claimed."""
    first, last = edition.year_before
    rows = list(unrevised_readings(user).filter(indicator=indicator, starts_on__range=(first, last)))
    rows = [row for row in rows if not (row.evidence and row.evidence.claim_ended)]
    verified = find_effective_reading(row for row in rows if review_decision(row) == "verified")
    reading = verified or find_effective_reading(rows)
    if reading is None or reading.figure is None:
        return {"baseline_missing_reason": _describe_missing(reading, edition)}
    return {
        "baseline": reading.figure,
        "baseline_starts_on": reading.starts_on,
        "baseline_through_on": reading.through_on,
        "baseline_source": reading.source or (reading.evidence.source if reading.evidence else ""),
    }


def _describe_missing(reading: Reading | None, edition: Edition) -> str:
    """Return why no baseline is proposed."""
    first, last = edition.year_before
    values = {"first": format_date(first), "last": format_date(last)}
    if reading is None or reading.is_no_data:
        return gettext("No source gives a figure for %(first)s to %(last)s.") % values
    sentence = gettext("Only a direction is known for %(first)s to %(last)s: %(value)s.")
    return sentence % (values | {"value": reading.display_value})


def _initial_of(row: IndicatorTarget) -> dict[str, Any]:
    """Return the form filled with the annual target in force. How it was agreed is to be said anew."""
    names = ("figure", "baseline", "baseline_starts_on", "baseline_through_on", "baseline_source")
    return {name: getattr(row, name) for name in names} | {"baseline_missing_reason": row.no_baseline_reason}


def _describe_saved(target: IndicatorTarget) -> str:
    """Return what the page says after an annual target was saved: who sees it."""
    if target.is_dropped:
        return gettext("The annual target was dropped. It stays in the history with your reason.")
    saved = gettext("The annual target is now %(figure)s. Readiness does not change.")
    sentence = saved % {"figure": format_number(target.figure or 0)}
    if target.ministry:
        seen = gettext("The %(ministry)s sees it on its page.") % {"ministry": target.ministry}
        return f"{sentence} {seen}"
    return sentence
