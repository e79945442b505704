"""Display the score as it would be if some benchmarks were met or next steps taken.

It starts from what is verified. If nothing has been reviewed it starts from 0, and says so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reports import formatting
from reports.choices import PartKey
from reports.readiness.explanation.changes_display import format_signed
from reports.readiness.explanation.score_display import short_title, without_trailing_zeros
from reports.readiness.forecast.next_steps import ReadinessStep
from reports.readiness.readiness import Readiness
from tiptracker.localization import format_number, gettext, join_with_and, ngettext

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
                title=short_title(part.key),
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
    gains = {gain.benchmark_id: gain for gain in result.benchmark_gains()}
    return tuple(
        BenchmarkChoice(
            benchmark_id=benchmark.benchmark_id,
            key=benchmark.line.key,
            points=format_signed(formatting.round_to_tenth(gain.points))
            if (gain := gains.get(benchmark.benchmark_id))
            else "",
            is_shown=gain is None,
            due_on=gain.due_on if gain else None,
        )
        for benchmark in result.verified.benchmarks
    )


def _what_if_sentence(result: Readiness, met: Collection[int], steps: int, before: Decimal, after: Decimal) -> str:
    """Return what is ticked, and what readiness is and would be."""
    values = {"before": format_number(before), "after": format_number(after)}
    if not met and not steps:
        if not result.is_reviewed:
            return gettext("Nothing is ticked. Readiness is 0, because nothing has been reviewed yet.")
        return gettext("Nothing is ticked. Readiness is %(before)s.") % values
    sentences = [_taken_steps(steps)] if steps else []
    if met:
        sentences.append(_met_benchmarks(result, met))
    if before == after:
        sentences.append(gettext("Readiness would still be %(before)s.") % values)
    elif result.is_reviewed:
        sentences.append(gettext("Readiness would be %(after)s. It is %(before)s now.") % values)
    else:
        sentence = gettext("Readiness would be %(after)s. It is 0 now, because nothing has been reviewed yet.")
        sentences.append(sentence % values)
    return " ".join(sentences)


def _taken_steps(number: int) -> str:
    return ngettext("%(number)d next step taken.", "%(number)d next steps taken.", number) % {"number": number}


def _met_benchmarks(result: Readiness, met: Collection[int]) -> str:
    keys = [benchmark.line.key for benchmark in result.verified.benchmarks if benchmark.benchmark_id in met]
    if 0 < len(keys) <= MAX_NAMED:
        sentence = ngettext("Benchmark %(names)s met.", "Benchmarks %(names)s met.", len(keys))
        return sentence % {"names": join_with_and(keys)}
    return ngettext("%(number)d benchmark met.", "%(number)d benchmarks met.", len(keys)) % {"number": len(keys)}


def _target_sentence(result: Readiness, points: Fraction, *, is_supposed: bool) -> str:
    """Return how far the target would be."""
    if result.readiness_target is None:
        return gettext("No target is set.")
    target = Fraction(result.readiness_target)
    values = {"target": format_number(result.readiness_target)}
    if result.score >= target:
        return gettext("Our target of %(target)s is reached already.") % values
    if points >= target:
        return gettext("That would reach our target of %(target)s.") % values
    missing = formatting.round_to_tenth(target - points)
    values["missing"] = format_number(missing)
    if not missing and is_supposed:
        sentence = gettext("That would be less than 0.1 short of our target of %(target)s.")
    elif not missing:
        sentence = gettext("That is less than 0.1 short of our target of %(target)s.")
    elif is_supposed:
        sentence = gettext("That would be %(missing)s short of our target of %(target)s.")
    else:
        sentence = gettext("That is %(missing)s short of our target of %(target)s.")
    return sentence % values
