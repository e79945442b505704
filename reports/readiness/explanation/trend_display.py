"""The trend of the score as pages and documents display it: the finding, the chart, the weeks and the events.

It is seen from a moment of the record: weeks up to a day, and later information as known at a moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from reports import formatting
from reports.charts.axis import FULL_SCALE, AxisEvent
from reports.charts.trend import TrendChart, TrendWeek, trend_chart
from reports.readiness import countable_facts
from reports.readiness.daily_scores import DailyScores
from reports.readiness.explanation.score_fall import ScoreFall, find_fall
from reports.readiness.explanation.trend import compared_day, describe_later_information, describe_trend, weekly_scores
from reports.readiness.facts import Facts
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_date, gettext


@dataclass(frozen=True, slots=True)
class TrendEvent:
    """A dialogue or a milestone on a day: its name on a chart, and its description in a table."""

    day: date
    name: str
    description: str
    dialogue_id: int | None = None


@dataclass(frozen=True, slots=True)
class WeekDisplay:
    """A week by its last day, its scores to one decimal, and the events since the week before.

    A score is None if nothing had been reviewed.
    """

    ends_on: date
    then: Decimal | None
    hindsight: Decimal | None
    events: tuple[TrendEvent, ...]


@dataclass(frozen=True, slots=True)
class TrendDisplay:
    """The weeks of an edition's tracking period, with dialogues and milestones, and the target.

    `fall` is how far the score has fallen since its highest week; None if it has not.
    """

    starts_on: date
    ends_on: date
    weeks: Sequence[TrendWeek]
    events: Sequence[TrendEvent]
    target: Decimal | None
    fall: ScoreFall | None = None

    @property
    def title(self) -> str:
        """The finding, without a full stop."""
        last = self.weeks[-1] if self.weeks else None
        if last is None or last.then is not None or last.hindsight is None:
            return describe_trend(self.weeks)
        sentence = gettext(
            "Nothing had been reviewed by %(date)s. With later information, readiness on that day was %(points)s"
        )
        return sentence % {"date": format_date(last.ends_on), "points": formatting.format_points(last.hindsight)}

    @property
    def compared_day(self) -> date | None:
        """The day with which the title compares; None if no week had a review."""
        return compared_day(self.weeks)

    @property
    def later_information(self) -> str:
        """What was verified later about the day that the title compares with; empty if nothing was."""
        return describe_later_information(self.weeks)

    @property
    def by_week(self) -> tuple[WeekDisplay, ...]:
        """All weeks, in order."""
        return self._display_weeks(self.weeks)

    @property
    def changed_weeks(self) -> tuple[WeekDisplay, ...]:
        """The first and the last week, and each with an event or with another score than the week before."""
        weeks = self.by_week
        changed = [
            week
            for before, week in pairwise(weeks)
            if week.events or (week.then, week.hindsight) != (before.then, before.hindsight) or week is weeks[-1]
        ]
        return (*weeks[:1], *changed)

    @property
    def by_month(self) -> tuple[WeekDisplay, ...]:
        """The last week that ended in each month."""
        return self._display_weeks(
            [
                week
                for week, following in pairwise([*self.weeks, None])
                if week and (following is None or following.ends_on.month != week.ends_on.month)
            ]
        )

    def draw_chart(self, *, width: float, size: float, plot_height: float, full_scale: int = FULL_SCALE) -> TrendChart:
        """Return the chart, in user units. `full_scale` are the points at the top of its scale."""
        return trend_chart(
            self.weeks,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            events=[AxisEvent(event.day, event.name, event.dialogue_id is not None) for event in self.events],
            mark=self.target,
            width=width,
            size=size,
            plot_height=plot_height,
            full_scale=full_scale,
        )

    def _display_weeks(self, weeks: Sequence[TrendWeek]) -> tuple[WeekDisplay, ...]:
        displays, after = [], date.min
        for week in weeks:
            events = tuple(event for event in self.events if after < event.day <= week.ends_on)
            displays.append(WeekDisplay(week.ends_on, _tenths(week.then), _tenths(week.hindsight), events))
            after = week.ends_on
        return tuple(displays)


def display_trend(
    facts: Facts,
    *,
    as_of: date,
    known_by: datetime | None,
    events: Iterable[TrendEvent],
    with_hindsight: bool = True,
    scores: DailyScores | None = None,
    result: Readiness | None = None,
) -> TrendDisplay:
    """Return the weeks up to a day. Later information is what was known at a moment (None: everything recorded).

    Without hindsight, only the last week has a score with later information. That is enough for the title, the compared
    day and the fall, and takes half the time. `scores` and `result` are those of the same facts, if they are at
    hand.
    """
    tracking = facts.edition.tracking
    known_facts = countable_facts.facts_known_by(facts, known_by)
    if scores is None or known_facts is not scores.facts:
        scores = DailyScores(known_facts)
    terms = countable_facts.newest_row(known_facts.edition_terms)
    last = min(as_of, tracking.ends_on)
    evening = datetime.combine(last, time.max, facts.zone)
    now = max(evening, countable_facts.newest_recorded_at(known_facts) or evening)
    if result is not None and result.known_facts is known_facts and result.as_of == last and now == evening:
        scores.keep_score(last, evening, result.score if result.is_reviewed else None)
    scored = weekly_scores(known_facts, now, hindsight_since=date.min if with_hindsight else last, scores=scores)
    weeks = [week for week in scored if week.ends_on <= last]
    if (not weeks or weeks[-1].ends_on < last) and last >= tracking.starts_on:
        weeks.append(TrendWeek(last, scores.score(last, evening), scores.score(last, now)))
    return TrendDisplay(
        starts_on=tracking.starts_on,
        ends_on=tracking.ends_on,
        weeks=weeks,
        events=sorted(
            (event for event in events if tracking.starts_on <= event.day <= tracking.ends_on),
            key=lambda event: (event.day, event.name),
        ),
        target=terms.readiness_target if terms else None,
        fall=find_fall(known_facts, weeks, scores, result),
    )


def _tenths(points: Fraction | None) -> Decimal | None:
    return None if points is None else formatting.round_to_tenth(points)
