"""Answer every question, benchmark and required figure from the record, each with its reason.

The share of a finding is an exact fraction from 0 to 1, or None for no data. No data is worth 0 and says so: a
government that gives no data is presumed not to have acted (22 U.S.C. 7106(b)(1), (7)). The rules here read only a
`FactView`, so they hold both for what is verified and for what is claimed.

Sentences contain figures, days and the names of indicators, but never a text of the evidence. Results are stored, and
such a text may have to be redacted.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import NamedTuple

from dialogues.choices import ClaimedProgress, ReadingDirection, Verdict
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import REQUIRED_QUESTIONS, Better, EffortQuestion, Origin, Pillar, Rule
from reports import formatting
from reports.choices import ReadinessVerdict
from reports.readiness.answer_sentences import describe_movement, no_data_sentence
from reports.readiness.countable_facts import Action, EffectiveAssessment, FactView, newest_row
from reports.readiness.facts import BenchmarkTermsFact, Facts, IndicatorFact, Period, ReadingFact
from tiptracker.localization import format_date, format_number, gettext

NOTHING, HALF, FULL = Fraction(0), Fraction(1, 2), Fraction(1)

VERDICT_SHARES = {
    Verdict.MET: FULL,
    Verdict.STEP: HALF,
    Verdict.STALLED: NOTHING,
    Verdict.NO_INFORMATION: NOTHING,
    Verdict.BACKWARDS: NOTHING,
}
"""The share that an assessment gives if a verified action in the window supports it; without one it gives 0."""

CLAIM_SHARES = {ClaimedProgress.DONE: FULL, ClaimedProgress.UNDER_WAY: HALF, ClaimedProgress.NOT_STARTED: NOTHING}
"""The share that a claim would give if it were verified as sent: done counts as met, under way as a step."""


class RowReference(NamedTuple):
    """A reference to a row of the record that a finding rests on: its type ("reading") and its id."""

    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A share from 0 to 1, or None for no data, with its reason and the rows it rests on."""

    share: Fraction | None
    reason: str
    rows: tuple[RowReference, ...] = ()

    @property
    def worth(self) -> Fraction:
        """The share as it counts: no data is worth 0."""
        return self.share or NOTHING

    @property
    def verdict(self) -> ReadinessVerdict:
        """The verdict for the share."""
        return share_verdict(self.share)


@dataclass(frozen=True, slots=True)
class AskedBenchmark:
    """A benchmark as the questionnaire lists it: its key ("6a"), its recommendation and its newest terms."""

    id: int
    key: str
    recommendation_id: int
    pillar: Pillar
    terms: BenchmarkTermsFact

    @property
    def is_decided_by_figure(self) -> bool:
        """Whether a figure decides the benchmark, and not the embassy's assessment."""
        return self.terms.rule is not Rule.ASSESSED and self.terms.indicator_id is not None


@dataclass(frozen=True, slots=True)
class AskedRecommendation:
    """A recommendation as the questionnaire lists it: number, pillar, weight and benchmarks."""

    id: int
    number: int
    origin: Origin
    pillar: Pillar
    weight: Fraction
    benchmarks: tuple[AskedBenchmark, ...]

    @property
    def title(self) -> str:
        """Its name: "Recommendation 6", or "Action plan 6" in another list than the report's."""
        if self.origin is Origin.REPORT:
            return gettext("Recommendation %(number)s") % {"number": self.number}
        return gettext("Action plan %(number)s") % {"number": self.number}

    @property
    def prefix(self) -> str:
        """What precedes its number and its benchmarks' keys in an address: nothing, or "action_plan_"."""
        return "" if self.origin is Origin.REPORT else "action_plan_"


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Everything that the record is measured against, by the terms as they were known.

    Nothing in it leaves a denominator. `list_weights` maps benchmark ids to their part of the whole list, from 0 to 1.
    """

    tracking: Period
    recommendations: tuple[AskedRecommendation, ...]
    indicators: Mapping[int, IndicatorFact]
    list_weights: Mapping[int, Fraction]

    @property
    def benchmarks(self) -> tuple[AskedBenchmark, ...]:
        """All benchmarks, in the order of the recommendations."""
        return tuple(benchmark for recommendation in self.recommendations for benchmark in recommendation.benchmarks)

    def indicator_of(self, question: EffortQuestion) -> IndicatorFact | None:
        """Return the indicator whose figure answers a question; None if there is none."""
        return next((indicator for indicator in self.indicators.values() if indicator.question is question), None)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one view of the record, or of a part of it.

    They are findings by question (the five that compare figures) and by benchmark id. `required_figures` says, by
    question, whether the figure that the law names was given.
    """

    questions: Mapping[EffortQuestion, Finding]
    benchmarks: Mapping[int, Finding]
    required_figures: Mapping[EffortQuestion, Finding]


def share_verdict(share: Fraction | None) -> ReadinessVerdict:
    """Return the verdict for a share: shown (1), partly shown, not shown (0 with data) or no data (None)."""
    if share is None:
        return ReadinessVerdict.NO_DATA
    if share == FULL:
        return ReadinessVerdict.SHOWN
    return ReadinessVerdict.PARTLY if share else ReadinessVerdict.NOT_SHOWN


def claimed_reason(verified: Finding, claimed: Finding) -> str:
    """Return the sentence on what a claim adds, or an empty string if it adds nothing."""
    return claimed.reason if claimed.worth > verified.worth else ""


def rows_of(findings: Iterable[Finding]) -> tuple[RowReference, ...]:
    """Return the rows that several findings rest on, each once and in order."""
    return tuple(sorted({row for finding in findings for row in finding.rows}))


def weighted_mean(weighted: Iterable[tuple[Fraction, Finding]]) -> Fraction | None:
    """Return the weighted mean share. No data counts as 0; the result is None if no finding has data."""
    pairs = tuple(weighted)
    total = sum((weight for weight, _ in pairs), NOTHING)
    if not total or all(finding.share is None for _, finding in pairs):
        return None
    return sum((weight * finding.worth for weight, finding in pairs), NOTHING) / total


def build_questionnaire(facts: Facts) -> Questionnaire:
    """Return what the record is measured against, by the newest terms. `facts` are the known ones.

    A recommendation or benchmark without terms is not asked yet. A retired recommendation is left out together with
    its benchmarks. The recommendations of the report come first, then those of an action plan.
    """
    edition_terms = newest_row(facts.edition_terms)
    weights: Mapping[int, Decimal] = edition_terms.weights if edition_terms else {}
    benchmarks = sorted(facts.benchmarks, key=lambda row: (row.letter, row.id))
    recommendations = tuple(
        AskedRecommendation(
            id=recommendation.id,
            number=recommendation.number,
            origin=recommendation.origin,
            pillar=terms.pillar,
            weight=Fraction(weights.get(recommendation.id, Decimal(1))),
            benchmarks=tuple(
                AskedBenchmark(row.id, f"{recommendation.number}{row.letter}", recommendation.id, terms.pillar, asked)
                for row in benchmarks
                if row.recommendation_id == recommendation.id and (asked := newest_row(row.terms))
            ),
        )
        for recommendation in sorted(
            facts.recommendations, key=lambda row: (row.origin is not Origin.REPORT, row.number, row.id)
        )
        if (terms := newest_row(recommendation.terms)) and not terms.is_retired
    )
    return Questionnaire(
        tracking=facts.edition.tracking,
        recommendations=recommendations,
        indicators={indicator.id: indicator for indicator in facts.indicators},
        list_weights=_benchmark_list_weights(recommendations),
    )


def _benchmark_list_weights(recommendations: Iterable[AskedRecommendation]) -> Mapping[int, Fraction]:
    """Return the weight of each benchmark (by id) in the whole list, from 0 to 1.

    A recommendation's part follows from its weight, and within it the benchmark's part from the benchmark's weight.
    """
    listed = tuple(recommendations)
    total_weight = sum((recommendation.weight for recommendation in listed), NOTHING)
    weights = {}
    for recommendation in listed:
        own_weight = sum((Fraction(benchmark.terms.weight) for benchmark in recommendation.benchmarks), NOTHING)
        total = total_weight * own_weight
        for benchmark in recommendation.benchmarks:
            weight = recommendation.weight * Fraction(benchmark.terms.weight)
            weights[benchmark.id] = weight / total if total else NOTHING
    return weights


def compute_answers(questionnaire: Questionnaire, view: FactView) -> Answers:
    """Return the answers that a view of the record gives."""
    return compute_partial_answers(questionnaire, view, questionnaire.benchmarks, questionnaire.indicators)


def compute_partial_answers(
    questionnaire: Questionnaire, view: FactView, benchmarks: Iterable[AskedBenchmark], indicators: Collection[int]
) -> Answers:
    """Return only the answers on these benchmarks and on the questions that these indicators (ids) answer."""
    asked = (questionnaire.indicators[indicator_id] for indicator_id in indicators)
    by_question = {indicator.question: indicator for indicator in asked if indicator.question}
    return Answers(
        questions={
            question: _answer_question(indicator, questionnaire, view)
            for question, indicator in by_question.items()
            if question is not EffortQuestion.COMPLICITY
        },
        benchmarks={benchmark.id: _answer_benchmark(benchmark, questionnaire, view) for benchmark in benchmarks},
        required_figures={
            question: evaluate_required_figure(by_question[question], view.readings.get(by_question[question].id, ()))
            for question in REQUIRED_QUESTIONS
            if question in by_question
        },
    )


def answers_with_readings(questionnaire: Questionnaire, view: FactView, readings: Mapping[int, ReadingFact]) -> Answers:
    """Return the answers that rest on these indicators (ids), if each had only the given reading."""
    replaced = {indicator_id: (reading,) for indicator_id, reading in readings.items()}
    assumed_view = replace(view, readings={**view.readings, **replaced}, figures={**view.figures, **replaced})
    affected = [
        benchmark
        for benchmark in questionnaire.benchmarks
        if benchmark.is_decided_by_figure and benchmark.terms.indicator_id in readings
    ]
    return compute_partial_answers(questionnaire, assumed_view, affected, readings)


def max_answers(answers: Answers, other: Answers) -> Answers:
    """Return the better finding for each question, benchmark and figure of `answers`; `answers` wins if both are equal.

    `other` may answer only a part of them.
    """
    return _pick_answers(max, answers, other)


def min_answers(answers: Answers, other: Answers) -> Answers:
    """Return the lower finding for each question, benchmark and figure of `answers`, otherwise like `max_answers`."""
    return _pick_answers(min, answers, other)


def _pick_answers(choose: Callable[..., Finding], answers: Answers, other: Answers) -> Answers:
    def pick[K](own: Mapping[K, Finding], others: Mapping[K, Finding]) -> Mapping[K, Finding]:
        chosen = {
            key: choose(own[key], finding, key=attrgetter("worth")) for key, finding in others.items() if key in own
        }
        return {**own, **chosen}

    return Answers(
        questions=pick(answers.questions, other.questions),
        benchmarks=pick(answers.benchmarks, other.benchmarks),
        required_figures=pick(answers.required_figures, other.required_figures),
    )


def movement(now: ReadingFact | None, before: ReadingFact | None) -> ReadingDirection | None:
    """Return which way a count moved, by two figures or by a reported direction; None if that is unknown."""
    if now is None or now.figure is None:
        return now.direction if now else None
    if before is None or before.figure is None:
        return None
    if now.figure == before.figure:
        return ReadingDirection.LEVEL
    return ReadingDirection.UP if now.figure > before.figure else ReadingDirection.DOWN


def compare_periods(
    indicator: IndicatorFact, now: ReadingFact | None, before: ReadingFact | None, period: Period
) -> Finding:
    """Answer a question of "Increasing efforts": compare the period's reading with the whole period before.

    The share is 1 for an improvement, one half for no change, 0 for no change at zero, and 0 for a decline (22 U.S.C.
    7107(b), Watch List (II)). Figures are compared unadjusted, and the reason says if one covers only a part of the
    year. A direction without a figure counts as that direction. No change from a zero counts as zero in both cases.
    """
    direction = movement(now, before)
    share: Fraction | None = None
    if direction is ReadingDirection.LEVEL:
        share = NOTHING if before and before.figure == 0 else HALF
    elif direction is not None:
        share = FULL if direction is _improvement(indicator) else NOTHING
    return Finding(share, describe_movement(indicator, now, before, period), _reading_references(now, before))


def evaluate_required_figure(indicator: IndicatorFact, readings: Iterable[ReadingFact]) -> Finding:
    """Answer whether a figure was given for the period. A direction is not a figure (22 U.S.C. 7106(b)(1))."""
    rows = tuple(readings)
    name = formatting.capitalize_first(indicator.name)
    latest = find_effective_reading(row for row in rows if row.figure is not None)
    if latest and latest.figure is not None:
        sentence = gettext("%(indicator)s: %(figure)s.")
        values = {"indicator": name, "figure": format_number(latest.figure)}
        return Finding(FULL, sentence % values, _reading_references(latest))
    reading = find_effective_reading(rows)
    if reading and reading.direction:
        sentence = gettext("%(indicator)s: a direction but no figure.")
        return Finding(None, sentence % {"indicator": name}, _reading_references(reading))
    return Finding(None, no_data_sentence(name), _reading_references(reading))


def evaluate_more_than_last_period(
    indicator: IndicatorFact, now: ReadingFact | None, before: ReadingFact | None, period: Period
) -> Finding:
    """Apply the rule "more than the year before": 1 if the figure is above the one before, otherwise 0.

    Both readings must be figures. If less is better, the figure has to be below the one before.
    """
    direction = movement(now, before)
    reason = describe_movement(indicator, now, before, period)
    share: Fraction | None = None
    if now is not None and now.figure is None and direction is not None:
        reason = f"{reason} {gettext('Only a figure counts here.')}"
    elif direction is not None:
        share = FULL if direction is _improvement(indicator) else NOTHING
    return Finding(share, reason, _reading_references(now, before))


def evaluate_target(indicator: IndicatorFact, target: Decimal, now: ReadingFact | None) -> Finding:
    """Apply the rule "figure against a target": the latest figure divided by the target, at most 1.

    If less is better, the target is an upper limit: 1 within the limit, otherwise 0.
    """
    if now is None or now.figure is None:
        return Finding(None, no_data_sentence(indicator.name), _reading_references(now))
    if indicator.better is Better.DOWN:
        share = FULL if now.figure <= target else NOTHING
        reason = gettext("%(figure)s by %(date)s. The target is at most %(target)s.")
    else:
        share = max(NOTHING, min(FULL, Fraction(now.figure) / Fraction(target)))
        reason = gettext("%(figure)s of %(target)s by %(date)s.")
    values = {
        "figure": format_number(now.figure),
        "target": f"{format_number(target)} {indicator.unit}".rstrip(),
        "date": format_date(now.through_on),
    }
    return Finding(share, reason % values, _reading_references(now))


def evaluate_assessed(actions: Iterable[Action], assessment: EffectiveAssessment) -> Finding:
    """Apply the rule "assessed by the embassy" to verified actions, with an assessment in force.

    The share is 1 for "met" and one half for a concrete step, but 0 without a verified action (22 U.S.C. 7107(b), Tier
    2). It is 0 for stalled, no information or going backwards, but one half if an action ended after the day of the
    assessment. The day of an action is its end date, as everywhere.
    """
    verified = tuple(actions)
    last = max((action.counts_from for action in verified), default=None)
    rows = (RowReference("assessment", assessment.id), *_evidence_references(action.evidence_id for action in verified))
    values = {
        "date": format_date(assessment.holds_from),
        "verdict": assessment.verdict.label,
        "action": format_date(last) if last else "",
    }
    share = VERDICT_SHARES[assessment.verdict]
    if share and last is None:
        reason = gettext("Assessed as of %(date)s: %(verdict)s. It counts for 0: no verified action supports it.")
        return Finding(NOTHING, reason % values, rows)
    if share and last:
        reason = gettext("Assessed as of %(date)s: %(verdict)s. Last verified action: %(action)s.")
        return Finding(share, reason % values, rows)
    if last and last > assessment.holds_from:
        reason = gettext(
            "Assessed as of %(date)s: %(verdict)s. A later verified action of %(action)s counts as a concrete step."
        )
        return Finding(HALF, reason % values, rows)
    if assessment.verdict is Verdict.NO_INFORMATION:
        reason = gettext("Assessed as of %(date)s: %(verdict)s. It counts for 0.")
        return Finding(None, reason % values, rows)
    return Finding(NOTHING, gettext("Assessed as of %(date)s: %(verdict)s.") % values, rows)


def evaluate_unassessed(actions: Iterable[Action], other_evidence: Iterable[int] = ()) -> Finding:
    """Apply the rule "assessed by the embassy" without an assessment: a verified action is a step (one half).

    `other_evidence` are the ids of other evidence verified on the benchmark. With any of it the share is 0, otherwise
    there is no data.
    """
    if verified := tuple(actions):
        last_day = format_date(max(action.counts_from for action in verified))
        return Finding(
            HALF,
            gettext("Not assessed yet. A verified action of %(action)s counts as a concrete step.")
            % {"action": last_day},
            _evidence_references(action.evidence_id for action in verified),
        )
    if references := _evidence_references(other_evidence):
        return Finding(NOTHING, gettext("The verified evidence shows no concrete action."), references)
    return Finding(None, gettext("Nothing has been verified yet."))


def evaluate_claimed(actions: Iterable[Action], assessment: EffectiveAssessment | None) -> Finding:
    """Apply the rule "assessed by the embassy" to claims: the most that any of them would give if verified as sent.

    A claim that is not later than the day of the assessment gives at most what the assessment would give with the
    action verified.
    """

    def would_give(action: Action) -> Fraction:
        share = CLAIM_SHARES[action.claimed] if action.claimed else NOTHING
        if assessment is not None and action.counts_from <= assessment.holds_from:
            return min(share, VERDICT_SHARES[assessment.verdict])
        return share

    best = max(actions, key=lambda action: (would_give(action), action.counts_from, action.evidence_id), default=None)
    if best is None or best.claimed is None:
        return Finding(None, gettext("Nothing claimed."))
    return Finding(
        would_give(best),
        gettext("%(progress)s, %(date)s. Not verified.")
        % {"progress": best.claimed.label, "date": format_date(best.counts_from)},
        (RowReference("evidence", best.evidence_id),),
    )


def _answer_question(indicator: IndicatorFact, questionnaire: Questionnaire, view: FactView) -> Finding:
    """Answer the question of an indicator: compare the period with the year before."""
    now = find_effective_reading(view.readings.get(indicator.id, ()))
    before = find_effective_reading(view.previous.get(indicator.id, ()))
    return compare_periods(indicator, now, before, questionnaire.tracking)


def _answer_benchmark(benchmark: AskedBenchmark, questionnaire: Questionnaire, view: FactView) -> Finding:
    """Answer a benchmark by its rule."""
    assessment = view.assessments.get(benchmark.id)
    actions = view.actions.get(benchmark.id, ())
    if benchmark.terms.indicator_id is None or benchmark.terms.rule is Rule.ASSESSED:
        if any(action.claimed for action in actions):
            return evaluate_claimed(actions, assessment)
        if assessment is not None:
            return evaluate_assessed(actions, assessment)
        return evaluate_unassessed(actions, view.other_evidence.get(benchmark.id, ()))
    indicator = questionnaire.indicators[benchmark.terms.indicator_id]
    now = find_effective_reading(view.figures.get(indicator.id, ()))
    if benchmark.terms.rule is Rule.TARGET and benchmark.terms.target is not None:
        return evaluate_target(indicator, benchmark.terms.target, now)
    before = find_effective_reading(view.previous.get(indicator.id, ()))
    return evaluate_more_than_last_period(indicator, now, before, questionnaire.tracking)


def _improvement(indicator: IndicatorFact) -> ReadingDirection:
    return ReadingDirection.DOWN if indicator.better is Better.DOWN else ReadingDirection.UP


def _reading_references(*readings: ReadingFact | None) -> tuple[RowReference, ...]:
    return tuple(sorted(RowReference("reading", reading.id) for reading in readings if reading))


def _evidence_references(ids: Iterable[int]) -> tuple[RowReference, ...]:
    return tuple(sorted(RowReference("evidence", evidence_id) for evidence_id in ids))
