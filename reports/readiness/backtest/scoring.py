"""A country-year's points, by the method's own functions, each part with its lines and reasons.

What a narrative can't tell has a stand-in:

- concrete action: the distinct achievements told, of seven;
- a P: prosecution by a law-enforcement count up, officials convicted, prosecuted or investigated,
  or the law changed; protection by victims up, procedures adopted or funding up; prevention by a
  plan adopted or implemented, awareness up or level, or training up;
- data given: the share of the four directions told;
- complicit officials: convicted or prosecuted counts as met, investigated as a step;
- government money for victims: the direction of funding.

Where both figures are told they are compared; else the direction, as the method takes one told
without a figure. A figure with nothing to compare it with answers nothing. Pure.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from decimal import Decimal
from fractions import Fraction

from dialogues.choices import ReadingDirection, Verdict
from recommendations.choices import REQUIRED_QUESTIONS, EffortQuestion, Pillar
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.answers import (
    NOTHING,
    VERDICT_SHARES,
    WHOLE,
    Finding,
    compare_periods,
    evaluate_target,
    movement,
)
from reports.readiness.backtest.country_years import CountryYear, NarrativeCount, OfficialComplicity, PlanStatus
from reports.readiness.facts import IndicatorFact, Period, ReadingFact
from reports.readiness.scoring import (
    PART_LAW,
    PART_POINTS,
    Score,
    ScoreLine,
    ScorePart,
    data_given,
    increasing_efforts,
    pillar_finding,
    three_ps,
)

ACHIEVEMENTS_ASKED = Decimal(7)
"""The stand-in for concrete action on all recommendations: so many distinct achievements."""

QUESTION_PILLARS = {
    EffortQuestion.INVESTIGATIONS: Pillar.PROSECUTION,
    EffortQuestion.PROSECUTIONS: Pillar.PROSECUTION,
    EffortQuestion.CONVICTIONS: Pillar.PROSECUTION,
    EffortQuestion.VICTIMS: Pillar.PROTECTION,
    EffortQuestion.MONEY: Pillar.PROTECTION,
}
"""The P that a count going up shows."""

COMPLICITY_SHARES = {
    OfficialComplicity.CONVICTED: VERDICT_SHARES[Verdict.MET],
    OfficialComplicity.PROSECUTED: VERDICT_SHARES[Verdict.MET],
    OfficialComplicity.INVESTIGATED: VERDICT_SHARES[Verdict.STEP],
    OfficialComplicity.NONE: NOTHING,
    OfficialComplicity.NOT_TOLD: None,
}
"""What is told of complicit officials, as a share; None is no data."""


@dataclass(frozen=True, slots=True)
class ScoredCountryYear:
    """A country-year and its four parts."""

    row: CountryYear
    tally: Score

    @property
    def points(self) -> Fraction:
        """Of 100."""
        return self.tally.points


def score_country_year(row: CountryYear) -> ScoredCountryYear:
    """A row in points. `Tally.benchmarks` stays empty: a narrative has none."""
    pairs = {question: _readings(question, count, row.period) for question, count in row.counts.items()}
    found = {
        question: replace(compare_periods(_indicator(question), now, before, row.period), rows=())
        for question, (now, before) in pairs.items()
    }
    moved = {question: movement(now, before) for question, (now, before) in pairs.items()}
    share = COMPLICITY_SHARES[row.officials]
    officials = Finding(share, f"{row.officials.label}.")
    signs = _pillar_signs(row, moved)
    parts = (
        increasing_efforts({**found, EffortQuestion.COMPLICITY: officials}),
        _concrete_action(row),
        three_ps({pillar: _evaluate_pillar(signs[pillar]) for pillar in Pillar}),
        data_given({one: Finding(WHOLE if moved[one] else None, found[one].reason) for one in REQUIRED_QUESTIONS}),
    )
    return ScoredCountryYear(row, Score(parts=parts, benchmarks=()))


def _concrete_action(row: CountryYear) -> ScorePart:
    told = None if row.achievements is None else _reading(row.period, figure=Decimal(row.achievements))
    indicator = IndicatorFact(0, "achievements", Pillar.PREVENTION, unit="achievements")
    finding = replace(evaluate_target(indicator, ACHIEVEMENTS_ASKED, told), rows=())
    line = ScoreLine(
        "achievements", "Achievements told", PART_POINTS[PartKey.ACTION], PART_LAW[PartKey.ACTION], finding
    )
    return ScorePart(PartKey.ACTION, (line,))


def _pillar_signs(
    row: CountryYear, moved: Mapping[EffortQuestion, ReadingDirection | None]
) -> Mapping[Pillar, list[tuple[str, Finding]]]:
    """What may show each P, by name."""
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
        signs[pillar].append((question.label.lower(), _sign(moved[question], up)))
    return signs


def _sign[T](told: T | None, shows: Collection[T]) -> Finding:
    """What was told, held against what shows the P; no data where nothing was."""
    if told is None:
        return Finding(None, "")
    return Finding(WHOLE if told in shows else NOTHING, "")


def _evaluate_pillar(signs: Iterable[tuple[str, Finding]]) -> Finding:
    pairs = tuple(signs)
    found = pillar_finding([pair for pair in pairs if pair[1].worth], [finding for _, finding in pairs])
    if found.verdict is ReadinessVerdict.NOT_SHOWN:
        # The method's sentence speaks of benchmarks, and a narrative has none.
        return replace(found, reason="Nothing that was told shows it.")
    return found


def _indicator(question: EffortQuestion) -> IndicatorFact:
    return IndicatorFact(0, question.label, QUESTION_PILLARS[question], question=question)


def _readings(
    question: EffortQuestion, count: NarrativeCount, period: Period
) -> tuple[ReadingFact | None, ReadingFact | None]:
    """A count as the method reads one: the year's reading and that of the year before."""
    before = None if count.before is None else _reading(period, figure=count.before)
    if count.now is not None and (count.before is not None or count.direction is None):
        return _reading(period, figure=count.now), before
    return (_reading(period, direction=count.direction) if count.direction else None), before


def _reading(
    period: Period, *, figure: Decimal | None = None, direction: ReadingDirection | None = None
) -> ReadingFact:
    """A reading of the whole period. It is no row of the record and has no key."""
    told_at = datetime.combine(period.ends_on, time(), UTC)
    return ReadingFact(0, 0, told_at, period.starts_on, period.ends_on, figure=figure, direction=direction)
