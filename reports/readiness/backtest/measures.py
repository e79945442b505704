"""How well points tell the governments that moved up from those that didn't. Exact, and pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

ALL_THRESHOLDS = range(101)
"""A mark is a whole number of points, as a working mark is."""


@dataclass(frozen=True, slots=True)
class Case:
    """A country-year's points, of 100, and whether the government moved up."""

    points: Fraction
    moved_up: bool


@dataclass(frozen=True, slots=True)
class ClassificationOutcome:
    """Cases held against a mark: of those that moved up how many stand at or above, of the others how many below."""

    found: int
    moved_up: int
    warned: int
    others: int

    @property
    def missed(self) -> int:
        """Moved up, though below the mark."""
        return self.moved_up - self.found

    @property
    def false_hopes(self) -> int:
        """At or above the mark, and didn't move up."""
        return self.others - self.warned

    @property
    def youden(self) -> Fraction:
        """Youden's J: the share found plus the share warned, less 1. Raises ZeroDivisionError without both kinds."""
        return Fraction(self.found, self.moved_up) + Fraction(self.warned, self.others) - 1


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """Every case judged by a mark learnt without it; how often each mark was learnt, by mark."""

    outcome: ClassificationOutcome
    marks: tuple[tuple[int, int], ...]


def area_under_curve(cases: Iterable[Case]) -> Fraction | None:
    """The area under the curve: how often one that moved up stands above one that didn't; ties count half.

    From 0 to 1; one half is chance. None without both kinds.
    """
    rows = tuple(cases)
    up = [case.points for case in rows if case.moved_up]
    others = [case.points for case in rows if not case.moved_up]
    if not up or not others:
        return None
    twice = sum(2 * (one > other) + (one == other) for one in up for other in others)
    return Fraction(twice, 2 * len(up) * len(others))


def classify(cases: Iterable[Case], mark: int) -> ClassificationOutcome:
    """Cases held against a mark."""
    counted = Counter((case.moved_up, floor(case.points) >= mark) for case in cases)
    return ClassificationOutcome(
        found=counted[True, True],
        moved_up=counted[True, True] + counted[True, False],
        warned=counted[False, False],
        others=counted[False, True] + counted[False, False],
    )


def best_threshold(cases: Iterable[Case]) -> int:
    """The mark, in whole points, that tells the two kinds best apart by Youden's J.

    Of equals the highest: the harder reading, by which fewer records look ready. Raises
    ZeroDivisionError without both kinds.
    """
    rows = tuple(cases)
    return max(ALL_THRESHOLDS, key=lambda mark: (classify(rows, mark).youden, mark))


def leave_one_out(cases: Sequence[Case]) -> LeaveOneOut:
    """Each case judged by the mark learnt from all the others.

    What is left out is one row, a country in one edition: the mark is learnt anew from the rest by
    Youden's J, then that row is held against it. Other editions of the same country stay in, and so
    do the weights and stand-ins, which were not learnt from the rows. Raises ZeroDivisionError
    where without one case a kind is missing.
    """
    marks = [best_threshold([*cases[:i], *cases[i + 1 :]]) for i in range(len(cases))]
    each = [classify([case], mark) for case, mark in zip(cases, marks, strict=True)]
    return LeaveOneOut(
        ClassificationOutcome(
            found=sum(one.found for one in each),
            moved_up=sum(one.moved_up for one in each),
            warned=sum(one.warned for one in each),
            others=sum(one.others for one in each),
        ),
        tuple(sorted(Counter(marks).items())),
    )
