"""Score a country-year with the method's own functions, each part with its lines and reasons.

A narrative does not report everything that the method asks, so some parts have a stand-in:

- concrete action: the number of distinct achievements reported, of seven;
- prosecution: a law-enforcement count that is up, officials convicted, prosecuted or investigated, or a changed law;
- protection: victims up, procedures adopted or funding up;
- prevention: a plan adopted or implemented, awareness up or level, or training up;
- data given: the share of the four directions that were reported;
- complicit officials: convicted or prosecuted counts as met, investigated as a step;
- government money for victims: the direction of funding.

If both figures are reported they are compared. Otherwise the direction counts, as in the method for a direction
without a figure. A figure with neither last year's figure nor a direction is no data.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from decimal import Decimal
from fractions import Fraction

from dialogues.choices import ReadingDirection, Verdict
from recommendations.choices import REQUIRED_QUESTIONS, EffortQuestion, Pillar
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.answers import VERDICT_SHARES, Finding, compare_periods, evaluate_target, movement
from reports.readiness.backtest.country_years import CountryYear, NarrativeCount, OfficialComplicity, PlanStatus
from reports.readiness.exact_sums import FULL, NOTHING
from reports.readiness.facts import IndicatorFact, Period, ReadingFact
from reports.readiness.scoring import (
    PART_LAW,
    PART_POINTS,
    Score,
    ScoreLine,
    ScorePart,
    fixed_part,
    pillar_finding,
)

ACHIEVEMENTS_ASKED = Decimal(7)
"""The stand-in for concrete action on all recommendations: this many distinct achievements count fully."""

QUESTION_PILLARS = {
    EffortQuestion.INVESTIGATIONS: Pillar.PROSECUTION,
    EffortQuestion.PROSECUTIONS: Pillar.PROSECUTION,
    EffortQuestion.CONVICTIONS: Pillar.PROSECUTION,
    EffortQuestion.VICTIMS: Pillar.PROTECTION,
    EffortQuestion.MONEY: Pillar.PROTECTION,
}
"""The P that each count shows if it is up."""

COMPLICITY_SHARES = {
    OfficialComplicity.CONVICTED: VERDICT_SHARES[Verdict.MET],
    OfficialComplicity.PROSECUTED: VERDICT_SHARES[Verdict.MET],
    OfficialComplicity.INVESTIGATED: VERDICT_SHARES[Verdict.STEP],
    OfficialComplicity.NONE: NOTHING,
    OfficialComplicity.NOT_REPORTED: None,
}
"""The share for each report on complicit officials; None is no data."""


@dataclass(frozen=True, slots=True)
class ScoredCountryYear:
    """A country-year and its score."""

    row: CountryYear
    score: Score

    @property
    def points(self) -> Fraction:
        """The points of all parts, of 100."""
        return self.score.points


def score_country_year(row: CountryYear) -> ScoredCountryYear:
    """Return the score of a row. `Score.benchmarks` stays empty, because a narrative has no benchmarks."""
    pairs = {question: _readings(question, count, row.period) for question, count in row.counts.items()}
    findings = {
        question: replace(compare_periods(_indicator(question), now, before, row.period), rows=())
        for question, (now, before) in pairs.items()
    }
    directions = {question: movement(now, before) for question, (now, before) in pairs.items()}
    share = COMPLICITY_SHARES[row.officials]
    officials = Finding(share, f"{row.officials.label}.")
    signs = _pillar_signs(row, directions)
    parts = (
        fixed_part(PartKey.EFFORTS, {**findings, EffortQuestion.COMPLICITY: officials}),
        _concrete_action(row),
        fixed_part(PartKey.THREE_PS, {pillar: _evaluate_pillar(signs[pillar]) for pillar in Pillar}),
        fixed_part(
            PartKey.DATA,
            {
                question: Finding(FULL if directions[question] else None, findings[question].reason)
                for question in REQUIRED_QUESTIONS
            },
        ),
    )
    return ScoredCountryYear(row, Score(parts=parts, benchmarks=()))


def _concrete_action(row: CountryYear) -> ScorePart:
    reading = None if row.achievements is None else _reading(row.period, figure=Decimal(row.achievements))
    indicator = IndicatorFact(0, "achievements", Pillar.PREVENTION, unit="achievements")
    finding = replace(evaluate_target(indicator, ACHIEVEMENTS_ASKED, reading), rows=())
    line = ScoreLine(
        "achievements", "Achievements reported", PART_POINTS[PartKey.ACTION], PART_LAW[PartKey.ACTION], finding
    )
    return ScorePart(PartKey.ACTION, (line,))


def _pillar_signs(
    row: CountryYear, directions: Mapping[EffortQuestion, ReadingDirection | None]
) -> Mapping[Pillar, list[tuple[str, Finding]]]:
    """Return the facts that may show each P, as pairs of a name and a finding."""
    up = frozenset({ReadingDirection.UP})
    signs: dict[Pillar, list[tuple[str, Finding]]] = {
        Pillar.PROSECUTION: [
            (row.officials.label.lower(), Finding(COMPLICITY_SHARES[row.officials], "")),
            ("law changed", _sign(row.law_changed, {True})),
        ],
        Pillar.PROTECTION: [("procedures adopted", _sign(row.procedures_adopted, {True}))],
        Pillar.PREVENTION: [
            (
                row.plan.label.lower() if row.plan else "plan",
                _sign(row.plan, {PlanStatus.ADOPTED, PlanStatus.IMPLEMENTED}),
            ),
            ("awareness", _sign(row.awareness, {ReadingDirection.UP, ReadingDirection.LEVEL})),
            ("training", _sign(row.training, up)),
        ],
    }
    for question, pillar in QUESTION_PILLARS.items():
        signs[pillar].append((question.label.lower(), _sign(directions[question], up)))
    return signs


def _sign[T](report: T | None, showing: Collection[T]) -> Finding:
    """Return a finding on one report: 1 if it is among those that show the P, otherwise 0; no data without a report."""
    if report is None:
        return Finding(None, "")
    return Finding(FULL if report in showing else NOTHING, "")


def _evaluate_pillar(signs: Iterable[tuple[str, Finding]]) -> Finding:
    pairs = tuple(signs)
    result = pillar_finding([pair for pair in pairs if pair[1].worth], [finding for _, finding in pairs])
    if result.verdict is ReadinessVerdict.NOT_SHOWN:
        # The method's sentence mentions benchmarks, but a narrative has none.
        return replace(result, reason="Nothing in the narrative shows it.")
    return result


def _indicator(question: EffortQuestion) -> IndicatorFact:
    return IndicatorFact(0, question.label, QUESTION_PILLARS[question], question=question)


def _readings(
    question: EffortQuestion, count: NarrativeCount, period: Period
) -> tuple[ReadingFact | None, ReadingFact | None]:
    """Return a count as two readings in the method's form: that of the year and that of the year before."""
    before = None if count.before is None else _reading(period, figure=count.before)
    if count.now is not None and (count.before is not None or count.direction is None):
        return _reading(period, figure=count.now), before
    return (_reading(period, direction=count.direction) if count.direction else None), before


def _reading(
    period: Period, *, figure: Decimal | None = None, direction: ReadingDirection | None = None
) -> ReadingFact:
    """Return a reading of the whole period. It is not a row of the record, so its ids are 0."""
    recorded_at = datetime.combine(period.ends_on, time(), UTC)
    return ReadingFact(0, 0, recorded_at, period.starts_on, period.ends_on, figure=figure, direction=direction)
