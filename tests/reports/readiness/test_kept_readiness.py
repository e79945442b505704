"""Readiness that a process keeps: never stale, and after a new fact only what it touches is read and computed."""

from dataclasses import fields
from datetime import date
from itertools import count

import pytest
from django.db import transaction
from django.utils import translation

from dialogues.choices import CommitmentEventKind, EvidenceDecision, UpdateDecision, Verdict
from recommendations.choices import MilestoneKind, Pillar, Rule, Tier
from recommendations.models import Edition
from reports.readiness import gathering, kept_readiness
from reports.readiness.explanation.trend_display import display_trend
from reports.readiness.facts import Facts
from reports.readiness.gathering import gather_facts
from reports.readiness.kept_readiness import daily_scores_of, facts_of, readiness_of
from reports.readiness.readiness import evaluate_readiness
from tests import factories
from tests.factories import at_noon
from tests.pseudo_languages import LEFT_TO_RIGHT, OPEN, pseudo_languages
from tests.transactions import outer_transaction, record_log_entry

pytestmark = pytest.mark.django_db

DAY = date(2022, 1, 10)
LATER = date(2022, 1, 12)
AS_OF = date(2022, 1, 28)
QUERIES = 6
"""The position of the snapshot, and the tables whose rows may change: terms, indicators, milestones."""

versions = count()


class Record:
    """An edition with two benchmarks and a row of each kind."""

    def __init__(self):
        self.indicator = factories.IndicatorFactory()
        self.benchmark = factories.BenchmarkFactory()
        self.other = factories.BenchmarkFactory(
            recommendation=self.benchmark.recommendation, terms__rule=Rule.MORE, terms__indicator=self.indicator
        )
        self.edition = self.benchmark.recommendation.edition
        self.commitment = factories.CommitmentFactory(benchmarks=[self.benchmark])
        self.proof = factories.AgreedProofFactory(commitment=self.commitment)
        self.version = factories.UpdateVersionFactory(update__commitment=self.commitment)
        self.evidence = factories.EvidenceFactory(update_version=self.version, supports=[self.benchmark])
        self.reviewed = factories.EvidenceFactory(supports=[self.benchmark, self.other], verified=True)
        self.milestone = factories.MilestoneFactory(edition=self.edition, kind=MilestoneKind.ACTION_PLAN)
        record_log_entry("thing.changed", by=None)

    def current_edition(self):
        return Edition.objects.select_related("country").get(pk=self.edition.pk)

    def is_up_to_date(self):
        """Return whether what is kept equals what is gathered and evaluated anew. Each call is for a new version."""
        edition, version = self.current_edition(), next(versions)
        result, scores = readiness_of(edition, as_of=AS_OF, version=version), daily_scores_of(edition, version=version)
        anew = gather_facts(edition)
        day = {"as_of": AS_OF, "known_by": None, "events": ()}
        return (
            result == evaluate_readiness(anew, as_of=AS_OF)
            and as_sets(result.known_facts) == as_sets(anew)
            and display_trend(result.known_facts, **day, scores=scores, result=result) == display_trend(anew, **day)
        )


def as_sets(facts):
    return {
        field.name: sorted(map(as_text, rows)) if isinstance(rows := getattr(facts, field.name), tuple) else rows
        for field in fields(Facts)
    }


def as_text(row):
    """Return a row as text, in which the order of rows within it makes no difference."""
    named = row._asdict() if hasattr(row, "_asdict") else {name: getattr(row, name) for name in row.__slots__}
    return repr(
        {name: sorted(map(repr, value)) if isinstance(value, tuple) else value for name, value in named.items()}
    )


@pytest.fixture
def record():
    record = Record()
    assert record.is_up_to_date()
    assert record.is_up_to_date()  # on PostgreSQL only from the second reading on is it known to be complete
    return record


@pytest.fixture
def never_anew(monkeypatch):
    """Let a test fail that gathers all facts for what is kept."""

    def refuse(edition):
        raise AssertionError("All facts are gathered again.")

    monkeypatch.setattr(kept_readiness, "gather_facts", refuse)


NEW_FACTS = {
    "evidence": lambda record: factories.EvidenceFactory(supports=[record.benchmark, record.other]),
    "corrected evidence": lambda record: factories.EvidenceFactory(
        revises=record.reviewed, supports=[record.benchmark], happened_from=None
    ),
    "link": lambda record: factories.EvidenceLinkFactory(evidence=record.evidence, benchmark=record.other),
    "review of a link": lambda record: factories.EvidenceReviewFactory(
        evidence_link=record.evidence.evidence_links.get(), recorded_at=at_noon(LATER)
    ),
    "rejection of evidence": lambda record: factories.EvidenceReviewFactory(
        evidence=record.reviewed, decision=EvidenceDecision.REJECTED, recorded_at=at_noon(LATER)
    ),
    "update": lambda record: factories.UpdateVersionFactory(update=record.version.update, number=2),
    "accepted update": lambda record: factories.UpdateVersionDecisionFactory(
        update_version=record.version, decision=UpdateDecision.ACCEPTED
    ),
    "returned update": lambda record: factories.UpdateVersionDecisionFactory(
        update_version=record.version, decision=UpdateDecision.RETURNED, reason="More."
    ),
    "withdrawn update": lambda record: factories.UpdateVersionDecisionFactory(
        update_version=record.version, decision=UpdateDecision.WITHDRAWN
    ),
    "reading": lambda record: factories.ReadingFactory(indicator=record.indicator, figure=7, through_on=DAY),
    "reading with evidence": lambda record: factories.ReadingFactory(
        indicator=record.indicator, figure=9, through_on=DAY, evidence=record.evidence
    ),
    "assessment": lambda record: factories.AssessmentFactory(
        benchmark=record.benchmark, verdict=Verdict.MET, grounds=[record.reviewed]
    ),
    "commitment": lambda record: factories.CommitmentFactory(benchmarks=[record.other]),
    "event": lambda record: factories.CommitmentEventFactory(
        commitment=record.commitment, kind=CommitmentEventKind.WITHDRAWN, happened_on=LATER
    ),
    "correction": lambda record: factories.CommitmentCorrectionFactory(
        commitment=record.commitment, removes=[record.benchmark], adds=[record.other]
    ),
    "proof": lambda record: factories.AgreedProofFactory(commitment=record.commitment),
    "end of a proof": lambda record: factories.AgreedProofEndFactory(proof=record.proof),
    "terms of the edition": lambda record: factories.EditionTermsFactory(
        edition=record.edition, readiness_target=70, recorded_at=at_noon(LATER)
    ),
    "terms of a recommendation": lambda record: factories.RecommendationTermsFactory(
        recommendation=record.benchmark.recommendation, pillar=Pillar.PREVENTION, recorded_at=at_noon(LATER)
    ),
    "terms of a benchmark": lambda record: factories.BenchmarkTermsFactory(
        benchmark=record.benchmark, weight=3, recorded_at=at_noon(LATER)
    ),
    "name of an indicator": lambda record: change(record.indicator, name="arrests"),
    "lead": lambda record: change(record.benchmark.recommendation, lead=factories.MinistryFactory()),
    "tier": lambda record: change(record.edition, tier=Tier.TIER_3),
    "milestone": lambda record: factories.MilestoneDoneFactory(milestone=record.milestone, done_on=DAY),
    "date of a milestone": lambda record: factories.MilestoneDateChangeFactory(milestone=record.milestone),
    "another country": lambda record: factories.EvidenceFactory(country=factories.CountryFactory(elsewhere=True)),
}
"""Something new in a record, by its name."""


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


@pytest.mark.parametrize("name", NEW_FACTS)
def test_each_new_fact_is_seen(record, never_anew, name):
    NEW_FACTS[name](record)

    assert record.is_up_to_date()


def test_facts_are_seen_one_after_the_other_and_many_at_once(record, never_anew):
    for name in ("evidence", "review of a link", "correction", "reading", "corrected evidence", "accepted update"):
        NEW_FACTS[name](record)
        assert record.is_up_to_date()
    for name in ("commitment", "rejection of evidence", "assessment", "terms of the edition", "link"):
        NEW_FACTS[name](record)

    assert record.is_up_to_date()


def test_a_new_fact_takes_the_tables_that_grew_and_the_same_version_takes_no_query(record, django_assert_num_queries):
    edition, version = record.current_edition(), next(versions)
    NEW_FACTS["review of a link"](record)

    with django_assert_num_queries(QUERIES + 1):
        result = readiness_of(edition, as_of=AS_OF, version=version)
    with django_assert_num_queries(0):
        assert readiness_of(edition, as_of=AS_OF, version=version) is result
        assert facts_of(edition, version=version) is result.known_facts


def test_a_new_day_and_another_language_have_results_of_their_own(record):
    edition, version = record.current_edition(), next(versions)
    today = readiness_of(edition, as_of=AS_OF, version=version)

    assert readiness_of(edition, as_of=DAY, version=version) == evaluate_readiness(gather_facts(edition), as_of=DAY)
    with pseudo_languages(), translation.override(LEFT_TO_RIGHT):
        other = readiness_of(edition, as_of=AS_OF, version=version)
    assert (other.score, OPEN in other.verified.parts[0].reason) == (today.score, True)
    assert readiness_of(edition, as_of=AS_OF, version=version) is today


def test_a_result_that_was_not_asked_for_in_between_misses_nothing(record, never_anew):
    edition = record.current_edition()
    readiness_of(edition, as_of=DAY, version=next(versions))
    NEW_FACTS["evidence"](record)
    readiness_of(edition, as_of=AS_OF, version=next(versions))
    NEW_FACTS["reading"](record)
    version = next(versions)
    readiness_of(edition, as_of=AS_OF, version=version)

    assert readiness_of(edition, as_of=DAY, version=version) == evaluate_readiness(gather_facts(edition), as_of=DAY)


def test_a_benchmark_that_comes_from_another_edition_brings_its_older_rows(record):
    earlier = factories.EditionFactory(year=2020)
    moved = factories.BenchmarkFactory(recommendation=factories.RecommendationFactory(edition=earlier))
    factories.EvidenceFactory(supports=[moved], verified=True)
    factories.AssessmentFactory(benchmark=moved, verdict=Verdict.MET)
    assert record.is_up_to_date()
    change(moved, recommendation=record.benchmark.recommendation, letter="z")
    factories.BenchmarkTermsFactory(
        benchmark=moved, recommendation=moved.recommendation, letter="z", recorded_at=at_noon(LATER)
    )

    assert record.is_up_to_date()
    assert len(readiness_of(record.current_edition(), as_of=AS_OF, version=next(versions)).verified.benchmarks) == 3


def test_many_changed_commitments_are_gathered_with_all_else(record, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_COMMITMENTS", 2)
    for _ in range(3):
        NEW_FACTS["commitment"](record)

    assert record.is_up_to_date()


def test_a_database_that_was_restored_to_an_earlier_state_is_read_again(record):
    edition = record.current_edition()
    before = readiness_of(edition, as_of=AS_OF, version=next(versions))
    with outer_transaction():
        NEW_FACTS["evidence"](record)
        record_log_entry("thing.changed", by=None)
        after = readiness_of(edition, as_of=AS_OF, version=next(versions))
        transaction.set_rollback(True)
    record_log_entry("other.changed", by=None)

    assert after.waiting == before.waiting + 1
    assert record.is_up_to_date()


def test_readiness_is_not_kept_within_a_transaction_that_may_be_rolled_back(record):
    with transaction.atomic(), pytest.raises(RuntimeError):
        readiness_of(record.current_edition(), as_of=AS_OF, version=next(versions))


def test_the_least_used_edition_is_forgotten_first(record, monkeypatch):
    monkeypatch.setattr(kept_readiness, "MOST_EDITIONS", 1)
    other = factories.EditionFactory(year=2020)
    version = next(versions)
    first = readiness_of(record.current_edition(), as_of=AS_OF, version=version)
    readiness_of(other, as_of=AS_OF, version=version)

    again = readiness_of(record.current_edition(), as_of=AS_OF, version=version)

    assert (again is first, again == first) == (False, True)
