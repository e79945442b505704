"""The steps of the exercise, and the decorator that registers them."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from dialogues.lesotho.entries import known_at
from dialogues.lesotho.exercise_context import ExerciseContext


class ExerciseStep(NamedTuple):
    """A step of the exercise and its moment. The docstring of the function is written to the activity log."""

    at: datetime
    play: Callable[[ExerciseContext], None]


def step_decorator(
    steps: list[ExerciseStep],
) -> Callable[..., Callable[[Callable[[ExerciseContext], None]], Callable[[ExerciseContext], None]]]:
    """Return a decorator that adds a function to `steps`. It takes year, month, day and hour in Maseru."""

    def at(
        year: int, month: int, day: int, hour: int
    ) -> Callable[[Callable[[ExerciseContext], None]], Callable[[ExerciseContext], None]]:
        def add(play: Callable[[ExerciseContext], None]) -> Callable[[ExerciseContext], None]:
            steps.append(ExerciseStep(known_at(year, month, day, hour), play))
            return play

        return add

    return at
