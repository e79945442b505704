"""Find the claims that wait for a review, and what each claim and each ministry's claims would add.

A claim is an update that waits, or evidence or a figure that came without one. Taken as sent, it improves the answers
to some questions and benchmarks. Several claims on one question or benchmark give as much as the best of them. So what
a claim adds depends on the claims taken before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from dialogues.effective_reading import find_effective_reading
from recommendations.choices import EffortQuestion
from reports.readiness.answers import (
    Answers,
    Finding,
    RowReference,
    better_finding,
    compute_partial_answers,
    max_answers,
    min_answers,
)
from reports.readiness.countable_facts import Action, FactView, group_by_key
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import IndicatorFact, ReadingFact
from reports.readiness.forecast.projection import EvaluatedRecord
from reports.readiness.kept_results import KeptResults
from reports.readiness.scoring import PointCalculator


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing to review: an update (`update_version`), or evidence or a reading that came without a waiting update.

    `ministry_id` is the ministry that sent it; None if the embassy recorded it. `update_versions`, `evidence` and
    `readings` are the ids of what it claims, and `benchmarks` the ids of what it claims them for. `answers` are the
    answers it gives if all of it is taken as sent; none is better than what all claims together give.
    """

    row: RowReference
    ministry_id: int | None
    update_versions: tuple[int, ...]
    evidence: tuple[int, ...]
    readings: tuple[int, ...]
    benchmarks: tuple[int, ...]
    answers: Answers = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MinistryClaims:
    """What one ministry's waiting claims would add, of 100. `ministry_id` is None for the embassy's own records.

    `update_versions` are the ids of the versions behind it, `evidence` and `readings` the ids of what they claim.
    """

    ministry_id: int | None
    points: Fraction
    update_versions: tuple[int, ...]
    evidence: tuple[int, ...]
    readings: tuple[int, ...]


def find_waiting_claims(
    index: FactIndex,
    verified_record: EvaluatedRecord,
    claimed_record: EvaluatedRecord,
    kept: KeptResults | None = None,
) -> tuple[Claim, ...]:
    """Return each claim that waits, ordered by its type and id.

    `index` looks up the known facts. A figure that a later reading replaced answers nothing, no matter who sent it.
    `kept` are earlier results, from which claims on the same rows are taken.
    """
    kept = kept or KeptResults()
    questionnaire, claimed_view = verified_record.questionnaire, claimed_record.view
    answer = _ClaimAnswers(verified_record, claimed_record, kept)
    actions_by_evidence = group_by_key(
        (action.evidence_id, (benchmark_id, action))
        for benchmark_id, benchmark_actions in claimed_view.actions.items()
        for action in benchmark_actions
    )
    readings_by_id = {row.id: row for rows in claimed_view.readings.values() for row in rows}
    claims = []
    for row, unit in sorted(_review_units(index, verified_record.view, claimed_view).items()):
        actions = tuple(pair for key in sorted(unit.evidence) for pair in actions_by_evidence.get(key, ()))
        readings = tuple(readings_by_id[key] for key in sorted(unit.readings))
        inputs = (questionnaire, unit, actions, readings, *answer.surroundings(actions, readings))
        claims.append(kept.once(("claim", row), inputs, partial(answer.claim, row, unit, actions, readings)))
    return tuple(claims)


class _ClaimAnswers:
    """Compute what a claim gives if all of it is taken as sent."""

    def __init__(self, verified_record: EvaluatedRecord, claimed_record: EvaluatedRecord, kept: KeptResults) -> None:
        self._kept = kept  # a figure answers the same for each claim that does not give one
        self._questionnaire, self._claimed_answers = verified_record.questionnaire, claimed_record.answers
        self._verified_view, self._claimed_view = verified_record.view, claimed_record.view
        self._latest_ids = _latest_reading_ids(claimed_record.view)
        self._by_indicator = {
            key: self._figures(indicator) for key, indicator in self._questionnaire.indicators.items()
        }
        self._by_benchmark = {
            benchmark.id: (
                self._claimed_view.assessments.get(benchmark.id),
                self._claimed_answers.benchmarks[benchmark.id],
                self._by_indicator.get(benchmark.terms.indicator_id or 0) if benchmark.is_decided_by_figure else None,
            )
            for benchmark in self._questionnaire.benchmarks
        }

    def _figures(self, indicator: IndicatorFact) -> tuple[object, ...]:
        key, question, answers = indicator.id, indicator.question, self._claimed_answers
        return (
            self._verified_view.readings.get(key),
            self._verified_view.figures.get(key),
            self._verified_view.previous.get(key),
            self._claimed_view.readings.get(key),
            answers.questions.get(question) if question else None,
            answers.required_figures.get(question) if question else None,
            *(answers.benchmarks[benchmark.id] for benchmark in self._questionnaire.affected((), [key])),
        )

    def surroundings(
        self, actions: Iterable[tuple[int, Action]], readings: Iterable[ReadingFact]
    ) -> Iterator[tuple[object, ...] | None]:
        """Yield all that the answers of a claim rest on beside its own actions (by benchmark) and readings."""
        yield from [self._by_benchmark.get(benchmark_id) for benchmark_id, _ in actions]
        yield from [self._by_indicator[reading.indicator_id] for reading in readings]

    def claim(
        self,
        row: RowReference,
        unit: "_ReviewUnit",
        actions: tuple[tuple[int, Action], ...],
        readings: tuple[ReadingFact, ...],
    ) -> Claim:
        """Return the claim with its answers."""
        by_benchmark = group_by_key(actions)
        latest = group_by_key((reading.indicator_id, reading) for reading in readings if reading.id in self._latest_ids)
        indicator_ids = {reading.indicator_id for reading in readings}
        benchmarks = self._questionnaire.affected(by_benchmark, indicator_ids)
        view = _view_with_only(self._verified_view, self._claimed_view, by_benchmark, latest)
        answers = compute_partial_answers(
            self._questionnaire, view, benchmarks, indicator_ids, kept=self._kept, name="claim"
        )
        return Claim(
            row=row,
            ministry_id=unit.ministry,
            update_versions=tuple(sorted(unit.update_versions)),
            evidence=tuple(sorted(unit.evidence)),
            readings=tuple(sorted(unit.readings)),
            benchmarks=tuple(benchmark.id for benchmark in benchmarks),
            answers=min_answers(answers, self._claimed_answers),
        )


def claims_by_ministry(verified_record: EvaluatedRecord, waiting: Iterable[Claim]) -> tuple[MinistryClaims, ...]:
    """Split the gap between claimed and verified points by ministry, the largest gain first.

    The points of all ministries add up to the gap. A ministry's points are what its claims add after the claims of the
    ministries before it, since two ministries may claim the same P or benchmark. The order is by what each
    ministry's claims would add alone.
    """
    by_ministry: dict[int | None, list[Claim]] = defaultdict(list)
    for claim in waiting:
        by_ministry[claim.ministry_id].append(claim)

    best = {ministry_id: _best_answers(claims) for ministry_id, claims in by_ministry.items()}
    calculator, state = PointCalculator(verified_record.questionnaire), verified_record.answers
    shown = calculator.pillars(state)
    gain_alone = {ministry_id: calculator.gain(answers, state, shown) for ministry_id, answers in best.items()}
    listed = []
    for ministry_id in sorted(
        by_ministry, key=lambda ministry_id: (-gain_alone[ministry_id], ministry_id is None, ministry_id or 0)
    ):
        claims = by_ministry[ministry_id]
        points = calculator.gain(best[ministry_id], state, calculator.pillars(state))
        state = max_answers(state, best[ministry_id])
        listed.append(
            MinistryClaims(
                ministry_id=ministry_id,
                points=points,
                update_versions=tuple(sorted({key for claim in claims for key in claim.update_versions})),
                evidence=tuple(sorted({key for claim in claims for key in claim.evidence})),
                readings=tuple(sorted({key for claim in claims for key in claim.readings})),
            )
        )
    return tuple(listed)


def _best_answers(claims: Iterable[Claim]) -> Answers:
    """Return the best answer that any of these claims gives to each question, benchmark and figure."""
    questions: dict[EffortQuestion, Finding] = {}
    benchmarks: dict[int, Finding] = {}
    required_figures: dict[EffortQuestion, Finding] = {}
    for claim in claims:
        _keep_better(questions, claim.answers.questions)
        _keep_better(benchmarks, claim.answers.benchmarks)
        _keep_better(required_figures, claim.answers.required_figures)
    return Answers(questions, benchmarks, required_figures)


def _keep_better[K](best: dict[K, Finding], findings: Mapping[K, Finding]) -> None:
    for key, finding in findings.items():
        best[key] = better_finding(best.get(key, finding), finding)


class _ReviewUnit(NamedTuple):
    """The rows (ids) under one thing to review, and the ministry that sent them."""

    ministry: int | None
    update_versions: set[int]
    evidence: set[int]
    readings: set[int]


def _review_units(
    index: FactIndex, verified_view: FactView, claimed_view: FactView
) -> Mapping[RowReference, _ReviewUnit]:
    """Group claiming evidence and readings by what is reviewed together: a waiting update, or each row alone."""
    units: dict[RowReference, _ReviewUnit] = {}

    def unit(update_version_id: int | None, own_row: RowReference) -> _ReviewUnit:
        version = index.version(update_version_id)
        is_waiting = version is not None and version.decided_at is None and version.claims_ended_at is None
        row = RowReference("update_version", version.id) if version and is_waiting else own_row
        collected = units.get(row)
        if collected is None:
            collected = units[row] = _ReviewUnit(version.ministry_id if version else None, set(), set(), set())
        if version:
            collected.update_versions.add(version.id)
        return collected

    for key in {action.evidence_id for actions in claimed_view.actions.values() for action in actions}:
        unit(index.evidence[key].update_version_id, RowReference("evidence", key)).evidence.add(key)
    known = {row.id for rows in verified_view.readings.values() for row in rows}
    for reading in (row for rows in claimed_view.readings.values() for row in rows if row.id not in known):
        cited = index.cited(reading)
        own_row = RowReference("evidence", cited.id) if cited else RowReference("reading", reading.id)
        unit(reading.update_version_id or (cited.update_version_id if cited else None), own_row).readings.add(
            reading.id
        )
    return units


def _view_with_only(
    verified_view: FactView,
    claimed_view: FactView,
    actions: Mapping[int, tuple[Action, ...]],
    claimed: Mapping[int, tuple[ReadingFact, ...]],
) -> FactView:
    """Return the claimed view as if only these actions (by benchmark) and readings (by indicator) had been claimed."""
    readings, figures = verified_view.readings, verified_view.figures
    if claimed:
        with_figure = {key: tuple(row for row in rows if row.figure is not None) for key, rows in claimed.items()}
        readings = {**readings, **{key: (*readings.get(key, ()), *claimed[key]) for key in claimed}}
        figures = {**figures, **{key: (*figures.get(key, ()), *with_figure[key]) for key in claimed}}
    return FactView(
        readings=readings,
        figures=figures,
        previous=claimed_view.previous,
        actions=actions,
        assessments=claimed_view.assessments,
        other_evidence=claimed_view.other_evidence,
    )


def _latest_reading_ids(claimed_view: FactView) -> set[int]:
    """Return the ids of the readings in force: for each indicator the latest reading and the latest with a figure."""
    readings = list(claimed_view.readings.values())
    figures = [[row for row in rows if row.figure is not None] for rows in readings]
    return {row.id for rows in (*readings, *figures) if (row := find_effective_reading(rows))}
