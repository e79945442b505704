"""Next steps: advice beside the score, from what is surest to what is still to be won. Pure.

A ladder of four rungs: review what waits, ask for the figures that nobody has given, see that open commitments are
kept, agree on what nobody has promised. Each step's points are what it adds given all steps before it, so the points
of the ladder add up. Within a rung the step with the most points comes first. Nothing here enters the score: promises
are not concrete actions (22 U.S.C. 7107(b), Tier 2), and no data counts against (22 U.S.C. 7106(b)(1), (7)).

Every candidate answers some questions and benchmarks further. Together they answer each as far as the furthest of
them does, so a candidate never adds more than it did before other steps were taken. `_build_rung` rests on that: it
computes a candidate's points anew only where they could still be the most.
"""

from collections.abc import Collection, Iterable, Mapping
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
from reports.readiness.answers import (
    WHOLE,
    Answers,
    Finding,
    Questionnaire,
    RowReference,
    answers_with_readings,
    max_answers,
)
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
from reports.readiness.scoring import GainCalculator, compute_points

NO_ANSWERS = Answers({}, {}, {})
ASSUMED_FINDING = Finding(WHOLE, "Taken as given.")


@dataclass(frozen=True, slots=True)
class ReadinessStep:
    """One thing to do, what it adds and who has to do it.

    `benchmarks` are ids, in order; `indicator_id` is set where a figure is asked for, of the `years` that are unknown.
    `rows` are what it is about: an update, evidence, an indicator, a commitment. `ministry_id` is the ministry that
    owns it: None where the embassy does (a review) or where nobody is known. Points are exact, of 100: `points` are
    what it adds given all steps before it, `points_at_most` what it may add where that depends on the figure.
    `cumulative` is readiness with it and all steps before it; None off the ladder. `taken` are the answers that it
    gives.
    """

    kind: StepKind
    benchmarks: tuple[int, ...]
    indicator_id: int | None
    rows: tuple[RowReference, ...]
    ministry_id: int | None
    due_on: date | None
    points: Fraction
    points_at_most: Fraction
    cumulative: Fraction | None = None
    years: YearsAsked = YearsAsked.PERIOD
    taken: Answers = field(default=NO_ANSWERS, compare=False, repr=False)

    @property
    def key(self) -> str:
        """What names the step in an address: `keep-commitment-12`."""
        row = self.rows[0]
        return f"{self.kind.value}-{row.type}-{row.id}"


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The ladder, and what stands apart from it.

    `also_ask`: the money figure, which adds nothing by being given, only by being above last period's. `last_period`:
    last period's figures where they alone are missing, so that nothing compares with what is known of this period.
    `to_assess`: benchmarks with a verified action that nobody has assessed, with what "met" would add to readiness
    today. `after_deadline`: commitments due after the deadline, with what keeping them by then would add to the
    cumulative after the third rung. `target_reached_after` is the number of the first step with which the target is
    reached: 0 where it is reached already, None where no step reaches it or no target is set.
    """

    steps: tuple[ReadinessStep, ...]
    also_ask: tuple[ReadinessStep, ...]
    last_period: tuple[ReadinessStep, ...]
    to_assess: tuple[ReadinessStep, ...]
    after_deadline: tuple[ReadinessStep, ...]
    target_reached_after: int | None

    @property
    def every(self) -> tuple[ReadinessStep, ...]:
        """All of them."""
        return (*self.steps, *self.also_ask, *self.last_period, *self.to_assess, *self.after_deadline)


@dataclass(frozen=True, slots=True)
class StepCandidate:
    """Something that may become a step: what it would answer (`taken`), and at most, where that is more."""

    kind: StepKind
    benchmarks: tuple[int, ...]
    rows: tuple[RowReference, ...]
    ministry_id: int | None
    taken: Answers
    place: int
    due_on: date | None = None
    indicator_id: int | None = None
    at_most: Answers | None = None
    years: YearsAsked = YearsAsked.PERIOD

    @property
    def order(self) -> tuple[date, int, tuple[RowReference, ...]]:
        """What equals are compared by: the soonest due, then in the order of what is asked, then by key."""
        return self.due_on or NO_DUE_DATE, self.place, self.rows


def compute_next_steps(
    facts: Facts,
    *,
    seen: EvaluatedRecord,
    sent: EvaluatedRecord,
    waiting: Iterable[Claim],
    promised: Iterable[OpenCommitment],
    as_of: date,
    deadline_on: date | None,
    target: Decimal | None,
    without: Collection[StepKind] = (),
) -> NextSteps:
    """The next steps of a day, `without` some rungs of the ladder where that is asked.

    `facts` are those known, `seen` what is verified of them, `sent` what is claimed; `waiting` are the claims,
    `promised` the government's commitments that may still be kept.
    """
    claims, promises = tuple(waiting), tuple(promised)
    is_over = deadline_on is not None and as_of > deadline_on
    asks = _figure_candidates(facts, sent, REQUIRED_QUESTIONS)
    rungs = [_review_candidates(seen.asked, claims), asks]
    later: list[StepCandidate] = []
    if not is_over:
        spoken_for = {key for row, _ in promises for key in row.towards}
        spoken_for |= {key for claim in claims for key in claim.benchmarks}
        rungs += [
            [_commitment_candidate(sent, one) for one in promises if not _is_due_after(one, deadline_on)],
            _agreement_candidates(facts, seen, sent, spoken_for=spoken_for, asks=asks),
        ]
        later = [_commitment_candidate(sent, one) for one in promises if _is_due_after(one, deadline_on)]
    steps, states = _build_ladder(
        seen.asked, seen.found, ([one for one in rung if one.kind not in without] for rung in rungs)
    )
    return NextSteps(
        steps=tuple(steps),
        also_ask=_rank_separately(seen.asked, states[1], _figure_candidates(facts, sent, [EffortQuestion.MONEY])),
        last_period=_last_period_steps(seen.asked, states[1], facts, sent),
        to_assess=_rank_separately(seen.asked, seen.found, _assessment_candidates(seen)),
        after_deadline=_rank_separately(seen.asked, states[-2], later),
        target_reached_after=_target_reached_after(compute_points(seen.asked, seen.found), steps, target),
    )


def _build_ladder(
    asked: Questionnaire, state: Answers, rungs: Iterable[Iterable[StepCandidate]]
) -> tuple[list[ReadinessStep], list[Answers]]:
    """The steps of a ladder from the answers `state` on, rung by rung, and the answers after each rung."""
    gains = GainCalculator(asked)
    steps: list[ReadinessStep] = []
    states = [state]
    for rung in rungs:
        taken, after = _build_rung(gains, states[-1], rung)
        steps += taken
        states.append(after)
    stands = accumulate((one.points for one in steps), initial=compute_points(asked, state))
    return [replace(one, cumulative=then) for one, then in zip(steps, islice(stands, 1, None), strict=True)], states[1:]


def _build_rung(
    gains: GainCalculator, state: Answers, candidates: Iterable[StepCandidate]
) -> tuple[list[ReadinessStep], Answers]:
    """The steps of one rung, each the one that adds most given those before it, and the answers with all of them.

    What adds nothing is no step.
    """
    shown = gains.pillars(state)
    # A candidate's points only fall as others are taken: what is at the top with points of this very state is the most.
    heap = [(-gains.of(one.taken, state, shown), one.order, number, 0, one) for number, one in enumerate(candidates)]
    heapify(heap)
    steps: list[ReadinessStep] = []
    while heap and heap[0][0]:
        negative, order, number, computed_at, one = heappop(heap)
        if computed_at < len(steps):
            heappush(heap, (-gains.of(one.taken, state, shown), order, number, len(steps), one))
            continue
        steps.append(_make_step(one, -negative, gains.of(one.at_most or one.taken, state, shown)))
        state = max_answers(state, one.taken)
        shown = gains.pillars(state)
    return steps, state


def _rank_separately(
    asked: Questionnaire, state: Answers, candidates: Iterable[StepCandidate]
) -> tuple[ReadinessStep, ...]:
    """Candidates that are no steps of the ladder, each with what it alone would add to a state, the most first."""
    gains = GainCalculator(asked)
    shown = gains.pillars(state)
    found = [
        (
            one.order,
            _make_step(one, gains.of(one.taken, state, shown), gains.of(one.at_most or one.taken, state, shown)),
        )
        for one in candidates
    ]
    return tuple(step for _, step in sorted(found, key=lambda each: (-each[1].points, each[0])))


def _make_step(one: StepCandidate, points: Fraction, at_most: Fraction) -> ReadinessStep:
    return ReadinessStep(
        kind=one.kind,
        benchmarks=one.benchmarks,
        indicator_id=one.indicator_id,
        rows=one.rows,
        ministry_id=one.ministry_id,
        due_on=one.due_on,
        points=points,
        points_at_most=at_most,
        years=one.years,
        taken=one.taken,
    )


def _review_candidates(asked: Questionnaire, claims: Iterable[Claim]) -> list[StepCandidate]:
    """Each update that waits, each piece of evidence or figure that nobody has reviewed, taken as sent."""
    return [
        StepCandidate(
            StepKind.REVIEW, claim.benchmarks, (claim.row,), None, claim.taken, _list_position(asked, claim.benchmarks)
        )
        for claim in claims
    ]


def _figure_candidates(
    facts: Facts, sent: EvaluatedRecord, questions: Collection[EffortQuestion]
) -> list[StepCandidate]:
    """The figures for these questions that are neither verified nor waiting for the period.

    Given, one of the required adds what "data given" has for it. At most it is above last period's too; where that
    is unknown both years are asked for.
    """
    found = []
    for place, question in enumerate(questions):
        indicator = next((one for one in sent.asked.indicators.values() if one.question is question), None)
        if indicator is None or any(row.figure is not None for row in sent.sight.readings.get(indicator.id, ())):
            continue
        given = {question: ASSUMED_FINDING} if question in REQUIRED_QUESTIONS else {}
        at_most, is_comparable = _answers_above_last_period(sent, indicator, given)
        years = YearsAsked.PERIOD if is_comparable else YearsAsked.BOTH
        asked = _figure_candidate(facts, sent.asked, indicator, place=place, years=years)
        found.append(replace(asked, taken=Answers({}, {}, given), at_most=at_most))
    return found


def _figure_candidate(
    facts: Facts, asked: Questionnaire, indicator: IndicatorFact, *, place: int, years: YearsAsked
) -> StepCandidate:
    """A figure to ask for; what it answers is still to be said."""
    return StepCandidate(
        kind=StepKind.ASK,
        benchmarks=(),
        rows=(RowReference("indicator", indicator.id),),
        ministry_id=_reporting_ministry(facts, asked, indicator),
        taken=NO_ANSWERS,
        place=place,
        indicator_id=indicator.id,
        years=years,
    )


def _last_period_steps(
    asked: Questionnaire, state: Answers, facts: Facts, sent: EvaluatedRecord
) -> tuple[ReadinessStep, ...]:
    """Last period's figure of what is known of this period alone, where that may add anything."""
    before = []
    for place, question in enumerate((*REQUIRED_QUESTIONS, EffortQuestion.MONEY)):
        indicator = next((one for one in asked.indicators.values() if one.question is question), None)
        if indicator is None or all(row.figure is None for row in sent.sight.readings.get(indicator.id, ())):
            continue
        at_most, is_comparable = _answers_above_last_period(sent, indicator, {})
        if not is_comparable:
            one = _figure_candidate(facts, asked, indicator, place=place, years=YearsAsked.BEFORE)
            before.append(replace(one, at_most=at_most))
    return tuple(one for one in _rank_separately(asked, state, before) if one.points_at_most)


def _answers_above_last_period(
    sent: EvaluatedRecord, indicator: IndicatorFact, given: Mapping[EffortQuestion, Finding]
) -> tuple[Answers | None, bool]:
    """What a figure better than last period's would answer, and whether last period's is known.

    `given` is what any figure answers. Of what is better the less there is, none can't be undercut: None.
    """
    before = find_effective_reading(sent.sight.previous.get(indicator.id, ()))
    if before is None or before.figure is None:
        compared = {
            one.id: ASSUMED_FINDING
            for one in sent.asked.benchmarks
            if one.terms.rule is Rule.MORE and one.terms.indicator_id == indicator.id
        }
        return Answers({indicator.question: ASSUMED_FINDING} if indicator.question else {}, compared, given), False
    further = before.figure + (-1 if indicator.better is Better.DOWN else 1)
    if further < 0:
        return None, True
    reading = hypothetical_reading(sent.asked, indicator.id, further)
    return answers_with_readings(sent.asked, sent.sight, {indicator.id: reading}), True


def _reporting_ministry(facts: Facts, asked: Questionnaire, indicator: IndicatorFact) -> int | None:
    """The ministry (id) to ask for a figure.

    The one that is set; else who last sent a reading; else the lead of the first recommendation with its pillar and
    indicium.
    """
    if indicator.ministry_id is not None:
        return indicator.ministry_id
    senders = {row.id: row.ministry_id for row in facts.rounds}
    came_with = {row.id: row.round_id for row in facts.evidence}
    sent = [
        (row.recorded_at, row.id, ministry)
        for row in facts.readings
        if row.indicator_id == indicator.id
        and (ministry := senders.get(row.round_id or came_with.get(row.evidence_id or 0) or 0)) is not None
    ]
    if sent:
        return max(sent)[-1]
    about = {row.id: row for row in facts.recommendations}
    leads = (
        about[each.id].lead_id
        for each in asked.recommendations
        if each.pillar is indicator.pillar and indicator.indicium in about[each.id].indicia
    )
    return next((lead for lead in leads if lead is not None), None)


def _commitment_candidate(sent: EvaluatedRecord, promise: OpenCommitment) -> StepCandidate:
    """A commitment of the government, kept: all its links as in the ceiling."""
    row, due_on = promise
    towards = [(one.id, row.towards[one.id]) for one in sent.asked.benchmarks if one.id in row.towards]
    met = [key for key, reach in towards if reach is CommitmentReach.MEETS]
    further = [key for key, reach in towards if reach is CommitmentReach.CONTRIBUTES]
    benchmarks = tuple(key for key, _ in towards)
    return StepCandidate(
        kind=StepKind.KEEP,
        benchmarks=benchmarks,
        rows=(RowReference("commitment", row.id),),
        ministry_id=row.ministry_id,
        taken=project_changes(sent, met=met, steps=further),
        place=_list_position(sent.asked, benchmarks),
        due_on=due_on,
    )


def _agreement_candidates(
    facts: Facts,
    seen: EvaluatedRecord,
    sent: EvaluatedRecord,
    *,
    spoken_for: Collection[int],
    asks: Iterable[StepCandidate],
) -> list[StepCandidate]:
    """Each open benchmark that nobody has promised or claimed (`spoken_for`, ids) and no figure is asked for: met."""
    figures = {one.indicator_id for one in asks}
    leads = {row.id: row.lead_id for row in facts.recommendations}
    return [
        StepCandidate(
            kind=StepKind.AGREE,
            benchmarks=(one.id,),
            rows=(RowReference("benchmark", one.id),),
            ministry_id=leads[one.recommendation_id],
            taken=project_changes(sent, met=[one.id]),
            place=_list_position(sent.asked, [one.id]),
        )
        for one in open_benchmarks(seen)
        if one.id not in spoken_for and not (one.counts and one.terms.indicator_id in figures)
    ]


def _assessment_candidates(seen: EvaluatedRecord) -> list[StepCandidate]:
    """Each benchmark with a verified action that nobody has assessed, taken as assessed "met"."""
    return [
        StepCandidate(
            kind=StepKind.REVIEW,
            benchmarks=(one.id,),
            rows=(RowReference("benchmark", one.id),),
            ministry_id=None,
            taken=project_changes(seen, met=[one.id]),
            place=_list_position(seen.asked, [one.id]),
        )
        for one in seen.asked.benchmarks
        if not one.counts and seen.sight.actions.get(one.id) and one.id not in seen.sight.judgements
    ]


def _list_position(asked: Questionnaire, benchmarks: Collection[int]) -> int:
    """The place of the first of these benchmarks (ids) in the list; the last of all where there is none."""
    return next((place for place, one in enumerate(asked.benchmarks) if one.id in benchmarks), len(asked.benchmarks))


def _is_due_after(promise: OpenCommitment, deadline_on: date | None) -> bool:
    _, due_on = promise
    return due_on is not None and deadline_on is not None and due_on > deadline_on


def _target_reached_after(stands: Fraction, steps: Iterable[ReadinessStep], target: Decimal | None) -> int | None:
    """The number of the first step with which the target is reached; 0 where it is reached already."""
    if target is None:
        return None
    if stands >= target:
        return 0
    return next((number for number, one in enumerate(steps, start=1) if (one.cumulative or 0) >= target), None)
