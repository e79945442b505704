"""Gaps of the record, in sentences."""

from datetime import date

import pytest
from django.urls import reverse

from recommendations.choices import Rule
from reports.readiness.explanation.gaps import find_gaps
from reports.readiness.gathering import gather_facts
from reports.readiness.readiness import evaluate_readiness
from tests.factories import (
    BenchmarkFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    IndicatorFactory,
    ReadingFactory,
)

pytestmark = pytest.mark.django_db


def gap_sentences(edition, **more):
    facts = gather_facts(edition)
    found = find_gaps(
        facts,
        evaluate_readiness(facts, as_of=date(2022, 1, 28)),
        **{"updates": 0, "pieces": 0, "on_words_alone": 0} | more,
    )
    assert all(reverse(gap.page) for gap in found if gap.page)
    return [gap.sentence for gap in found]


def test_everything_that_is_missing_is_said_once():
    counted, uncounted = IndicatorFactory(name="Cases"), IndicatorFactory(name="Convictions")
    unknown = BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=10, terms__indicator=uncounted)
    known = BenchmarkFactory(recommendation=unknown.recommendation)
    ReadingFactory(indicator=counted, figure=4, verified=True)
    ReadingFactory(indicator=uncounted, last_period=True, figure=1)
    EvidenceFactory(supports=[known], verified=True)
    undated = EvidenceFactory(happened_from=None, supports=[known])
    stated = EvidenceFactory(happened_from=None, supports=[known])
    EvidenceReviewFactory(evidence_link=stated.evidence_links.get(), first_on=stated.happened_to)
    EvidenceFactory(happened_from=None, revises=undated)

    assert gap_sentences(unknown.recommendation.edition, updates=1, pieces=0, on_words_alone=2) == [
        f"1 benchmark has nothing verified that counts: {unknown.key}.",
        "1 indicator has no figure for the period: Convictions.",
        "1 update waits for the embassy’s review.",
        "2 pieces of evidence, logged or sent with an update, have no file and no link.",
        "1 piece of evidence has no start date.",
        "There is 1 problem in the record.",
    ]


def test_a_record_without_any_gap_lacks_nothing():
    benchmark = BenchmarkFactory()
    EvidenceFactory(supports=[benchmark], verified=True)

    assert gap_sentences(benchmark.recommendation.edition) == [
        "There is 1 problem in the record."
    ]  # it isn't assessed yet


def test_many_are_named_in_part_and_counted():
    benchmark = BenchmarkFactory()
    for _ in range(9):
        BenchmarkFactory(recommendation=benchmark.recommendation)

    sentence, *_ = gap_sentences(benchmark.recommendation.edition)

    assert sentence == "10 benchmarks have nothing verified that counts: 1a, 1b, 1c, 1d, 1e, 1f and 4 more."
