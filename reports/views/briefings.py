"""Briefings: ask for one, watch it being made, take it."""

from datetime import date, datetime, time

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from recommendations.here import edition_at_hand
from reports import actions
from reports.forms import BriefingRequestForm
from reports.models import Briefing, BriefingKind
from reports.permissions import can_download_briefing, can_request_briefing
from tiptracker import clock
from tiptracker.limits import keeps
from tiptracker.pages import SignedIn, render_page
from tiptracker.refusals import Refused

PAGE_SIZE = 25


def _end_of(day: date | None, now: datetime) -> datetime | None:
    """The last moment of a day in the country; of today, and where no day is given, None: by now."""
    return None if day is None or day == now.date() else datetime.combine(day, time.max, now.tzinfo)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def briefing_list(request: SignedIn) -> HttpResponse:
    """The briefings there are, newest first; and asking for another."""
    edition = edition_at_hand(request)
    may_request = edition is not None and can_request_briefing(request.user, edition)
    form = None
    if request.method == "POST" and not may_request:
        raise PermissionDenied
    if edition is not None and may_request:
        now = clock.now(edition.country.time_zone)
        typed = request.POST if request.method == "POST" else None
        form = BriefingRequestForm(typed, first=edition.starts_on, today=now.date())
        if form.is_valid():
            try:
                briefing = actions.request_briefing(
                    edition=edition,
                    kind=BriefingKind.AMBASSADOR,
                    as_of=form.cleaned_data["as_of"],
                    known_by=_end_of(form.cleaned_data["known_by"], now),
                    by=request.user,
                    now=now,
                )
            except Refused as refusal:
                form.add_error(refusal.field, str(refusal))
            else:
                return redirect("briefing_detail", pk=briefing.pk)
    briefings = (
        Briefing.objects.visible_to(request.user)
        .select_related("edition__country", "job", "requested_by", "cleared_by")
        .order_by("-pk")
    )
    page = Paginator(briefings, PAGE_SIZE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "reports/briefing_list.html",
        {"edition": edition, "form": form, "page": page},
        status=422 if form and form.errors else 200,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def briefing_detail(request: SignedIn, pk: int) -> HttpResponse:
    """One briefing: how far it is, why it failed, or the way to its file. POST has a failed one made anew."""
    briefing = get_object_or_404(
        Briefing.objects.visible_to(request.user).select_related(
            "edition__country", "job", "requested_by", "cleared_by"
        ),
        pk=pk,
    )
    if request.method == "POST":
        actions.try_briefing_again(briefing=briefing, by=request.user)
        return redirect("briefing_detail", pk=briefing.pk)
@keeps("exports")
    return render_page(
        request,
        "reports/briefing_detail.html",
        {"briefing": briefing, "may_request": can_request_briefing(request.user, briefing.edition)},
        partial="progress",
    )


@login_required
@require_safe
@never_cache
def briefing_file(request: SignedIn, pk: int) -> HttpResponseBase:
    """The file, to keep; that it was taken is written down. One that isn't ready yet leads to its page."""
    briefing = get_object_or_404(Briefing.objects.visible_to(request.user).select_related("edition__country"), pk=pk)
    if not can_download_briefing(request.user, briefing):
        raise PermissionDenied
    if not briefing.file:
        return redirect("briefing_detail", pk=briefing.pk)
    now = clock.now(briefing.edition.country.time_zone)
    actions.record_download(briefing=briefing, by=request.user, now=now)
    return FileResponse(
        briefing.file.open("rb"),
        as_attachment=True,
        filename=briefing.file_name,
        content_type="application/pdf",
    )
