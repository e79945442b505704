"""Answer every question, benchmark and required figure from the record, each with its reason.

The share of a finding is an exact fraction from 0 to 1, or None for no data. No data is worth 0 and says so: a
government that gives no data is presumed not to have acted (22 U.S.C. 7106(b)(1), (7)). The rules here read only a
`FactView`, so they hold both for what is verified and for what is claimed.

Sentences contain figures, days and the names of indicators, but never a text of the evidence. Results are stored, and
such a text may have to be redacted.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import NamedTuple

from dialogues.choices import ClaimedProgress, ReadingDirection, Verdict
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import REQUIRED_QUESTIONS, Better, EffortQuestion, Rule
from reports import formatting
from reports.choices import ReadinessVerdict
from reports.readiness.answer_sentences import describe_movement, no_data_sentence
from reports.readiness.countable_facts import Action, EffectiveAssessment, FactView
from reports.readiness.exact_sums import FULL, HALF, NOTHING, weighted_sum
from reports.readiness.facts import BenchmarkTermsFact, IndicatorFact, Period, ReadingFact
from reports.readiness.kept_results import KeptResults
from reports.readiness.questionnaire import AskedBenchmark, Questionnaire
from tiptracker.localization import format_date, format_number, gettext, once_per_language

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
        return NOTHING if self.share is None else self.share

    @property
    def verdict(self) -> ReadinessVerdict:
        """The verdict for the share."""
        return share_verdict(self.share)


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
    if share is FULL or share == FULL:  # comparing fractions takes long
        return ReadinessVerdict.SHOWN
    return ReadinessVerdict.PARTLY if share else ReadinessVerdict.NOT_SHOWN


def claimed_reason(verified: Finding, claimed: Finding) -> str:
    """Return the sentence on what a claim adds, or an empty string if it adds nothing."""
    return claimed.reason if claimed.worth > verified.worth else ""


def rows_of(findings: Iterable[Finding]) -> tuple[RowReference, ...]:
    """Return the rows that several findings rest on, each once and in order."""
    # The rows of each finding are in order. A dictionary keeps that, so there is little left to sort.
    return tuple(sorted(dict.fromkeys(chain.from_iterable(finding.rows for finding in findings))))


def weighted_mean(weighted: Iterable[tuple[Fraction, Finding]]) -> Fraction | None:
    """Return the weighted mean share. No data counts as 0; the result is None if no finding has data."""
    pairs = tuple(weighted)
    if all(finding.share is None for _, finding in pairs):
        return None
    total = weighted_sum((weight, FULL) for weight, _ in pairs)
    return weighted_sum((weight, finding.worth) for weight, finding in pairs) / total if total else None


def compute_answers(
    questionnaire: Questionnaire, view: FactView, kept: KeptResults | None = None, name: str = ""
) -> Answers:
    """Return the answers that a view of the record gives.

    `kept` are earlier results on the view with this name. An answer that rests on the same rows is taken from them.
    """
    benchmarks, indicators = questionnaire.benchmarks, questionnaire.indicators
    return compute_partial_answers(questionnaire, view, benchmarks, indicators, kept=kept, name=name)


def compute_partial_answers(
    questionnaire: Questionnaire,
    view: FactView,
    benchmarks: Iterable[AskedBenchmark],
    indicators: Collection[int],
    *,
    kept: KeptResults | None = None,
    name: str = "",
) -> Answers:
    """Return only the answers on these benchmarks and on the questions that these indicators (ids) answer."""
    once = (kept or KeptResults()).once
    asked = [questionnaire.indicators[indicator_id] for indicator_id in indicators]
    by_question = {indicator.question: indicator for indicator in asked if indicator.question}
    return Answers(
        questions={
            question: once((name, "question", question), rows, rows.answer)
            for question, indicator in by_question.items()
            if question is not EffortQuestion.COMPLICITY
            for rows in [_rows_of_question(indicator, questionnaire, view)]
        },
        benchmarks={
            benchmark.id: once((name, "benchmark", benchmark.id), rows, rows.answer)
            for benchmark in benchmarks
            for rows in [_rows_of_benchmark(benchmark, questionnaire, view)]
        },
        required_figures={
            question: once(
                (name, "figure", question),
                (indicator, readings),
                partial(evaluate_required_figure, indicator, readings),
            )
            for question in REQUIRED_QUESTIONS
            if (indicator := by_question.get(question))
            for readings in [view.readings.get(indicator.id, ())]
        },
    )


def answers_with_readings(questionnaire: Questionnaire, view: FactView, readings: Mapping[int, ReadingFact]) -> Answers:
    """Return the answers that rest on these indicators (ids), if each had only the given reading."""
    replaced = {indicator_id: (reading,) for indicator_id, reading in readings.items()}
    assumed_view = replace(view, readings={**view.readings, **replaced}, figures={**view.figures, **replaced})
    return compute_partial_answers(questionnaire, assumed_view, questionnaire.affected((), readings), readings)


def max_answers(answers: Answers, other: Answers) -> Answers:
    """Return the better finding for each question, benchmark and figure of `answers`; `answers` wins if both are equal.

    `other` may answer only a part of them.
    """
    return _pick_answers(better_finding, answers, other)


def min_answers(answers: Answers, other: Answers) -> Answers:
    """Return the lower finding for each question, benchmark and figure of `answers`, otherwise like `max_answers`."""
    return _pick_answers(_worse, answers, other)


def better_finding(own: Finding, other: Finding) -> Finding:
    """Return the finding that is worth more; `own` if both are worth the same."""
    # Most shares are one of three constants. Comparing fractions takes long.
    return own if own.worth is other.worth or own.worth >= other.worth else other


def _worse(own: Finding, other: Finding) -> Finding:
    return own if own.worth is other.worth or own.worth <= other.worth else other


def _pick_answers(choose: Callable[[Finding, Finding], Finding], answers: Answers, other: Answers) -> Answers:
    return Answers(
        questions=_pick_findings(choose, answers.questions, other.questions),
        benchmarks=_pick_findings(choose, answers.benchmarks, other.benchmarks),
        required_figures=_pick_findings(choose, answers.required_figures, other.required_figures),
    )


def _pick_findings[K](
    choose: Callable[[Finding, Finding], Finding], own: Mapping[K, Finding], others: Mapping[K, Finding]
) -> Mapping[K, Finding]:
    if len(others) < len(own):
        return {**own, **{key: choose(own[key], finding) for key, finding in others.items() if key in own}}
    return {key: choose(finding, others[key]) if key in others else finding for key, finding in own.items()}


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
    last = max([action.counts_from for action in verified], default=None)
    rows = (RowReference("assessment", assessment.id), *_evidence_references(action.evidence_id for action in verified))
    values = {
        "date": format_date(assessment.holds_from),
        "verdict": assessment.verdict.label,
        "action": "" if last is None else format_date(last),
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
            most = VERDICT_SHARES[assessment.verdict]
            return share if share is most else min(share, most)
        return share

    claims = tuple(actions)
    best = (
        claims[0]
        if len(claims) == 1
        else max(claims, key=lambda action: (would_give(action), action.counts_from, action.evidence_id), default=None)
    )
    if best is None or best.claimed is None:
        return Finding(None, gettext("Nothing claimed."))
    reason = _claimed_reason(best.claimed, best.counts_from)
    return Finding(would_give(best), reason, (RowReference("evidence", best.evidence_id),))


@once_per_language
def _claimed_reason(progress: ClaimedProgress, day: date) -> str:
    return gettext("%(progress)s, %(date)s. Not verified.") % {"progress": progress.label, "date": format_date(day)}


class _QuestionRows(NamedTuple):
    """What the answer to a question rests on."""

    indicator: IndicatorFact
    tracking: Period
    readings: tuple[ReadingFact, ...]
    previous: tuple[ReadingFact, ...]

    def answer(self) -> Finding:
        """Compare the period with the year before."""
        now, before = find_effective_reading(self.readings), find_effective_reading(self.previous)
        return compare_periods(self.indicator, now, before, self.tracking)


class _AssessedRows(NamedTuple):
    """What the answer to a benchmark that the embassy assesses rests on."""

    assessment: EffectiveAssessment | None
    actions: tuple[Action, ...]
    other_evidence: tuple[int, ...]

    def answer(self) -> Finding:
        """Apply the rule "assessed by the embassy"."""
        if any(action.claimed for action in self.actions):
            return evaluate_claimed(self.actions, self.assessment)
        if self.assessment is not None:
            return evaluate_assessed(self.actions, self.assessment)
        return evaluate_unassessed(self.actions, self.other_evidence)


class _FigureRows(NamedTuple):
    """What the answer to a benchmark that a figure decides rests on."""

    terms: BenchmarkTermsFact
    question: _QuestionRows

    def answer(self) -> Finding:
        """Apply the rule "figure against a target" or "more than the year before"."""
        indicator, tracking, readings, previous = self.question
        now = find_effective_reading(readings)
        if self.terms.rule is Rule.TARGET and self.terms.target is not None:
            return evaluate_target(indicator, self.terms.target, now)
        return evaluate_more_than_last_period(indicator, now, find_effective_reading(previous), tracking)


def _rows_of_question(indicator: IndicatorFact, questionnaire: Questionnaire, view: FactView) -> _QuestionRows:
    key = indicator.id
    return _QuestionRows(indicator, questionnaire.tracking, view.readings.get(key, ()), view.previous.get(key, ()))


def _rows_of_benchmark(
    benchmark: AskedBenchmark, questionnaire: Questionnaire, view: FactView
) -> _AssessedRows | _FigureRows:
    terms, key = benchmark.terms, benchmark.id
    if terms.indicator_id is None or terms.rule is Rule.ASSESSED:
        return _AssessedRows(view.assessments.get(key), view.actions.get(key, ()), view.other_evidence.get(key, ()))
    figures, previous = view.figures.get(terms.indicator_id, ()), view.previous.get(terms.indicator_id, ())
    indicator = questionnaire.indicators[terms.indicator_id]
    return _FigureRows(terms, _QuestionRows(indicator, questionnaire.tracking, figures, previous))


def _improvement(indicator: IndicatorFact) -> ReadingDirection:
    return ReadingDirection.DOWN if indicator.better is Better.DOWN else ReadingDirection.UP


def _reading_references(*readings: ReadingFact | None) -> tuple[RowReference, ...]:
    return tuple(sorted(RowReference("reading", reading.id) for reading in readings if reading))


def _evidence_references(ids: Iterable[int]) -> tuple[RowReference, ...]:
    return tuple(RowReference("evidence", evidence_id) for evidence_id in sorted(ids))
