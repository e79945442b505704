"""Derive the state of an answer to a yearly question from what was decided about its newest version. No Django here."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from dialogues.choices import AnswerEventKind, AnswerState


class AnswerEventLike[Person](Protocol):
    """The fields of an event that this module reads."""

    @property
    def pk(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def recorded_by(self) -> Person: ...


class AnswerStanding[Person](NamedTuple):
    """The state of an answer, and who decided on it last and when. Both are None for a draft that nobody decided on."""

    state: AnswerState
    by: Person | None = None
    at: datetime | None = None


STATES = {
    AnswerEventKind.COMPLETED: AnswerState.COMPLETE,
    AnswerEventKind.CLEARED: AnswerState.CLEARED,
    AnswerEventKind.REOPENED: AnswerState.DRAFTED,
}
"""The state of an answer by what was decided last about its newest version."""


def find_answer_standing[Person](events: Iterable[AnswerEventLike[Person]]) -> AnswerStanding[Person]:
    """Return the state of an answer from the events of its newest version. The newest event decides."""
    newest = max(events, key=lambda event: (event.recorded_at, event.pk), default=None)
    if newest is None:
        return AnswerStanding(AnswerState.DRAFTED)
    return AnswerStanding(STATES[AnswerEventKind(newest.kind)], newest.recorded_by, newest.recorded_at)
