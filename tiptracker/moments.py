"""A moment as an address or a command names it: ISO 8601, with its zone."""

from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

from tiptracker.errors import Refused

MAX_UTC_OFFSET = timedelta(hours=16)
"""PostgreSQL takes no moment whose zone is so far from UTC, though ISO 8601 does: it is told in UTC then."""


def parse_moment(told: str, *, field: str = "known_by") -> datetime:
    """The moment that `told` names (ISO 8601), with its zone. Raises Refused."""
    # A plus sign in an address arrives as a space.
    head, space, zone = told.rpartition(" ")
    spelt = f"{head}+{zone}" if space and zone.replace(":", "").isdecimal() and "T" in head else told
    try:
        meant = datetime.fromisoformat(spelt)
    except ValueError as error:
        raise Refused(f"“{told}” is no moment. Give one such as 2022-07-31T23:59:59+02:00.", field=field) from error
    if meant.tzinfo is None:
        raise Refused(
            "Add the zone, such as 2022-07-31T23:59:59+02:00: without it nobody knows which moment is meant.",
            field=field,
        )
    meant = refuse_extreme_years(meant, told, field=field)
    return meant if abs(meant.utcoffset() or timedelta()) < MAX_UTC_OFFSET else meant.astimezone(UTC)


def refuse_extreme_years(meant: datetime, told: str, *, field: str) -> datetime:
    """The moment itself. Raises Refused in a calendar's outermost years: in another zone it may have no year left."""
    if not MINYEAR < meant.year < MAXYEAR:
        raise Refused(f"“{told}” is too far off. Give a moment between the years 2 and 9998.", field=field)
    return meant
