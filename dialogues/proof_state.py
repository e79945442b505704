"""Decide whether an agreed proof has come, from the evidence that is said to be it. No Django here."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from dialogues.choices import EvidenceDecision, ProofState


class MatchedEvidence(NamedTuple):
    """A piece of evidence that is said to be an agreed proof.

    `has_ended_claims` says whether it came with a version of an update that was returned or withdrawn. `decisions` are
    the newest reviews of the evidence and of each of its links.
    """

    has_ended_claims: bool
    decisions: Collection[EvidenceDecision]

    @property
    def is_in_hand(self) -> bool:
        """Return whether the embassy has it: what came with a returned update, or was only rejected, does not count."""
        is_rejected = bool(self.decisions) and set(self.decisions) == {EvidenceDecision.REJECTED}
        return not self.has_ended_claims and not is_rejected


def state_of_proof(evidence: Iterable[MatchedEvidence]) -> ProofState:
    """Return whether an agreed proof is verified, received, or not received yet."""
    in_hand = [piece for piece in evidence if piece.is_in_hand]
    if any(EvidenceDecision.VERIFIED in piece.decisions for piece in in_hand):
        return ProofState.VERIFIED
    return ProofState.RECEIVED if in_hand else ProofState.MISSING
