"""The back-test: the method's own functions on what really happened, 147 times.

`packaged_backtest` is what the methodology page and `manage.py backtest` show; `LINE_LIMITS`, which it carries,
stand wherever any of it is shown. It describes the past: a low record is a safe warning, a high one
is no promise, and the tier is the Secretary of State's decision (22 U.S.C. 7107(b)). Pure.

How the tests were read, where their description leaves something open:

- Tested are the governments on the Watch List in the edition before whose row rests on a narrative
  or the Factbook. One that stayed and one that fell are alike: neither moved up.
- A mark is a whole number of points, as the working mark of an edition is; of equally good ones the
  highest is learnt (`measures.learnt`). In whole points 44 and 47 are learnt, as was noted when it
  was first tried; from the scores themselves it would be 44.98 and 47.98.
- As a forecast: a row of a government that the edition left on the Watch List, held against what
  the next edition did with it, both with a text. When the rows were coded 0.59 was noted, for 31
  pairs; these are 28.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from recommendations.choices import REQUIRED_QUESTIONS, Tier
from reports.readiness.backtest.country_years import CountryYear, NarrativeSource, TierChange, packaged_country_years
from reports.readiness.backtest.measures import (
    Case,
    ClassificationOutcome,
    LeaveOneOut,
    area_under_curve,
    best_threshold,
    classify,
    leave_one_out,
)
from reports.readiness.backtest.scoring import ACHIEVEMENTS_ASKED, ScoredCountryYear, score_country_year
from reports.readiness.readiness import METHOD_VERSION

THRESHOLDS = (40, 45, 50, 55)
"""The marks that the table shows."""

HELD_OUT_EDITION = 2023
"""The edition that is learnt on and tried on apart: the one with the most rows."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of the rows: how many moved up, how many didn't, and how well points tell them apart.

    `area` is the area under the curve: 1 tells all apart, one half is chance; None without both kinds.
    """

    title: str
    moved_up: int
    others: int
    area: Fraction | None


@dataclass(frozen=True, slots=True)
class ThresholdOutcome:
    """The tested rows held against one mark."""

    mark: int
    outcome: ClassificationOutcome


@dataclass(frozen=True, slots=True)
class Split:
    """A mark learnt on some of the tested rows and tried on the others."""

    learnt_on: str
    tried_on: str
    mark: int
    outcome: ClassificationOutcome


@dataclass(frozen=True, slots=True)
class OutcomeByYears:
    """After so many editions in a row on the Watch List ("1", "2", "3+"): how many moved up or fell, of how many."""

    years: str
    moved_up: int
    fell: int
    of: int


@dataclass(frozen=True, slots=True)
class BackTest:
    """The whole back-test, of one version of the method.

    `rows` are all rows in points, tested or not. `groups` are parts of the tested ones. `left_out`
    counts the rows of the Watch List that aren't tested, by what was read. `limits` are sentences.
    """

    method: str
    rows: tuple[ScoredCountryYear, ...]
    tested: Sample
    groups: tuple[Sample, ...]
    marks: tuple[ThresholdOutcome, ...]
    leave_one_out: LeaveOneOut
    splits: tuple[Split, ...]
    after_years: tuple[OutcomeByYears, ...]
    forecast: Sample
    left_out: tuple[tuple[NarrativeSource, int], ...]
    limits: tuple[str, ...]

    def of_country(self, told: str) -> tuple[ScoredCountryYear, ...]:
        """The rows of one country, by its code or its name, oldest first; none where it has none."""
        name = told.strip().casefold()
        return tuple(
            sorted(
                (one for one in self.rows if name in {one.row.code.casefold(), one.row.country.casefold()}),
                key=lambda one: one.row.edition,
            )
        )


LIMITS = (
    "One person coded the rows, knowing how each had ended.",
    "The opening paragraph picks the facts that justify the tier, so every separation is an upper bound.",
    "Rows from the Factbook are shorter, and hold no government that moved up from the Watch List.",
    "Rows from the press are all of governments that moved up, and are left out of every test, as is one without text.",
    "Editions 2022 and 2023 are nearly whole, the others are not.",
    f"What a narrative can’t tell has a stand-in: the achievements told, of {ACHIEVEMENTS_ASKED}, for concrete action.",
    "Counts, laws, procedures, plans, training and awareness stand in for the three Ps, directions for the figures.",
    "The words of the decision itself (“overall increasing efforts”) are never an input.",
)
"""What has to be known of the rows before any figure of theirs is believed. `run_backtest` adds what it counts."""


@cache
def packaged_backtest() -> BackTest:
    """The back-test on the rows that come with the product; reckoned once a process."""
    return run_backtest(packaged_country_years())


def run_backtest(rows: Iterable[CountryYear]) -> BackTest:
    """The back-test on any rows.

    Raises ZeroDivisionError where the tested rows, inside or outside the held-out edition, are all
    of governments that moved up or none is.
    """
    everything = tuple(score_country_year(row) for row in rows)
    tested = tuple(one for one in everything if one.row.is_tested)
    forecast = _sample("Held against the edition after", _forecast_cases(everything))
    return BackTest(
        method=METHOD_VERSION,
        rows=everything,
        tested=_sample("All tested", _cases(tested)),
        groups=(
            _sample("Opening paragraph read", _cases(tested, lambda row: row.source is NarrativeSource.OPENING)),
            _sample(f"Edition {HELD_OUT_EDITION}", _cases(tested, _is_held_out)),
        ),
        marks=tuple(ThresholdOutcome(mark, classify(_cases(tested), mark)) for mark in THRESHOLDS),
        leave_one_out=leave_one_out(_cases(tested)),
        splits=_splits(tested),
        after_years=_outcomes_by_years(everything),
        forecast=forecast,
        left_out=_count_left_out(everything),
        limits=(*LIMITS, *_counted_limits(everything, forecast)),
    )


def _cases(rows: Iterable[ScoredCountryYear], belongs: Callable[[CountryYear], bool] = lambda row: True) -> list[Case]:
    return [Case(one.points, one.row.moved is TierChange.UP) for one in rows if belongs(one.row)]


def _sample(title: str, cases: Sequence[Case]) -> Sample:
    moved_up = sum(case.moved_up for case in cases)
    return Sample(title, moved_up, len(cases) - moved_up, area_under_curve(cases))


def _is_held_out(row: CountryYear) -> bool:
    return row.edition == HELD_OUT_EDITION


def _splits(tested: Sequence[ScoredCountryYear]) -> tuple[Split, ...]:
    inside = (f"edition {HELD_OUT_EDITION}", _cases(tested, _is_held_out))
    outside = ("the other editions", _cases(tested, lambda row: not _is_held_out(row)))
    return tuple(
        Split(learnt_on, tried_on, mark, classify(cases, mark))
        for (learnt_on, taught), (tried_on, cases) in ((inside, outside), (outside, inside))
        for mark in [best_threshold(taught)]
    )


def _forecast_cases(rows: Sequence[ScoredCountryYear]) -> list[Case]:
    """Points in one edition, and whether the next moved the government up from the Watch List."""
    after = {(one.row.code, one.row.edition - 1): one.row for one in rows if one.row.is_tested}
    return [
        Case(one.points, following.moved is TierChange.UP)
        for one in rows
        if one.row.has_text
        and one.row.tier_after is Tier.WATCH_LIST
        and (following := after.get((one.row.code, one.row.edition)))
    ]


def _outcomes_by_years(rows: Sequence[ScoredCountryYear]) -> tuple[OutcomeByYears, ...]:
    """How those on the Watch List fared in the held-out edition, by their years on it; press and list rows too.

    A tier needs no narrative.
    """
    there = [one.row for one in rows if _is_held_out(one.row) and one.row.tier_before is Tier.WATCH_LIST]
    return tuple(
        OutcomeByYears(
            years,
            moved_up=sum(row.moved is TierChange.UP for row in group),
            fell=sum(row.moved is TierChange.DOWN for row in group),
            of=len(group),
        )
        for years in sorted({row.years_before for row in there if row.years_before})
        for group in [[row for row in there if row.years_before == years]]
    )


def _count_left_out(rows: Iterable[ScoredCountryYear]) -> tuple[tuple[NarrativeSource, int], ...]:
    out = [one.row.source for one in rows if one.row.tier_before is Tier.WATCH_LIST and not one.row.is_tested]
    return tuple((source, out.count(source)) for source in NarrativeSource if source in out)


def _counted_limits(rows: Sequence[ScoredCountryYear], forecast: Sample) -> Iterable[str]:
    unseen = [
        Fraction(sum(one.row.counts[each].direction is None for one in rows), len(rows)) for each in REQUIRED_QUESTIONS
    ]
    yield f"Which way a count moved was not seen in {min(unseen):.0%} to {max(unseen):.0%} of the rows."
    if forecast.area is not None:
        yield (
            "It describes; it does not forecast the next year: held against the edition after, on"
            f" {forecast.moved_up + forecast.others} rows, the area under the curve is {forecast.area:.2f},"
            " hardly better than chance."
        )
