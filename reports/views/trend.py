"""The score week by week: its page, and the context for other pages that draw it."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse

from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from recommendations.models import Edition
from reports.briefings.reversal_sentences import describe_fall
from reports.calendar.trend_events import gather_trend_events
from reports.readiness.explanation.trend_display import WeekDisplay, display_trend
from reports.readiness.facts import Facts
from reports.views.access import readiness_page
from reports.views.current_readiness import current_facts
from reports.views.record_moment import read_record_moment
from tiptracker.accounts.models import User
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import gettext
from tiptracker.web import exports
from tiptracker.web.form_pages import render_form

WIDE_WIDTH, WIDE_SIZE = 760, 13
NARROW_WIDTH, NARROW_SIZE = 320, 12.5
"""Size of the drawing in user units: one for a desktop, one for a phone. A page includes both and shows one."""


@readiness_page
@keep_page(is_personal=False)
def readiness_trend(request: EditionRequest) -> HttpResponse:
    """Show the score by week up to a day, as known at the time and with later information, with each week's events."""
    record_moment, form = read_record_moment(request)
    context: dict[str, Any] = {"record_moment": record_moment}
    if record_moment is not None:
        with snapshot():
            facts = current_facts(request, record_moment.edition)
            context["has_benchmarks"] = bool(facts.benchmarks)
            context |= trend_context(
                request.user, record_moment.edition, facts, record_moment.as_of, record_moment.known_by, plot_height=260
            )
        if exports.is_export_requested(request):
            cells = [_export_row(week) for week in reversed(context["trend"].by_week)]
            return exports.export_rows(request, "trend", _export_columns(), cells)
    return render_form(request, "reports/readiness_trend.html", form, context)


def _export_columns() -> tuple[str, ...]:
    return gettext("Week to"), gettext("Known at the time"), gettext("With later information"), gettext("Events")


def _export_row(week: WeekDisplay) -> tuple[object, ...]:
    return week.ends_on, week.then, week.hindsight, "; ".join(event.description for event in week.events)


def trend_context(
    user: User, edition: Edition, facts: Facts, as_of: date, known_by: datetime | None = None, *, plot_height: int = 160
) -> dict[str, Any]:
    """Return the context of `includes/trend.html`: `trend`, `trend_wide` and `trend_narrow`, and `fall` in a sentence.

    Takes two queries, and one more if a finding lowered readiness.
    """
    events = gather_trend_events(user, edition, as_of=as_of, known_by=known_by)
    trend = display_trend(facts, as_of=as_of, known_by=known_by, events=events)
    return {
        "trend": trend,
        "fall": describe_fall(user, trend, told_since=trend.compared_day),
        "trend_wide": trend.draw_chart(width=WIDE_WIDTH, size=WIDE_SIZE, plot_height=plot_height),
        "trend_narrow": trend.draw_chart(width=NARROW_WIDTH, size=NARROW_SIZE, plot_height=plot_height),
    }
