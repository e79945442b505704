"""Keep results with what they were computed from, so that only what changed is computed again. No Django here."""

from collections.abc import Callable, Hashable
from typing import Any


class KeptResults:
    """Results of pure functions, the newest by each key, with the inputs that they were computed from.

    A result is used again only if all inputs are equal, so it is the one that would be computed. Comparing costs
    little: rows and findings that nobody touched are the same objects as before. Sentences are results, too, so each
    language needs results of its own.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[tuple[Any, ...], Any]] = {}

    def once[T](self, key: Hashable, inputs: tuple[Any, ...], compute: Callable[[], T]) -> T:
        """Return the result that is kept under a key for equal inputs, or compute it and keep it."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] == inputs:
            result: T = kept[1]
            return result
        result = compute()
        self._kept[key] = (inputs, result)
        return result
