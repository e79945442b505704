"""Refuse new facts that only their date ties to an edition that was disposed of.

What refers to a row of such an edition is refused by the database (`dialogues.closed_editions`).
"""

from datetime import date

from recommendations.models import Edition
from recommendations.tracking_period import year_before
from tiptracker.accounts.models import Country
from tiptracker.errors import Refused
from tiptracker.localization import format_date, gettext


def refuse_disposed_day(country: Country, day: date, *, field: str) -> None:
    """Refuse a day in the tracking period of an edition that was disposed of. Raises Refused, code "disposed_of"."""
    if edition := _find_disposed(country, day, day):
        raise Refused(
            "disposed_of",
            gettext(
                "%(date)s is in the tracking period of the %(year)s edition, which was disposed of. Nothing can be "
                "added to that edition. Check the date."
            )
            % {"date": format_date(day), "year": edition.year},
            field=field,
        )


def refuse_unsupported_in_disposed_period(
    country: Country, first: date | None, last: date, *, supports: bool, is_figure: bool = False, field: str
) -> None:
    """Refuse a fact that supports nothing, if its dates are in the tracking period of such an edition.

    A figure of the year before an edition that is kept is compared with the figures of that edition, so it is accepted.

    Args:
        supports: whether it supports a benchmark, a question or a commitment, which the database checks.
        is_figure: whether it is a figure, or the evidence of one.

    Raises:
        Refused: code "disposed_of".
    """
    if supports:
        return
    edition = _find_disposed(country, first or last, last)
    if edition is None or (is_figure and _is_compared(country, first or last, last)):
        return
    raise Refused(
        "disposed_of",
        gettext(
            "These dates are in the tracking period of the %(year)s edition, which was disposed of. Check the dates, "
            "or choose the benchmark or commitment of a later edition that this supports."
        )
        % {"year": edition.year},
        field=field,
    )


def _find_disposed(country: Country, first: date, last: date) -> Edition | None:
    rows = Edition.objects.filter(country=country, certificate__isnull=False)
    return rows.filter(starts_on__lte=first, ends_on__gte=last).first()


def _is_compared(country: Country, first: date, last: date) -> bool:
    """Return whether the figures of an edition that is kept are compared with a figure of these days."""
    kept = Edition.objects.filter(country=country, certificate__isnull=True).values_list("starts_on", "ends_on")
    return any(year_before(starts_on)[0] <= last and first <= ends_on for starts_on, ends_on in kept)
