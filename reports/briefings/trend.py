"""Build the chart and table of the weekly score, as the briefing's reader would have seen it."""

from collections.abc import Iterable

from dialogues.models import Dialogue
from recommendations.models import Milestone
from reports.briefings.content.ambassador import PrintedMonth, PrintedTrend
from reports.briefings.reader_view import ReaderView
from reports.calendar.trend_events import list_trend_events
from reports.readiness.explanation.trend_display import display_trend
from reports.readiness.facts import Facts


def build_trend(
    view: ReaderView, facts: Facts, dialogues: Iterable[Dialogue], milestones: Iterable[Milestone]
) -> PrintedTrend:
    """Return the finding, the chart and the months, based on the known facts.

    A month without a score and without events has no row, except the last month.
    """
    run = display_trend(
        facts, as_of=view.as_of, known_by=view.known_by, events=list_trend_events(dialogues, milestones, view.as_of)
    )
    months = run.by_month
    return PrintedTrend(
        title=run.title,
        chart=run.draw_chart(width=648, size=11, plot_height=96),
        months=tuple(
            PrintedMonth(week.ends_on, week.then, week.hindsight, "; ".join(one.description for one in week.events))
            for week in months
            if week.then is not None or week.hindsight or week.events or week is months[-1]
        ),
    )
