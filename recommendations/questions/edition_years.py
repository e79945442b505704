"""Find the years of reports and of reporting periods that a text names. No Django here."""

import re

_REPORT_NAME = r"(?:TIP|Trafficking\s+in\s+Persons)\s+Report"
_REPORT = re.compile(
    rf"\b(?P<before>20\d\d)\s+(?:Annual\s+)?{_REPORT_NAME}|{_REPORT_NAME}\s*(?:of|for|,|\()?\s*(?P<after>20\d\d)",
    re.IGNORECASE,
)
_PERIOD_START = re.compile(r"\b(?:April\s+1(?:st)?,?|1(?:st)?\s+April,?)\s+(?P<year>20\d\d)", re.IGNORECASE)


def find_named_years(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the years of TIP Reports that a text names, and the years in which it says that a period begins.

    Periods begin on 1 April. Both are in ascending order.
    """
    years = {int(found["before"] or found["after"]) for found in _REPORT.finditer(text)}
    starts = {int(found["year"]) for found in _PERIOD_START.finditer(text)}
    return tuple(sorted(years)), tuple(sorted(starts))
