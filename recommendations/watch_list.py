"""Count the years that a government has been on the Watch List.

Two years in a row lead to Tier 3 in the next, unless waived (22 U.S.C. 7107(b)). So pages show the number of years
next to the score.
"""

from collections.abc import Mapping

from recommendations.choices import Tier


def years_on_watch_list(tiers: Mapping[int, Tier], year: int) -> int:
    """Return the number of consecutive Watch List editions up to and including the edition of `year`.

    `tiers` maps the year of an edition to its tier. The result is 0 if this edition is not on the Watch List or its
    tier is unknown. A year with an unknown tier ends the count.
    """
    first = year
    while tiers.get(first) == Tier.WATCH_LIST:
        first -= 1
    return year - first
