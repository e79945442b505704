"""On which days something happened, as far as it is known. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol


class ReviewLike(Protocol):
    """A review of what a piece of evidence shows on one benchmark, or (without a bearing) of the piece itself."""

    @property
    def id(self) -> int: ...

    @property
    def bearing_id(self) -> int | None: ...

    @property
    def recorded_at(self) -> datetime: ...

    @property
    def first_on(self) -> date | None: ...


def find_start_date(own: date | None, reviews: Iterable[ReviewLike]) -> date | None:
    """The first day of what a piece of evidence tells of: its own, else the earliest that its reviews state.

    Of several reviews of one thing the newest holds.
    """
    if own is not None:
        return own
    newest = {review.bearing_id: review for review in sorted(reviews, key=lambda one: (one.recorded_at, one.id))}
    return min((review.first_on for review in newest.values() if review.first_on), default=None)
