"""Which of several readings of one time holds. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol


class ReadingLike(Protocol):
    """A reading: a figure, or a direction only, or (`is_no_data`) neither."""

    @property
    def id(self) -> int: ...

    @property
    def through_on(self) -> date: ...

    @property
    def recorded_at(self) -> datetime: ...

    @property
    def figure(self) -> Decimal | None: ...

    @property
    def is_no_data(self) -> bool: ...


def find_effective_reading[T: ReadingLike](readings: Iterable[T]) -> T | None:
    """The reading that covers the latest day; of those the one recorded last, then the higher id.

    "No data" never replaces a figure: where there is one, rows that say "no data" are passed over.
    It does replace a mere direction, which is no figure (22 U.S.C. 7106(b)(1)).
    """
    rows = tuple(readings)
    if any(row.figure is not None for row in rows):
        rows = tuple(row for row in rows if not row.is_no_data)
    return max(rows, key=lambda row: (row.through_on, row.recorded_at, row.id), default=None)
