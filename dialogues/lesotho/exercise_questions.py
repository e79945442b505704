"""Steps of the exercise about the yearly questions."""

from dataclasses import dataclass

from dialogues.lesotho.exercise_actions import AccountKey, Scene
from recommendations.actions.question_mappings import confirm_question_mappings
from recommendations.questions.actions import load_question_set, start_outline


@dataclass(frozen=True, slots=True)
class LoadOutline:
    """An officer loads our own outline, and confirms what answers each question as it is proposed."""

    by: AccountKey

    def play(self, scene: Scene) -> None:
        signed = scene.signed(self.by)
        started = start_outline(edition=scene.edition, **signed)
        load_question_set(question_set=started, is_right_year=False, seen=None, **signed)
        confirm_question_mappings(edition=scene.edition, seen=None, by=signed["by"])


QUESTION_ACTIONS = {"load_outline": LoadOutline}
"""What may stand inside a step about questions, by the heading of its table."""
