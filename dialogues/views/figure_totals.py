"""What a form says of the last total of each indicator, so that the user enters the new total."""

from collections import defaultdict
from collections.abc import Sequence

from dialogues.choices import DECISIONS_ENDING_CLAIMS, EvidenceDecision
from dialogues.models import Reading
from dialogues.views.indicators import GridCell, GridPeriod, review_decision, unrevised_readings
from recommendations.choices import BreakdownDimension
from recommendations.models import Edition, Indicator
from tiptracker.accounts.models import User
from tiptracker.localization import format_date, gettext, join_with_and


def describe_totals(user: User, edition: Edition, indicators: Sequence[Indicator]) -> dict[int, str]:
    """Return what is said of each indicator's total in the tracking period so far, by the indicator's key.

    It is the figure that "Enter figures" shows, without those that were rejected, returned or withdrawn.
    """
    readings: dict[int, list[Reading]] = defaultdict(list)
    rows = unrevised_readings(user).filter(
        indicator__in=indicators, starts_on__gte=edition.starts_on, starts_on__lte=edition.ends_on
    )
    for reading in rows.exclude(update_version__decision__decision__in=DECISIONS_ENDING_CLAIMS):
        if reading.figure is not None and review_decision(reading) is not EvidenceDecision.REJECTED:
            readings[reading.indicator_id].append(reading)
    period = GridPeriod(edition.starts_on, edition.ends_on)
    return {row.pk: _describe_total(row, GridCell.of(readings[row.pk], period)) for row in indicators}


def _describe_total(indicator: Indicator, cell: GridCell | None) -> str:
    if cell is None:
        return gettext("No figure so far.")
    values = {"figure": cell.reading.display_value, "date": format_date(cell.reading.through_on)}
    sentence = gettext("So far: %(figure)s (%(date)s). Enter the new total.")
    if cell.claimed:
        values |= {"claimed": cell.claimed.display_value, "later": format_date(cell.claimed.through_on)}
        sentence = gettext("So far: %(figure)s (%(date)s), and %(claimed)s claimed (%(later)s). Enter the new total.")
    text = sentence % values
    names = [
        part.category
        for part in (cell.claimed or cell.reading).parts.all()
        if part.dimension == BreakdownDimension.DISTRICT and part.figure and indicator.counts_districts
    ]
    if names:
        text = f"{text} {gettext('Districts so far: %(names)s.') % {'names': join_with_and(names)}}"
    return text
