"""Pick the effective reading of a period. No Django here."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol


class ReadingLike(Protocol):
    """The fields of a reading that this module reads: a figure, a direction only, or neither (`is_no_data`)."""

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
    """Pick the reading that covers the latest day, then the one recorded last, then the one with the higher id.

    "No data" never replaces a figure: where one reading has a figure, readings without data are ignored. "No data" does
    replace a direction, because a direction is no figure (22 U.S.C. 7106(b)(1)).
    """
    rows = tuple(readings)
    if any(row.figure is not None for row in rows):
        rows = tuple(row for row in rows if not row.is_no_data)
    return max(rows, key=lambda row: (row.through_on, row.recorded_at, row.id), default=None)
