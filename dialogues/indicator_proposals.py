"""Propose the indicators of a dialogue, each with the reason, and tell its days. No Django here."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from dialogues.commitment_status import days_left
from dialogues.target_progress import ProgressState, TargetProgress
from tiptracker.localization import gettext, join_with_and

CHOOSING_DAYS, AGREEING_DAYS = 45, 30
"""How many days before a dialogue its indicators are chosen from, and agreed by."""
ANSWER_DAYS, REVIEW_DAYS = 14, 10
"""How many days a ministry gets for its figures, and how many the embassy has left to review them."""
MAX_PROPOSED = 5
"""How many indicators are ticked at first: as many as a dialogue can discuss."""


class IndicatorOutlook(NamedTuple):
    """What decides whether an indicator is proposed.

    Attributes:
        key: the id of the indicator.
        progress: how it stands against its annual target; None if none is set.
        has_figure: whether the year has a verified figure.
        benchmarks: the keys of the benchmarks of the edition that use it.
    """

    key: int
    progress: TargetProgress | None
    has_figure: bool
    benchmarks: Sequence[str] = ()


class IndicatorProposal(NamedTuple):
    """A proposed indicator with the reasons in words, the most important first."""

    key: int
    reasons: Sequence[str]


def propose_indicators(outlooks: Iterable[IndicatorOutlook]) -> list[IndicatorProposal]:
    """Return the indicators that are worth discussing: the widest gap first, then by the benchmarks at stake.

    An indicator without data has the widest gap. One that reached its annual target is not proposed.
    """
    ranked = sorted(
        (-gap, -len(outlook.benchmarks), outlook.key, outlook)
        for outlook in outlooks
        if not _is_settled(outlook) and (gap := _gap(outlook)) + len(outlook.benchmarks) > 0
    )
    return [IndicatorProposal(outlook.key, _reasons(outlook)) for *_, outlook in ranked]


def first_day_to_choose(held_on: date) -> date:
    """Return the first day on which the indicators of a dialogue may be chosen."""
    return held_on - timedelta(days=CHOOSING_DAYS)


def last_day_to_agree(held_on: date) -> date:
    """Return the day by which the indicators of a dialogue are to be agreed."""
    return held_on - timedelta(days=AGREEING_DAYS)


def day_to_agree(held_on: date, planned_on: date) -> date:
    """Return the day by which the indicators can still be agreed: that of a dialogue planned at short notice itself."""
    by = last_day_to_agree(held_on)
    return by if planned_on <= by else held_on


def propose_due_date(held_on: date, today: date) -> date | None:
    """Return the day by which to ask a ministry for the figures of a dialogue; None if it is too late to ask.

    The embassy keeps ten days to review them, unless that leaves the ministry less than two weeks.
    """
    wanted = max(held_on - timedelta(days=REVIEW_DAYS), today + timedelta(days=ANSWER_DAYS))
    due = min(wanted, held_on - timedelta(days=1))
    return due if days_left(due, today) else None


def _is_settled(outlook: IndicatorOutlook) -> bool:
    return outlook.progress is not None and outlook.progress.state is ProgressState.REACHED


def _gap(outlook: IndicatorOutlook) -> Fraction:
    """Return the share of the way that is missing; the whole way without data, nothing if it cannot be told."""
    if not outlook.has_figure:
        return Fraction(1)
    if outlook.progress is None or outlook.progress.share is None:
        return Fraction(0)
    return 1 - outlook.progress.share


def _reasons(outlook: IndicatorOutlook) -> list[str]:
    reasons = []
    if not outlook.has_figure:
        reasons.append(gettext("No verified figure this year"))
    elif gap := _gap(outlook):
        percent = {"percent": round(gap * 100)}
        reasons.append(gettext("%(percent)d%% of the way to the annual target is missing") % percent)
    if outlook.benchmarks:
        keys = {"benchmarks": join_with_and(outlook.benchmarks)}
        reasons.append(gettext("At stake by the deadline: %(benchmarks)s") % keys)
    return reasons
