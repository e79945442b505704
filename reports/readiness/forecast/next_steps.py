"""Compute the next steps: advice next to the score, from the surest step to the most ambitious.

The steps come in four groups, in this order: review what waits, ask for missing figures, make sure that open
commitments are kept, and agree on new commitments. The points of a step are what it adds after all steps before it, so
they add up. Within a group the step with the most points comes first. Nothing here enters the score: promises are not
concrete actions (22 U.S.C. 7107(b), Tier 2), and no data counts against the government (22 U.S.C. 7106(b)(1), (7)).

Every candidate improves the answers to some questions and benchmarks. Several candidates for one answer give as much
as the best of them. So a candidate never adds more after other steps than before them. `_order_group` relies on that:
it recomputes the points of a candidate only if they could still be the most.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import accumulate, islice

from dialogues.choices import CommitmentReach
from dialogues.effective_reading import find_effective_reading
from recommendations.choices import REQUIRED_QUESTIONS, Better, EffortQuestion, Rule
from reports.choices import StepKind, YearsAsked
from reports.readiness.answers import Answers, Finding, RowReference, answers_with_readings, max_answers
from reports.readiness.exact_sums import FULL, NOTHING
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import Facts, IndicatorFact
from reports.readiness.forecast.claims import Claim
from reports.readiness.forecast.projection import (
    EvaluatedRecord,
    OpenCommitment,
    hypothetical_reading,
    open_benchmarks,
    project_changes,
)
from reports.readiness.forecast.smallest_set import NO_DUE_DATE
from reports.readiness.questionnaire import Questionnaire
from reports.readiness.scoring import PointCalculator, compute_points

ASSUMED_FINDING = Finding(FULL, "")


@dataclass(frozen=True, slots=True)
class ReadinessStep:
    """One thing to do, what it adds and who has to do it.

    `benchmarks` are ids, in order. `indicator_id` is set if the step asks for a figure, and `years` says for which
    years. `rows` are what the step is about: an update, evidence, an indicator, a commitment or a benchmark.
    `ministry_id` is the ministry that has to act: None if the embassy has to (a review) or if no ministry is known.
    `is_ministry_inferred` is set if nobody has named it for this figure: it leads a recommendation on the same subject.

    Points are exact, of 100. `points` are what the step adds after all steps before it. `points_at_most` are what it
    may add if that depends on the figure. `cumulative` is readiness after this step and all before it; None if the
    step is listed apart. They are 0 until the step is compared with others.

    `answers` are those that the step gives; `best_answers` are the best that it could give, if these are better.
    `position` is its position among steps with equal points and due dates.
    """

    kind: StepKind
    benchmarks: tuple[int, ...]
    rows: tuple[RowReference, ...]
    ministry_id: int | None
    answers: Answers = field(compare=False, repr=False)
    position: int = field(compare=False, repr=False)
    due_on: date | None = None
    indicator_id: int | None = None
    years: YearsAsked = YearsAsked.PERIOD
    best_answers: Answers | None = field(default=None, compare=False, repr=False)
    is_ministry_inferred: bool = field(default=False, compare=False)
    points: Fraction = NOTHING
    points_at_most: Fraction = NOTHING
    cumulative: Fraction | None = None

    @property
    def key(self) -> str:
        """The name of the step in an address: `keep-commitment-12`."""
        row = self.rows[0]
        return f"{self.kind.value}-{row.type}-{row.id}"

    @property
    def order(self) -> tuple[date, int, tuple[RowReference, ...]]:
        """The sort key for steps with equal points: the soonest due, then the order of the list, then the rows."""
        return self.due_on or NO_DUE_DATE, self.position, self.rows


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The next steps in order, and the steps that are listed apart from them.

    - `also_ask`: the figure on government money, which adds nothing by being given, only by being above last year's.
    - `last_period`: figures of the year before, where only they are missing for a comparison with this period.
    - `to_assess`: benchmarks with a verified action and no assessment, with what "met" would add to readiness today.
    - `after_deadline`: commitments due after the deadline, with what keeping them by the deadline would add after the
      third group.
    - `target_reached_after`: the number of the first step that reaches the target. It is 0 if the target is reached
      already, and None if no step reaches it or no target is set.
    """

    steps: tuple[ReadinessStep, ...]
    also_ask: tuple[ReadinessStep, ...]
    last_period: tuple[ReadinessStep, ...]
    to_assess: tuple[ReadinessStep, ...]
    after_deadline: tuple[ReadinessStep, ...]
    target_reached_after: int | None

    @property
    def all_steps(self) -> tuple[ReadinessStep, ...]:
        """All steps: those in order and those listed apart."""
        return (*self.steps, *self.also_ask, *self.last_period, *self.to_assess, *self.after_deadline)


def compute_next_steps(
    facts: Facts,
    *,
    verified_record: EvaluatedRecord,
    claimed_record: EvaluatedRecord,
    waiting: Iterable[Claim],
    open_commitments: Iterable[OpenCommitment],
    as_of: date,
    deadline_on: date | None,
    target: Decimal | None,
    without: Collection[StepKind] = (),
) -> NextSteps:
    """Return the next steps of a day.

    Args:
        facts: the known facts.
        verified_record: the record as verified.
        claimed_record: the record as claimed.
        waiting: the claims that wait for a review.
        open_commitments: the open commitments of the government.
        as_of: the day. After the deadline there are only the first two groups.
        deadline_on: the deadline of the edition, if it has one.
        target: the readiness to reach, of 100.
        without: kinds of steps to leave out of the groups.
    """
    claims, commitments = tuple(waiting), tuple(open_commitments)
    questionnaire, answers = verified_record.questionnaire, verified_record.answers
    is_over = deadline_on is not None and as_of > deadline_on
    figure_steps = _figure_candidates(facts, claimed_record, REQUIRED_QUESTIONS)
    groups = [_review_candidates(questionnaire, claims), figure_steps]
    due_later: list[ReadinessStep] = []
    if not is_over:
        covered_ids = {benchmark_id for commitment, _ in commitments for benchmark_id in commitment.towards}
        covered_ids |= {benchmark_id for claim in claims for benchmark_id in claim.benchmarks}
        groups += [
            [
                _commitment_candidate(claimed_record, commitment)
                for commitment in commitments
                if not _is_due_after(commitment, deadline_on)
            ],
            _agreement_candidates(
                facts, verified_record, claimed_record, covered_ids=covered_ids, figure_steps=figure_steps
            ),
        ]
        due_later = [
            _commitment_candidate(claimed_record, commitment)
            for commitment in commitments
            if _is_due_after(commitment, deadline_on)
        ]
    steps, states = _order_steps(
        questionnaire, answers, ([step for step in group if step.kind not in without] for group in groups)
    )
    last_period_steps = _figure_candidates(
        facts, claimed_record, (*REQUIRED_QUESTIONS, EffortQuestion.MONEY), is_last_period=True
    )
    return NextSteps(
        steps=tuple(steps),
        also_ask=_rank_separately(
            questionnaire, states[1], _figure_candidates(facts, claimed_record, [EffortQuestion.MONEY])
        ),
        last_period=tuple(
            step for step in _rank_separately(questionnaire, states[1], last_period_steps) if step.points_at_most
        ),
        to_assess=_rank_separately(questionnaire, answers, _assessment_candidates(verified_record)),
        after_deadline=_rank_separately(questionnaire, states[-2], due_later),
        target_reached_after=_target_reached_after(compute_points(questionnaire, answers), steps, target),
    )


def _order_steps(
    questionnaire: Questionnaire, state: Answers, groups: Iterable[Iterable[ReadinessStep]]
) -> tuple[list[ReadinessStep], list[Answers]]:
    """Return the steps of all groups in order, starting from the answers `state`, and the answers after each group."""
    calculator = PointCalculator(questionnaire)
    steps: list[ReadinessStep] = []
    states = [state]
    for group in groups:
        ordered, answers = _order_group(calculator, states[-1], group)
        steps += ordered
        states.append(answers)
    totals = accumulate((step.points for step in steps), initial=compute_points(questionnaire, state))
    steps = [replace(step, cumulative=total) for step, total in zip(steps, islice(totals, 1, None), strict=True)]
    return steps, states[1:]


def _order_group(
    calculator: PointCalculator, state: Answers, candidates: Iterable[ReadinessStep]
) -> tuple[list[ReadinessStep], Answers]:
    """Return the steps of one group in order and the answers after all of them.

    Each step is the candidate that adds most after those before it. A candidate that adds nothing is left out.
    """
    shown_pillars = calculator.pillars(state)
    # A candidate's points only fall as steps are added. So the top of the heap is best once its points are up to date.
    heap = [
        (-calculator.gain(candidate.answers, state, shown_pillars), candidate.order, number, 0, candidate)
        for number, candidate in enumerate(candidates)
    ]
    heapify(heap)
    steps: list[ReadinessStep] = []
    while heap and heap[0][0]:
        negative_gain, order, number, computed_at, candidate = heappop(heap)
        if computed_at < len(steps):
            heappush(
                heap, (-calculator.gain(candidate.answers, state, shown_pillars), order, number, len(steps), candidate)
            )
            continue
        at_most = calculator.gain(candidate.best_answers or candidate.answers, state, shown_pillars)
        steps.append(replace(candidate, points=-negative_gain, points_at_most=at_most))
        state = max_answers(state, candidate.answers)
        shown_pillars = calculator.pillars(state)
    return steps, state


def _rank_separately(
    questionnaire: Questionnaire, state: Answers, candidates: Iterable[ReadinessStep]
) -> tuple[ReadinessStep, ...]:
    """Return candidates as steps listed apart, each with what it alone would add to a state, the most first."""
    calculator = PointCalculator(questionnaire)
    shown_pillars = calculator.pillars(state)
    ranked = [
        replace(
            step,
            points=calculator.gain(step.answers, state, shown_pillars),
            points_at_most=calculator.gain(step.best_answers or step.answers, state, shown_pillars),
        )
        for step in candidates
    ]
    return tuple(sorted(ranked, key=lambda step: (-step.points, step.order)))


def _benchmark_step(
    kind: StepKind,
    questionnaire: Questionnaire,
    row: RowReference,
    benchmarks: Sequence[int],
    answers: Answers,
    *,
    ministry_id: int | None = None,
    due_on: date | None = None,
) -> ReadinessStep:
    """Return a step towards benchmarks (ids). Its place in the list is that of the first of them."""
    positions = (position for position, benchmark in enumerate(questionnaire.benchmarks) if benchmark.id in benchmarks)
    position = next(positions, len(questionnaire.benchmarks))
    return ReadinessStep(kind, tuple(benchmarks), (row,), ministry_id, answers, position, due_on)


def _review_candidates(questionnaire: Questionnaire, claims: Iterable[Claim]) -> list[ReadinessStep]:
    """Return each thing to review, taken as sent: waiting updates, and unreviewed evidence and figures."""
    return [
        _benchmark_step(StepKind.REVIEW, questionnaire, claim.row, claim.benchmarks, claim.answers) for claim in claims
    ]


def _figure_candidates(
    facts: Facts, claimed_record: EvaluatedRecord, questions: Iterable[EffortQuestion], *, is_last_period: bool = False
) -> list[ReadinessStep]:
    """Return steps that ask for the figures on these questions that are neither verified nor claimed for the period.

    A required figure adds the points for data given. At most, it is also better than last year's figure. If last
    year's is unknown, the step asks for both years.

    With `is_last_period`, the steps ask for last year's figures where only they are missing.
    """
    steps = []
    for position, question in enumerate(questions):
        indicator = claimed_record.questionnaire.indicator_of(question)
        if indicator is None:
            continue
        has_figure = any(row.figure is not None for row in claimed_record.view.readings.get(indicator.id, ()))
        answered = {question: ASSUMED_FINDING} if question in REQUIRED_QUESTIONS and not is_last_period else {}
        at_most, is_comparable = _answers_above_last_period(claimed_record, indicator, answered)
        if has_figure is not is_last_period or (is_last_period and is_comparable):
            continue
        missing = YearsAsked.BEFORE if is_last_period else YearsAsked.BOTH
        ministry_id, is_inferred = _reporting_ministry(facts, claimed_record.questionnaire, indicator)
        steps.append(
            ReadinessStep(
                kind=StepKind.ASK,
                benchmarks=(),
                rows=(RowReference("indicator", indicator.id),),
                ministry_id=ministry_id,
                is_ministry_inferred=is_inferred,
                answers=Answers({}, {}, answered),
                position=position,
                indicator_id=indicator.id,
                years=YearsAsked.PERIOD if is_comparable else missing,
                best_answers=at_most,
            )
        )
    return steps


def _answers_above_last_period(
    claimed_record: EvaluatedRecord, indicator: IndicatorFact, answered: Mapping[EffortQuestion, Finding]
) -> tuple[Answers | None, bool]:
    """Return what a figure better than last year's would answer, and whether last year's figure is known.

    `answered` is what any figure answers. The answers are None if less is better and last year's figure is zero.
    """
    before = find_effective_reading(claimed_record.view.previous.get(indicator.id, ()))
    if before is None or before.figure is None:
        compared = {
            benchmark.id: ASSUMED_FINDING
            for benchmark in claimed_record.questionnaire.benchmarks
            if benchmark.terms.rule is Rule.MORE and benchmark.terms.indicator_id == indicator.id
        }
        return Answers({indicator.question: ASSUMED_FINDING} if indicator.question else {}, compared, answered), False
    figure = before.figure + (-1 if indicator.better is Better.DOWN else 1)
    if figure < 0:
        return None, True
    reading = hypothetical_reading(claimed_record.questionnaire, indicator.id, figure)
    return answers_with_readings(claimed_record.questionnaire, claimed_record.view, {indicator.id: reading}), True


def _reporting_ministry(
    facts: Facts, questionnaire: Questionnaire, indicator: IndicatorFact
) -> tuple[int | None, bool]:
    """Return the id of the ministry to ask for a figure, or None if no ministry is known, and whether it is inferred.

    It is the ministry set on the indicator. Without one it is the last sender of a reading, and without a sender the
    lead of the first recommendation with the same pillar and indicium, which nobody has named for this figure.
    """
    if indicator.ministry_id is not None:
        return indicator.ministry_id, False
    index = FactIndex(facts)
    senders = []
    for row in facts.readings:
        cited = index.cited(row)
        version = index.version(row.update_version_id or (cited.update_version_id if cited else None))
        if row.indicator_id == indicator.id and version and version.ministry_id is not None:
            senders.append((row.recorded_at, row.id, version.ministry_id))
    if senders:
        return max(senders)[-1], False
    recommendations = {row.id: row for row in facts.recommendations}
    leads = (
        recommendations[recommendation.id].lead_id
        for recommendation in questionnaire.recommendations
        if recommendation.pillar is indicator.pillar
        and indicator.indicium in recommendations[recommendation.id].indicia
    )
    return next((lead for lead in leads if lead is not None), None), True


def _commitment_candidate(claimed_record: EvaluatedRecord, open_commitment: OpenCommitment) -> ReadinessStep:
    """Return a commitment of the government, taken as kept. All its links count, as in `project_open_commitments`."""
    commitment, due_on = open_commitment
    towards = [
        (benchmark.id, commitment.towards[benchmark.id])
        for benchmark in claimed_record.questionnaire.benchmarks
        if benchmark.id in commitment.towards
    ]
    met = [benchmark_id for benchmark_id, reach in towards if reach is CommitmentReach.MEETS]
    contributed = [benchmark_id for benchmark_id, reach in towards if reach is CommitmentReach.CONTRIBUTES]
    return _benchmark_step(
        StepKind.KEEP,
        claimed_record.questionnaire,
        RowReference("commitment", commitment.id),
        [benchmark_id for benchmark_id, _ in towards],
        project_changes(claimed_record, met=met, steps=contributed),
        ministry_id=commitment.ministry_id,
        due_on=due_on,
    )


def _agreement_candidates(
    facts: Facts,
    verified_record: EvaluatedRecord,
    claimed_record: EvaluatedRecord,
    *,
    covered_ids: Collection[int],
    figure_steps: Iterable[ReadinessStep],
) -> list[ReadinessStep]:
    """Return each open benchmark, taken as met, that needs a new commitment.

    Benchmarks that are promised or claimed (`covered_ids`) are left out, as are those for which `figure_steps` already
    ask for the figure.
    """
    asked_indicators = {step.indicator_id for step in figure_steps}
    leads = {row.id: row.lead_id for row in facts.recommendations}
    return [
        _benchmark_step(
            StepKind.AGREE,
            claimed_record.questionnaire,
            RowReference("benchmark", benchmark.id),
            [benchmark.id],
            project_changes(claimed_record, met=[benchmark.id]),
            ministry_id=leads[benchmark.recommendation_id],
        )
        for benchmark in open_benchmarks(verified_record)
        if benchmark.id not in covered_ids
        and not (benchmark.is_decided_by_figure and benchmark.terms.indicator_id in asked_indicators)
    ]


def _assessment_candidates(verified_record: EvaluatedRecord) -> list[ReadinessStep]:
    """Return each benchmark with a verified action and no assessment, taken as assessed "met"."""
    return [
        _benchmark_step(
            StepKind.REVIEW,
            verified_record.questionnaire,
            RowReference("benchmark", benchmark.id),
            [benchmark.id],
            project_changes(verified_record, met=[benchmark.id]),
        )
        for benchmark in verified_record.questionnaire.benchmarks
        if not benchmark.is_decided_by_figure
        and verified_record.view.actions.get(benchmark.id)
        and benchmark.id not in verified_record.view.assessments
    ]


def _is_due_after(open_commitment: OpenCommitment, deadline_on: date | None) -> bool:
    _, due_on = open_commitment
    return due_on is not None and deadline_on is not None and due_on > deadline_on


def _target_reached_after(readiness: Fraction, steps: Iterable[ReadinessStep], target: Decimal | None) -> int | None:
    """Return the number of the first step that reaches the target; 0 if it is reached already, None if none does."""
    if target is None:
        return None
    if readiness >= target:
        return 0
    return next((number for number, step in enumerate(steps, start=1) if (step.cumulative or 0) >= target), None)
