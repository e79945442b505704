"""The point of view from which a document reads the record."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from recommendations.models import Edition
from tiptracker.accounts.models import Ministry, User


@dataclass(frozen=True)
class ReaderView:
    """A reader, an edition, a day, and the moment by which rows had to be recorded (None: all rows)."""

    reader: User
    edition: Edition
    as_of: date
    known_by: datetime | None

    @property
    def recorded(self) -> Q:
        """A filter for rows that were recorded by the moment."""
        return Q() if self.known_by is None else Q(recorded_at__lte=self.known_by)

    def knows(self, moment: datetime) -> bool:
        """Return whether a row recorded at this moment is known."""
        return self.known_by is None or moment <= self.known_by

    @property
    def zone(self) -> ZoneInfo:
        """The country's time zone."""
        return ZoneInfo(self.edition.country.time_zone)

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the country's time zone."""
        return moment.astimezone(self.zone)

    def day(self, moment: datetime) -> date:
        """Return the day of a moment in the country."""
        return self.local(moment).date()


def describe_office_holders(seen: ReaderView, ministry: Ministry) -> str:
    """Return who holds a ministry's office on the day; empty if that isn't known."""
    return "; ".join(
        str(one)
        for one in ministry.office_holders.all()
        if (one.from_on or seen.as_of) <= seen.as_of <= (one.until_on or seen.as_of)
    )
