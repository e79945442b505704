"""Correct a request for information: its reason, its open lines, and what was wrong."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseFormSet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect

from dialogues import permissions
from dialogues.actions.information_requests import correct_request
from dialogues.forms.information_requests import CorrectedLineForms, CorrectRequestForm
from dialogues.models import InformationRequest, RequestEvent, RequestLine
from dialogues.request_phrases import format_request_status
from dialogues.views.information_requests import usual_period
from dialogues.views.page_context import set_page_edition_for_subject
from dialogues.views.request_timeline import RequestTimeline
from recommendations.models import Indicator
from tiptracker import clock
from tiptracker.accounts.models import User
from tiptracker.errors import Refused
from tiptracker.localization import gettext
from tiptracker.validation import EditConflict
from tiptracker.web.form_pages import form_page, sent_data
from tiptracker.web.frontend.form_rows import add_empty_row, add_refusal, add_row_refusal, invalid_forms, raw_values
from tiptracker.web.pages import SignedInRequest, render_page


@form_page
def information_request_correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Correct a request. Lines with an answer are shown and stay. The earlier reason and lines stay in its history."""
    user = request.user
    information_request, timeline, now = _get_request(request, pk)
    if not permissions.can_change_request(user, information_request):
        raise PermissionDenied
    row_kwargs = _row_kwargs(user, timeline)
    data = sent_data(request)
    form = _correction_form(information_request, data)
    rows = CorrectedLineForms(data, initial=None if data else _initial_rows(timeline.expected_lines), **row_kwargs)
    if "more" in request.POST:
        form, rows = CorrectRequestForm(initial=raw_values(form)), add_empty_row(rows, **row_kwargs)
        rows.forms[-1].initial = usual_period(information_request.edition)
    if form.is_bound and _correct(information_request, form, rows, user, now):
        messages.success(
            request, gettext("The correction was saved. The ministry is told, and sees what changed and your reason.")
        )
        return redirect("information_request_detail", pk)
    is_overtaken = isinstance(form.refusal, EditConflict)
    if is_overtaken:
        information_request, timeline, now = _get_request(request, pk)
        form.show_current(_correction_form(information_request))
    context = {
        "number": pk,
        "heading": information_request.text,
        "maker": information_request.maker,
        "standing": timeline.standing,
        "status_text": format_request_status(timeline.standing),
        "form": form,
        "rows": rows,
        "refused_forms": invalid_forms(form, *rows),
        "fixed": [row for row in timeline.list_lines() if not timeline.standing.lines[row.pk].is_expected],
        "current": timeline.list_lines() if is_overtaken else [],
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "dialogues/information_request_correct.html", context, status=status)


def _get_request(request: SignedInRequest, pk: int) -> tuple[InformationRequest, RequestTimeline, datetime]:
    """Return a request that the user may see, with what is known of it, and set the edition of the page."""
    rows = InformationRequest.objects.visible_to(request.user).with_history().select_related("edition")
    information_request = get_object_or_404(rows, pk=pk)
    set_page_edition_for_subject(request, information_request)
    now = clock.now(information_request.country.time_zone)
    standing = information_request.standing_on(now.date())
    if standing is None:
        raise Http404
    return information_request, RequestTimeline(request.user, information_request, standing), now


def _correction_form(row: InformationRequest, data: QueryDict | None = None) -> CorrectRequestForm:
    newest = max(event.pk for event in row.events.all())
    return CorrectRequestForm(data, initial={"asked_reason": row.reason, "seen": newest})


def _row_kwargs(user: User, timeline: RequestTimeline) -> dict[str, Any]:
    """Return what the rows offer: the indicators of the country, and the lines of the request, answered or not.

    A row of a line that was answered or removed meanwhile is kept as typed. The action refuses it.
    """
    indicators = Indicator.objects.visible_to(user).filter(country=timeline.request.country).order_by("name")
    lines = list(timeline.request.lines.all())
    return {"prefix": "lines", "form_kwargs": {"indicators": list(indicators), "lines": lines}}


def _initial_rows(lines: list[RequestLine]) -> list[dict[str, Any]]:
    """Return the lines as typed. Words that only repeat the indicator are left out: they follow another indicator."""
    return [
        {
            "line": line.pk,
            "indicator": line.indicator_id,
            "wording": "" if line.indicator and line.wording == line.indicator.name_with_unit else line.wording,
            "starts_on": line.starts_on,
            "through_on": line.through_on,
        }
        for line in lines
    ]


def _correct(
    information_request: InformationRequest,
    form: CorrectRequestForm,
    rows: "BaseFormSet[Any]",
    by: User,
    now: datetime,
) -> RequestEvent | None:
    """Correct the request as the forms say. Return None if they are refused, with the message next to its field."""
    if not all([form.is_valid(), rows.is_valid()]):
        return None
    filled = [row for row in rows.forms if row.is_filled]
    try:
        return correct_request(
            information_request=information_request,
            lines=[row.corrected_line for row in filled],
            by=by,
            now=now,
            **form.cleaned_data,
        )
    except Refused as refusal:
        form.refusal = refusal
        if not add_row_refusal({"lines": filled}, refusal):
            add_refusal(form, refusal)
        return None
