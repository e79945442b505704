"""Say how far an indicator is on the way to its annual target, and at what pace. No Django here."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from recommendations.choices import Better
from tiptracker.choices import ChoiceEnum

MONTH = Fraction(365, 12)
"""The days of a month, on average."""


class ProgressState(ChoiceEnum):
    """How an indicator stands against its annual target on a day."""

    DROPPED = "dropped"
    NO_FIGURE = "no_figure"
    REACHED = "reached"
    UNDER_WAY = "under_way"
    WITHIN = "within"
    EXCEEDED = "exceeded"
    MISSED = "missed"


class YearlyCount(NamedTuple):
    """What is counted: whether more or less is better, and from where to where the year runs.

    `is_level` says that the figure is a level that stays from year to year, such as districts with a focal point. Any
    other figure is counted anew from `starts_on`, such as prosecutions.
    """

    better: Better
    is_level: bool
    starts_on: date
    deadline_on: date


class YearlyTarget(NamedTuple):
    """The annual target (None: dropped) and the baseline (None: there is none)."""

    figure: Decimal | None
    baseline: Decimal | None


class LatestFigure(NamedTuple):
    """The latest figure of the year, and the last day that it covers."""

    figure: Decimal
    through_on: date


class TargetProgress(NamedTuple):
    """How far along an indicator is.

    Attributes:
        state: how it stands.
        share: the share of the way from the baseline to the annual target, from 0 to 1. None without a baseline or a
            figure, or while a count that should stay low may still rise.
        gap: how much is missing. If less is better and the figure is counted anew each year: how much is left.
        days_left: the days from the day after today to the deadline, both included; 0 if it has passed.
        needed: how much is needed a month to reach it by the deadline (how much is left a month, as for `gap`). None
            if nothing is needed, or if less than a month is left.
        pace: how much came a month so far, towards the annual target. None if that cannot be told.
    """

    state: ProgressState
    share: Fraction | None = None
    gap: Decimal | None = None
    days_left: int = 0
    needed: Fraction | None = None
    pace: Fraction | None = None


def measure_progress(
    counted: YearlyCount, target: YearlyTarget, latest: LatestFigure | None, today: date
) -> TargetProgress:
    """Return how far along an indicator is on `today`."""
    days_left = max((counted.deadline_on - today).days, 0)
    if target.figure is None:
        return TargetProgress(ProgressState.DROPPED, days_left=days_left)
    if latest is None:
        return TargetProgress(ProgressState.NO_FIGURE, days_left=days_left)
    gap = _missing(counted, target.figure, latest.figure)
    state = _find_state(counted, latest, gap, is_over=today > counted.deadline_on)
    is_open = state in (ProgressState.UNDER_WAY, ProgressState.WITHIN)
    share = _share_of_the_way(target.baseline, target.figure, latest.figure, has_reached=_is_met(counted, gap))
    return TargetProgress(
        state=state,
        share=None if state is ProgressState.WITHIN else share,
        gap=abs(gap),
        days_left=days_left,
        needed=Fraction(abs(gap)) / days_left * MONTH if is_open and days_left >= MONTH else None,
        pace=_pace_so_far(counted, target.baseline, latest),
    )


def is_beyond_baseline(better: Better, target: YearlyTarget) -> bool:
    """Return whether the annual target is at the baseline or better, or one of the two is missing."""
    if target.figure is None or target.baseline is None:
        return True
    return target.figure >= target.baseline if better is Better.UP else target.figure <= target.baseline


def _missing(counted: YearlyCount, target: Decimal, figure: Decimal) -> Decimal:
    """Return how far the figure is from the target: above zero while it is not met, or while there is room left."""
    if counted.better is Better.UP or not counted.is_level:
        return target - figure
    return figure - target


def _is_met(counted: YearlyCount, gap: Decimal) -> bool:
    """Return whether the figure is at the target or better."""
    return gap >= 0 if _is_upper_limit(counted) else gap <= 0


def _is_upper_limit(counted: YearlyCount) -> bool:
    """Return whether the target is a number that a count of the year must not pass."""
    return counted.better is Better.DOWN and not counted.is_level


def _find_state(counted: YearlyCount, latest: LatestFigure, gap: Decimal, *, is_over: bool) -> ProgressState:
    if _is_upper_limit(counted):
        if gap < 0:
            return ProgressState.EXCEEDED
        return ProgressState.REACHED if latest.through_on >= counted.deadline_on else ProgressState.WITHIN
    if gap <= 0:
        return ProgressState.REACHED
    return ProgressState.MISSED if is_over else ProgressState.UNDER_WAY


def _share_of_the_way(
    baseline: Decimal | None, target: Decimal, figure: Decimal, *, has_reached: bool
) -> Fraction | None:
    if baseline is None:
        return None
    if has_reached or target == baseline:
        return Fraction(has_reached)
    return min(max(Fraction(figure - baseline) / Fraction(target - baseline), Fraction(0)), Fraction(1))


def _pace_so_far(counted: YearlyCount, baseline: Decimal | None, latest: LatestFigure) -> Fraction | None:
    """Return how much came a month from the start of the year to the last day of the figure."""
    days = (latest.through_on - counted.starts_on).days + 1
    if days <= 0 or (counted.is_level and baseline is None):
        return None
    start = baseline if counted.is_level and baseline is not None else Decimal(0)
    change = latest.figure - start
    if counted.is_level and counted.better is Better.DOWN:
        change = -change
    return Fraction(change) / days * MONTH
