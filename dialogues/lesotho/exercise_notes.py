"""Internal notes in a step of the exercise. `exercise_actions.py` has the other things that people do in a step."""

from dataclasses import dataclass

from dialogues.actions.internal_notes import write_note
from dialogues.lesotho.accounts import ensure_user
from dialogues.lesotho.entries import MinistryName
from dialogues.lesotho.exercise_actions import AccountKey, CommitmentText, Scene


@dataclass(frozen=True, slots=True)
class WriteNote:
    """An officer writes an internal note about a commitment or a ministry, and may name a colleague."""

    by: AccountKey
    text: str
    commitment: CommitmentText = ""
    ministry: MinistryName = ""
    named: AccountKey = ""

    def play(self, scene: Scene) -> None:
        subject = scene.commitment(self.commitment) if self.commitment else scene.ministry(self.ministry)
        if subject is None:
            raise ValueError("A note is about a commitment or a ministry.")
        write_note(
            subject=subject,
            text=self.text,
            named=ensure_user(scene.accounts[self.named], scene.country) if self.named else None,
            **scene.signed(self.by),
        )
