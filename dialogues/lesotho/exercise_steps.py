"""How the exercise is written down: steps, each with its moment."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from dialogues.lesotho.entries import known_at
from dialogues.lesotho.exercise_context import ExerciseContext


class ExerciseStep(NamedTuple):
    """Something that somebody does at a moment; its docstring is what the log says of it."""

    at: datetime
    play: Callable[[ExerciseContext], None]


def step_decorator(
    steps: list[ExerciseStep],
) -> Callable[..., Callable[[Callable[[ExerciseContext], None]], Callable[[ExerciseContext], None]]]:
    """A decorator, called with year, month, day and hour in Maseru, that adds the function below it to `steps`."""

    def at(
        year: int, month: int, day: int, hour: int
    ) -> Callable[[Callable[[ExerciseContext], None]], Callable[[ExerciseContext], None]]:
        def add(play: Callable[[ExerciseContext], None]) -> Callable[[ExerciseContext], None]:
            steps.append(ExerciseStep(known_at(year, month, day, hour), play))
            return play

        return add

    return at
