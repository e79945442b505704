"""Pages of the activity log: search it, view one entry, export it."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from http import HTTPStatus
from itertools import batched
from operator import itemgetter
from typing import Any

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
from tiptracker.audit.forms import LogFilter, name_imported_log
from tiptracker.audit.imported_logs import LEFT_BEHIND, ImportedLogSummary, find_imported_entry_fault
from tiptracker.audit.models import (
    AuditDetail,
    AuditEntry,
    AuditEntryQuerySet,
    ImportedEntry,
    ImportedEntryQuerySet,
    ImportedLog,
    LogVerification,
)
from tiptracker.audit.permissions import can_read_log
from tiptracker.audit.subjects import LogEntryRow, list_entry_rows
from tiptracker.choices import Role
from tiptracker.localization import gettext, gettext_noop, join_with_colon
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
    matching: Any = _find_matching(log_filter, user)
    page = Paginator(matching, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": log_filter,
        "page": page,
        "lines": list_entry_rows(page, user),
        "head": actions.log_head(),
        "imported": ImportedLogSummary.of_log(log, user) if (log := log_filter.imported_log) else None,
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
@require_safe
def imported_entry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry of a log that came along with a country, as `log_detail` shows one of this installation's own."""
    user = request.user
    rows = ImportedEntry.objects.visible_to(user).select_related("by", "log__country")
    entry = get_object_or_404(rows, pk=pk)
    is_readable = ImportedEntry.objects.visible_to(user).with_readable_values(user).filter(pk=entry.pk).exists()
    context = {
        "line": list_entry_rows([entry], user)[0],
        "imported_log": name_imported_log(entry.log),
        "fields": list_differences(entry.table, entry.before, entry.after) if is_readable else [],
        "has_before": bool(entry.before),
        "has_after": bool(entry.after),
        "is_closed": not is_readable and bool(entry.before_digest or entry.after_digest),
        "is_left_behind": is_readable and LEFT_BEHIND in (entry.before, entry.after),
        "fault": find_imported_entry_fault(entry),
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
    exported = _record_export(log_filter, user)
    answer = StreamingHttpResponse(
        csv_lines([gettext(heading) for heading in EXPORT_HEADINGS], _export_rows(exported, user)),
        content_type="text/csv; charset=utf-8",
    )
    day = timezone.localdate(clock.to_domain_time(actions.log_now()))
    imported = f"-imported-{log.country.code}-{log.pk}" if (log := log_filter.imported_log) else ""
    answer.headers["Content-Disposition"] = f'attachment; filename="tip-tracker-log{imported}-{day:%Y-%m-%d}.csv"'
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


def _find_matching(log_filter: LogFilter, user: User) -> AuditEntryQuerySet | ImportedEntryQuerySet:
    """Return the entries of the chosen log that the user may read and that match the filter, newest first."""
    if log_filter.imported_log:
        imported = log_filter.narrow_imported(ImportedEntry.objects.visible_to(user), user)
        return imported.select_related("by", "log__country").order_by("-number")
    entries = AuditEntry.objects.visible_to(user)
    if user.role != Role.ADMINISTRATOR:
        # The keys, and no query for them: so PostgreSQL can expect few entries, and reads the newest from an index.
        entries = entries.filter(country__in=[country.pk for country in log_filter.countries])
    return log_filter.narrow(entries, user).select_related("by", "country").order_by("-number")


def _record_export(log_filter: LogFilter, user: User) -> AuditEntryQuerySet | ImportedEntryQuerySet:
    """Return the entries to export, and record the export in the log."""
    if log := log_filter.imported_log:
        imported = log_filter.narrow_imported(ImportedEntry.objects.visible_to(user), user)
        actions.record_imported_export(log, entries=imported, chosen=log_filter.chosen(), by=user)
        return imported
    matching = log_filter.narrow(AuditEntry.objects.visible_to(user), user)
    return actions.record_export(entries=matching, chosen=log_filter.chosen(), by=user)


def _export_rows(entries: AuditEntryQuerySet | ImportedEntryQuerySet, user: User) -> Iterator[tuple[object, ...]]:
    """Return the rows of the export, newest first.

    Times are in the user's time zone, which is fixed here because the rows are sent after the request has ended.
    """
    zone = timezone.get_current_timezone()
    return (
        _export_row(row, values.get(row.entry.pk), zone)
        for some in batched(_read_in_chunks(entries, user), EXPORT_CHUNK, strict=False)
        for values in [_find_values(some, user)]
        for row in list_entry_rows(some, user)
    )


def _read_in_chunks(
    entries: AuditEntryQuerySet | ImportedEntryQuerySet, user: User
) -> Iterator[AuditEntry | ImportedEntry]:
    if isinstance(entries, ImportedEntryQuerySet):
        return entries.select_related("by", "log__country").order_by("-number").iterator(chunk_size=EXPORT_CHUNK)
    detail = Prefetch("detail", AuditDetail.objects.visible_to(user))
    own = entries.select_related("by", "country").prefetch_related(detail).order_by("-number")
    return own.iterator(chunk_size=EXPORT_CHUNK)


def _find_values(entries: Sequence[AuditEntry | ImportedEntry], user: User) -> dict[int, AuditDetail | ImportedEntry]:
    """Return, by key of the entry, the row with its values before and after if the user may read them."""
    if isinstance(entries[0], ImportedEntry):
        readable = ImportedEntry.objects.visible_to(user).with_readable_values(user)
        return {row.pk: row for row in readable.filter(pk__in=[entry.pk for entry in entries])}
    return {entry.pk: entry.detail for entry in entries if hasattr(entry, "detail")}


def _export_row(row: LogEntryRow, read: AuditDetail | ImportedEntry | None, zone: tzinfo) -> tuple[object, ...]:
    entry = row.entry
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
        entry.row_here,
        entry.address or "",
        "\n".join(join_with_colon(field.name, field.before) for field in fields if field.before),
        "\n".join(join_with_colon(field.name, field.after) for field in fields if field.after),
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
    people = AuditEntry.objects.visible_to(user).people()
    imported_logs = list(ImportedLog.objects.visible_to(user).select_related("country"))
    if imported_logs:
        people = sorted({*people, *ImportedEntry.objects.visible_to(user).people()}, key=itemgetter(1, 0))
    return LogFilter(
        request.GET, people=people, countries=list(Country.objects.visible_to(user)), imported_logs=imported_logs
    )
