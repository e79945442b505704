"""Pages of the activity log: search it, view one entry, export it."""

from collections.abc import Iterator
from datetime import tzinfo
from http import HTTPStatus
from itertools import batched

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from tiptracker import clock
from tiptracker.accounts.models import Country, User
from tiptracker.audit import actions
from tiptracker.audit.differences import list_differences
from tiptracker.audit.forms import LogFilter
from tiptracker.audit.models import AuditDetail, AuditEntry, AuditEntryQuerySet, LogVerification
from tiptracker.audit.permissions import can_read_log
from tiptracker.audit.subjects import LogEntryRow, list_entry_rows
from tiptracker.choices import Role
from tiptracker.localization import gettext, gettext_noop
from tiptracker.web.rate_limits import rate_limited
from tiptracker.web.spreadsheets import csv_lines

PAGE_SIZE = 25
EXPORT_CHUNK = 500
"""How many entries of an export are read, with their records, at once."""


@login_required
@require_safe
def log_list(request: HttpRequest) -> HttpResponse:
    """List the log, newest first, filtered by the query string. An invalid filter gives its errors and no entries."""
    user = _require_log_reader(request)
    log_filter = _read_filter(request)
    if not log_filter.is_valid():
        return render(request, "audit/log_list.html", {"filter": log_filter}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    entries = AuditEntry.objects.visible_to(user)
    if user.role != Role.ADMINISTRATOR:
        # The keys, and no query for them: so PostgreSQL can expect few entries, and reads the newest from an index.
        entries = entries.filter(country__in=[country.pk for country in log_filter.countries])
    matching = log_filter.narrow(entries, user).select_related("by", "country").order_by("-number")
    page = Paginator(matching, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": log_filter,
        "page": page,
        "lines": list_entry_rows(page, user),
        "head": actions.log_head(),
        "verification": LogVerification.objects.first(),
        "query": request.GET.urlencode(),
    }
    return render(request, "audit/log_list.html", context)


@login_required
@require_safe
def log_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Show one entry: its values before and after if the user may read them, and whether it is unchanged."""
    user = request.user
    rows = AuditEntry.objects.visible_to(user).select_related("by", "country", "detail")
    entry = get_object_or_404(rows, number=number)
    detail = AuditDetail.objects.visible_to(user).filter(entry=entry).first()
    context = {
        "line": list_entry_rows([entry], user)[0],
        "fields": list_differences(entry.table, detail.before, detail.after) if detail else [],
        "has_before": bool(detail and detail.before),
        "has_after": bool(detail and detail.after),
        "is_closed": detail is None and bool(entry.before_digest or entry.after_digest),
        "fault": actions.find_entry_fault(entry),
    }
    return render(request, "audit/log_detail.html", context)


@login_required
@require_GET
@never_cache
@reauthentication_required(enabled=lambda request: can_read_log(request.user))  # type: ignore[untyped-decorator]
@rate_limited("exports")
def log_export(request: HttpRequest) -> HttpResponseBase:
    """Export the filtered entries as CSV. The user must authenticate again, and the log records the export."""
    user = _require_log_reader(request)
    log_filter = _read_filter(request)
    if not log_filter.is_valid():
        return redirect(f"{reverse('log_list')}?{request.GET.urlencode()}")
    matching = log_filter.narrow(AuditEntry.objects.visible_to(user), user)
    exported = actions.record_export(entries=matching, chosen=log_filter.chosen(), by=user)
    answer = StreamingHttpResponse(
        csv_lines([gettext(heading) for heading in EXPORT_HEADINGS], _export_rows(exported, user)),
        content_type="text/csv; charset=utf-8",
    )
    day = timezone.localdate(clock.to_domain_time(actions.log_now()))
    answer.headers["Content-Disposition"] = f'attachment; filename="tip-tracker-log-{day:%Y-%m-%d}.csv"'
    return answer


EXPORT_HEADINGS = (
    gettext_noop("Number"),
    gettext_noop("When"),
    gettext_noop("Time zone"),
    gettext_noop("Who"),
    gettext_noop("E-mail address"),
    gettext_noop("What"),
    gettext_noop("Verb"),
    gettext_noop("Country"),
    gettext_noop("Record"),
    gettext_noop("Table"),
    gettext_noop("Row"),
    gettext_noop("Internet address"),
    gettext_noop("Before"),
    gettext_noop("After"),
    gettext_noop("Hash"),
    gettext_noop("Hash of the entry before"),
)


def _export_rows(entries: AuditEntryQuerySet, user: User) -> Iterator[tuple[object, ...]]:
    """Return the rows of the export, newest first.

    Times are in the user's time zone, which is fixed here because the rows are sent after the request has ended.
    """
    zone = timezone.get_current_timezone()
    detail = Prefetch("detail", AuditDetail.objects.visible_to(user))
    rows = entries.select_related("by", "country").prefetch_related(detail).order_by("-number")
    return (
        _export_row(row, zone)
        for some in batched(rows.iterator(chunk_size=EXPORT_CHUNK), EXPORT_CHUNK, strict=False)
        for row in list_entry_rows(some, user)
    )


def _export_row(row: LogEntryRow, zone: tzinfo) -> tuple[object, ...]:
    entry = row.entry
    read = getattr(entry, "detail", None)
    fields = list_differences(entry.table, read.before, read.after) if read else []
    return (
        entry.number,
        clock.to_domain_time(entry.at).astimezone(zone).isoformat(),
        str(zone),
        entry.by.name if entry.by else "",
        entry.by.email if entry.by else "",
        row.action,
        entry.verb,
        entry.country.code if entry.country else "",
        row.subject.name if row.subject else "",
        entry.table,
        entry.row,
        entry.address or "",
        "\n".join(f"{field.name}: {field.before}" for field in fields if field.before),
        "\n".join(f"{field.name}: {field.after}" for field in fields if field.after),
        entry.hash,
        entry.previous_hash,
    )


def _require_log_reader(request: HttpRequest) -> User:
    """Return the user of the request. Raises PermissionDenied if they may not read the log."""
    if not isinstance(request.user, User) or not can_read_log(request.user):
        raise PermissionDenied
    return request.user


def _read_filter(request: HttpRequest) -> LogFilter:
    user = request.user
    return LogFilter(
        request.GET,
        people=AuditEntry.objects.visible_to(user).people(),
        countries=list(Country.objects.visible_to(user)),
    )
