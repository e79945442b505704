"""The score week by week: its page, and the context for other pages that draw it."""

from typing import Any

from django.http import HttpResponse

from recommendations.edition_context import EditionRequest
from recommendations.kept_pages import keep_page
from reports.briefings.reversal_sentences import describe_fall
from reports.calendar.trend_events import gather_trend_events
from reports.readiness.explanation.trend_display import WeekDisplay, display_trend
from reports.readiness.facts import Facts
from reports.readiness.readiness import Readiness
from reports.request_params import RequestedMoment
from reports.views.access import readiness_page
from reports.views.current_readiness import current_facts, current_scores
from reports.views.record_moment import read_record_moment
from tiptracker.infrastructure.read_snapshot import snapshot
from tiptracker.localization import gettext
from tiptracker.web import exports
from tiptracker.web.form_pages import render_form
from tiptracker.web.pages import SignedInRequest

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
            context |= trend_context(request, record_moment, facts, plot_height=260)
        if exports.is_export_requested(request):
            cells = [_export_row(week) for week in reversed(context["trend"].by_week)]
            return exports.export_rows(request, "trend", _export_columns(), cells)
    return render_form(request, "reports/readiness_trend.html", form, context)


def _export_columns() -> tuple[str, ...]:
    return gettext("Week to"), gettext("Known at the time"), gettext("With later information"), gettext("Events")


def _export_row(week: WeekDisplay) -> tuple[object, ...]:
    return week.ends_on, week.then, week.hindsight, "; ".join(event.description for event in week.events)


def trend_context(
    request: SignedInRequest,
    record_moment: RequestedMoment,
    facts: Facts,
    *,
    plot_height: int = 160,
    result: Readiness | None = None,
) -> dict[str, Any]:
    """Return the context of `includes/trend.html`: `trend`, `trend_wide` and `trend_narrow`, and `fall` in a sentence.

    Takes two queries, and one more if a finding lowered readiness. `result` is that of the same facts, if it is at
    hand.
    """
    edition, as_of, known_by = record_moment.edition, record_moment.as_of, record_moment.known_by
    events = gather_trend_events(request.user, edition, as_of=as_of, known_by=known_by)
    scores = current_scores(request, edition)
    trend = display_trend(facts, as_of=as_of, known_by=known_by, events=events, scores=scores, result=result)
    return {
        "trend": trend,
        "fall": describe_fall(request.user, trend, told_since=trend.compared_day),
        "trend_wide": trend.draw_chart(width=WIDE_WIDTH, size=WIDE_SIZE, plot_height=plot_height),
        "trend_narrow": trend.draw_chart(width=NARROW_WIDTH, size=NARROW_SIZE, plot_height=plot_height),
    }
