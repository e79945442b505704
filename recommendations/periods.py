"""The year in which action on an edition's recommendations counts. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol


class Tracked(Protocol):
    """What has a tracking period: an edition."""

    def covers(self, first: date | None, last: date) -> bool: ...


def ordinary_period(year: int) -> tuple[date, date]:
    """First and last day of the tracking period of the edition of `year`: from 1 April to 31 March."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def year_before(starts_on: date) -> tuple[date, date]:
    """First and last day of the whole year that ends on the eve of a day; from 29 February it begins on 1 March."""
    try:
        first = starts_on.replace(year=starts_on.year - 1)
    except ValueError:  # 29 February: the year before has none
        first = date(starts_on.year - 1, 3, 1)
    return first, starts_on - timedelta(days=1)


def holding[Edition: Tracked](editions: Sequence[Edition], first: date | None, last: date) -> Edition | None:
    """Of these editions (newest first) the one whose tracking period holds a span; the newest where none does."""
    return next((one for one in editions if one.covers(first, last)), next(iter(editions), None))
