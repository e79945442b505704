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


def find_waiting_claims(facts: Facts, seen: EvaluatedRecord, sent: EvaluatedRecord) -> tuple[Claim, ...]:
    """Return each claim that waits, ordered by its type and id.

    `facts` are the known ones, `seen` is the verified record and `sent` the claimed one. A figure that a later reading
    replaced answers nothing, no matter who sent it.
    """
    holding = _latest_reading_ids(sent.view)
    acts = group_by_key((act.evidence_id, (key, act)) for key, own in sent.view.actions.items() for act in own)
    told = {row.id: row for rows in sent.view.readings.values() for row in rows}
    found = []
    for row, unit in sorted(_review_units(facts, seen.view, sent.view).items()):
        actions = group_by_key(pair for one in unit.evidence for pair in acts.get(one, ()))
        claimed = group_by_key((told[one].indicator_id, told[one]) for one in unit.readings & holding)
        counted = {told[one].indicator_id for one in unit.readings}
        touched = [
            benchmark
            for benchmark in seen.questionnaire.benchmarks
            if benchmark.id in actions or (benchmark.is_decided_by_figure and benchmark.terms.indicator_id in counted)
        ]
        alone = _view_with_only(seen.view, sent.view, actions, claimed)
        found.append(
            Claim(
                row=row,
                ministry_id=unit.ministry,
                update_versions=tuple(sorted(unit.update_versions)),
                evidence=tuple(sorted(unit.evidence)),
                readings=tuple(sorted(unit.readings)),
                benchmarks=tuple(one.id for one in touched),
                answers=min_answers(compute_partial_answers(seen.questionnaire, alone, touched, counted), sent.answers),
            )
        )
    return tuple(found)


def claims_by_ministry(seen: EvaluatedRecord, waiting: Iterable[Claim]) -> tuple[MinistryClaims, ...]:
    """Split the gap between claimed and verified points by ministry, the largest gain first.

    The points of all ministries add up to the gap. A ministry's points are what its claims add after the claims of the
    ministries before it, since two ministries may claim the same P or benchmark. The order is by what each
    ministry's claims would add alone.
    """
    by_ministry: dict[int | None, list[Claim]] = defaultdict(list)
    for claim in waiting:
        by_ministry[claim.ministry_id].append(claim)

    def taken(ministry: int | None, before: Answers) -> Answers:
        for claim in by_ministry[ministry]:
            before = max_answers(before, claim.answers)
        return before

    points = PointCalculator(seen.questionnaire).points
    alone = {one: points(taken(one, seen.answers)) for one in by_ministry}
    state, stands = seen.answers, points(seen.answers)
    listed = []
    for one in sorted(by_ministry, key=lambda one: (-alone[one], one is None, one or 0)):
        own = by_ministry[one]
        state = taken(one, state)
        then = points(state)
        listed.append(
            MinistryClaims(
                ministry_id=one,
                points=then - stands,
                update_versions=tuple(sorted({key for claim in own for key in claim.update_versions})),
                evidence=tuple(sorted({key for claim in own for key in claim.evidence})),
                readings=tuple(sorted({key for claim in own for key in claim.readings})),
            )
        )
        stands = then
    return tuple(listed)


class _ReviewUnit:
    """The rows under one thing to review, while they are collected."""

    def __init__(self, ministry: int | None) -> None:
        self.ministry = ministry
        self.update_versions: set[int] = set()
        self.evidence: set[int] = set()
        self.readings: set[int] = set()


def _review_units(facts: Facts, verified: FactView, sent: FactView) -> Mapping[RowReference, _ReviewUnit]:
    """Group claiming evidence and readings by what is reviewed together: a waiting update, or each row alone."""
    index = FactIndex(facts)
    units: dict[RowReference, _ReviewUnit] = {}

    def unit(update_version_id: int | None, alone: RowReference) -> _ReviewUnit:
        version = index.version(update_version_id)
        waits = version is not None and version.decided_at is None and version.returned_at is None
        row = RowReference("update_version", version.id) if version and waits else alone
        own = units.setdefault(row, _ReviewUnit(version.ministry_id if version else None))
        own.update_versions |= {version.id} if version else set()
        return own

    for key in {act.evidence_id for acts in sent.actions.values() for act in acts}:
        unit(index.evidence[key].update_version_id, RowReference("evidence", key)).evidence.add(key)
    known = {row.id for rows in verified.readings.values() for row in rows}
    for reading in (row for rows in sent.readings.values() for row in rows if row.id not in known):
        cited = index.cited(reading)
        alone = RowReference("evidence", cited.id) if cited else RowReference("reading", reading.id)
        unit(reading.update_version_id or (cited.update_version_id if cited else None), alone).readings.add(reading.id)
    return units


def _view_with_only(
    verified: FactView,
    sent: FactView,
    actions: Mapping[int, tuple[Action, ...]],
    claimed: Mapping[int, tuple[ReadingFact, ...]],
) -> FactView:
    """Return the claimed view as if only these actions (by benchmark) and readings (by indicator) had been claimed."""
    figures = {key: tuple(row for row in rows if row.figure is not None) for key, rows in claimed.items()}
    return replace(
        sent,
        actions=actions,
        readings={**verified.readings, **{key: (*verified.readings.get(key, ()), *claimed[key]) for key in claimed}},
        figures={**verified.figures, **{key: (*verified.figures.get(key, ()), *figures[key]) for key in claimed}},
    )


def _latest_reading_ids(sent: FactView) -> set[int]:
    """Return the ids of the readings in force: for each indicator the latest reading and the latest with a figure."""
    told = list(sent.readings.values())
    figures = [[row for row in rows if row.figure is not None] for rows in told]
    return {row.id for rows in (*told, *figures) if (row := find_effective_reading(rows))}
