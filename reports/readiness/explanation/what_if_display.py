"""Display the score as it would be if some benchmarks were met or next steps taken.

It starts from what is verified. If nothing has been reviewed it starts from 0, and says so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reports import formatting, sentences
from reports.choices import PartKey
from reports.readiness.explanation.changes_display import format_signed
from reports.readiness.explanation.score_display import SHORT_TITLES, without_trailing_zeros
from reports.readiness.forecast.next_steps import ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_number, join_with_and

MAX_NAMED = 6
"""How many benchmarks a sentence names; more are only counted."""


@dataclass(frozen=True, slots=True)
class WhatIfPart:
    """A part as it is and as it would be, with the most it can give."""

    key: PartKey
    title: str
    before: Decimal
    after: Decimal
    of: Decimal
    points: str


@dataclass(frozen=True, slots=True)
class WhatIfDisplay:
    """The score as it is and as it would be, of 100.

    The displayed points of the parts add up to both scores and to the difference.

    `met` are the ids of benchmarks taken as met. `target_sentence` says how far the target would be.
    """

    met: frozenset[int]
    sentence: str
    target_sentence: str
    before: Decimal
    after: Decimal
    points: str
    parts: Sequence[WhatIfPart]


@dataclass(frozen=True, slots=True)
class BenchmarkChoice:
    """A benchmark to tick: what meeting it alone would add ("+1.5") and when it is due, or that it is shown already."""

    benchmark_id: int
    key: str
    points: str
    is_shown: bool
    due_on: date | None


def display_what_if(result: Readiness, met: Collection[int], steps: Collection[ReadinessStep] = ()) -> WhatIfDisplay:
    """Return the score as it would be with these benchmarks (ids) met and these next steps taken."""
    projected = result.score_with(steps, met=met)
    before, after = formatting.round_to_tenth(result.score), formatting.round_to_tenth(projected.points)
    points_before = formatting.round_preserving_sum([part.points for part in result.verified.parts])
    points_after = formatting.round_preserving_sum([part.points for part in projected.parts])
    return WhatIfDisplay(
        met=frozenset(met),
        sentence=_what_if_sentence(result, met, len(steps), before, after),
        target_sentence=_target_sentence(result, projected.points, is_supposed=bool(met or steps)),
        before=without_trailing_zeros(before),
        after=without_trailing_zeros(after),
        points=format_signed(after - before),
        parts=tuple(
            WhatIfPart(
                key=part.key,
                title=SHORT_TITLES.get(part.key, part.key.label),
                before=without_trailing_zeros(first),
                after=without_trailing_zeros(last),
                of=without_trailing_zeros(formatting.round_to_tenth(part.max_points)),
                points=format_signed(last - first),
            )
            for part, first, last in zip(projected.parts, points_before, points_after, strict=True)
        ),
    )


def what_if_choices(result: Readiness) -> tuple[BenchmarkChoice, ...]:
    """Return every benchmark that is asked, in order."""
    levers = {lever.benchmark_id: lever for lever in result.levers()}
    return tuple(
        BenchmarkChoice(
            benchmark_id=benchmark.benchmark_id,
            key=benchmark.line.key,
            points=format_signed(formatting.round_to_tenth(lever.points))
            if (lever := levers.get(benchmark.benchmark_id))
            else "",
            is_shown=lever is None,
            due_on=lever.due_on if lever else None,
        )
        for benchmark in result.verified.benchmarks
    )


def _what_if_sentence(result: Readiness, met: Collection[int], steps: int, before: Decimal, after: Decimal) -> str:
    readiness = format_number(before)
    if not result.is_reviewed:
        readiness = "0, since nothing has been reviewed yet"
    if not met and not steps:
        return f"Nothing is ticked. Readiness is {readiness}."
    keys = [benchmark.line.key for benchmark in result.verified.benchmarks if benchmark.benchmark_id in met]
    benchmarks = (
        join_with_and(keys)
        if 0 < len(keys) <= MAX_NAMED
        else sentences.format_count(len(keys), "benchmark", "benchmarks")
    )
    taken_steps = f"{sentences.format_count(steps, 'next step', 'next steps')} taken"
    assumptions = " and ".join([taken_steps] * bool(steps) + [f"{benchmarks} met"] * bool(met))
    if before == after:
        return f"With {assumptions}, readiness would still be {readiness}."
    return f"With {assumptions}, readiness would be {format_number(after)}. It is {readiness}."


def _target_sentence(result: Readiness, points: Fraction, *, is_supposed: bool) -> str:
    """Return how far the target would be."""
    if result.readiness_target is None:
        return "No target is set, so nothing can be said to reach it."
    target = Fraction(result.readiness_target)
    target_text = f"our target of {format_number(result.readiness_target)}"
    if result.score >= target:
        return f"{formatting.capitalize_first(target_text)} is reached already."
    if points >= target:
        return f"That would reach {target_text}."
    missing = formatting.round_to_tenth(target - points)
    distance = format_number(missing) if missing else "less than 0.1"
    return f"That {'would be' if is_supposed else 'is'} {distance} short of {target_text}."
