"""For how many years running a recommendation has gone unmet: as a report tells it, or counted along its repeats. Pure.

A list that asks the same again says that it was not done in the year between: each repeat counts one year. What a
report tells itself goes before what is counted; without it nobody knows what was asked before the first list that is
here, so the count is what it has been at least.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class RecommendationYear:
    """A recommendation of one edition: the years unmet that its report told, where that stands, and which it repeats.

    `repeats` is the key of the one of an edition before.
    """

    year: int
    told: int | None = None
    source: str = ""
    repeats: int | None = None


class YearsUnmet(NamedTuple):
    """So many years running, and where that is told or how it was counted."""

    years: int
    is_at_least: bool
    source: str

    @property
    def told(self) -> str:
        """ "6 years running", "at least 1 year running"."""
        years = f"{self.years} year{'' if self.years == 1 else 's'} running"
        return f"at least {years}" if self.is_at_least else years


def count_years_unmet(key: int, asked: Mapping[int, RecommendationYear]) -> YearsUnmet | None:
    """For how long the recommendation `key` has been unmet; None where nothing tells it.

    `asked` holds, by key, at least all that it repeats, one after the other. A year whose list is missing ends the run.
    """
    run = [asked[key]]
    while run[-1].told is None:
        before = asked.get(run[-1].repeats or 0)
        if before is None or before.year != run[-1].year - 1:
            break
        run.append(before)
    *again, first = run
    years = (first.told or 0) + len(again)
    if not years:
        return None
    since = _join_years([one.year for one in reversed(again)])
    if first.told is None:
        return YearsUnmet(years, True, f"asked in {first.year}, and again in {since}")
    source = f"{first.told} years told by {first.source}; asked again in {since}" if again else first.source
    return YearsUnmet(years, False, source)


def _join_years(years: list[int]) -> str:
    *first, last = map(str, years or [0])
    return f"{', '.join(first)} and {last}" if first else last
