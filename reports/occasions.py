"""Find what the documents of a country give reason to tell people: drafts to clear, and issued briefings."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from reports.models import Briefing
from tiptracker.accounts.models import Country
from tiptracker.notifications.actions import EVENT_WINDOW, Occasion
from tiptracker.notifications.choices import NoticeKind

BRIEFING = "reports.briefing"


def find_occasions(country: Country, now: datetime) -> Iterator[Occasion]:
    """Yield what there is to tell about the briefings of a country. `now` is domain time."""
    zone = ZoneInfo(country.time_zone)
    own = Briefing.objects.filter(edition__country=country)
    for pk, at, by in own.awaiting_clearance().values_list("pk", "requested_at", "requested_by"):
        yield Occasion(NoticeKind.BRIEFING_TO_CLEAR, BRIEFING, pk, at.astimezone(zone).date(), at, by=by)
    issued = own.issued().filter(cleared_at__gte=now - EVENT_WINDOW)
    for pk, cleared_at, by in issued.values_list("pk", "cleared_at", "cleared_by"):
        if cleared_at is not None:
            day = cleared_at.astimezone(zone).date()
            yield Occasion(NoticeKind.BRIEFING_ISSUED, BRIEFING, pk, day, cleared_at, by=by)
