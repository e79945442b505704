"""Describe the figures next to the score: possible, projected, the smallest set and the years on the Watch List.

If nothing has been reviewed, no sentence gives points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports import formatting
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_number, gettext, join_with_and, ngettext

WATCH_LIST_LAW = "22 U.S.C. 7107(b)"
YEARS_TO_TIER_3 = 2
"""After so many years in a row on the Watch List, the next edition places a country on Tier 3, unless waived."""


@dataclass(frozen=True, slots=True)
class MinistryClaimsDisplay:
    """What the waiting claims of one ministry would add. All ministries together make the whole gap.

    `ministry_id` is None for the embassy's own records.

    `update_versions`, `evidence` and `readings` are the ids of the rows behind it.
    """

    ministry_id: int | None
    points: Decimal | None
    update_versions: Sequence[int]
    evidence: Sequence[int]
    readings: Sequence[int]


def describe_possible(result: Readiness) -> str:
    """Describe what is verified but dated to a later day: it counts once that day has come."""
    if not result.is_reviewed:
        return ""
    score = formatting.round_to_tenth(result.score)
    more = formatting.round_to_tenth(result.possible.points) - score
    if not more:
        return gettext("Everything that is verified counts already.")
    sentence = ngettext(
        "%(more)s more point is verified for a later date. Readiness is then %(points)s, if nothing else changes.",
        "%(more)s more points are verified for a later date. Readiness is then %(points)s, if nothing else changes.",
        1 if more == 1 else 2,
    )
    return sentence % {"more": format_number(more), "points": format_number(score + more)}


def describe_projected(result: Readiness) -> str:
    """Describe the projected score, if the government keeps its open commitments due by the deadline or undated."""
    if not result.is_reviewed:
        return ""
    if result.deadline_on is not None and result.as_of > result.deadline_on:
        return gettext("The deadline has passed, so open commitments add nothing to what is claimed.")
    projected = formatting.round_to_tenth(result.projected.points)
    if projected == formatting.round_to_tenth(result.claimed.points):
        return gettext("No open commitment would add to what is claimed.")
    sentence = gettext("%(points)s of 100, if every claim is verified and every open commitment is kept in time.")
    return sentence % {"points": format_number(projected)}


def describe_smallest_set(result: Readiness, needed: Sequence[int] | None) -> str:
    """Describe the fewest benchmarks that reach the target if met: "2 benchmarks would reach …, if met: 1c and 4a.".

    `needed` are the ids from `Readiness.smallest_set`. The caller passes them because it may need them, too.
    """
    if result.readiness_target is None:
        return gettext("No target is set.")
    values = {"target": format_number(result.readiness_target)}
    if needed is None:
        sentence = gettext(
            "Benchmarks alone cannot reach our target of %(target)s. Figures would have to rise as well."
        )
        return sentence % values
    if not needed:
        return gettext("Our target of %(target)s is reached.") % values
    keys = {benchmark.benchmark_id: benchmark.line.key for benchmark in result.verified.benchmarks}
    sentence = ngettext(
        "%(number)d benchmark would reach our target of %(target)s, if met: %(names)s.",
        "%(number)d benchmarks would reach our target of %(target)s, if met: %(names)s.",
        len(needed),
    )
    names = join_with_and(keys[benchmark_id] for benchmark_id in needed)
    return sentence % {**values, "number": len(needed), "names": names}


def describe_watch_list(result: Readiness) -> str:
    """Describe the years on the Watch List, and what follows from them by law (22 U.S.C. 7107(b))."""
    years = result.watch_list_years
    if not years:
        return gettext("This edition does not place the country on the Watch List.")
    sentence = ngettext(
        "%(number)d year on the Watch List, including this edition. "
        "Two years in a row lead to Tier 3 in the next edition, unless waived (%(law)s).",
        "%(number)d years in a row on the Watch List, including this edition. "
        "Two years in a row lead to Tier 3 in the next edition, unless waived (%(law)s).",
        years,
    )
    return sentence % {"number": years, "law": WATCH_LIST_LAW}


def describe_watch_list_risk(result: Readiness) -> str:
    """Describe the years on the Watch List if this is at least the second in a row and the target is not reached."""
    target = result.readiness_target
    if result.watch_list_years < YEARS_TO_TIER_3 or (target is not None and result.score >= target):
        return ""
    return describe_watch_list(result)


def display_claims(result: Readiness) -> tuple[MinistryClaimsDisplay, ...]:
    """Return the gap between claimed and verified points by ministry.

    The displayed points add up to the displayed gap.
    """
    gap = formatting.round_to_tenth(result.claimed.points) - formatting.round_to_tenth(result.score)
    figures = formatting.round_preserving_sum([claim.points for claim in result.claims], total=gap)
    return tuple(
        MinistryClaimsDisplay(
            claim.ministry_id,
            without_trailing_zeros(points) if result.is_reviewed else None,
            claim.update_versions,
            claim.evidence,
            claim.readings,
        )
        for claim, points in zip(result.claims, figures, strict=True)
    )
