"""The year in which action on an edition's recommendations counts. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

from recommendations.choices import Phase


class HasTrackingPeriod(Protocol):
    """What has a tracking period: an edition."""

    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date: ...

    def covers(self, first: date | None, last: date) -> bool: ...


def default_tracking_period(year: int) -> tuple[date, date]:
    """First and last day of the tracking period of the edition of `year`: from 1 April to 31 March."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def year_before(starts_on: date) -> tuple[date, date]:
    """First and last day of the whole year that ends on the eve of a day; from 29 February it begins on 1 March."""
    try:
        first = starts_on.replace(year=starts_on.year - 1)
    except ValueError:  # 29 February: the year before has none
        first = date(starts_on.year - 1, 3, 1)
    return first, starts_on - timedelta(days=1)


def find_covering_edition[Edition: HasTrackingPeriod](
    editions: Sequence[Edition], first: date | None, last: date
) -> Edition | None:
    """Of these editions the one whose tracking period holds a span; the first where none does."""
    return next((one for one in editions if one.covers(first, last)), next(iter(editions), None))


def tracking_phase(edition: HasTrackingPeriod, day: date) -> Phase:
    """Whether an edition's tracking period holds `day`, begins after it or ended before it."""
    if day < edition.starts_on:
        return Phase.UPCOMING
    return Phase.CURRENT if day <= edition.ends_on else Phase.PAST


def pick_default_edition[Edition: HasTrackingPeriod](editions: Iterable[Edition], day: date) -> Edition | None:
    """The one of a country's editions that pages show: the current one, else the newest past, else the next to come.

    An upcoming edition never takes the place of one that has begun. None of no editions.
    """
    editions = list(editions)
    begun = [one for one in editions if one.starts_on <= day]
    if begun:
        return max(begun, key=lambda one: (day <= one.ends_on, one.starts_on))
    return min(editions, key=lambda one: one.starts_on, default=None)
