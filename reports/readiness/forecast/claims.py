"""Find the claims that wait for a review, and what each claim and each ministry's claims would add.

A claim is an update that waits, or evidence or a figure that came without one. Taken as sent, it improves the answers
to some questions and benchmarks. Several claims on one question or benchmark give as much as the best of them. So what
a claim adds depends on the claims taken before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from dialogues.effective_reading import find_effective_reading
from reports.readiness.answers import Answers, RowReference, compute_partial_answers, max_answers, min_answers
from reports.readiness.countable_facts import Action, FactView, group_by_key
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import Facts, ReadingFact
from reports.readiness.forecast.projection import EvaluatedRecord
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
    facts: Facts, verified_record: EvaluatedRecord, claimed_record: EvaluatedRecord
) -> tuple[Claim, ...]:
    """Return each claim that waits, ordered by its type and id.

    `facts` are the known ones. A figure that a later reading replaced answers nothing, no matter who sent it.
    """
    latest_ids = _latest_reading_ids(claimed_record.view)
    actions_by_evidence = group_by_key(
        (action.evidence_id, (benchmark_id, action))
        for benchmark_id, benchmark_actions in claimed_record.view.actions.items()
        for action in benchmark_actions
    )
    readings_by_id = {row.id: row for rows in claimed_record.view.readings.values() for row in rows}
    claims = []
    for row, unit in sorted(_review_units(facts, verified_record.view, claimed_record.view).items()):
        actions = group_by_key(pair for row_id in unit.evidence for pair in actions_by_evidence.get(row_id, ()))
        claimed = group_by_key(
            (readings_by_id[row_id].indicator_id, readings_by_id[row_id]) for row_id in unit.readings & latest_ids
        )
        indicator_ids = {readings_by_id[row_id].indicator_id for row_id in unit.readings}
        benchmarks = [
            benchmark
            for benchmark in verified_record.questionnaire.benchmarks
            if benchmark.id in actions
            or (benchmark.is_decided_by_figure and benchmark.terms.indicator_id in indicator_ids)
        ]
        view = _view_with_only(verified_record.view, claimed_record.view, actions, claimed)
        claims.append(
            Claim(
                row=row,
                ministry_id=unit.ministry,
                update_versions=tuple(sorted(unit.update_versions)),
                evidence=tuple(sorted(unit.evidence)),
                readings=tuple(sorted(unit.readings)),
                benchmarks=tuple(benchmark.id for benchmark in benchmarks),
                answers=min_answers(
                    compute_partial_answers(verified_record.questionnaire, view, benchmarks, indicator_ids),
                    claimed_record.answers,
                ),
            )
        )
    return tuple(claims)


def claims_by_ministry(verified_record: EvaluatedRecord, waiting: Iterable[Claim]) -> tuple[MinistryClaims, ...]:
    """Split the gap between claimed and verified points by ministry, the largest gain first.

    The points of all ministries add up to the gap. A ministry's points are what its claims add after the claims of the
    ministries before it, since two ministries may claim the same P or benchmark. The order is by what each
    ministry's claims would add alone.
    """
    by_ministry: dict[int | None, list[Claim]] = defaultdict(list)
    for claim in waiting:
        by_ministry[claim.ministry_id].append(claim)

    def add_claims(ministry_id: int | None, answers: Answers) -> Answers:
        for claim in by_ministry[ministry_id]:
            answers = max_answers(answers, claim.answers)
        return answers

    points = PointCalculator(verified_record.questionnaire).points
    points_alone = {
        ministry_id: points(add_claims(ministry_id, verified_record.answers)) for ministry_id in by_ministry
    }
    state, points_before = verified_record.answers, points(verified_record.answers)
    listed = []
    for ministry_id in sorted(
        by_ministry, key=lambda ministry_id: (-points_alone[ministry_id], ministry_id is None, ministry_id or 0)
    ):
        claims = by_ministry[ministry_id]
        state = add_claims(ministry_id, state)
        points_after = points(state)
        listed.append(
            MinistryClaims(
                ministry_id=ministry_id,
                points=points_after - points_before,
                update_versions=tuple(sorted({key for claim in claims for key in claim.update_versions})),
                evidence=tuple(sorted({key for claim in claims for key in claim.evidence})),
                readings=tuple(sorted({key for claim in claims for key in claim.readings})),
            )
        )
        points_before = points_after
    return tuple(listed)


class _ReviewUnit:
    """The rows under one thing to review, while they are collected."""

    def __init__(self, ministry: int | None) -> None:
        self.ministry = ministry
        self.update_versions: set[int] = set()
        self.evidence: set[int] = set()
        self.readings: set[int] = set()


def _review_units(facts: Facts, verified_view: FactView, claimed_view: FactView) -> Mapping[RowReference, _ReviewUnit]:
    """Group claiming evidence and readings by what is reviewed together: a waiting update, or each row alone."""
    index = FactIndex(facts)
    units: dict[RowReference, _ReviewUnit] = {}

    def unit(update_version_id: int | None, own_row: RowReference) -> _ReviewUnit:
        version = index.version(update_version_id)
        is_waiting = version is not None and version.decided_at is None and version.claims_ended_at is None
        row = RowReference("update_version", version.id) if version and is_waiting else own_row
        collected = units.setdefault(row, _ReviewUnit(version.ministry_id if version else None))
        collected.update_versions |= {version.id} if version else set()
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
    figures = {key: tuple(row for row in rows if row.figure is not None) for key, rows in claimed.items()}
    return replace(
        claimed_view,
        actions=actions,
        readings={
            **verified_view.readings,
            **{key: (*verified_view.readings.get(key, ()), *claimed[key]) for key in claimed},
        },
        figures={
            **verified_view.figures,
            **{key: (*verified_view.figures.get(key, ()), *figures[key]) for key in claimed},
        },
    )


def _latest_reading_ids(claimed_view: FactView) -> set[int]:
    """Return the ids of the readings in force: for each indicator the latest reading and the latest with a figure."""
    readings = list(claimed_view.readings.values())
    figures = [[row for row in rows if row.figure is not None] for rows in readings]
    return {row.id for rows in (*readings, *figures) if (row := find_effective_reading(rows))}
