"""What is known of the figure of each indicator in an edition, and which ministry is likely to have it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from dialogues.effective_reading import find_effective_reading
from dialogues.models import InformationRequest, Reading
from dialogues.views.request_rows import describe_asked_figures
from recommendations.models import Edition, Indicator, Recommendation
from tiptracker.accounts.models import User
from tiptracker.localization import format_short_date, gettext


class FigureState(NamedTuple):
    """Whether there is a figure for the tracking period, and in words what is known."""

    has_figure: bool
    text: str


def describe_figures(
    user: User, edition: Edition, indicators: Sequence[Indicator], today: date
) -> dict[int, FigureState]:
    """Return what is known of the figure of each indicator (id): the newest of the tracking period, or that none is.

    Without one it says what came of the newest request for it, and the newest figure of an earlier period. This takes
    a fixed number of queries.
    """
    readings = Reading.objects.visible_to(user).filter(indicator__in=indicators, evidence__revised_by__isnull=True)
    rows: dict[int, list[Reading]] = defaultdict(list)
    for reading in readings:
        rows[reading.indicator_id].append(reading)
    requests = InformationRequest.objects.visible_to(user, edition.country).filter(edition=edition)
    asked = describe_asked_figures(list(requests.with_history()), today)
    states = {}
    for indicator in indicators:
        own = rows[indicator.pk]
        now = find_effective_reading(row for row in own if edition.starts_on <= row.starts_on <= edition.ends_on)
        request = next((each.text for each in asked.get(indicator.pk, ()) if each.starts_on >= edition.starts_on), "")
        states[indicator.pk] = _describe(edition, now, request, own)
    return states


def _describe(edition: Edition, now: Reading | None, request: str, readings: Iterable[Reading]) -> FigureState:
    if now and not now.is_no_data:
        return FigureState(True, _format_reading(now))
    parts = [gettext("no figure for %(first)s–%(last)s") % _years(edition)]
    if request:
        parts.append(request)
    earlier = [row for row in readings if row.starts_on < edition.starts_on and not row.is_no_data]
    if earlier:
        newest = max(earlier, key=lambda row: (row.through_on, row.recorded_at, row.pk))
        parts.append(gettext("Before: %(figure)s") % {"figure": _format_reading(newest)})
    return FigureState(False, ". ".join(parts))


def _years(edition: Edition) -> dict[str, str]:
    return {"first": str(edition.starts_on.year), "last": f"{edition.ends_on:%y}"}


def _format_reading(reading: Reading) -> str:
    values = {"figure": reading.display_value, "date": format_short_date(reading.through_on)}
    return gettext("%(figure)s up to %(date)s") % values


def find_likely_ministries(user: User, edition: Edition, indicators: Sequence[Indicator]) -> dict[int, int]:
    """Return for each indicator (id) the ministry (id) that is likely to have its figure, in two queries.

    As in the next steps, that is the ministry set for the indicator, then the last sender of such a figure, then the
    lead of the first recommendation with the same pillar and indicium. An indicator without one is left out.
    """
    sent = Reading.objects.visible_to(user).filter(indicator__in=indicators).order_by("recorded_at", "pk")
    senders = {
        indicator: ministry
        for indicator, *senders in sent.values_list(
            "indicator",
            "update_version__update__commitment__ministry",
            "update_version__update__information_request__ministry",
        )
        for ministry in senders
        if ministry
    }
    rows = Recommendation.objects.visible_to(user).filter(edition=edition).active().with_pillar()
    led = [row for row in rows.order_by("-origin", "number") if row.lead_id]
    likely = {}
    for indicator in indicators:
        leads = (row.lead_id for row in led if row.pillar == indicator.pillar and indicator.indicium in row.indicia)
        if ministry := indicator.ministry_id or senders.get(indicator.pk) or next(leads, None):
            likely[indicator.pk] = ministry
    return likely
