"""How far the answers to the yearly questions of an edition are: how many are in which state, and the days left."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from dialogues.answer_state import STATES
from dialogues.choices import AnswerEventKind, AnswerState
from dialogues.commitment_status import days_left
from dialogues.models import AnswerVersion
from dialogues.models.question_answers import DECIDED
from recommendations.models import Edition, Milestone, Question
from tiptracker.accounts.models import User


class AnswersDue(NamedTuple):
    """The day by which the post sends its answers, whether it is an estimate, and the days left. None if it is past."""

    day: date
    is_about: bool
    days: int | None


class AnswersProgress(NamedTuple):
    """How many answers are in each state, states without any left out; how many have to be checked; and the day.

    `number_to_check` counts complete and cleared answers since which a cited fact changed or the question was reworded.
    """

    counts: Sequence[tuple[AnswerState, int]]
    number_to_check: int
    due: AnswersDue | None

    @property
    def number(self) -> int:
        """How many questions there are."""
        return sum(number for _, number in self.counts)

    @property
    def number_cleared(self) -> int:
        """How many answers are cleared."""
        return dict(self.counts).get(AnswerState.CLEARED, 0)

    @property
    def others(self) -> list[tuple[AnswerState, int]]:
        """How many answers are in each of the other states."""
        return [(state, number) for state, number in self.counts if state is not AnswerState.CLEARED]


def measure_progress(reader: User, edition: Edition, today: date) -> AnswersProgress | None:
    """Return how far the answers of an edition are, for the embassy; None if it has no questions. Three queries."""
    questions = Question.objects.visible_to(reader).filter(edition=edition).active().count()
    if not questions:
        return None
    versions: Any = AnswerVersion.objects.visible_to(reader).filter(question__edition=edition).current()
    rows = list(versions.with_decision().with_changes().order_by().values_list("decided", "is_out_of_date"))
    states = Counter(STATES[AnswerEventKind(kind)] if kind else AnswerState.DRAFTED for kind, _ in rows)
    states[AnswerState.OPEN] = questions - len(rows)
    return AnswersProgress(
        counts=[(state, states[state]) for state in AnswerState if states[state]],
        number_to_check=sum(is_changed and kind in DECIDED for kind, is_changed in rows),
        due=find_answers_due(reader, edition, today),
    )


def find_answers_due(reader: User, edition: Edition, today: date) -> AnswersDue | None:
    """Return the day by which the post answers, and the days left. None if the edition has no such milestone."""
    milestone = Milestone.objects.visible_to(reader).find_post_answers(edition)
    if milestone is None or milestone.done_on:
        return None
    return AnswersDue(milestone.falls_on, milestone.is_about, days_left(milestone.falls_on, today))
