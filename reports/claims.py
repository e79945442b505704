"""The gap between claimed and verified, by who claims: whose word, if verified, would bring how much. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from dialogues.holding import latest
from reports.counting import Sight
from reports.findings import Answers, Finding, answers, greater
from reports.kept import Seen
from reports.record import Facts
from reports.tallying import score


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one ministry's waiting claims would add, of 100; `ministry_id` is None for what the embassy logged itself.

    `rounds` (ids) are the submissions behind it, `evidence` and `readings` (ids) what they claim.
    """

    ministry_id: int | None
    points: Fraction
    rounds: tuple[int, ...]
    evidence: tuple[int, ...]
    readings: tuple[int, ...]


def claims(facts: Facts, seen: Seen, sent: Sight) -> tuple[Claimed, ...]:
    """The gap, the largest share first; the points add up to claimed less verified.

    `facts` are those known, `seen` what is verified of them, `sent` what is claimed. Each ministry's
    points are what its claims add once those before it in the list are taken, since one P, or one
    benchmark, may be claimed by two. Nobody's claim takes away what another's brought: a figure that
    a later one overtook brings nothing, whoever sent either.
    """
    found = _by_ministry(facts, seen, sent)
    holding = _holding(sent)
    most = greater(seen.found, answers(seen.asked, sent))

    def points(ministries: Collection[int | None]) -> Fraction:
        own = [found[one] for one in ministries]
        evidence = {row for claim in own for row in claim.evidence}
        readings = {row for claim in own for row in claim.readings} & holding
        taken = greater(seen.found, answers(seen.asked, _limited(sent, seen.sight, evidence, readings)))
        return score(seen.asked, _at_most(most, taken))

    stands = points(())
    order = sorted(found, key=lambda one: (-points([one]), one is None, one or 0))
    listed = []
    for place, one in enumerate(order, start=1):
        then = points(order[:place])
        listed.append(replace(found[one], points=then - stands))
        stands = then
    return tuple(listed)


def _by_ministry(facts: Facts, seen: Seen, sent: Sight) -> Mapping[int | None, Claimed]:
    """The claims of each ministry, without their points."""
    rounds = {row.id: row for row in facts.rounds}
    came_with = {row.id: row.round_id for row in facts.evidence}
    evidence: dict[int | None, set[int]] = defaultdict(set)
    readings: dict[int | None, set[int]] = defaultdict(set)
    behind: dict[int | None, set[int]] = defaultdict(set)

    def sender(round_id: int | None) -> int | None:
        sending = rounds.get(round_id) if round_id is not None else None
        ministry = sending.ministry_id if sending else None
        if sending:
            behind[ministry].add(sending.id)
        return ministry

    for row in {act.evidence_id for acts in sent.actions.values() for act in acts}:
        evidence[sender(came_with[row])].add(row)
    verified = {row.id for rows in seen.sight.readings.values() for row in rows}
    for reading in (row for rows in sent.readings.values() for row in rows if row.id not in verified):
        by_evidence = came_with.get(reading.evidence_id) if reading.evidence_id is not None else None
        readings[sender(reading.round_id or by_evidence)].add(reading.id)
    return {
        one: Claimed(
            ministry_id=one,
            points=Fraction(0),
            rounds=tuple(sorted(behind[one])),
            evidence=tuple(sorted(evidence[one])),
            readings=tuple(sorted(readings[one])),
        )
        for one in {**evidence, **readings}
    }


def _holding(sent: Sight) -> set[int]:
    """The readings (ids) that questions, benchmarks and required figures rest on: of each indicator the latest."""
    told = list(sent.readings.values())
    figures = [[row for row in rows if row.figure is not None] for rows in told]
    return {row.id for rows in (*told, *figures) if (row := latest(rows))}


def _at_most(most: Answers, found: Answers) -> Answers:
    """The answers `found`, none above what `most` gives: a figure may answer more until a later word is taken, too."""

    def cap[K](theirs: Mapping[K, Finding], ours: Mapping[K, Finding]) -> Mapping[K, Finding]:
        return {key: min(ours[key], theirs[key], key=lambda each: each.worth) for key in ours}

    return Answers(
        questions=cap(most.questions, found.questions),
        benchmarks=cap(most.benchmarks, found.benchmarks),
        figures=cap(most.figures, found.figures),
    )


def _limited(sent: Sight, verified: Sight, evidence: Collection[int], readings: Collection[int]) -> Sight:
    """What is claimed, as if only these claims had been made."""
    kept = {row.id for rows in verified.readings.values() for row in rows} | set(readings)
    return replace(
        sent,
        readings={key: tuple(row for row in rows if row.id in kept) for key, rows in sent.readings.items()},
        figures={key: tuple(row for row in rows if row.id in kept) for key, rows in sent.figures.items()},
        actions={key: tuple(act for act in acts if act.evidence_id in evidence) for key, acts in sent.actions.items()},
    )
