"""Say what a review changed: readiness before and after it, and why it did not change."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from reports import formatting
from reports.readiness.explanation.counting_reasons import CountingStatus, find_counting_statuses
from reports.readiness.explanation.score_display import without_trailing_zeros
from reports.readiness.facts import Facts
from reports.readiness.readiness import evaluate_readiness
from tiptracker.localization import gettext


class DecisionEffect(NamedTuple):
    """What a review changed, in a sentence, and why it changed nothing (empty if it changed something)."""

    sentence: str
    reasons: Sequence[str] = ()


def find_decision_effect(
    facts: Facts, *, as_of: date, decided_at: datetime, evidence_ids: Collection[int]
) -> DecisionEffect:
    """Return what the reviews of one moment changed.

    Args:
        facts: the facts of the edition.
        as_of: the day in the country.
        decided_at: the moment of the reviews. What was recorded later is left out.
        evidence_ids: the ids of the evidence that was reviewed.
    """
    before = evaluate_readiness(facts, as_of=as_of, known_by=decided_at - timedelta(microseconds=1))
    after = evaluate_readiness(facts, as_of=as_of, known_by=decided_at)
    first, last = (without_trailing_zeros(formatting.round_to_tenth(result.score)) for result in (before, after))
    values = {"before": first, "after": last}
    if first < last:
        return DecisionEffect(gettext("Readiness rose from %(before)s to %(after)s of 100.") % values)
    if first > last:
        return DecisionEffect(gettext("Readiness fell from %(before)s to %(after)s of 100.") % values)
    sentence = gettext("Readiness did not change: %(after)s of 100.") % values
    reasons = _unchanged_reasons(after.known_facts, as_of, evidence_ids)
    return DecisionEffect(sentence, list(dict.fromkeys(reasons)))


def _unchanged_reasons(facts: Facts, as_of: date, evidence_ids: Collection[int]) -> Iterator[str]:
    """Yield for each benchmark and each figure of the evidence why it added nothing."""
    statuses = find_counting_statuses(facts, as_of)
    keys = {
        benchmark.id: f"{recommendation.number}{benchmark.letter}"
        for recommendation in facts.recommendations
        for benchmark in facts.benchmarks
        if benchmark.recommendation_id == recommendation.id
    }
    for link in facts.evidence_links:
        if link.evidence_id in evidence_ids and link.benchmark_id in keys:
            yield gettext("Benchmark %(benchmark)s: %(reason)s.") % {
                "benchmark": keys[link.benchmark_id],
                "reason": _reason(
                    statuses.evidence_links[link.id], gettext("it counts, but the benchmark had these points already")
                ),
            }
    names = {indicator.id: indicator.name for indicator in facts.indicators}
    for reading in facts.readings:
        if reading.evidence_id in evidence_ids:
            yield gettext("Figure “%(indicator)s”: %(reason)s.") % {
                "indicator": names[reading.indicator_id],
                "reason": _reason(statuses.readings[reading.id], gettext("it counts, but adds no points")),
            }


def _reason(status: CountingStatus, if_counted: str) -> str:
    return if_counted if status.counts else status.reason or gettext("it does not count")
