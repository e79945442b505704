"""Find how far the score has fallen since its highest week, and what lowered it most.

All scores are those known at the time, so that two of them can be compared.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise

from reports import formatting
from reports.charts.trend import TrendWeek
from reports.readiness.daily_scores import DailyScores
from reports.readiness.explanation.changes import LineChange, RecordMoment, ScoreChanges, find_changes
from reports.readiness.facts import Facts
from reports.readiness.readiness import Readiness
from reports.readiness.reversed_actions import ReversedAction, find_reversed_actions
from tiptracker.localization import format_date, format_number, gettext


@dataclass(frozen=True, slots=True)
class FallCause:
    """The line that lost most, with its reason since then.

    `finding_id` is the evidence that reversed an action on it; None if no finding did. `is_sole` is True if nothing
    else moved the score since its highest week.
    """

    title: str
    reason: str
    finding_id: int | None
    is_sole: bool


@dataclass(frozen=True, slots=True)
class ScoreFall:
    """The day of the highest score, that score and the points lost since, both as printed.

    `cause` is None if no line of the score explains it.
    """

    since: date
    highest: Decimal
    points: Decimal
    cause: FallCause | None


def find_fall(
    facts: Facts, weeks: Sequence[TrendWeek], scores: DailyScores | None = None, result: Readiness | None = None
) -> ScoreFall | None:
    """Return the fall since the highest of these weeks, the latest of equals. None if the last week prints the same.

    Only the week with the greatest loss is looked at line by line, because a long period has many changes. `scores` and
    `result` are those of the same facts, if they are at hand.
    """
    by_week = [(week.ends_on, week.then) for week in weeks if week.then is not None]
    if not by_week:
        return None
    since, highest = max(by_week, key=lambda score: (score[1], score[0]))
    last_on, last = by_week[-1]
    points = formatting.round_to_tenth(highest) - formatting.round_to_tenth(last)
    if not points:
        return None
    after = [score for score in by_week if score[0] >= since]
    (start, _), (end, _) = min(pairwise(after), key=lambda pair: pair[1][1] - pair[0][1])
    changes = find_changes(facts, _at_evening(facts, start), _at_evening(facts, end), scores)
    if result and result.as_of == last_on:
        find_reversed: Callable[[], Iterable[ReversedAction]] = result.reversed_actions
    else:
        find_reversed = partial(find_reversed_actions, facts, last_on)
    cause = _find_cause(facts, changes, find_reversed, change=last - highest)
    return ScoreFall(since, formatting.round_to_tenth(highest), points, cause)


def describe_fall(fall: ScoreFall | None, finding: str = "", *, told_since: date | None = None) -> str:
    """Describe the fall and its cause: "Readiness was 29.4 on 12 January 2022 and has fallen by 0.7 since: …".

    Args:
        fall: None for none, which gives an empty text.
        finding: the title of the finding that is the cause; empty if there is none or the reader may not see it.
        told_since: the first day of a comparison that stands before this text. If that is the highest day, only the
            cause is left to say.
    """
    if fall is None:
        return ""
    values = {
        "highest": format_number(fall.highest),
        "date": format_date(fall.since),
        "points": format_number(fall.points),
        "cause": _describe_cause(fall.cause, finding) if fall.cause else "",
    }
    if told_since == fall.since:
        if fall.cause is None:
            return ""
        sentence = gettext("Cause: %(cause)s.") if fall.cause.is_sole else gettext("The greatest loss: %(cause)s.")
    elif fall.cause is None:
        sentence = gettext("Readiness was %(highest)s on %(date)s and has fallen by %(points)s since.")
    elif fall.cause.is_sole:
        sentence = gettext("Readiness was %(highest)s on %(date)s and has fallen by %(points)s since: %(cause)s.")
    else:
        sentence = gettext(
            "Readiness was %(highest)s on %(date)s and has fallen by %(points)s since. The greatest loss: %(cause)s."
        )
    return sentence % values


def _find_cause(
    facts: Facts, changes: ScoreChanges, find_reversed: Callable[[], Iterable[ReversedAction]], *, change: Fraction
) -> FallCause | None:
    """Return the line that lost most at the stop that cost most."""
    stop = min(changes.changes, key=lambda change: change.points, default=None)
    if stop is None:
        return None
    line = min(stop.lines, key=lambda change: change.points)
    if line.points >= 0 or line.reason_after == line.reason_before:
        return None
    return FallCause(line.title, line.reason_after, _find_reversal(facts, line, find_reversed), stop.points == change)


def _find_reversal(facts: Facts, line: LineChange, find_reversed: Callable[[], Iterable[ReversedAction]]) -> int | None:
    """Return the finding (the id of its evidence) that reversed an action on the benchmark of a line; None without one.

    The line moved when the finding was verified, or when the benchmark was assessed because of it.
    """
    moved_by = {row.id for row in line.rows if row.type == "evidence"}
    assessed = {row.id for row in line.rows if row.type == "assessment"}
    benchmarks = {row.benchmark_id for row in facts.assessments if row.id in assessed}
    if not moved_by and not benchmarks:
        return None
    for action in find_reversed():
        for reversal in reversed(action.reversals):
            if reversal.evidence_id in moved_by or (action.benchmark_id in benchmarks and not action.is_restored):
                return reversal.evidence_id
    return None


def _describe_cause(cause: FallCause, finding: str) -> str:
    line, reason = formatting.lowercase_first(cause.title), formatting.lowercase_first(cause.reason.rstrip("."))
    if finding:
        return gettext("“%(finding)s” (%(line)s)") % {"finding": finding.rstrip("."), "line": line}
    if line in reason.lower():
        return reason
    return gettext("%(reason)s (%(line)s)") % {"reason": reason, "line": line}


def _at_evening(facts: Facts, day: date) -> RecordMoment:
    return RecordMoment(day, datetime.combine(day, time.max, facts.zone))
