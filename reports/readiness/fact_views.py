"""The record looked at: what is verified, what is claimed, what has begun. Pure."""

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
    """The record looked at in three ways, and how many claims wait for a review.

    `lean` is `build_verified_view` again with the last action on each benchmark alone: enough for the shares.
    `begun` counts what is verified from the first day of each span, not from its last: what will be
    dated by the time it is over. A claim is a piece of evidence that would count if it were taken, or
    a figure that was sent without one.
    """

    verified: FactView
    lean: FactView
    claimed: FactView
    begun: FactView
    waiting: int


def build_fact_views(facts: Facts, as_of: date) -> FactViews:
    """The three ways of looking at a day. `facts` are those known (see `known`).

    What has begun is lean, too.
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
    """What is verified and counts by that day. `facts` are those known (see `known`)."""
    return VerifiedHistory.of(facts).verified(as_of)


def newest_reviews(reviews: Iterable[EvidenceReviewFact]) -> Mapping[tuple[int, int | None], EvidenceReviewFact]:
    """The newest review of each thing: a piece of evidence and a bearing's id, or None for the evidence itself."""
    ordered = sorted(reviews, key=attrgetter("recorded_at", "id"))
    return {(row.evidence_id, row.bearing_id): row for row in ordered}


def _build_claimed_view(record: "_FactIndex", facts: Facts, as_of: date, seen: FactView) -> FactView:
    """What would count by that day if each waiting claim were taken as sent.

    Readings and figures are the verified ones (`seen`) with the claimed ones beside them, actions are
    claims only: what they give is capped by the assessment, which verified actions aren't. A claim
    that was rejected, whose evidence was rejected or whose round went back is none. One whose first
    day nobody has stated is in the window if its last day is, even where it was verified: it stays a
    claim until its review states the day.
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
    """The facts, looked up.

    `reviews` are the newest, by what they are about: a piece of evidence and a bearing's id, or None.
    `borne` are the bearings with their evidence. Evidence that a revision took the place of (`revised`, ids) bears
    on nothing any more: the revision has bearings, and reviews, of its own.
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
        """The evidence a reading cites."""
        return self.evidence.get(reading.evidence_id) if reading.evidence_id is not None else None

    def verdict_on(self, evidence: EvidenceFact | None, since: datetime | None = None) -> EvidenceDecision | None:
        """The newest word on the evidence itself; None where nobody has looked (`since` then, where that is given)."""
        review = self.reviews.get((evidence.id, None)) if evidence else None
        return review.decision if review and (since is None or review.recorded_at >= since) else None

    def is_waiting(self, reading: ReadingFact) -> bool:
        """A reading is a claim while its evidence stands and hasn't been reviewed, and its round not been sent back.

        One that says "no data" claims nothing.
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
        """Whether the evidence itself was rejected, or the round it came with went back."""
        return self.verdict_on(evidence) is EvidenceDecision.REJECTED or self.is_returned(evidence.round_id)

    def is_returned(self, round_id: int | None) -> bool:
        sent = self.rounds.get(round_id) if round_id is not None else None
        return sent is not None and sent.returned_at is not None

    def progress(self, evidence: EvidenceFact) -> ClaimedProgress:
        """What was said of it when it was sent; what was logged without a round is under way."""
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
