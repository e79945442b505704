"""How the exercise is written down: steps, each with its moment."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from dialogues.lesotho.cast import Cast
from dialogues.lesotho.lines import known


class Step(NamedTuple):
    """Something that somebody does at a moment; its docstring is what the log says of it."""

    at: datetime
    play: Callable[[Cast], None]


def adding_to(steps: list[Step]) -> Callable[..., Callable[[Callable[[Cast], None]], Callable[[Cast], None]]]:
    """A decorator, called with year, month, day and hour in Maseru, that adds the function below it to `steps`."""

    def at(year: int, month: int, day: int, hour: int) -> Callable[[Callable[[Cast], None]], Callable[[Cast], None]]:
        def add(play: Callable[[Cast], None]) -> Callable[[Cast], None]:
            steps.append(Step(known(year, month, day, hour), play))
            return play

        return add

    return at
