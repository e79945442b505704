"""Find what the record lacks, each gap as a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import formatting, sentences
from reports.choices import ReadinessVerdict
from reports.readiness import countable_facts
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import Facts
from reports.readiness.readiness import Readiness

MAX_NAMED = 6
"""How many benchmarks or indicators a sentence names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class RecordGap:
    """A gap in the record. `page` is the name of the page that lists the missing rows; empty if there is none."""

    sentence: str
    page: str = ""


def find_gaps(facts: Facts, result: Readiness, *, on_words_alone: int) -> tuple[RecordGap, ...]:
    """Return all gaps in the record, the most important first.

    `on_words_alone` is the number of unreviewed claims without a file or link.
    """
    unknown = [
        benchmark.line.key
        for benchmark in result.verified.benchmarks
        if benchmark.line.finding.verdict is ReadinessVerdict.NO_DATA
    ]
    uncounted = _indicators_without_figure(facts)
    found = (
        (
            len(unknown),
            "benchmark has",
            "benchmarks have",
            _list_some("no information", unknown),
            "recommendation_list",
        ),
        (
            len(uncounted),
            "indicator has",
            "indicators have",
            _list_some("no figure for the period", uncounted),
            "indicator_list",
        ),
        (result.waiting, "claim waits", "claims wait", "for a review", "inbox"),
        (on_words_alone, "claim rests", "claims rest", "on words alone, without file or link", ""),
        (_count_without_start_date(facts), "piece of evidence has", "pieces of evidence have", "no first day", ""),
        (len(result.checks), "thing does", "things do", "not fit together", "readiness_checks"),
    )
    return tuple(
        RecordGap(f"{sentences.format_count(number, one, many)} {rest}.", page)
        for number, one, many, rest, page in found
        if number
    )


def _indicators_without_figure(facts: Facts) -> list[str]:
    """Return the names of indicators without any figure for the period. A direction is not a figure."""
    window = facts.edition.tracking
    told = {
        row.indicator_id
        for row in facts.readings
        if row.figure is not None and countable_facts.is_of_period(window, row)
    }
    return [
        indicator.name
        for indicator in sorted(facts.indicators, key=lambda indicator: indicator.id)
        if indicator.id not in told
    ]


def _count_without_start_date(facts: Facts) -> int:
    """Count evidence in force that has no start date, neither its own nor one from a review."""
    stated = {row.evidence_id for row in facts.reviews if row.first_on is not None}
    return sum(row.happened_from is None and row.id not in stated for row in FactIndex(facts).in_force)


def _list_some(what: str, names: Sequence[str]) -> str:
    """Say which rows lack something, and count the rest: "no information: 1a, 2a and 4 more"."""
    if len(names) > MAX_NAMED + 1:
        return f"{what}: {', '.join(names[:MAX_NAMED])} and {len(names) - MAX_NAMED} more"
    return f"{what}: {formatting.join_with_and(names)}" if names else ""
