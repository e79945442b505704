"""The year in which action on an edition's recommendations counts. Pure."""

from datetime import date


def ordinary_period(year: int) -> tuple[date, date]:
    """First and last day of the tracking period of the edition of `year`: from 1 April to 31 March."""
    return date(year, 4, 1), date(year + 1, 3, 31)
