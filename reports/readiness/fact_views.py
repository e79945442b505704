"""Build views of the facts: what is verified, what is claimed, and what has begun by a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter

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
from reports.readiness.facts import (
    EvidenceFact,
    EvidenceLinkFact,
    EvidenceReviewFact,
    Facts,
    ReadingFact,
    UpdateVersionFact,
)
from reports.readiness.verified_history import VerifiedHistory


@dataclass(frozen=True, slots=True)
class FactViews:
    """Four views of the record on a day, and the number of claims that wait for a review.

    `lean` is the verified view with only the last action on each benchmark, which is enough to compute shares. `begun`
    counts verified rows from their start date and not from their end date, so it includes what is not over yet.
    `claimed` also takes waiting claims as sent. A claim is evidence that would count if it were verified, or a figure
    sent without evidence.
    """

    verified: FactView
    lean: FactView
    claimed: FactView
    begun: FactView
    waiting: int


def build_fact_views(facts: Facts, as_of: date) -> FactViews:
    """Return all views of a day. The view `begun` is lean, too.

    `facts` are the known ones (see `facts_known_by`).
    """
    record, ledger = _FactIndex.of(facts), VerifiedHistory.of(facts)
    seen = ledger.verified(as_of)
    sent = _build_claimed_view(record, facts, as_of, seen)
    return FactViews(
        verified=seen,
        lean=ledger.verified(as_of, is_lean=True),
        claimed=sent,
        begun=ledger.verified(as_of, is_begun=True, is_lean=True),
        waiting=_count_waiting_claims(record, facts, as_of, sent),
    )


def build_verified_view(facts: Facts, as_of: date) -> FactView:
    """Return what is verified and counts on a day. `facts` are the known ones (see `facts_known_by`)."""
    return VerifiedHistory.of(facts).verified(as_of)


def newest_reviews(reviews: Iterable[EvidenceReviewFact]) -> Mapping[tuple[int, int | None], EvidenceReviewFact]:
    """Return the newest review by evidence id and evidence link id; the link id is None for the evidence itself."""
    ordered = sorted(reviews, key=attrgetter("recorded_at", "id"))
    return {(row.evidence_id, row.bearing_id): row for row in ordered}


def _build_claimed_view(record: "_FactIndex", facts: Facts, as_of: date, seen: FactView) -> FactView:
    """Return what would count on a day if each waiting claim were verified as sent.

    Readings and figures are those of the verified view `seen` plus the claimed ones. Actions are only the claimed
    ones, because the assessment caps what a claimed action gives, but not what a verified action gives.

    A rejected claim, a claim on rejected evidence and a claim of a returned update do not count. If the start date is
    unknown, the claim is in the window if its end date is. That also holds for evidence links that are verified: they
    stay claims until a review enters the start date.
    """
    window = facts.edition.tracking
    readings = [(row.indicator_id, row) for rows in seen.readings.values() for row in rows]
    figures = list(readings)
    for row in facts.readings:
        if is_of_period(window, row) and row.through_on <= as_of and record.is_waiting(row):
            readings.append((row.indicator_id, row))
            if row.figure is not None:
                figures.append((row.indicator_id, row))
    actions = []
    for bearing, evidence in record.borne:
        if not is_action(bearing, evidence) or record.is_turned_down(evidence):
            continue
        review = record.reviews.get((evidence.id, bearing.id))
        first = start_date_of(evidence, review)
        if review is not None and (review.decision is EvidenceDecision.REJECTED or first is not None):
            continue
        if is_in_window(window, first, evidence.happened_to) and evidence.happened_to <= as_of:
            said = record.progress(evidence)
            actions.append((bearing.benchmark_id, Action(evidence.id, evidence.happened_to, said)))
    return replace(
        seen,
        readings=group_by_key(readings),
        figures=group_by_key(figures),
        actions=group_by_key(actions),
    )


@dataclass(frozen=True)
class _FactIndex:
    """Look-up tables over the facts.

    `reviews` are the newest ones, by evidence id and evidence link id (None for the evidence itself). `borne` are the
    evidence links with their evidence. `revised` are the ids of evidence that a revision replaced: it supports nothing
    any more, because the revision has links and reviews of its own.
    """

    evidence: Mapping[int, EvidenceFact]
    revised: frozenset[int]
    rounds: Mapping[int, UpdateVersionFact]
    reviews: Mapping[tuple[int, int | None], EvidenceReviewFact]
    borne: tuple[tuple[EvidenceLinkFact, EvidenceFact], ...]

    @classmethod
    def of(cls, facts: Facts) -> "_FactIndex":
        evidence = {row.id: row for row in facts.evidence}
        revised = frozenset(row.revises for row in facts.evidence if row.revises is not None)
        return cls(
            evidence=evidence,
            revised=revised,
            rounds={row.id: row for row in facts.rounds},
            reviews=newest_reviews(facts.reviews),
            borne=tuple(
                (row, evidence[row.evidence_id])
                for row in facts.bearings
                if row.evidence_id in evidence and row.evidence_id not in revised
            ),
        )

    def cited(self, reading: ReadingFact) -> EvidenceFact | None:
        """Return the evidence that a reading cites."""
        return self.evidence.get(reading.evidence_id) if reading.evidence_id is not None else None

    def verdict_on(self, evidence: EvidenceFact | None, since: datetime | None = None) -> EvidenceDecision | None:
        """Return the newest decision on the evidence itself, or None if nobody has reviewed it.

        With `since`, a review recorded before that moment is ignored.
        """
        review = self.reviews.get((evidence.id, None)) if evidence else None
        return review.decision if review and (since is None or review.recorded_at >= since) else None

    def is_waiting(self, reading: ReadingFact) -> bool:
        """Return whether a reading is a claim that waits for a review.

        Its evidence must not be replaced by a revision or reviewed since the reading, and the update must not be
        returned. A reading that says "no data" claims nothing.
        """
        cited = self.cited(reading)
        return (
            not reading.is_no_data
            and not (cited and cited.id in self.revised)
            and self.verdict_on(cited, since=reading.recorded_at) is None
            and not self.is_returned(reading.round_id)
            and not (cited and self.is_returned(cited.round_id))
        )

    def is_turned_down(self, evidence: EvidenceFact) -> bool:
        """Return whether the evidence itself was rejected, or the update that it came with was returned."""
        return self.verdict_on(evidence) is EvidenceDecision.REJECTED or self.is_returned(evidence.round_id)

    def is_returned(self, round_id: int | None) -> bool:
        sent = self.rounds.get(round_id) if round_id is not None else None
        return sent is not None and sent.returned_at is not None

    def progress(self, evidence: EvidenceFact) -> ClaimedProgress:
        """Return the progress claimed by the update. Evidence recorded without an update counts as under way."""
        sent = self.rounds.get(evidence.round_id) if evidence.round_id is not None else None
        return sent.progress if sent else ClaimedProgress.UNDER_WAY


def _count_waiting_claims(record: "_FactIndex", facts: Facts, as_of: date, sent: FactView) -> int:
    of_actions = {("evidence", action.evidence_id) for actions in sent.actions.values() for action in actions}
    of_readings = {
        ("evidence", cited.id) if (cited := record.cited(row)) else ("reading", row.id)
        for row in facts.readings
        if is_of_period(facts.edition.tracking, row) and row.through_on <= as_of and record.is_waiting(row)
    }
    return len(of_actions | of_readings)
