"""Find verified actions that were reversed: by a later verified finding, or by a verdict of going backwards."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from dialogues.choices import EvidenceDecision, SupportKind, Verdict
from reports.readiness.countable_facts import EffectiveAssessment, is_action
from reports.readiness.fact_index import FactIndex
from reports.readiness.fact_views import FactViews
from reports.readiness.facts import EvidenceFact, EvidenceLinkFact, Facts
from reports.readiness.verified_history import VerifiedHistory


@dataclass(frozen=True, slots=True)
class Reversal:
    """What reversed an action on a benchmark, and its day. `evidence_id` is None if only a verdict says so."""

    on: date
    evidence_id: int | None


@dataclass(frozen=True, slots=True)
class ReversedAction:
    """A verified action on a benchmark and what reversed it, oldest first.

    `is_restored` is True if a later verified action on the same benchmark followed.
    """

    benchmark_id: int
    evidence_id: int
    commitment_id: int | None
    reversals: tuple[Reversal, ...]
    is_restored: bool


def find_reversed_actions(facts: Facts, as_of: date, views: FactViews | None = None) -> tuple[ReversedAction, ...]:
    """Return the verified actions of the government that were reversed by a day.

    A finding reverses the actions that ended before it. A verdict reverses those that ended by the day from which it
    holds, as long as it is in force.

    Args:
        facts: the known ones (see `facts_known_by`).
        as_of: the day.
        views: the views of these facts on the day, if they are at hand.
    """
    index = views.index if views else FactIndex(facts)
    verified = views.verified if views else VerifiedHistory.from_index(index).verified(as_of)
    actions: dict[int, list[EvidenceFact]] = defaultdict(list)
    reversals: dict[int, list[Reversal]] = defaultdict(list)
    for link, evidence in _verified_links(index, as_of):
        if is_action(link, evidence):
            actions[link.benchmark_id].append(evidence)
        elif link.shows is SupportKind.NO_ACTION:
            reversals[link.benchmark_id].append(Reversal(evidence.happened_to, evidence.id))
    verdicts = _backward_verdicts(index, verified.assessments)
    last_action_on = {key: max(action.happened_to for action in rows) for key, rows in actions.items()}
    return tuple(
        ReversedAction(
            benchmark_id,
            action.id,
            action.commitment_id,
            found,
            is_restored=last_action_on[benchmark_id] > found[-1].on,
        )
        for benchmark_id, rows in actions.items()
        for action in rows
        if (found := _reversals_after(action, reversals[benchmark_id], verdicts.get(benchmark_id)))
    )


def find_reversed_commitments(actions: Iterable[ReversedAction]) -> frozenset[int]:
    """Return the commitments with an action that was reversed and not restored since.

    A commitment that was verified as done keeps this status; a count of what is done leaves it out.
    """
    return frozenset(
        action.commitment_id for action in actions if action.commitment_id is not None and not action.is_restored
    )


def find_reversed_benchmarks(actions: Iterable[ReversedAction]) -> Mapping[int, Reversal]:
    """Return the newest reversal of each benchmark with an action that was reversed and not restored since."""
    newest: dict[int, Reversal] = {}
    for action in actions:
        if not action.is_restored:
            last = action.reversals[-1]
            newest[action.benchmark_id] = max(newest.get(action.benchmark_id, last), last, key=attrgetter("on"))
    return newest


def _verified_links(index: FactIndex, as_of: date) -> Iterator[tuple[EvidenceLinkFact, EvidenceFact]]:
    reviews, evidence_by_id, revisions = index.reviews, index.evidence, index.revisions
    for link in index.facts.evidence_links:
        own_reviews = reviews.get((link.evidence_id, link.id))
        if own_reviews is None or own_reviews[-1].decision is not EvidenceDecision.VERIFIED:
            continue
        evidence = evidence_by_id.get(link.evidence_id)
        if evidence is None or evidence.id in revisions or evidence.happened_to > as_of:
            continue
        if not index.rejection(evidence.id):
            yield link, evidence


class _Verdict(NamedTuple):
    """A verdict of going backwards: from when it holds, when it was recorded, and the newest evidence it rests on."""

    holds_from: date
    recorded_on: date
    evidence_id: int | None


def _backward_verdicts(index: FactIndex, in_force: Mapping[int, EffectiveAssessment]) -> Mapping[int, _Verdict]:
    """Return the verdicts of going backwards by benchmark, from the assessments in force."""
    assessments = {row.id: row for row in index.facts.assessments}
    verdicts = {}
    for benchmark_id, effective in in_force.items():
        if effective.verdict is Verdict.BACKWARDS:
            row = assessments[effective.id]
            grounds = [index.evidence[key] for key in row.evidence_ids if key in index.evidence]
            newest = max(grounds, key=lambda ground: (ground.happened_to, ground.id), default=None)
            recorded_on = row.recorded_at.astimezone(index.facts.zone).date()
            verdicts[benchmark_id] = _Verdict(effective.holds_from, recorded_on, newest.id if newest else None)
    return verdicts


def _reversals_after(action: EvidenceFact, findings: list[Reversal], verdict: _Verdict | None) -> tuple[Reversal, ...]:
    """Return what reversed an action, oldest first. A verdict is left out if it rests on one of the findings."""
    found = [row for row in findings if row.on > action.happened_to]
    if verdict and verdict.holds_from >= action.happened_to:
        if verdict.evidence_id in {None, action.id}:
            found.append(Reversal(verdict.recorded_on, None))
        elif verdict.evidence_id not in {row.evidence_id for row in found}:
            found.append(Reversal(verdict.holds_from, verdict.evidence_id))
    return tuple(sorted(found, key=lambda row: row.on))
