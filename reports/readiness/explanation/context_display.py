"""Describe the figures next to the score: possible, projected, the smallest set and the years on the Watch List.

If nothing has been reviewed, no sentence gives points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports import formatting, sentences
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_number, join_with_and

WATCH_LIST_LAW = "22 U.S.C. 7107(b)"


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
        return "All that is verified counts by this day: nothing waits for a later one."
    counted = "1 more point is" if more == 1 else f"{format_number(more)} more points are"
    return (
        f"{counted} verified but dated only to a later day: once it has come, the score is"
        f" {format_number(score + more)}, if nothing else changes."
    )


def describe_projected(result: Readiness) -> str:
    """Describe the projected score, if the government keeps its open commitments due by the deadline or undated."""
    if not result.is_reviewed:
        return ""
    if result.deadline_on is not None and result.as_of > result.deadline_on:
        return "The deadline has passed: no promise can add to what is claimed."
    projected = formatting.round_to_tenth(result.projected.points)
    claimed = formatting.round_to_tenth(result.claimed.points)
    if projected == claimed:
        return "No open promise would add to what is claimed."
    return (
        f"{format_number(projected)} is within reach: what is claimed, and every promise of the government"
        " kept that is due by the deadline or has no date."
    )


def describe_smallest_set(result: Readiness, needed: Sequence[int] | None) -> str:
    """Describe the fewest benchmarks that reach the target if met: "2 benchmarks, met, would reach …: 1c and 4a.".

    `needed` are the ids from `Readiness.smallest_set`. The caller passes them because it may need them, too.
    """
    if result.readiness_target is None:
        return "No target is set, so nothing can be said to reach it."
    target = f"our target of {format_number(result.readiness_target)}"
    if needed is None:
        return (
            f"{formatting.capitalize_first(target)} cannot be reached by what is asked alone: with every benchmark met,"
            " figures would still have to rise."
        )
    if not needed:
        return f"{formatting.capitalize_first(target)} is reached already."
    keys = {benchmark.benchmark_id: benchmark.line.key for benchmark in result.verified.benchmarks}
    count = sentences.format_count(len(needed), "benchmark", "benchmarks")
    names = join_with_and(keys[benchmark_id] for benchmark_id in needed)
    return f"{count}, met, would reach {target}: {names}."


def describe_watch_list(result: Readiness) -> str:
    """Describe the years on the Watch List, and what follows from them by law (22 U.S.C. 7107(b))."""
    years = result.watch_list_years
    law = f"two years running lead to Tier 3 in the next edition, unless waived ({WATCH_LIST_LAW})."
    if not years:
        return "This edition does not place the country on the Watch List."
    if years == 1:
        return f"1 year on the Watch List, this edition counted. By law {law}"
    return f"{years} years running on the Watch List, this edition counted. By law {law}"


def display_claims(result: Readiness) -> tuple[MinistryClaimsDisplay, ...]:
    """Return the gap between claimed and verified points by ministry.

    The displayed points add up to the displayed gap.
    """
    gap = formatting.round_to_tenth(result.claimed.points) - formatting.round_to_tenth(result.score)
    figures = formatting.round_preserving_sum([claim.points for claim in result.claims], total=gap)
    return tuple(
        MinistryClaimsDisplay(
            one.ministry_id,
            without_trailing_zeros(points) if result.is_reviewed else None,
            one.update_versions,
            one.evidence,
            one.readings,
        )
        for one, points in zip(result.claims, figures, strict=True)
    )
