"""Find what the record lacks, each gap as a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import sentences
from reports.choices import ReadinessVerdict
from reports.readiness import countable_facts
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import Facts
from reports.readiness.readiness import Readiness
from tiptracker.localization import join_with_and

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
    without_data = [
        benchmark.line.key
        for benchmark in result.verified.benchmarks
        if benchmark.line.finding.verdict is ReadinessVerdict.NO_DATA
    ]
    without_figure = _indicators_without_figure(facts)
    gaps = (
        (
            len(without_data),
            "benchmark has",
            "benchmarks have",
            _list_some("no information", without_data),
            "recommendation_list",
        ),
        (
            len(without_figure),
            "indicator has",
            "indicators have",
            _list_some("no figure for the period", without_figure),
            "indicator_list",
        ),
        (result.waiting, "claim waits", "claims wait", "for a review", "inbox"),
        (on_words_alone, "claim rests", "claims rest", "on words alone, without file or link", ""),
        (_count_without_start_date(facts), "piece of evidence has", "pieces of evidence have", "no first day", ""),
        (len(result.checks), "thing does", "things do", "not fit together", "readiness_checks"),
    )
    return tuple(
        RecordGap(f"{sentences.format_count(number, singular, plural)} {problem}.", page)
        for number, singular, plural, problem, page in gaps
        if number
    )


def _indicators_without_figure(facts: Facts) -> list[str]:
    """Return the names of indicators without any figure for the period. A direction is not a figure."""
    window = facts.edition.tracking
    with_figure = {
        row.indicator_id
        for row in facts.readings
        if row.figure is not None and countable_facts.is_of_period(window, row)
    }
    return [
        indicator.name
        for indicator in sorted(facts.indicators, key=lambda indicator: indicator.id)
        if indicator.id not in with_figure
    ]


def _count_without_start_date(facts: Facts) -> int:
    """Count evidence in force that has no start date, neither its own nor one from a review."""
    with_start_date = {row.evidence_id for row in facts.reviews if row.first_on is not None}
    return sum(row.happened_from is None and row.id not in with_start_date for row in FactIndex(facts).in_force)


def _list_some(problem: str, names: Sequence[str]) -> str:
    """Say which rows lack something, and count the rest: "no information: 1a, 2a and 4 more"."""
    if len(names) > MAX_NAMED + 1:
        return f"{problem}: {', '.join(names[:MAX_NAMED])} and {len(names) - MAX_NAMED} more"
    return f"{problem}: {join_with_and(names)}" if names else ""
