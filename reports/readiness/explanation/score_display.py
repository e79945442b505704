"""Readiness as pages print it: figures to one decimal that add up, shares as short bars. Pure.

Where nothing has been reviewed no figure is printed: those here are None then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from recommendations.choices import Better, Rule
from reports import formatting, sentences
from reports.choices import PartKey, Shown
from reports.readiness import countable_facts
from reports.readiness.answers import WHOLE, Finding
from reports.readiness.countable_facts import newest
from reports.readiness.facts import BenchmarkTerms, Facts, Indicator
from reports.readiness.readiness import Readiness
from reports.readiness.scoring import Line, Part

NO_DATA = "no data"
SHORT = {PartKey.ACTION: "Concrete action"}
"""Parts whose title is too long to stand beside the others'."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One reason of a part. `claim` is what claims would add, as a sentence; empty where they add nothing."""

    key: str
    title: str
    points: Decimal | None
    of: Decimal
    verdict: Shown
    reason: str
    claim: str
    law: str


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """One of the four parts; what its lines print adds up to what it prints."""

    key: PartKey
    title: str
    points: Decimal | None
    claimed: Decimal | None
    of: Decimal
    verdict: Shown
    reason: str
    law: str
    lines: tuple[PrintedLine, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """The figures of the readiness bar, of 100; all but the mark are None where nothing has been reviewed."""

    verified: Decimal | None
    claimed: Decimal | None
    mark: Decimal | None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ShareBar:
    """A benchmark's share: the words beside the bar, and per cent (0 to 100) verified and claimed.

    `share` is None for want of data; `claimed` is None where claims go no further.
    """

    text: str
    share: Decimal | None
    claimed: Decimal | None

    @property
    def further(self) -> str:
        """The words where a verdict stands beside the bar: they need not say "no data" again."""
        return self.text.removeprefix(NO_DATA).removeprefix(", ")


@dataclass(frozen=True, slots=True)
class PrintedBenchmark:
    """Where a benchmark stands. `claim` is what claims would add, as a sentence; empty where they add nothing.

    `points` and `of` are what it gives and could give, exact, of 100.
    """

    key: str
    bar: ShareBar
    verdict: Shown
    reason: str
    claim: str
    law: str
    points: Fraction
    of: Fraction


def plain(value: Decimal) -> Decimal:
    """A figure without a nought behind the point: `45.0` becomes `45`."""
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def bar(result: Readiness) -> Bar:
    """The bar under the sentence."""
    mark = None if result.working_mark is None else plain(Decimal(result.working_mark))
    if not result.is_reviewed:
        return Bar(None, None, mark)
    verified, claimed, ceiling = (
        plain(formatting.tenths(one.points)) for one in (result.verified, result.claimed, result.ceiling)
    )
    return Bar(verified, claimed, mark, ceiling)


def parts(result: Readiness) -> tuple[PrintedPart, ...]:
    """The four parts as they are printed; together they print the score."""
    verified = formatting.printed([part.points for part in result.verified.parts])
    claimed = formatting.printed([part.points for part in result.claimed.parts])
    return tuple(
        _part(seen, sent, points, claims, is_reviewed=result.is_reviewed)
        for seen, sent, points, claims in zip(
            result.verified.parts, result.claimed.parts, verified, claimed, strict=True
        )
    )


def benchmarks(facts: Facts, result: Readiness) -> Mapping[int, PrintedBenchmark]:
    """Where each benchmark that is asked stands, by id. `facts` are those the result was computed from."""
    indicators = {one.id: one for one in facts.indicators}
    terms = {one.id: newest(one.terms) for one in countable_facts.known(facts, result.known_by).benchmarks}
    printed = {}
    for seen, sent in zip(result.verified.benchmarks, result.claimed.benchmarks, strict=True):
        held = terms[seen.benchmark_id]
        if held is None:
            continue
        verified, claimed = seen.line.finding, sent.line.finding
        indicator = indicators.get(held.indicator_id) if held.indicator_id is not None else None
        printed[seen.benchmark_id] = PrintedBenchmark(
            key=seen.line.key,
            bar=share_bar(verified, claimed, held, indicator),
            verdict=verified.verdict,
            reason=verified.reason,
            claim=_claim(verified, claimed),
            law=seen.line.law,
            points=seen.line.points,
            of=seen.line.of,
        )
    return printed


def share_bar(verified: Finding, claimed: Finding, terms: BenchmarkTerms, indicator: Indicator | None) -> ShareBar:
    """A benchmark's share as a short bar: "6 of 10 districts" rather than "60 %"."""
    further = claimed.worth > verified.worth
    text = in_short(verified, terms, indicator)
    if further:
        text += f", claimed {in_short(claimed, terms, indicator)}"
    if verified.share is None and not further:
        return ShareBar(text, None, None)
    return ShareBar(text, per_cent(verified.worth), per_cent(claimed.worth) if further else None)


def in_short(finding: Finding, terms: BenchmarkTerms, indicator: Indicator | None) -> str:
    """What a benchmark's finding comes to, in a word or a count."""
    if finding.share is None:
        return NO_DATA
    if terms.rule is Rule.MORE:
        fewer = indicator is not None and indicator.better is Better.DOWN
        word = "less" if fewer else "more"
        return f"{word} than the year before" if finding.share == WHOLE else f"not {word} than the year before"
    if terms.rule is Rule.TARGET and terms.target and indicator and indicator.better is Better.UP:
        reached = finding.share * Fraction(terms.target)
        count = Decimal(reached.numerator) / Decimal(reached.denominator)
        return sentences.out_of(count, terms.target, indicator.unit)
    return sentences.share(finding.share)


def per_cent(share: Fraction) -> Decimal:
    """A share as per cent, to one decimal, for drawing."""
    return formatting.tenths(share * 100)


def _part(seen: Part, sent: Part, points: Decimal, claims: Decimal, *, is_reviewed: bool) -> PrintedPart:
    printed = formatting.printed([line.points for line in seen.lines], total=points)
    possible = _possible(seen, printed)
    return PrintedPart(
        key=seen.key,
        title=SHORT.get(seen.key, seen.key.label),
        points=plain(points) if is_reviewed else None,
        claimed=plain(claims) if is_reviewed else None,
        of=plain(formatting.tenths(seen.of)),
        verdict=seen.verdict,
        reason=seen.reason,
        law=seen.law,
        lines=tuple(
            _line(line, claim, plain(figure) if is_reviewed else None, plain(of))
            for line, claim, figure, of in zip(seen.lines, sent.lines, printed, possible, strict=True)
        ),
    )


def _possible(seen: Part, printed: Sequence[Decimal]) -> list[Decimal]:
    """What each line could give; one that gives all of it could give what is printed of it: `6.6 of 6.6`."""
    lost = [
        line.of - Fraction(figure) if line.points == line.of else Fraction(0)
        for line, figure in zip(seen.lines, printed, strict=True)
    ]
    order = sorted(range(len(lost)), key=lost.__getitem__)
    could = dict(zip(order, formatting.printed([seen.lines[at].of for at in order]), strict=True))
    return [could[at] for at in range(len(lost))]


def _line(seen: Line, sent: Line, points: Decimal | None, of: Decimal) -> PrintedLine:
    return PrintedLine(
        key=seen.key,
        title=seen.title,
        points=points,
        of=of,
        verdict=seen.finding.verdict,
        reason=seen.finding.reason,
        claim=_claim(seen.finding, sent.finding),
        law=seen.law,
    )


def _claim(verified: Finding, claimed: Finding) -> str:
    return claimed.reason if claimed.worth > verified.worth else ""
