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

    `met` are the ids of benchmarks taken as met. `to_mark` says how far the target would be.
    """

    met: frozenset[int]
    sentence: str
    to_mark: str
    before: Decimal
    after: Decimal
    points: str
    parts: Sequence[WhatIfPart]


@dataclass(frozen=True, slots=True)
class BenchmarkChoice:
    """A benchmark to tick: what meeting it alone would add ("+1.5") and when it is due, or that it is shown already."""

    benchmark_id: int
    key: str
    alone: str
    is_shown: bool
    due_on: date | None


def display_what_if(result: Readiness, met: Collection[int], steps: Collection[ReadinessStep] = ()) -> WhatIfDisplay:
    """Return the score as it would be with these benchmarks (ids) met and these next steps taken."""
    then = result.score_with(steps, met=met)
    before, after = formatting.round_to_tenth(result.score), formatting.round_to_tenth(then.points)
    was = formatting.round_preserving_sum([part.points for part in result.verified.parts])
    would_be = formatting.round_preserving_sum([part.points for part in then.parts])
    return WhatIfDisplay(
        met=frozenset(met),
        sentence=_what_if_sentence(result, met, len(steps), before, after),
        to_mark=_target_sentence(result, then.points, is_supposed=bool(met or steps)),
        before=without_trailing_zeros(before),
        after=without_trailing_zeros(after),
        points=format_signed(after - before),
        parts=tuple(
            WhatIfPart(
                key=part.key,
                title=SHORT_TITLES.get(part.key, part.key.label),
                before=without_trailing_zeros(first),
                after=without_trailing_zeros(last),
                of=without_trailing_zeros(formatting.round_to_tenth(part.of)),
                points=format_signed(last - first),
            )
            for part, first, last in zip(then.parts, was, would_be, strict=True)
        ),
    )


def what_if_choices(result: Readiness) -> tuple[BenchmarkChoice, ...]:
    """Return every benchmark that is asked, in order."""
    levers = {lever.benchmark_id: lever for lever in result.levers()}
    return tuple(
        BenchmarkChoice(
            benchmark_id=benchmark.benchmark_id,
            key=benchmark.line.key,
            alone=format_signed(formatting.round_to_tenth(lever.points))
            if (lever := levers.get(benchmark.benchmark_id))
            else "",
            is_shown=lever is None,
            due_on=lever.due_on if lever else None,
        )
        for benchmark in result.verified.benchmarks
    )


def _what_if_sentence(result: Readiness, met: Collection[int], steps: int, before: Decimal, after: Decimal) -> str:
    stands = formatting.format_number(before)
    if not result.is_reviewed:
        stands = "0, since nothing has been reviewed yet"
    if not met and not steps:
        return f"Nothing is ticked. Readiness is {stands}."
    keys = [benchmark.line.key for benchmark in result.verified.benchmarks if benchmark.benchmark_id in met]
    named = (
        formatting.join_with_and(keys)
        if 0 < len(keys) <= MAX_NAMED
        else sentences.format_count(len(keys), "benchmark", "benchmarks")
    )
    taken = f"{sentences.format_count(steps, 'next step', 'next steps')} taken"
    said = " and ".join([taken] * bool(steps) + [f"{named} met"] * bool(met))
    if before == after:
        return f"With {said}, readiness would still be {stands}."
    return f"With {said}, readiness would be {formatting.format_number(after)}. It is {stands}."


def _target_sentence(result: Readiness, points: Fraction, *, is_supposed: bool) -> str:
    """Return how far the target would be."""
    if result.working_mark is None:
        return "No target is set, so nothing can be said to reach it."
    mark = Fraction(result.working_mark)
    named = f"our target of {formatting.format_number(result.working_mark)}"
    if result.score >= mark:
        return f"{formatting.capitalize_first(named)} is reached already."
    if points >= mark:
        return f"That would reach {named}."
    short = formatting.round_to_tenth(mark - points)
    far = formatting.format_number(short) if short else "less than 0.1"
    return f"That {'would be' if is_supposed else 'is'} {far} short of {named}."
