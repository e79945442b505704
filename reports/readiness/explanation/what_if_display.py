"""What would stand if some benchmarks were met or next steps taken: in a sentence and as printed. Pure.

It starts from what is verified, so where nothing has been reviewed it starts from 0, and says so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from reports import formatting, sentences
from reports.choices import PartKey
from reports.readiness.explanation.changes_display import signed
from reports.readiness.explanation.score_display import SHORT, plain
from reports.readiness.forecast.next_steps import Step
from reports.readiness.readiness import Readiness

MOST_NAMED = 6
"""How many benchmarks a sentence names; more are counted."""


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """A part as it is and as it would be, of what it can give."""

    key: PartKey
    title: str
    before: Decimal
    after: Decimal
    of: Decimal
    points: str


@dataclass(frozen=True, slots=True)
class Supposed:
    """The score as it is and as it would be, of 100; what the parts print adds up to both, and to the points between.

    `met` are the benchmarks (ids) that are taken as met; `to_mark` says how far the working mark is then.
    """

    met: frozenset[int]
    sentence: str
    to_mark: str
    before: Decimal
    after: Decimal
    points: str
    parts: Sequence[PrintedPart]


@dataclass(frozen=True, slots=True)
class Choice:
    """A benchmark to tick: what meeting it alone would add ("+1.5"), or that it is shown already; when it is due."""

    benchmark_id: int
    key: str
    alone: str
    is_shown: bool
    due_on: date | None


def suppose(result: Readiness, met: Collection[int], steps: Collection[Step] = ()) -> Supposed:
    """What would stand with these benchmarks (ids) met and these next steps taken."""
    then = result.if_taken(steps, met=met)
    before, after = formatting.tenths(result.score), formatting.tenths(then.points)
    was = formatting.printed([part.points for part in result.verified.parts])
    would_be = formatting.printed([part.points for part in then.parts])
    return Supposed(
        met=frozenset(met),
        sentence=_sentence(result, met, len(steps), before, after),
        to_mark=_to_mark(result, then.points, is_supposed=bool(met or steps)),
        before=plain(before),
        after=plain(after),
        points=signed(after - before),
        parts=tuple(
            PrintedPart(
                key=part.key,
                title=SHORT.get(part.key, part.key.label),
                before=plain(first),
                after=plain(last),
                of=plain(formatting.tenths(part.of)),
                points=signed(last - first),
            )
            for part, first, last in zip(then.parts, was, would_be, strict=True)
        ),
    )


def choices(result: Readiness) -> tuple[Choice, ...]:
    """Every benchmark that is asked, in order."""
    levers = {one.benchmark_id: one for one in result.levers()}
    return tuple(
        Choice(
            benchmark_id=one.benchmark_id,
            key=one.line.key,
            alone=signed(formatting.tenths(lever.points)) if (lever := levers.get(one.benchmark_id)) else "",
            is_shown=lever is None,
            due_on=lever.due_on if lever else None,
        )
        for one in result.verified.benchmarks
    )


def _sentence(result: Readiness, met: Collection[int], steps: int, before: Decimal, after: Decimal) -> str:
    stands = formatting.figure(before)
    if not result.is_reviewed:
        stands = "0, since nothing has been reviewed yet"
    if not met and not steps:
        return f"Nothing is ticked. Readiness is {stands}."
    keys = [one.line.key for one in result.verified.benchmarks if one.benchmark_id in met]
    named = (
        formatting.listed(keys)
        if 0 < len(keys) <= MOST_NAMED
        else sentences.counted(len(keys), "benchmark", "benchmarks")
    )
    taken = f"{sentences.counted(steps, 'next step', 'next steps')} taken"
    said = " and ".join([taken] * bool(steps) + [f"{named} met"] * bool(met))
    if before == after:
        return f"With {said}, readiness would still be {stands}."
    return f"With {said}, readiness would be {formatting.figure(after)}. It is {stands}."


def _to_mark(result: Readiness, points: Fraction, *, is_supposed: bool) -> str:
    """How far the working mark is."""
    if result.working_mark is None:
        return "No target is set, so nothing can be said to reach it."
    mark = Fraction(result.working_mark)
    named = f"our target of {formatting.figure(result.working_mark)}"
    if result.score >= mark:
        return f"{formatting.opening(named)} is reached already."
    if points >= mark:
        return f"That would reach {named}."
    short = formatting.tenths(mark - points)
    far = formatting.figure(short) if short else "less than 0.1"
    return f"That {'would be' if is_supposed else 'is'} {far} short of {named}."
