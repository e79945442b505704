"""The tracking period: the year in which action on an edition's recommendations counts."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

from recommendations.choices import Phase


class HasTrackingPeriod(Protocol):
    """An object with a tracking period, such as an edition."""

    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date: ...

    def covers(self, first: date | None, last: date) -> bool: ...


def default_tracking_period(year: int) -> tuple[date, date]:
    """Return the first and last day of the tracking period of the edition of `year`: 1 April to 31 March."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def tracked_year(day: date) -> int:
    """Return the year of the edition whose default tracking period covers `day`."""
    return day.year if day >= date(day.year, 4, 1) else day.year - 1


def latest_milestone_day(ends_on: date) -> date:
    """Return the last day that a milestone of an edition can fall on: the next report follows within a year."""
    return ends_on + timedelta(days=365)


def year_before(starts_on: date) -> tuple[date, date]:
    """Return the first and last day of the full year that ends the day before `starts_on`.

    For 29 February, the year begins on 1 March.
    """
    try:
        first = starts_on.replace(year=starts_on.year - 1)
    except ValueError:  # 29 February does not exist in the year before
        first = date(starts_on.year - 1, 3, 1)
    return first, starts_on - timedelta(days=1)


def find_covering_edition[Edition: HasTrackingPeriod](
    editions: Sequence[Edition], first: date | None, last: date
) -> Edition | None:
    """Return the edition whose tracking period covers a span of days, or else the first edition.

    None if there are no editions.
    """
    return next((edition for edition in editions if edition.covers(first, last)), next(iter(editions), None))


def tracking_phase(edition: HasTrackingPeriod, day: date) -> Phase:
    """Return whether `day` is in an edition's tracking period, before it or after it."""
    if day < edition.starts_on:
        return Phase.UPCOMING
    return Phase.CURRENT if day <= edition.ends_on else Phase.PAST


def pick_default_edition[Edition: HasTrackingPeriod](editions: Iterable[Edition], day: date) -> Edition | None:
    """Return the edition of a country that pages show by default; None if there are no editions.

    This is the current one, else the newest past one, else the next upcoming one. An upcoming edition never replaces
    one
    that has begun.
    """
    editions = list(editions)
    begun = [edition for edition in editions if edition.starts_on <= day]
    if begun:
        return max(begun, key=lambda edition: (day <= edition.ends_on, edition.starts_on))
    return min(editions, key=lambda edition: edition.starts_on, default=None)
