"""Timeline of the edition's year, drawn and as a table: milestones, dialogues, due dates and today."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse

from recommendations.choices import MilestoneKind
from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from recommendations.permissions import can_edit_recommendations
from reports.calendar import year
from reports.calendar.gathering import gather_days
from reports.calendar.year import CalendarDay
from reports.forms import DayStatus, TimelineFilter
from reports.views.access import embassy_page
from tiptracker import clock
from tiptracker.localization import gettext_lazy
from tiptracker.web import exports
from tiptracker.web.pages import render_page

PAGE_SIZE = 100
YEAR_KINDS = frozenset({MilestoneKind.DATA_CALL, MilestoneKind.POST_ANSWERS, MilestoneKind.NEXT_REPORT})
"""The milestones of the Department's year that every edition has. The page offers to add them if one is missing."""
EXPORT_COLUMNS = (
    gettext_lazy("Date"),
    gettext_lazy("What"),
    gettext_lazy("Kind"),
    gettext_lazy("Who or where"),
    gettext_lazy("Status"),
    gettext_lazy("Days left"),
    gettext_lazy("Days overdue"),
)


@embassy_page
@keep_page(is_personal=False)
def timeline(request: EditionRequest) -> HttpResponse:
    """Show the edition's year. `?kind=` and `?stands=` filter the table; `?as=` exports it."""
    edition = request.edition
    today = clock.today(edition.country.time_zone)
    filter_form = TimelineFilter(request.GET)
    filter_form.is_valid()
    days = gather_days(request.user, edition, today)
    rows = _filter_days(days, filter_form.cleaned_data)
    if exports.is_export_requested(request):
        return exports.export_rows(
            request, "timeline", list(map(str, EXPORT_COLUMNS)), [_export_row(day) for day in rows]
        )
    context = {
        "edition": edition,
        "today": today,
        "title": year.describe_year(days, today),
        "chart": year.draw_timeline(days, starts_on=edition.starts_on, ends_on=edition.ends_on, today=today),
        "outside": sum(not edition.starts_on <= day.shown_on <= edition.ends_on for day in days),
        "filter": filter_form,
        "is_narrowed": filter_form.is_narrowing,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_edit": can_edit_recommendations(request.user, edition),
        "lacks_year": YEAR_KINDS - {day.milestone for day in days},
        "first_ahead": next((day for day in rows if day.shown_on >= today), None),
    }
    return render_page(request, "reports/timeline.html", context, partial="rows")


def _filter_days(days: Sequence[CalendarDay], filters: dict[str, Any]) -> list[CalendarDay]:
    kind, status = filters.get("kind"), filters.get("stands", "")
    has_status: Callable[[CalendarDay], bool] = {
        "": lambda _: True,
        DayStatus.OVERDUE: lambda day: day.days_overdue is not None,
        DayStatus.AHEAD: lambda day: day.days_left is not None,
        DayStatus.OVER: lambda day: day.days_left is None and day.days_overdue is None,
    }[status]
    return [day for day in days if (not kind or day.kind == kind) and has_status(day)]


def _export_row(day: CalendarDay) -> tuple[object, ...]:
    return day.shown_on, day.title, day.kind.label, day.detail, day.status_text, day.days_left, day.days_overdue
