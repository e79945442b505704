"""Count how many years in a row a recommendation was unmet, from what a report states or from repeats.

If a list repeats a recommendation, it was not met in the year between: each repeat counts one year. The number that a
report states takes precedence over the count. Without it nobody knows what was asked before the first list that we
have, so the count is a minimum.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tiptracker.localization import gettext, join_with_and, ngettext


@dataclass(frozen=True, slots=True)
class RecommendationYear:
    """A recommendation of one edition: the years unmet that its report states, with the source, and what it repeats.

    `repeats` is the key of the recommendation of an earlier edition.
    """

    year: int
    stated_years: int | None = None
    source: str = ""
    repeats: int | None = None


class YearsUnmet(NamedTuple):
    """A number of years in a row, and the source of the number or how it was counted."""

    years: int
    is_at_least: bool
    source: str

    @property
    def text(self) -> str:
        """Return the number in words, such as "6 years in a row" or "at least 1 year"."""
        if self.is_at_least:
            years = ngettext("at least %(number)d year", "at least %(number)d years in a row", self.years)
        else:
            years = ngettext("%(number)d year", "%(number)d years in a row", self.years)
        return years % {"number": self.years}


def count_years_unmet(key: int, recommendations: Mapping[int, RecommendationYear]) -> YearsUnmet | None:
    """Return for how long the recommendation `key` has been unmet; None if unknown.

    `recommendations` holds, by key, at least the chain of those that it repeats. The count stops at a year whose list
    is missing.
    """
    chain = [recommendations[key]]
    while chain[-1].stated_years is None:
        repeated = recommendations.get(chain[-1].repeats or 0)
        if repeated is None or repeated.year != chain[-1].year - 1:
            break
        chain.append(repeated)
    *later, first = chain
    years = (first.stated_years or 0) + len(later)
    if not years:
        return None
    since = join_with_and(str(edition.year) for edition in reversed(later)) if later else ""
    if first.stated_years is None:
        source = gettext("asked in %(first_year)d and again in %(years)s") % {"first_year": first.year, "years": since}
        return YearsUnmet(years, True, source)
    if not later:
        return YearsUnmet(years, False, first.source)
    source = ngettext(
        "%(number)d year according to %(source)s, and asked again in %(years)s",
        "%(number)d years according to %(source)s, and asked again in %(years)s",
        first.stated_years,
    ) % {"number": first.stated_years, "source": first.source, "years": since}
    return YearsUnmet(years, False, source)
