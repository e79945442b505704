"""The score week by week: as known at the end of each week, and with later information."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from reports import formatting
from reports.charts.trend import TrendWeek
from reports.readiness import countable_facts
from reports.readiness.daily_scores import DailyScores
from reports.readiness.facts import Facts, Period
from tiptracker.localization import format_date, gettext, one_language

WEEK = timedelta(days=7)
UNCHANGED_WEEKS = 4
"""After this many weeks without a change, the title says that the score has not moved."""


@dataclass(frozen=True, slots=True)
class RecentChange:
    """The change of the score since the end of an earlier week, in points as printed.

    `points` compares with the score as known at the time. `points_by_dates` compares with the score of that day by the
    dates of the events; None if both scores are printed alike.
    """

    since: date
    points: Decimal
    points_by_dates: Decimal | None


@one_language()
def weekly_scores(
    facts: Facts, now: datetime, *, hindsight_since: date = date.min, scores: DailyScores | None = None
) -> tuple[TrendWeek, ...]:
    """Return every week of the tracking period that has begun by `now`; the current week ends today.

    Only weeks that end on the day `hindsight_since` or later get a score with later information. Without these scores
    it takes half the time. `scores` are those of the same facts, if they are at hand.
    """
    scores = scores or DailyScores(facts)
    days = list(week_ends(facts.edition.tracking, now.astimezone(facts.zone).date()))
    # One line after the other, because the answers of a day rest mostly on the rows of the day before.
    then = [scores.score(day, min(_end_of_day(day, facts.zone), now)) for day in days]
    hindsight = [scores.score(day, now) if day >= hindsight_since else None for day in days]
    return tuple(map(TrendWeek, days, then, hindsight))


def week_ends(period: Period, today: date) -> Iterator[date]:
    """Yield the last days of the period's weeks, counted from its first day.

    The last one is today or the end of the period, whichever is earlier.
    """
    last = min(today, period.ends_on)
    ends_on = period.starts_on + WEEK - timedelta(days=1)
    while ends_on < last:
        yield ends_on
        ends_on += WEEK
    if last >= period.starts_on:
        yield last


@one_language()
def recent_change(facts: Facts, as_of: date) -> RecentChange | None:
    """Return the change in the last four weeks, or since the first week with a review if that is later.

    These are the weeks that `describe_trend` compares, and only they are computed. None if no earlier week had a
    review.
    """
    last = min(as_of, facts.edition.tracking.ends_on)
    scores = DailyScores(facts)
    for since in list(week_ends(facts.edition.tracking, last))[-1 - UNCHANGED_WEEKS : -1]:
        before = scores.score(since, _end_of_day(since, facts.zone))
        if before is not None:
            break
    else:
        return None
    evening = _end_of_day(last, facts.zone)
    now = max(evening, countable_facts.newest_recorded_at(facts) or evening)
    score = scores.score(last, evening) or Fraction(0)
    by_dates = scores.score(since, now) or Fraction(0)
    after, then, hindsight = map(formatting.round_to_tenth, (score, before, by_dates))
    return RecentChange(since, after - then, None if score == before or hindsight == then else after - hindsight)


def describe_trend(weeks: Sequence[TrendWeek]) -> str:
    """Describe the trend, without the last full stop, for use as the title of the chart.

    It compares two scores as known at the time. `describe_later_information` tells apart what was verified later.
    """
    reviewed = [week for week in weeks if week.then is not None]
    if not reviewed:
        return gettext("Nothing has been reviewed yet")
    last = reviewed[-1]
    values = {"points": _format_points(last), "last": format_date(last.ends_on)}
    last_different = next((week for week in reversed(reviewed) if week.then != last.then), None)
    if last_different is None:
        return gettext("Verified readiness has been %(points)s since the first review") % values
    first_unchanged = next(week for week in reviewed if week.ends_on > last_different.ends_on)
    weeks_ago = (last.ends_on - first_unchanged.ends_on).days // WEEK.days
    if weeks_ago >= UNCHANGED_WEEKS:
        return gettext("Verified readiness has not moved since the week to %(date)s") % {
            "date": format_date(first_unchanged.ends_on)
        }
    start = _compared_week(reviewed)
    values |= {"before": _format_points(start), "date": format_date(start.ends_on)}
    if start.then == last.then:
        return gettext("Verified readiness is %(points)s, the same as on %(date)s") % values
    if (last.then or 0) > (start.then or 0):
        sentence = gettext("Verified readiness has risen from %(before)s on %(date)s to %(points)s on %(last)s")
    else:
        sentence = gettext("Verified readiness has fallen from %(before)s on %(date)s to %(points)s on %(last)s")
    return sentence % values


def compared_day(weeks: Sequence[TrendWeek]) -> date | None:
    """Return the day that the trend is compared with; None if no week had a review."""
    reviewed = [week for week in weeks if week.then is not None]
    return _compared_week(reviewed).ends_on if reviewed else None


def describe_later_information(weeks: Sequence[TrendWeek]) -> str:
    """Describe what was verified later about the day that the trend is compared with; empty if nothing was.

    The embassy verifies late: without this, its own work would read as the government's.
    """
    reviewed = [week for week in weeks if week.then is not None]
    if not reviewed:
        return ""
    start = _compared_week(reviewed)
    if start.then == reviewed[-1].then or start.hindsight is None:
        return ""
    values = {"before": _format_points(start), "by_dates": formatting.format_points(start.hindsight)}
    if values["by_dates"] == values["before"]:
        return ""
    sentence = gettext(
        "On %(date)s readiness was %(before)s, as known at the time. With later information it is %(by_dates)s, "
        "because the embassy has verified more about that day since."
    )
    return sentence % {**values, "date": format_date(start.ends_on)}


def _compared_week(reviewed: Sequence[TrendWeek]) -> TrendWeek:
    return reviewed[max(0, len(reviewed) - 1 - UNCHANGED_WEEKS)]


def _format_points(week: TrendWeek) -> str:
    return formatting.format_points(week.then or Fraction(0))


def _end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last moment of a day in the country."""
    return datetime.combine(day, time.max, zone)
