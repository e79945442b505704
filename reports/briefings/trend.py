"""Build the chart and table of the weekly score, as the briefing's reader would have seen it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from dialogues.models import Dialogue
from recommendations.models import Milestone
from reports import formatting
from reports.briefings.content.ambassador import PrintedMonth, PrintedTrend
from reports.briefings.recent_changes import describe_recent_changes
from reports.calendar.trend_events import list_trend_events
from reports.charts.trend import TrendChart, TrendWeek
from reports.reader_view import ReaderView
from reports.readiness import countable_facts
from reports.readiness.daily_scores import DailyScores
from reports.readiness.explanation.trend import WEEK
from reports.readiness.explanation.trend_display import TrendDisplay, TrendEvent, display_trend
from reports.readiness.facts import Facts
from tiptracker.localization import format_day_and_month, gettext, ngettext

MIN_DRAWN_WEEKS = 3
"""The fewest weeks with a figure for which a chart is drawn. A chart with fewer would be mostly empty."""
FULL_SCALES = (40, 60, 80, 100)
"""The points at the top of a scale. The smallest that fits is taken, so that a chart isn't mostly empty."""
HEADROOM = 1.15
"""How far above the highest line a scale ends, at least: its label stands above it."""


def read_trend(
    view: ReaderView, facts: Facts, dialogues: Iterable[Dialogue], milestones: Iterable[Milestone]
) -> TrendDisplay:
    """Return the weekly scores with their events, based on the known facts."""
    return display_trend(
        facts, as_of=view.as_of, known_by=view.known_by, events=list_trend_events(dialogues, milestones, view.as_of)
    )


def build_trend(
    view: ReaderView,
    facts: Facts,
    run: TrendDisplay,
    *,
    since: date | None,
    deadline_on: date | None,
    falls: tuple[str, ...],
) -> PrintedTrend:
    """Return the finding, the chart and the months, based on the known facts.

    A month without a score and without events has no row, except the last month.

    Args:
        since: the day of the last dialogue or briefing, which gets a row of its own; None if there is none.
        deadline_on: the deadline, up to which the chart is drawn; None if there is none.
        falls: how far the score has fallen since its highest week, in words, the fullest text first.
    """
    months = run.by_month
    chart = draw_trend(run, deadline_on)
    return PrintedTrend(
        title=run.title,
        chart=chart,
        months=tuple(
            PrintedMonth(week.ends_on, week.then, week.hindsight, _describe_events(week.events))
            for week in months
            if week.then is not None or week.hindsight or week.events or week is months[-1]
        ),
        since=None if since is None else _build_day(view, facts, since, run.events),
        no_chart="" if chart else _describe_missing_chart(run.weeks),
        falls=falls,
        changes=describe_recent_changes(facts, as_of=view.as_of, known_by=view.known_by),
    )


def draw_trend(run: TrendDisplay, deadline_on: date | None) -> TrendChart | None:
    """Return the chart in print size, from the first week with a figure to the deadline.

    Return None if fewer than `MIN_DRAWN_WEEKS` weeks have a figure. After the deadline the chart ends with the last
    week.
    """
    weeks = [week for week in run.weeks if _has_figure(week)]
    if len(weeks) < MIN_DRAWN_WEEKS:
        return None
    starts_on, last = max(run.starts_on, weeks[0].ends_on - WEEK), run.weeks[-1].ends_on
    drawn = replace(
        run,
        starts_on=starts_on,
        ends_on=min(run.ends_on, max(last, deadline_on or last)),
        weeks=[week for week in run.weeks if week.ends_on >= weeks[0].ends_on],
    )
    return drawn.draw_chart(width=648, size=11, plot_height=92, full_scale=_pick_full_scale(drawn))


def _pick_full_scale(run: TrendDisplay) -> int:
    """Return the points at the top of the scale: the fewest with room above the target and every week."""
    scores = [score for week in run.weeks for score in (week.then, week.hindsight) if score is not None]
    highest = max(map(float, [*scores, run.target or 0]), default=0.0)
    return next(scale for scale in FULL_SCALES if scale == FULL_SCALES[-1] or highest * HEADROOM <= scale)


def _has_figure(week: TrendWeek) -> bool:
    """Return whether a week has a figure to draw. A zero that is only known with later information is none."""
    return week.then is not None or bool(week.hindsight)


def _describe_missing_chart(weeks: Sequence[TrendWeek]) -> str:
    number = sum(map(_has_figure, weeks))
    if not number:
        return gettext("There is no chart yet, because no week has a figure.")
    return ngettext(
        "There is no chart yet, because only %(number)d week has a figure.",
        "There is no chart yet, because only %(number)d weeks have a figure.",
        number,
    ) % {"number": number}


def _build_day(view: ReaderView, facts: Facts, day: date, events: Iterable[TrendEvent]) -> PrintedMonth:
    """Return the row of one day, with its score as known at its end and with later information."""
    known_facts = countable_facts.facts_known_by(facts, view.known_by)
    evening = datetime.combine(day, time.max, facts.zone)
    now = max(evening, countable_facts.newest_recorded_at(known_facts) or evening)
    scores = DailyScores(known_facts)
    then, hindsight = (
        None if points is None else formatting.round_to_tenth(points)
        for points in (scores.score(day, evening), scores.score(day, now))
    )
    return PrintedMonth(day, then, hindsight, _describe_events(event for event in events if event.day == day))


def _describe_events(events: Iterable[TrendEvent]) -> str:
    """Describe events, each with its day, so that a row can be understood without the rows around it."""
    return "; ".join(
        gettext("%(day)s: %(event)s") % {"day": format_day_and_month(event.day), "event": event.description}
        for event in events
    )
