"""Say in sentences what the figures of an indicator answer."""

from dialogues.choices import ReadingDirection
from reports import formatting
from reports.readiness.facts import IndicatorFact, Period, ReadingFact
from tiptracker.localization import format_date, format_number, gettext, gettext_noop


def no_data_sentence(name: str) -> str:
    """Return the sentence for an indicator or a question without data.

    What the law presumes then is said once on each page (`templates/includes/no_data_note.html`).
    """
    return gettext("%(indicator)s: no data.") % {"indicator": formatting.capitalize_first(name)}


MOVEMENTS = {
    "up": gettext_noop("%(indicator)s rose from %(before)s to %(now)s."),
    "level": gettext_noop("%(indicator)s stayed at %(now)s."),
    "down": gettext_noop("%(indicator)s fell from %(before)s to %(now)s."),
    "alone": gettext_noop("%(indicator)s: %(now)s. There is no figure for the year before to compare with."),
}
"""How a figure compares with that of the year before."""
MOVEMENTS_IN_PART = {
    "up": gettext_noop("%(indicator)s rose from %(before)s to %(now)s by %(date)s, part of the year."),
    "level": gettext_noop("%(indicator)s stayed at %(now)s by %(date)s, part of the year."),
    "down": gettext_noop("%(indicator)s fell from %(before)s to %(now)s by %(date)s, part of the year."),
    "alone": gettext_noop(
        "%(indicator)s: %(now)s by %(date)s, part of the year. There is no figure for the year before to compare with."
    ),
}
"""The same for a figure that covers only a part of the year."""
DIRECTIONS = {
    ReadingDirection.UP: gettext_noop("%(indicator)s: more than the year before, no figure given."),
    ReadingDirection.LEVEL: gettext_noop("%(indicator)s: as in the year before, no figure given."),
    ReadingDirection.DOWN: gettext_noop("%(indicator)s: less than the year before, no figure given."),
}
DIRECTIONS_IN_PART = {
    ReadingDirection.UP: gettext_noop(
        "%(indicator)s: more than the year before by %(date)s, part of the year, no figure given."
    ),
    ReadingDirection.LEVEL: gettext_noop(
        "%(indicator)s: as in the year before by %(date)s, part of the year, no figure given."
    ),
    ReadingDirection.DOWN: gettext_noop(
        "%(indicator)s: less than the year before by %(date)s, part of the year, no figure given."
    ),
}


def describe_movement(
    indicator: IndicatorFact, now: ReadingFact | None, before: ReadingFact | None, period: Period
) -> str:
    """Return the sentence of a comparison, such as "Prosecutions rose from 4 to 16."."""
    if now is None or now.is_no_data:
        return no_data_sentence(indicator.name)
    is_part = now.through_on < period.ends_on
    values = {"indicator": formatting.capitalize_first(indicator.name), "date": format_date(now.through_on)}
    if now.figure is None:
        directions = DIRECTIONS_IN_PART if is_part else DIRECTIONS
        return gettext(directions[now.direction or ReadingDirection.LEVEL]) % values
    values["now"] = format_number(now.figure)
    if before is None or before.figure is None:
        kind = "alone"
    else:
        values["before"] = format_number(before.figure)
        kind = "level" if now.figure == before.figure else "up" if now.figure > before.figure else "down"
    return gettext((MOVEMENTS_IN_PART if is_part else MOVEMENTS)[kind]) % values
