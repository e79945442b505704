"""What happens in a step of the exercise about agreed proof; see `exercise_actions`."""

from dataclasses import dataclass

from dialogues.actions.agreed_proofs import agree_on_proof
from dialogues.actions.proof_inputs import ProofInput
from dialogues.choices import EvidenceKind
from dialogues.lesotho.exercise_actions import AccountKey, CommitmentText, Scene


@dataclass(frozen=True, slots=True)
class AgreeOnProof:
    """An officer records what will show that a commitment is kept, and from whom."""

    by: AccountKey
    commitment: CommitmentText
    kind: EvidenceKind
    text: str
    from_whom: str

    def play(self, scene: Scene) -> None:
        agree_on_proof(
            commitment=scene.commitment(self.commitment),
            proof=ProofInput(self.kind, self.text, self.from_whom),
            agreed_on=scene.now.date(),
            **scene.signed(self.by),
        )
