"""Find the start date of what a piece of evidence describes, as far as it is known. No Django here."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol


class ReviewLike(Protocol):
    """A review of an evidence link or, if `evidence_link_id` is None, of the evidence itself."""

    @property
    def id(self) -> int: ...

    @property
    def evidence_link_id(self) -> int | None: ...

    @property
    def recorded_at(self) -> datetime: ...

    @property
    def first_on(self) -> date | None: ...


def find_start_date(own: date | None, reviews: Iterable[ReviewLike]) -> date | None:
    """Return the start date of a piece of evidence: its own, or else the earliest one stated by its reviews.

    Of several reviews of the same link, or of the evidence itself, only the newest counts.
    """
    if own is not None:
        return own
    oldest_first = sorted(reviews, key=lambda review: (review.recorded_at, review.id))
    newest = {review.evidence_link_id: review for review in oldest_first}
    return min((review.first_on for review in newest.values() if review.first_on), default=None)
