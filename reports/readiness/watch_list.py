"""How long a government has been on the Watch List. Pure.

Two years running lead to Tier 3 in the next, unless waived (22 U.S.C. 7107(b)), so the clock stands
beside the score.
"""

from collections.abc import Mapping

from recommendations.choices import Tier


def years_on_watch_list(tiers: Mapping[int, Tier], year: int) -> int:
    """The unbroken run of Watch List editions that ends with one edition, itself counted.

    `tiers` by the year of the edition. 0 where this one isn't on the Watch List or isn't known; a
    year that isn't known breaks the run.
    """
    first = year
    while tiers.get(first) == Tier.WATCH_LIST:
        first -= 1
    return year - first
