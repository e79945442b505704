"""The agreed proof of commitments, as pages show it: what was agreed, what came of it, and what is missing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Prefetch, QuerySet

from dialogues.choices import CommitmentEventKind, EvidenceDecision, EvidenceKind, ProofState
from dialogues.models import AgreedProof, AgreedProofMatch, CommitmentEvent, Evidence, EvidenceReview
from dialogues.proof_state import MatchedEvidence, state_of_proof
from tiptracker.accounts.models import User
from tiptracker.accounts.visible_rows import VisibleRows
from tiptracker.infrastructure.prepared_rows import is_one_of


class ProofRow(NamedTuple):
    """An agreed proof in force, what came of it, and the evidence in hand that is said to be it.

    `done_without` is set if the proof is missing and the commitment was verified as done without it.
    """

    proof: AgreedProof
    kind: str
    state: ProofState
    evidence: Sequence[Evidence]
    done_without: CommitmentEvent | None = None

    @property
    def is_missing(self) -> bool:
        return self.state is ProofState.MISSING


def list_proofs(user: User, commitments: Collection[int], day: date) -> dict[int, list[ProofRow]]:
    """Return the agreed proof in force on a day by commitment (keys), as far as the user may see it. Three queries.

    A ministry reads only what it sent or what is shared with it, so proof that the embassy keeps to itself is missing
    to it.
    """
    rows: dict[int, list[ProofRow]] = defaultdict(list)
    keys = list(commitments)
    proofs = _PROOFS_IN_FORCE.find(user, commitments=keys, day=day) if keys else []
    matched = _matched_evidence(user, proofs) if proofs else {}
    for proof in proofs:
        pieces = [(piece, _describe_match(piece)) for piece in matched.get(proof.pk, ())]
        rows[proof.commitment_id].append(
            ProofRow(
                proof,
                EvidenceKind(proof.kind).label,
                state_of_proof(match for _, match in pieces),
                [piece for piece, match in pieces if match.is_in_hand],
            )
        )
    return rows


def _proofs_in_force(reader: User, commitments: Any, day: date) -> QuerySet[AgreedProof]:
    return AgreedProof.objects.visible_to(reader).filter(is_one_of("commitment", commitments)).in_force(day)


_PROOFS_IN_FORCE = VisibleRows(_proofs_in_force, commitments=list, day=date)


def missing_proofs(rows: Iterable[ProofRow]) -> list[AgreedProof]:
    """Return the agreed proof that has not come."""
    return [row.proof for row in rows if row.is_missing]


def mark_done_without(rows: Iterable[ProofRow], events: Iterable[CommitmentEvent]) -> list[ProofRow]:
    """Return the rows, those that are missing with the event by which their commitment was verified as done.

    `events` are those of the commitment. Nothing is marked unless it is verified as done now.
    """
    newest = max(events, key=lambda event: (event.happened_on, event.recorded_at, event.pk), default=None)
    if newest is None or newest.kind != CommitmentEventKind.VERIFIED_DONE:
        return list(rows)
    return [row._replace(done_without=newest) if row.is_missing else row for row in rows]


def _matched_evidence(user: User, proofs: Collection[AgreedProof]) -> dict[int, list[Evidence]]:
    """Return the current evidence that is said to be each proof (by key), as far as the user may see it."""
    reviews = EvidenceReview.objects.visible_to(user)
    matches = (
        AgreedProofMatch.objects.visible_to(user)
        .filter(proof__in=proofs, evidence__revised_by__isnull=True)
        .select_related("evidence__file", "evidence__update_version__decision")
        .prefetch_related(Prefetch("evidence__reviews", reviews))
        .order_by("recorded_at", "pk")
    )
    newest = {(match.proof_id, match.evidence_id): match for match in matches}
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for match in newest.values():
        if match.is_match:
            evidence[match.proof_id].append(match.evidence)
    return evidence


def _describe_match(evidence: Evidence) -> MatchedEvidence:
    version = evidence.update_version
    newest = {
        review.evidence_link_id: EvidenceDecision(review.decision)
        for review in sorted(evidence.reviews.all(), key=lambda review: (review.recorded_at, review.pk))
    }
    return MatchedEvidence(
        has_ended_claims=bool(version and (version.returned_at or version.withdrawn_at)),
        decisions=list(newest.values()),
    )
