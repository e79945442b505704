"""Find what requests for information give reason to tell people: asked, changed, due soon, overdue."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from dialogues.choices import RequestEventKind
from dialogues.due_date_stages import last_exchange_at, reached_stages
from dialogues.models import InformationRequest
from tiptracker.accounts.models import Country
from tiptracker.audit.append_only import DISPOSED
from tiptracker.notifications.actions import EVENT_WINDOW, Occasion
from tiptracker.notifications.choices import REQUEST_DAYS_OVERDUE, NoticeKind

REQUEST = "dialogues.informationrequest"


def find_request_occasions(country: Country, now: datetime) -> Iterator[Occasion]:
    """Yield what there is to tell about the requests of a country. `now` is domain time.

    This takes a fixed number of queries, whatever the number of requests.
    """
    zone = ZoneInfo(country.time_zone)
    today = now.astimezone(zone).date()
    for row in InformationRequest.objects.filter(country=country).exclude(reason=DISPOSED).with_history():
        standing = row.standing_on(today)
        if standing is None:
            continue
        if standing.is_expected:
            asked_at = row.recorded_at
            yield Occasion(
                NoticeKind.REQUEST_MADE, REQUEST, row.pk, standing.asked_on, asked_at, ministry=row.ministry_id
            )
            versions = row.list_expected_versions(standing)
            heard_at = last_exchange_at(row.events.all(), versions) or asked_at
            withdrawn_at = max(filter(None, (version.withdrawn_at for version in versions)), default=asked_at)
            for kind, stage, reached_on in reached_stages(
                standing.due_on,
                today,
                last_exchange_on=heard_at.astimezone(zone).date(),
                is_overdue=standing.days_overdue > 0,
                soon=NoticeKind.REQUEST_DUE_SOON,
                overdue=REQUEST_DAYS_OVERDUE,
            ):
                started_at = max(datetime.combine(reached_on, time.min, zone), withdrawn_at)
                yield Occasion(
                    kind, REQUEST, row.pk, standing.due_on, started_at, ministry=row.ministry_id, stage=stage
                )
        for event in row.events.all():
            if event.kind != RequestEventKind.ASKED and event.recorded_at >= now - EVENT_WINDOW:
                day = event.recorded_at.astimezone(zone).date()
                yield Occasion(
                    NoticeKind.REQUEST_CHANGED, REQUEST, row.pk, day, event.recorded_at, ministry=row.ministry_id
                )
