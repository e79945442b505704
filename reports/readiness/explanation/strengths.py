"""Say in short sentences why readiness is where it is: the strongest part, the weakest parts, and what has no data."""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from reports import formatting
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness.explanation.score_display import PartDisplay
from tiptracker.localization import format_number, gettext, join_with_and, ngettext

MAX_WEAKEST = 2
"""The most parts that are named as the weakest."""


def describe_strengths(parts: Sequence[PartDisplay], benchmarks: Collection[ReadinessVerdict]) -> str:
    """Return why readiness is where it is; empty if no figure is shown.

    Args:
        parts: the four parts, as displayed.
        benchmarks: the verdict on each benchmark.
    """
    if any(part.points is None for part in parts):
        return ""
    return " ".join((*_compare_parts(parts), *_name_missing(parts, benchmarks)))


def _compare_parts(parts: Sequence[PartDisplay]) -> Iterator[str]:
    """Yield which part has the largest share of its points, and which have the smallest."""
    by_share = sorted(parts, key=_share)
    strongest, weakest = by_share[-1], [part for part in by_share[:MAX_WEAKEST] if _share(part) < _share(by_share[-1])]
    if not weakest:
        return
    yield gettext("Readiness is strongest in %(part)s.") % {"part": _name(strongest)}
    yield gettext("It is weakest in %(parts)s.") % {"parts": join_with_and(map(_name, weakest))}


def _name_missing(parts: Sequence[PartDisplay], benchmarks: Collection[ReadinessVerdict]) -> Iterator[str]:
    """Yield which questions on increasing efforts have no data, and how many benchmarks."""
    efforts = next(part for part in parts if part.key is PartKey.EFFORTS)
    titles = [formatting.lowercase_first(row.title) for row in efforts.lines if row.verdict is ReadinessVerdict.NO_DATA]
    if titles:
        yield gettext("There is no data on %(questions)s.") % {"questions": join_with_and(titles)}
    if missing := sum(verdict is ReadinessVerdict.NO_DATA for verdict in benchmarks):
        sentence = ngettext(
            "%(number)d of %(total)d benchmarks has no data.",
            "%(number)d of %(total)d benchmarks have no data.",
            missing,
        )
        yield sentence % {"number": missing, "total": len(benchmarks)}


def _share(part: PartDisplay) -> Fraction:
    return Fraction(part.points or 0) / Fraction(part.of)


def _name(part: PartDisplay) -> str:
    values = {"part": part.title, "points": format_number(part.points or 0), "of": format_number(part.of)}
    return gettext("“%(part)s” (%(points)s of %(of)s points)") % values
