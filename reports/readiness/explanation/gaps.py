"""Find what the record lacks, each gap as a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reports.choices import ReadinessVerdict
from reports.readiness import countable_facts
from reports.readiness.fact_index import FactIndex
from reports.readiness.facts import Facts
from reports.readiness.readiness import Readiness
from reports.sentences import describe_review_queue
from tiptracker.localization import gettext, join_with_and, ngettext

MAX_NAMED = 6
"""How many benchmarks or indicators a sentence names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class RecordGap:
    """A gap in the record. `page` is the name of the page that lists the missing rows; empty if there is none."""

    sentence: str
    page: str = ""


def find_gaps(
    facts: Facts, result: Readiness, *, updates: int, pieces: int, on_words_alone: int
) -> tuple[RecordGap, ...]:
    """Return all gaps in the record, the most important first.

    `updates` and `pieces` (of evidence) wait for the embassy's review. `on_words_alone` pieces of evidence, logged or
    sent with these updates, have no file or link.
    """
    without_data = [
        benchmark.line.key
        for benchmark in result.verified.benchmarks
        if benchmark.line.finding.verdict is ReadinessVerdict.NO_DATA
    ]
    without_figure = _indicators_without_figure(facts)
    problems, undated = len(result.checks), _count_without_start_date(facts)
    counted = (
        (
            on_words_alone,
            ngettext(
                "%(number)d piece of evidence, logged or sent with an update, has no file and no link.",
                "%(number)d pieces of evidence, logged or sent with an update, have no file and no link.",
                on_words_alone,
            ),
            "",
        ),
        (
            undated,
            ngettext(
                "%(number)d piece of evidence has no start date.",
                "%(number)d pieces of evidence have no start date.",
                undated,
            ),
            "",
        ),
        (
            problems,
            ngettext(
                "There is %(number)d problem in the record.", "There are %(number)d problems in the record.", problems
            ),
            "readiness_checks",
        ),
    )
    gaps = [RecordGap(_benchmarks_sentence(without_data), "recommendation_list")] if without_data else []
    gaps += [RecordGap(_indicators_sentence(without_figure), "indicator_list")] if without_figure else []
    gaps += [RecordGap(waiting, "my_tasks")] if (waiting := describe_review_queue(updates, pieces)) else []
    gaps += [RecordGap(sentence % {"number": number}, page) for number, sentence, page in counted if number]
    return tuple(gaps)


def _benchmarks_sentence(keys: Sequence[str]) -> str:
    """Return how many benchmarks have nothing verified that counts, with the first: "2 benchmarks … : 1a and 2b."."""
    values, rest = _name_some(keys)
    if rest:
        sentence = gettext("%(total)d benchmarks have nothing verified that counts: %(names)s and %(rest)d more.")
    else:
        sentence = ngettext(
            "%(total)d benchmark has nothing verified that counts: %(names)s.",
            "%(total)d benchmarks have nothing verified that counts: %(names)s.",
            len(keys),
        )
    return sentence % values


def _indicators_sentence(names: Sequence[str]) -> str:
    """Return which indicators have no figure for the period, with the first of them."""
    values, rest = _name_some(names)
    if rest:
        sentence = gettext("%(total)d indicators have no figure for the period: %(names)s and %(rest)d more.")
    else:
        sentence = ngettext(
            "%(total)d indicator has no figure for the period: %(names)s.",
            "%(total)d indicators have no figure for the period: %(names)s.",
            len(names),
        )
    return sentence % values


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


def _name_some(names: Sequence[str]) -> tuple[Mapping[str, object], int]:
    """Return the values of a sentence that names the first rows, and how many rows it only counts."""
    rest = len(names) - MAX_NAMED if len(names) > MAX_NAMED + 1 else 0
    named = ", ".join(names[:MAX_NAMED]) if rest else join_with_and(names) if names else ""
    return {"total": len(names), "names": named, "rest": rest}, rest
