"""What waits for a review, and what it would bring: claim by claim, and by who claims. Pure.

A claim is an update that waits, or a piece of evidence or a figure that came without one. Taken as sent it answers
some questions and benchmarks further than what is verified. Claims taken together answer each as far as the furthest
of them does, so what one adds depends on those taken before it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from dialogues.effective_reading import find_effective_reading
from reports.readiness.answers import Answers, RowReference, compute_partial_answers, max_answers, min_answers
from reports.readiness.countable_facts import Action, FactView, group_by_key
from reports.readiness.facts import Facts, ReadingFact
from reports.readiness.forecast.projection import EvaluatedRecord
from reports.readiness.scoring import compute_points


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing to review: an update (`round`), or a piece of evidence or a reading that no waiting update brought.

    `ministry_id` is who sent it, None where the embassy logged it; `rounds`, `evidence` and `readings` (ids) are what
    it claims, `benchmarks` (ids) what it claims them for. `taken` are the answers that it gives if all of it is taken
    as sent, none above what all claims together give.
    """

    row: RowReference
    ministry_id: int | None
    rounds: tuple[int, ...]
    evidence: tuple[int, ...]
    readings: tuple[int, ...]
    benchmarks: tuple[int, ...]
    taken: Answers = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MinistryClaims:
    """What one ministry's waiting claims would add, of 100; `ministry_id` is None for what the embassy logged itself.

    `rounds` (ids) are the submissions behind it, `evidence` and `readings` (ids) what they claim.
    """

    ministry_id: int | None
    points: Fraction
    rounds: tuple[int, ...]
    evidence: tuple[int, ...]
    readings: tuple[int, ...]


def find_waiting_claims(facts: Facts, seen: EvaluatedRecord, sent: EvaluatedRecord) -> tuple[Claim, ...]:
    """Each claim that waits, in the order of what it is and its id.

    `facts` are those known, `seen` what is verified of them, `sent` what is claimed. A figure that a later one
    overtook answers nothing, whoever sent either.
    """
    holding = _latest_reading_ids(sent.sight)
    acts = group_by_key((act.evidence_id, (key, act)) for key, own in sent.sight.actions.items() for act in own)
    told = {row.id: row for rows in sent.sight.readings.values() for row in rows}
    found = []
    for row, unit in sorted(_review_units(facts, seen.sight, sent.sight).items()):
        actions = group_by_key(pair for one in unit.evidence for pair in acts.get(one, ()))
        claimed = group_by_key((told[one].indicator_id, told[one]) for one in unit.readings & holding)
        counted = {told[one].indicator_id for one in unit.readings}
        touched = [
            one
            for one in seen.asked.benchmarks
            if one.id in actions or (one.counts and one.terms.indicator_id in counted)
        ]
        alone = _view_with_only(seen.sight, sent.sight, actions, claimed)
        found.append(
            Claim(
                row=row,
                ministry_id=unit.ministry,
                rounds=tuple(sorted(unit.rounds)),
                evidence=tuple(sorted(unit.evidence)),
                readings=tuple(sorted(unit.readings)),
                benchmarks=tuple(one.id for one in touched),
                taken=min_answers(compute_partial_answers(seen.asked, alone, touched, counted), sent.found),
            )
        )
    return tuple(found)


def claims_by_ministry(seen: EvaluatedRecord, waiting: Iterable[Claim]) -> tuple[MinistryClaims, ...]:
    """The gap between claimed and verified by ministry, the largest share first; the points add up to the gap.

    Each ministry's points are what its claims add once those before it in the list are taken, since one P, or one
    benchmark, may be claimed by two.
    """
    by_ministry: dict[int | None, list[Claim]] = defaultdict(list)
    for claim in waiting:
        by_ministry[claim.ministry_id].append(claim)

    def taken(ministry: int | None, before: Answers) -> Answers:
        for claim in by_ministry[ministry]:
            before = max_answers(before, claim.taken)
        return before

    alone = {one: compute_points(seen.asked, taken(one, seen.found)) for one in by_ministry}
    state, stands = seen.found, compute_points(seen.asked, seen.found)
    listed = []
    for one in sorted(by_ministry, key=lambda one: (-alone[one], one is None, one or 0)):
        own = by_ministry[one]
        state = taken(one, state)
        then = compute_points(seen.asked, state)
        listed.append(
            MinistryClaims(
                ministry_id=one,
                points=then - stands,
                rounds=tuple(sorted({key for claim in own for key in claim.rounds})),
                evidence=tuple(sorted({key for claim in own for key in claim.evidence})),
                readings=tuple(sorted({key for claim in own for key in claim.readings})),
            )
        )
        stands = then
    return tuple(listed)


class _ReviewUnit:
    """What is under one thing to review, as it is put together."""

    def __init__(self, ministry: int | None) -> None:
        self.ministry = ministry
        self.rounds: set[int] = set()
        self.evidence: set[int] = set()
        self.readings: set[int] = set()


def _review_units(facts: Facts, verified: FactView, sent: FactView) -> Mapping[RowReference, _ReviewUnit]:
    """Evidence and readings that claim something, by what is reviewed as one: an update that waits, else each alone."""
    rounds = {row.id: row for row in facts.rounds}
    came_with = {row.id: row.round_id for row in facts.evidence}
    units: dict[RowReference, _ReviewUnit] = {}

    def unit(round_id: int | None, alone: RowReference) -> _ReviewUnit:
        version = rounds.get(round_id) if round_id is not None else None
        waits = version is not None and version.decided_at is None and version.returned_at is None
        row = RowReference("round", version.id) if version and waits else alone
        own = units.setdefault(row, _ReviewUnit(version.ministry_id if version else None))
        own.rounds |= {version.id} if version else set()
        return own

    for key in {act.evidence_id for acts in sent.actions.values() for act in acts}:
        unit(came_with[key], RowReference("evidence", key)).evidence.add(key)
    known = {row.id for rows in verified.readings.values() for row in rows}
    for reading in (row for rows in sent.readings.values() for row in rows if row.id not in known):
        cited = reading.evidence_id if reading.evidence_id in came_with else None
        by_evidence = came_with[cited] if cited is not None else None
        alone = RowReference("reading", reading.id) if cited is None else RowReference("evidence", cited)
        unit(reading.round_id or by_evidence, alone).readings.add(reading.id)
    return units


def _view_with_only(
    verified: FactView,
    sent: FactView,
    actions: Mapping[int, tuple[Action, ...]],
    claimed: Mapping[int, tuple[ReadingFact, ...]],
) -> FactView:
    """What is claimed, as if only these actions (by benchmark) and these readings (by indicator) had been claimed."""
    figures = {key: tuple(row for row in rows if row.figure is not None) for key, rows in claimed.items()}
    return replace(
        sent,
        actions=actions,
        readings={**verified.readings, **{key: (*verified.readings.get(key, ()), *claimed[key]) for key in claimed}},
        figures={**verified.figures, **{key: (*verified.figures.get(key, ()), *figures[key]) for key in claimed}},
    )


def _latest_reading_ids(sent: FactView) -> set[int]:
    """The readings (ids) that questions, benchmarks and required figures rest on: of each indicator the latest."""
    told = list(sent.readings.values())
    figures = [[row for row in rows if row.figure is not None] for rows in told]
    return {row.id for rows in (*told, *figures) if (row := find_effective_reading(rows))}
