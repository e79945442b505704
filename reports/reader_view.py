"""The point of view from which a document reads the record."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self, TypedDict
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from recommendations.models import Edition
from tiptracker.accounts.models import User
from tiptracker.localization import gettext


class HeaderFields(TypedDict):
    """Fields that every document has from its point of view."""

    post: str
    country: str
    edition: str
    as_of: date
    known_by: datetime | None


@dataclass(frozen=True)
class ReaderView:
    """A reader, an edition, a day in the country, and the aware moment by which rows had to be recorded (None: all)."""

    reader: User
    edition: Edition
    as_of: date
    known_by: datetime | None

    def checked(self) -> Self:
        """Return this view with the edition as the reader may see it.

        Raises:
            PermissionDenied: if the reader may not read readiness.
            Edition.DoesNotExist: if the reader may not see the edition.
        """
        if not self.reader.is_embassy:
            raise PermissionDenied
        visible = Edition.objects.visible_to(self.reader).select_related("country")
        return replace(self, edition=visible.get(pk=self.edition.pk))

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

    def newest(self, *moments: datetime | None) -> datetime | None:
        """Return the newest of these moments in the country's time zone."""
        newest = max(filter(None, moments), default=None)
        return self.local(newest) if newest else None

    def day(self, moment: datetime) -> date:
        """Return the day of a moment in the country."""
        return self.local(moment).date()

    @property
    def header(self) -> HeaderFields:
        """The fields that every document has from its point of view."""
        country = self.edition.country
        return {
            "post": gettext("U.S. Embassy, %(country)s") % {"country": country},
            "country": country.name,
            "edition": gettext("%(year)s edition") % {"year": self.edition.year},
            "as_of": self.as_of,
            "known_by": self.local(self.known_by) if self.known_by else None,
        }
