"""Export a list as CSV or as an Excel sheet, filtered and sorted as on the page."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tiptracker.accounts.models import Country
from tiptracker.audit.actions import record
from tiptracker.web import rate_limits, spreadsheets
from tiptracker.web.pages import SignedInRequest

FORMAT_PARAMETER = "as"
"""Query parameter that asks for a file: "?as=csv" or "?as=xlsx"."""
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def is_export_requested(request: HttpRequest) -> bool:
    """Return whether the address of a list asks for a file."""
    return request.GET.get(FORMAT_PARAMETER) in CONTENT_TYPES


def export_rows(
    request: SignedInRequest, name: str, heads: Sequence[str], rows: Sequence[Sequence[object]]
) -> HttpResponse:
    """Return `rows` as a file in the requested format, and record the export in the activity log.

    Each row has one value per head: text, number, day, moment or None. Moments are in the reader's time zone. A user
    who exports too often gets a page that says how long to wait.
    """
    if wait := rate_limits.seconds_to_wait("exports", request):
        return rate_limits.limit_exceeded_page(request, wait)
    kind = request.GET[FORMAT_PARAMETER]
    zone = timezone.get_current_timezone()
    content = (
        spreadsheets.csv_text(heads, rows, zone) if kind == "csv" else spreadsheets.workbook(name, heads, rows, zone)
    )
    parameters: dict[str, Any] = {
        key: value for key, value in request.GET.items() if key not in (FORMAT_PARAMETER, "page") and value
    }
    with transaction.atomic():
        for country in Country.objects.visible_to(request.user):
            after = {"list": name, "as": kind, "asked": parameters, "rows": len(rows)}
            record("list.exported", by=request.user, country=country, after=after)
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="tip-tracker-{name}.{kind}"'},
    )
