"""Whether an agreed proof has come, from the evidence that is said to be it."""

import pytest

from dialogues.choices import EvidenceDecision, ProofState
from dialogues.proof_state import MatchedEvidence, state_of_proof

VERIFIED, REJECTED = EvidenceDecision.VERIFIED, EvidenceDecision.REJECTED


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        ([], ProofState.MISSING),
        ([(False, [])], ProofState.RECEIVED),
        ([(False, [VERIFIED])], ProofState.VERIFIED),
        ([(False, [VERIFIED, REJECTED])], ProofState.VERIFIED),
        ([(False, [REJECTED])], ProofState.MISSING),
        ([(True, [])], ProofState.MISSING),
        ([(True, [VERIFIED])], ProofState.MISSING),
        ([(False, [REJECTED]), (False, [])], ProofState.RECEIVED),
        ([(True, []), (False, [VERIFIED])], ProofState.VERIFIED),
    ],
)
def test_a_proof_has_come_with_evidence_that_is_neither_returned_nor_only_rejected(evidence, state):
    assert state_of_proof(MatchedEvidence(*piece) for piece in evidence) is state
