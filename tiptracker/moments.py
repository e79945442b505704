"""Parse a moment in an address or a command: ISO 8601 with its time zone."""

from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

from tiptracker.errors import Refused
from tiptracker.localization import gettext

MAX_UTC_OFFSET = timedelta(hours=16)
"""ISO 8601 allows larger offsets from UTC, but PostgreSQL does not. Such a moment is converted to UTC."""


def parse_moment(text: str, *, field: str = "known_by") -> datetime:
    """Parse an ISO 8601 moment that has a time zone. Raises Refused."""
    # A plus sign in an address is decoded as a space.
    head, space, zone = text.rpartition(" ")
    spelt = f"{head}+{zone}" if space and zone.replace(":", "").isdecimal() and "T" in head else text
    try:
        moment = datetime.fromisoformat(spelt)
    except ValueError as error:
        raise Refused(
            "not_a_moment",
            gettext("“%(text)s” is not a date with a time. Write it like this: 2022-07-31T23:59:59+02:00.")
            % {"text": text},
            field=field,
        ) from error
    if moment.tzinfo is None:
        raise Refused(
            "no_time_zone",
            gettext("The time zone is missing. Write the time like this: 2022-07-31T23:59:59+02:00."),
            field=field,
        )
    moment = refuse_extreme_years(moment, text, field=field)
    return moment if abs(moment.utcoffset() or timedelta()) < MAX_UTC_OFFSET else moment.astimezone(UTC)


def refuse_extreme_years(moment: datetime, text: str, *, field: str) -> datetime:
    """Return the moment. Raises Refused for the years 1 and 9999, which another time zone can push out of range."""
    if not MINYEAR < moment.year < MAXYEAR:
        raise Refused(
            "out_of_range",
            gettext("“%(text)s” is out of range. Give a time between the years 2 and 9998.") % {"text": text},
            field=field,
        )
    return moment
