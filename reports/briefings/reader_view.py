"""From where a record is looked at."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from recommendations.models import Edition
from tiptracker.accounts.models import Ministry, User


@dataclass(frozen=True)
class ReaderView:
    """An edition's record as one reader sees it on a day, by what was known at a moment (None: all of it)."""

    reader: User
    edition: Edition
    as_of: date
    known_by: datetime | None

    @property
    def recorded(self) -> Q:
        """Keeps rows that were recorded by the moment."""
        return Q() if self.known_by is None else Q(recorded_at__lte=self.known_by)

    def knows(self, moment: datetime) -> bool:
        """Whether what was recorded then is known."""
        return self.known_by is None or moment <= self.known_by

    @property
    def zone(self) -> ZoneInfo:
        """The country's."""
        return ZoneInfo(self.edition.country.time_zone)

    def local(self, moment: datetime) -> datetime:
        """A moment as the country's clocks show it."""
        return moment.astimezone(self.zone)

    def day(self, moment: datetime) -> date:
        """The day of a moment in the country."""
        return self.local(moment).date()


def describe_office_holders(seen: ReaderView, ministry: Ministry) -> str:
    """Who holds a ministry's office on the day; empty where that isn't known."""
    return "; ".join(
        str(one)
        for one in ministry.office_holders.all()
        if (one.from_on or seen.as_of) <= seen.as_of <= (one.until_on or seen.as_of)
    )
