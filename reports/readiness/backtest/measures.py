"""Measure exactly how well points separate the governments that moved up from those that did not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

ALL_THRESHOLDS = range(101)
"""All possible thresholds. A threshold is a whole number of points, like a target."""


@dataclass(frozen=True, slots=True)
class Case:
    """The points of a country-year, of 100, and whether the government moved up."""

    points: Fraction
    moved_up: bool


@dataclass(frozen=True, slots=True)
class ClassificationOutcome:
    """Cases classified by a threshold.

    `found` counts those that moved up and are at or above the threshold, of `moved_up`. `warned` counts those that did
    not move up and are below it, of `others`.
    """

    found: int
    moved_up: int
    warned: int
    others: int

    @property
    def missed(self) -> int:
        """How many moved up although they are below the threshold."""
        return self.moved_up - self.found

    @property
    def false_hopes(self) -> int:
        """How many did not move up although they are at or above the threshold."""
        return self.others - self.warned

    @property
    def youden(self) -> Fraction:
        """Youden's J: the share found plus the share warned, minus 1.

        Raises:
            ZeroDivisionError: if all cases moved up or none did.
        """
        return Fraction(self.found, self.moved_up) + Fraction(self.warned, self.others) - 1


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """The outcome of leave-one-out: each case is classified by a threshold chosen without it.

    `thresholds` are pairs of a threshold and how often it was chosen, in ascending order.
    """

    outcome: ClassificationOutcome
    thresholds: tuple[tuple[int, int], ...]


def area_under_curve(cases: Iterable[Case]) -> Fraction | None:
    """Return the area under the ROC curve: how often a case that moved up scores above one that did not.

    Ties count half. The area is from 0 to 1, and one half is chance. It is None if all cases moved up or none did.
    """
    rows = tuple(cases)
    upward = [case.points for case in rows if case.moved_up]
    others = [case.points for case in rows if not case.moved_up]
    if not upward or not others:
        return None
    twice_won = sum(2 * (point > other_point) + (point == other_point) for point in upward for other_point in others)
    return Fraction(twice_won, 2 * len(upward) * len(others))


def classify(cases: Iterable[Case], threshold: int) -> ClassificationOutcome:
    """Classify cases by a threshold."""
    return _classify_by_own_threshold((case, threshold) for case in cases)


def _classify_by_own_threshold(pairs: Iterable[tuple[Case, int]]) -> ClassificationOutcome:
    counted = Counter((case.moved_up, floor(case.points) >= threshold) for case, threshold in pairs)
    return ClassificationOutcome(
        found=counted[True, True],
        moved_up=counted[True, True] + counted[True, False],
        warned=counted[False, False],
        others=counted[False, True] + counted[False, False],
    )


def best_threshold(cases: Iterable[Case]) -> int:
    """Return the threshold, in whole points, with the highest Youden's J.

    Of equally good thresholds it is the highest: the stricter choice, by which fewer records look ready.

    Raises:
        ZeroDivisionError: if all cases moved up or none did.
    """
    rows = tuple(cases)
    return max(ALL_THRESHOLDS, key=lambda threshold: (classify(rows, threshold).youden, threshold))


def leave_one_out(cases: Sequence[Case]) -> LeaveOneOut:
    """Classify each case by the threshold chosen from all other cases.

    Only one row, a country in one edition, is left out at a time. The threshold is chosen again from the rest by
    Youden's J and then applied to that row. Other editions of the same country stay in. So do the weights and
    stand-ins, which were not fitted to the rows.

    Raises:
        ZeroDivisionError: if without one case the others all moved up or none did.
    """
    thresholds = [best_threshold([*cases[:i], *cases[i + 1 :]]) for i in range(len(cases))]
    outcome = _classify_by_own_threshold(zip(cases, thresholds, strict=True))
    return LeaveOneOut(outcome, tuple(sorted(Counter(thresholds).items())))
