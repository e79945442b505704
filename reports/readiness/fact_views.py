"""Build views of the facts: what is verified, what is claimed, and what has begun by a day."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from dialogues.choices import ClaimedProgress, EvidenceDecision
from reports.readiness.countable_facts import (
    Action,
    FactView,
    group_by_key,
    is_action,
    is_in_window,
    is_of_period,
    start_date_of,
)
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import Facts, ReadingFact
from reports.readiness.verified_history import VerifiedHistory


@dataclass(frozen=True, slots=True)
class FactViews:
    """Four views of the record on a day, and the number of claims that wait for a review.

    `verified_last_actions` is the verified view with only the last action on each benchmark, which is enough to compute
    shares. `begun` is like it, but counts rows from their start date and not from their end date, so it includes what
    is not over yet. `claimed` also takes waiting claims as sent. A claim is evidence that would count if it were
    verified, or a figure sent without evidence.
    """

    verified: FactView
    verified_last_actions: FactView
    claimed: FactView
    begun: FactView
    waiting: int


def build_fact_views(facts: Facts, as_of: date) -> FactViews:
    """Return all views of a day.

    `facts` are the known ones (see `facts_known_by`).
    """
    index, history = FactIndex(facts), VerifiedHistory.from_facts(facts)
    verified_view = history.verified(as_of)
    claimed_view = _build_claimed_view(index, as_of, verified_view)
    return FactViews(
        verified=verified_view,
        verified_last_actions=history.verified(as_of, last_actions_only=True),
        claimed=claimed_view,
        begun=history.verified(as_of, is_begun=True, last_actions_only=True),
        waiting=_count_waiting_claims(index, as_of, claimed_view),
    )


def build_verified_view(facts: Facts, as_of: date) -> FactView:
    """Return what is verified and counts on a day. `facts` are the known ones (see `facts_known_by`)."""
    return VerifiedHistory.from_facts(facts).verified(as_of)


def _build_claimed_view(index: FactIndex, as_of: date, verified_view: FactView) -> FactView:
    """Return what would count on a day if each waiting claim were verified as sent.

    Readings and figures are those of the verified view plus the claimed ones. Actions are only the claimed ones,
    because the assessment caps what a claimed action gives, but not what a verified action gives.

    A rejected claim, a claim on rejected evidence and a claim of a returned or withdrawn update do not count. If the
    start date is unknown, the claim is in the window if its end date is. That also holds for evidence links that are
    verified: they stay claims until a review enters the start date.
    """
    readings = [(row.indicator_id, row) for rows in verified_view.readings.values() for row in rows]
    figures = list(readings)
    for row in _claimed_readings(index, as_of):
        readings.append((row.indicator_id, row))
        if row.figure is not None:
            figures.append((row.indicator_id, row))
    actions = []
    for evidence_link, evidence in index.links_in_force:
        is_turned_down = index.rejection(evidence.id) or index.claims_ended_at(evidence.update_version_id)
        if is_turned_down or not is_action(evidence_link, evidence):
            continue
        review = index.newest_review(evidence.id, evidence_link.id)
        first = start_date_of(evidence, review)
        if review is not None and (review.decision is EvidenceDecision.REJECTED or first is not None):
            continue
        window = index.facts.edition.tracking
        if is_in_window(window, first, evidence.happened_to) and evidence.happened_to <= as_of:
            version = index.version(evidence.update_version_id)
            claimed = (version and version.progress) or ClaimedProgress.UNDER_WAY
            actions.append((evidence_link.benchmark_id, Action(evidence.id, evidence.happened_to, claimed)))
    return replace(
        verified_view,
        readings=group_by_key(readings),
        figures=group_by_key(figures),
        actions=group_by_key(actions),
    )


def _claimed_readings(index: FactIndex, as_of: date) -> Iterator[ReadingFact]:
    """Yield the readings for the period through a day at the latest that are claims and wait for a review.

    The evidence of such a reading must not be replaced by a revision or reviewed since the reading, and its update must
    be neither returned nor withdrawn. A reading that says "no data" claims nothing.
    """
    for row in index.facts.readings:
        if row.is_no_data or not is_of_period(index.facts.edition.tracking, row) or row.through_on > as_of:
            continue
        cited = index.cited(row)
        review = index.newest_review(cited.id) if cited else None
        if (
            not (cited and cited.id in index.revisions)
            and (review is None or review.recorded_at < row.recorded_at)
            and not index.claims_ended_at(row.update_version_id)
            and not (cited and index.claims_ended_at(cited.update_version_id))
        ):
            yield row


def _count_waiting_claims(index: FactIndex, as_of: date, claimed_view: FactView) -> int:
    claimed_by_actions = {
        ("evidence", action.evidence_id) for actions in claimed_view.actions.values() for action in actions
    }
    claimed_by_readings = {
        ("evidence", cited.id) if (cited := index.cited(row)) else ("reading", row.id)
        for row in _claimed_readings(index, as_of)
    }
    return len(claimed_by_actions | claimed_by_readings)
