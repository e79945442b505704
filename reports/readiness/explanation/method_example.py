"""Explain the method by the example of one record: what each rule gave there, in the record's own sentences.

The methodology page states the rules. Their points and sections of the law are imported from where the score is
computed, so the page and the score cannot differ.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from recommendations.choices import Rule
from reports import formatting
from reports.choices import PartKey
from reports.readiness import countable_facts
from reports.readiness.countable_facts import newest_row
from reports.readiness.explanation import score_display
from reports.readiness.explanation.counting_reasons import find_counting_statuses
from reports.readiness.facts import Facts
from reports.readiness.readiness import Readiness
from reports.readiness.scoring import METHOD_LINES, PART_LAW, PART_POINTS
from tiptracker.localization import format_number, gettext, join_with_colon


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of a part: its title, the most it can give, its section of the law, and what this record got.

    `example` is empty if there is none. Example: "Prosecutions rose from 4 to 16. (7 of 7)".
    """

    title: str
    of: Decimal
    law: str
    example: str


@dataclass(frozen=True, slots=True)
class RulePart:
    """One of the four parts, with the lines it asks of every record.

    The second part has no such lines, because it asks what the edition's list asks. It has an `example` instead.
    """

    key: PartKey
    of: Decimal
    law: str
    example: str
    lines: tuple[RuleLine, ...]


def method_parts(result: Readiness | None) -> tuple[RulePart, ...]:
    """Return the four parts with what they ask and an example from the result, if there is one."""
    parts = {part.key: part for part in score_display.display_parts(result)} if result else {}
    return tuple(
        RulePart(
            key,
            score_display.without_trailing_zeros(formatting.round_to_tenth(of)),
            PART_LAW[key],
            _best_line(parts[key]) if key in parts and not METHOD_LINES[key] else "",
            _method_lines(key, parts.get(key)),
        )
        for key, of in PART_POINTS.items()
    )


def examples_by_rule(facts: Facts, result: Readiness) -> Mapping[Rule, str]:
    """Return an example for each rule for benchmarks: the benchmark that gave most points.

    Example: "1b: Prosecutions rose … (0.8 of 0.8)".
    """
    newest_terms = {
        benchmark.id: newest_row(benchmark.terms)
        for benchmark in countable_facts.facts_known_by(facts, result.known_by).benchmarks
    }
    examples: dict[Rule, score_display.BenchmarkDisplay] = {}
    for benchmark_id, display in score_display.display_benchmarks(facts, result).items():
        terms = newest_terms[benchmark_id]
        if terms and (terms.rule not in examples or display.points > examples[terms.rule].points):
            examples[terms.rule] = display
    return {
        rule: join_with_colon(
            row.key, _format_example(row.reason, row.points if result.is_reviewed else None, row.max_points)
        )
        for rule, row in examples.items()
    }


def count_exclusion_reasons(facts: Facts, result: Readiness) -> tuple[tuple[str, int], ...]:
    """Return the reasons why rows of the record do not count, with the number of rows, the most frequent first."""
    statuses = find_counting_statuses(countable_facts.facts_known_by(facts, result.known_by), result.as_of)
    counted = Counter(
        status.reason
        for status in (*statuses.evidence_links.values(), *statuses.readings.values())
        if status.reason and not status.is_claim
    )
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _method_lines(key: PartKey, part: score_display.PartDisplay | None) -> tuple[RuleLine, ...]:
    lines = {line.key: line for line in part.lines} if part else {}
    possible = formatting.round_preserving_sum([of for _, of, _ in METHOD_LINES[key]])
    return tuple(
        RuleLine(
            question.label,
            lines[question.value].of if question.value in lines else score_display.without_trailing_zeros(of),
            law,
            _format_line(lines[question.value]) if question.value in lines else "",
        )
        for (question, _, law), of in zip(METHOD_LINES[key], possible, strict=True)
    )


def _best_line(part: score_display.PartDisplay) -> str:
    """Return the line that gave most points: "Recommendation 4: Shown: 4a and 4b. (3 of 3)"."""
    best = max(part.lines, key=lambda line: line.points or 0, default=None)
    return join_with_colon(best.title, _format_line(best)) if best else ""


def _format_line(line: score_display.LineDisplay) -> str:
    if line.points is None:
        return line.reason
    return _with_points(line.reason, format_number(line.points), format_number(line.of))


def _format_example(reason: str, points: Fraction | None, of: Fraction) -> str:
    if points is None:
        return reason
    return _with_points(reason, formatting.format_points(points), formatting.format_points(of))


def _with_points(reason: str, points: str, of: str) -> str:
    """Return a reason with its points: "Prosecutions rose from 4 to 16. (7 of 7)"."""
    return f"{reason} ({gettext('%(points)s of %(of)s') % {'points': points, 'of': of}})"
