"""Display readiness with figures to one decimal that add up, and shares as short bars.

If nothing has been reviewed, no figure is displayed: the figures here are then None.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from recommendations.choices import Better, Rule
from reports import formatting, sentences
from reports.choices import PartKey, ReadinessVerdict
from reports.readiness import countable_facts
from reports.readiness.answers import Finding, claimed_reason
from reports.readiness.countable_facts import newest_row
from reports.readiness.exact_sums import FULL
from reports.readiness.facts import BenchmarkTermsFact, Facts, IndicatorFact
from reports.readiness.readiness import Readiness
from reports.readiness.reversed_actions import Reversal, find_reversed_benchmarks
from reports.readiness.scoring import ScorePart, version_lines
from tiptracker.localization import format_date, gettext


@dataclass(frozen=True, slots=True)
class LineDisplay:
    """One line of a part. `claim` is a sentence on what claims would add; empty if they add nothing."""

    key: str
    title: str
    points: Decimal | None
    of: Decimal
    verdict: ReadinessVerdict
    reason: str
    claim: str
    law: str


@dataclass(frozen=True, slots=True)
class PartDisplay:
    """One of the four parts. The displayed points of its lines add up to its own."""

    key: PartKey
    title: str
    points: Decimal | None
    claimed: Decimal | None
    of: Decimal
    verdict: ReadinessVerdict
    reason: str
    law: str
    lines: tuple[LineDisplay, ...]


@dataclass(frozen=True, slots=True)
class ReadinessBarFigures:
    """The figures of the readiness bar, of 100. All but the target (`mark`) are None if nothing has been reviewed."""

    verified: Decimal | None
    claimed: Decimal | None
    mark: Decimal | None
    projected: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ShareBarFigures:
    """A benchmark's share: the words next to the bar, and the verified and claimed per cent (0 to 100).

    `share` is None without data. `claimed` is None if claims add nothing. `text_beside_verdict` are the words for a
    bar that stands next to a verdict: they do not say "no data" or "not shown" again.
    """

    text: str
    share: Decimal | None
    claimed: Decimal | None
    text_beside_verdict: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class BenchmarkDisplay:
    """The state of a benchmark. `claim` is a sentence on what claims would add; empty if they add nothing.

    `reversal` says that a verified action was reversed, and when; empty if none was.
    `points` and `max_points` are what it gives and the most it can give, exact, of 100.
    """

    key: str
    bar: ShareBarFigures
    verdict: ReadinessVerdict
    reason: str
    claim: str
    reversal: str
    law: str
    points: Fraction
    max_points: Fraction


def short_title(part: PartKey) -> str:
    """Return the title of a part, short enough to stand next to the others."""
    return gettext("Concrete action") if part is PartKey.ACTION else part.label


def without_trailing_zeros(value: Decimal) -> Decimal:
    """Return a figure without trailing zeros after the decimal point: `45.0` becomes `45`."""
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def readiness_bar_figures(result: Readiness) -> ReadinessBarFigures:
    """Return the figures of the bar under the headline."""
    mark = None if result.readiness_target is None else without_trailing_zeros(Decimal(result.readiness_target))
    if not result.is_reviewed:
        return ReadinessBarFigures(None, None, mark)
    verified, claimed, projected = (
        without_trailing_zeros(formatting.round_to_tenth(score.points))
        for score in (result.verified, result.claimed, result.projected)
    )
    return ReadinessBarFigures(verified, claimed, mark, projected)


def display_parts(result: Readiness) -> tuple[PartDisplay, ...]:
    """Return the four parts for display. Their displayed points add up to the displayed score."""
    claimed = formatting.round_preserving_sum([part.points for part in result.claimed.parts])
    return tuple(
        _display_part(verified_part, points, lines, claimed_part, claimed_points, is_reviewed=result.is_reviewed)
        for (verified_part, points, lines), claimed_part, claimed_points in zip(
            version_lines(result.verified), result.claimed.parts, claimed, strict=True
        )
    )


def display_benchmarks(facts: Facts, result: Readiness) -> Mapping[int, BenchmarkDisplay]:
    """Return the state of each benchmark by id. `facts` are those that the result was computed from."""
    indicators = {indicator.id: indicator for indicator in facts.indicators}
    terms = {
        benchmark.id: newest_row(benchmark.terms)
        for benchmark in countable_facts.facts_known_by(facts, result.known_by).benchmarks
    }
    reversed_benchmarks = find_reversed_benchmarks(result.reversed_actions())
    displays = {}
    for verified_line, claimed_line in zip(result.verified.benchmarks, result.claimed.benchmarks, strict=True):
        benchmark_terms = terms[verified_line.benchmark_id]
        if benchmark_terms is None:
            continue
        verified, claimed = verified_line.line.finding, claimed_line.line.finding
        indicator = indicators.get(benchmark_terms.indicator_id) if benchmark_terms.indicator_id is not None else None
        displays[verified_line.benchmark_id] = BenchmarkDisplay(
            key=verified_line.line.key,
            bar=share_bar_figures(verified, claimed, benchmark_terms, indicator),
            verdict=verified.verdict,
            reason=verified.reason,
            claim=claimed_reason(verified, claimed),
            reversal=describe_reversal(reversed_benchmarks.get(verified_line.benchmark_id)),
            law=verified_line.line.law,
            points=verified_line.line.points,
            max_points=verified_line.line.max_points,
        )
    return displays


def describe_reversal(reversal: Reversal | None) -> str:
    """Say that a verified action on a benchmark was reversed, and when; empty without a reversal."""
    if reversal is None:
        return ""
    sentence = gettext("An action was verified, then reversed on %(date)s.")
    if reversal.evidence_id is None:
        sentence = gettext("An action was verified, then assessed as going backwards on %(date)s.")
    return sentence % {"date": format_date(reversal.on)}


def share_bar_figures(
    verified: Finding, claimed: Finding, terms: BenchmarkTermsFact, indicator: IndicatorFact | None
) -> ShareBarFigures:
    """Return a benchmark's share as a short bar, with words such as "6 of 10 districts" rather than "60 %"."""
    is_more_claimed = claimed.worth > verified.worth
    text = describe_share(verified, terms, indicator)
    is_no_data = verified.share is None
    if not is_more_claimed:
        share = None if is_no_data else per_cent(verified.worth)
        is_repeated = text == formatting.lowercase_first(verified.verdict.label)
        return ShareBarFigures(text, share, None, "" if is_repeated else text)
    more = describe_share(claimed, terms, indicator)
    both = gettext("%(verified)s; claimed: %(claimed)s") % {"verified": text, "claimed": more}
    beside = gettext("nothing verified; claimed: %(claimed)s") % {"claimed": more} if is_no_data else both
    return ShareBarFigures(both, per_cent(verified.worth), per_cent(claimed.worth), beside)


def describe_share(finding: Finding, terms: BenchmarkTermsFact, indicator: IndicatorFact | None) -> str:
    """Describe a benchmark's finding by a word or a count."""
    if finding.share is None:
        return gettext("no data")
    if terms.rule is Rule.MORE:
        if indicator is not None and indicator.better is Better.DOWN:
            if finding.share == FULL:
                return gettext("less than the year before")
            return gettext("not less than the year before")
        return (
            gettext("more than the year before") if finding.share == FULL else gettext("not more than the year before")
        )
    if terms.rule is Rule.TARGET and terms.target and indicator and indicator.better is Better.UP:
        reached = finding.share * Fraction(terms.target)
        count = Decimal(reached.numerator) / Decimal(reached.denominator)
        return sentences.format_against_target(count, terms.target, indicator.unit)
    return sentences.describe_benchmark_share(finding.share)


def per_cent(share: Fraction) -> Decimal:
    """Return a share as per cent, to one decimal, for drawing."""
    return formatting.round_to_tenth(share * 100)


def _display_part(
    part: ScorePart,
    points: Decimal,
    line_points: Sequence[Decimal],
    claimed_part: ScorePart,
    claimed_points: Decimal,
    *,
    is_reviewed: bool,
) -> PartDisplay:
    max_points = formatting.round_possible_points(
        [line.max_points for line in part.lines], [line.points for line in part.lines], line_points
    )
    return PartDisplay(
        key=part.key,
        title=short_title(part.key),
        points=without_trailing_zeros(points) if is_reviewed else None,
        claimed=without_trailing_zeros(claimed_points) if is_reviewed else None,
        of=without_trailing_zeros(formatting.round_to_tenth(part.max_points)),
        verdict=part.verdict,
        reason=part.reason,
        law=part.law,
        lines=tuple(
            LineDisplay(
                key=line.key,
                title=line.title,
                points=without_trailing_zeros(figure) if is_reviewed else None,
                of=without_trailing_zeros(of),
                verdict=line.finding.verdict,
                reason=line.finding.reason,
                claim=claimed_reason(line.finding, claim.finding),
                law=line.law,
            )
            for line, claim, figure, of in zip(part.lines, claimed_part.lines, line_points, max_points, strict=True)
        ),
    )
