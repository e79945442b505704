"""Back-test the method: score past country-years with the method's own functions and compare with what happened.

`packaged_backtest` gives the 147 country-years that the methodology page and `manage.py backtest` show. It carries
`LIMITS`, which must appear wherever any of its figures appear. The back-test describes the past. A low record is a
safe warning, a high one is no promise, and the tier is the Secretary of State's decision (22 U.S.C. 7107(b)).

Choices made where the description of the tests leaves something open:

- The tests use governments that were on the Watch List in the edition before, if a narrative or the Factbook was read.
  Those that stayed and those that fell are treated alike: neither moved up.
- A threshold is a whole number of points, like the target of an edition. Of equally good thresholds the highest is
  chosen (`measures.best_threshold`). In whole points 44 and 47 are chosen, as was noted in the first trial. From the
  exact scores it would be 44.98 and 47.98.
- The forecast takes rows of governments that the edition left on the Watch List. It compares them with what the next
  edition did, where both rows have a text. When the rows were coded, an area of 0.59 was noted for 31 pairs; here
  there are 28 pairs.
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
from tiptracker.localization import current_language, gettext, gettext_noop

THRESHOLDS = (40, 45, 50, 55)
"""The thresholds that the table shows, in points."""

HELD_OUT_EDITION = 2023
"""The edition used for the held-out test: the one with the most rows."""
HELD_OUT = f"edition {HELD_OUT_EDITION}"
"""Its name in a report."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A group of rows: how many moved up, how many did not, and how well points separate the two.

    `area` is the area under the ROC curve: 1 is perfect separation and one half is chance. It is None if all rows
    moved up or none did.
    """

    name: str
    moved_up: int
    others: int
    area: Fraction | None

    @property
    def title(self) -> str:
        """Its name in the reader's language."""
        return gettext(self.name)


@dataclass(frozen=True, slots=True)
class ThresholdOutcome:
    """The tested rows classified by one threshold."""

    threshold: int
    outcome: ClassificationOutcome


@dataclass(frozen=True, slots=True)
class Split:
    """A threshold chosen on some of the tested rows and applied to the others."""

    chosen_on: str
    tested_on: str
    threshold: int
    outcome: ClassificationOutcome

    @property
    def title(self) -> str:
        """The threshold and what it was chosen and tested on, in the reader's language."""
        sentence = gettext("%(threshold)d, chosen on the other editions, tested on edition %(edition)d")
        if self.chosen_on == HELD_OUT:
            sentence = gettext("%(threshold)d, chosen on edition %(edition)d, tested on the other editions")
        return sentence % {"threshold": self.threshold, "edition": HELD_OUT_EDITION}


@dataclass(frozen=True, slots=True)
class OutcomeByYears:
    """How many moved up or fell after a number of consecutive years on the Watch List ("1", "2", "3+")."""

    years: str
    moved_up: int
    fell: int
    of: int


@dataclass(frozen=True, slots=True)
class BackTest:
    """The whole back-test of one version of the method.

    `rows` are all scored rows, tested or not. `groups` are subsets of the tested rows. `left_out` counts the Watch
    List rows that are not tested, by source.
    """

    method: str
    rows: tuple[ScoredCountryYear, ...]
    tested: Sample
    groups: tuple[Sample, ...]
    thresholds: tuple[ThresholdOutcome, ...]
    leave_one_out: LeaveOneOut
    splits: tuple[Split, ...]
    after_years: tuple[OutcomeByYears, ...]
    forecast: Sample
    left_out: tuple[tuple[NarrativeSource, int], ...]

    @property
    def limits(self) -> tuple[str, ...]:
        """What a reader must know before using any figure, as sentences."""
        values = {"achievements": ACHIEVEMENTS_ASKED}
        return *(gettext(sentence) % values for sentence in LIMITS), *_counted_limits(self.rows, self.forecast)

    def rows_of_country(self, name_or_code: str) -> tuple[ScoredCountryYear, ...]:
        """Return the rows of one country, by its code or name, oldest first; empty if it has none."""
        name = name_or_code.strip().casefold()
        return tuple(
            sorted(
                (row for row in self.rows if name in {row.row.code.casefold(), row.row.country.casefold()}),
                key=lambda scored_row: scored_row.row.edition,
            )
        )


LIMITS = (
    gettext_noop("One person coded the rows, and knew the outcome of each."),
    gettext_noop("The opening paragraph names the facts that justify the tier, so each separation is an upper bound."),
    gettext_noop("Rows from the Factbook are shorter. None of them is a government that moved up from the Watch List."),
    gettext_noop(
        "Rows from the press are all governments that moved up. Every test leaves them out, and one row without text."
    ),
    gettext_noop("Editions 2022 and 2023 are nearly complete, the others are not."),
    gettext_noop(
        "For concrete action, the test uses the achievements named in the narrative, out of %(achievements)d."
    ),
    gettext_noop(
        "For the three Ps, the test uses counts, laws, procedures, plans, training and awareness. "
        "For figures, it uses directions."
    ),
    gettext_noop("The words of the decision itself (“overall increasing efforts”) are never used."),
)
"""What a reader must know about the rows before using any figure. `run_backtest` adds limits with counted figures."""


def packaged_backtest() -> BackTest:
    """Return the back-test of the packaged rows in the language of the reader, whose sentences it contains."""
    return _backtest_in(current_language())


@cache
def _backtest_in(_language: str) -> BackTest:
    """Return the back-test of the packaged rows, computed once per process and language."""
    return run_backtest(packaged_country_years())


def run_backtest(rows: Iterable[CountryYear]) -> BackTest:
    """Run the back-test on any rows.

    Raises:
        ZeroDivisionError: if the tested rows inside or outside the held-out edition do not include both kinds,
            governments that moved up and governments that did not.
    """
    scored = tuple(score_country_year(row) for row in rows)
    tested = tuple(scored_row for scored_row in scored if scored_row.row.is_tested)
    forecast = _sample(gettext_noop("Compared with the next edition"), _forecast_cases(scored))
    return BackTest(
        method=METHOD_VERSION,
        rows=scored,
        tested=_sample(gettext_noop("All tested"), _cases(tested)),
        groups=(
            _sample(
                gettext_noop("Opening paragraph read"),
                _cases(tested, lambda row: row.source is NarrativeSource.OPENING),
            ),
            _sample(gettext_noop("Edition 2023"), _cases(tested, _is_held_out)),
        ),
        thresholds=tuple(ThresholdOutcome(threshold, classify(_cases(tested), threshold)) for threshold in THRESHOLDS),
        leave_one_out=leave_one_out(_cases(tested)),
        splits=_splits(tested),
        after_years=_outcomes_by_years(scored),
        forecast=forecast,
        left_out=_count_left_out(scored),
    )


def _cases(
    rows: Iterable[ScoredCountryYear], is_included: Callable[[CountryYear], bool] = lambda row: True
) -> list[Case]:
    return [Case(scored.points, scored.row.moved is TierChange.UP) for scored in rows if is_included(scored.row)]


def _sample(name: str, cases: Sequence[Case]) -> Sample:
    moved_up = sum(case.moved_up for case in cases)
    return Sample(name, moved_up, len(cases) - moved_up, area_under_curve(cases))


def _is_held_out(row: CountryYear) -> bool:
    return row.edition == HELD_OUT_EDITION


def _splits(tested: Sequence[ScoredCountryYear]) -> tuple[Split, ...]:
    held_out = (HELD_OUT, _cases(tested, _is_held_out))
    others = ("the other editions", _cases(tested, lambda row: not _is_held_out(row)))
    return tuple(
        Split(chosen_on, tested_on, threshold, classify(cases, threshold))
        for (chosen_on, training_cases), (tested_on, cases) in ((held_out, others), (others, held_out))
        for threshold in [best_threshold(training_cases)]
    )


def _forecast_cases(rows: Sequence[ScoredCountryYear]) -> list[Case]:
    """Return the points in one edition, and whether the next edition moved the government up from the Watch List."""
    next_rows = {(scored.row.code, scored.row.edition - 1): scored.row for scored in rows if scored.row.is_tested}
    return [
        Case(scored.points, following.moved is TierChange.UP)
        for scored in rows
        if scored.row.has_text
        and scored.row.tier_after is Tier.WATCH_LIST
        and (following := next_rows.get((scored.row.code, scored.row.edition)))
    ]


def _outcomes_by_years(rows: Sequence[ScoredCountryYear]) -> tuple[OutcomeByYears, ...]:
    """Return how Watch List governments fared in the held-out edition, by their years on the list.

    Rows from the press and from lists are included, because a tier needs no narrative.
    """
    listed = [scored.row for scored in rows if _is_held_out(scored.row) and scored.row.tier_before is Tier.WATCH_LIST]
    return tuple(
        OutcomeByYears(
            years,
            moved_up=sum(row.moved is TierChange.UP for row in group),
            fell=sum(row.moved is TierChange.DOWN for row in group),
            of=len(group),
        )
        for years in sorted({row.years_before for row in listed if row.years_before})
        for group in [[row for row in listed if row.years_before == years]]
    )


def _count_left_out(rows: Iterable[ScoredCountryYear]) -> tuple[tuple[NarrativeSource, int], ...]:
    sources = [
        scored.row.source for scored in rows if scored.row.tier_before is Tier.WATCH_LIST and not scored.row.is_tested
    ]
    return tuple((source, sources.count(source)) for source in NarrativeSource if source in sources)


def _counted_limits(rows: Sequence[ScoredCountryYear], forecast: Sample) -> Iterable[str]:
    unknown_shares = [
        Fraction(sum(scored.row.counts[question].direction is None for scored in rows), len(rows))
        for question in REQUIRED_QUESTIONS
    ]
    yield gettext("In %(least)s to %(most)s of the rows it is unknown which way a count moved.") % {
        "least": f"{min(unknown_shares):.0%}",
        "most": f"{max(unknown_shares):.0%}",
    }
    if forecast.area is not None:
        yield gettext(
            "It describes the past and does not forecast the next year. Compared with the next edition, on %(rows)d "
            "rows, the area under the curve is %(area)s, hardly better than chance."
        ) % {"rows": forecast.moved_up + forecast.others, "area": f"{forecast.area:.2f}"}
