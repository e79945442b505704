"""Rows of the record as pages name them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from dialogues.choices import EvidenceDecision, Verdict
from recommendations.choices import MilestoneKind, Rule
from reports.readiness.answers import RowReference
from reports.views.record_rows import find_record_rows
from tests.factories import (
    AssessmentFactory,
    BenchmarkFactory,
    BenchmarkTermsFactory,
    CommitmentCorrectionFactory,
    CommitmentFactory,
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    MilestoneFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db

DAY = at_noon(date(2022, 1, 10))


def find_row(row, kind, **more):
    reference = RowReference(kind, row.pk)
    return find_record_rows(OfficerFactory(), [reference], **more)[reference]


def test_evidence_is_named_with_its_source_its_days_and_who_says_so():
    evidence = EvidenceFactory(title="A case", source="Register", stated_by="High Court")

    named = find_row(evidence, "evidence")

    assert (named.text, named.source, named.url) == ("A case", "Register", f"/evidence/{evidence.pk}/")
    assert (named.author, named.verb, named.starts_on, named.ends_on) == (
        "High Court",
        "claimed",
        DAY.date(),
        DAY.date(),
    )
    assert named.newest_review is None


def test_a_commitment_is_worded_as_it_was_known_then():
    commitment = CommitmentFactory(text="Train 04 officers.")
    CommitmentCorrectionFactory(commitment=commitment, text="Train 40 officers.", recorded_at=DAY)

    assert find_row(commitment, "commitment").text == "Train 40 officers."
    assert find_row(commitment, "commitment", known_by=DAY).text == "Train 40 officers."
    assert find_row(commitment, "commitment", known_by=DAY - timedelta(seconds=1)).text == "Train 04 officers."


def test_evidence_has_the_newest_word_on_each_benchmark_as_known_then():
    one, other = BenchmarkFactory(), BenchmarkFactory()
    evidence = EvidenceFactory(supports=[one, other], verified=True)
    evidence_link = evidence.evidence_links.get(benchmark=other)
    EvidenceReviewFactory(
        evidence_link=evidence_link, decision=EvidenceDecision.REJECTED, recorded_at=DAY + timedelta(days=1)
    )

    now, then = find_row(evidence, "evidence"), find_row(evidence, "evidence", known_by=DAY)

    assert now.review_on(one.pk).decision is EvidenceDecision.VERIFIED
    assert now.review_on(other.pk).decision is now.newest_review.decision is EvidenceDecision.REJECTED
    assert then.review_on(other.pk).decision is EvidenceDecision.VERIFIED


def test_figure_leads_to_the_evidence_it_cites_and_its_review_though_that_was_revised():
    cited = EvidenceFactory(verified=True, source="As first told")
    reading = ReadingFactory(evidence=cited, source="", figure=16, recorded_at=DAY)
    right = EvidenceFactory(revises=cited, source="Put right", recorded_at=DAY + timedelta(days=1))
    EvidenceReviewFactory(evidence=right, decision=EvidenceDecision.REJECTED)

    named = find_row(reading, "reading")

    assert (named.url, named.source) == (f"/evidence/{cited.pk}/", "As first told")
    assert named.newest_review.decision is EvidenceDecision.VERIFIED
    assert named.text.endswith(": 16")


def test_figure_put_on_evidence_verified_before_has_nobodys_word():
    cited = EvidenceFactory(verified=True)

    assert (
        find_row(ReadingFactory(evidence=cited, recorded_at=DAY + timedelta(days=1)), "reading").newest_review is None
    )


def test_figure_without_evidence_names_its_source_and_has_no_page():
    reading = ReadingFactory(last_period=True, source="TIP Report 2021")

    named = find_row(reading, "reading")

    assert (named.url, named.source, named.verb) == ("", "TIP Report 2021", "recorded")


def test_rows_of_the_embassy_link_to_their_pages():
    benchmark = BenchmarkFactory(terms__criterion="It is done.", recommendation__text="Do it.")
    page = reverse("recommendation_detail", args=[benchmark.recommendation_id])
    assessment = AssessmentFactory(benchmark=benchmark, verdict=Verdict.STEP)
    promise = CommitmentFactory(text="To do it.")
    deadline, plan = MilestoneFactory(), MilestoneFactory(kind=MilestoneKind.ACTION_PLAN)
    edition = EditionFactory()

    assert find_row(benchmark, "benchmark")[1:3] == ("1a: It is done.", f"{page}#benchmark-a")
    assert find_row(assessment, "assessment")[1:3] == ("1a: Concrete step", f"{page}#benchmark-a")
    assert find_row(benchmark.recommendation, "recommendation")[1:3] == ("Recommendation 1: Do it.", page)
    assert find_row(promise, "commitment")[1:3] == ("To do it.", f"/commitments/{promise.pk}/")
    assert find_row(deadline, "milestone").url == f"/milestones/{deadline.pk}/"
    assert find_row(plan, "milestone").url == f"/milestones/{plan.pk}/"
    assert find_row(edition, "edition")[1:3] == ("Terms of Lesotho, 2021 edition", f"/editions/{edition.pk}/terms/")


def test_benchmark_is_worded_as_its_terms_were_known():
    benchmark = BenchmarkFactory(terms__criterion="One thing.")
    BenchmarkTermsFactory(benchmark=benchmark, criterion="Another.", recorded_at=DAY)

    assert find_row(benchmark, "benchmark").text == "1a: Another."
    assert find_row(benchmark, "benchmark", known_by=DAY - timedelta(days=1)).text == "1a: One thing."


def test_rows_that_a_reader_does_not_see_are_left_out():
    elsewhere = EditionFactory(country=CountryFactory(code="MWI", name="Malawi"))
    theirs = EvidenceFactory(country=elsewhere.country)
    internal = EvidenceFactory()

    asked = [
        RowReference("evidence", theirs.pk),
        RowReference("evidence", internal.pk),
        RowReference("edition", elsewhere.pk),
    ]

    assert set(find_record_rows(OfficerFactory(), asked)) == {RowReference("evidence", internal.pk)}
    assert find_record_rows(FocalPointFactory(), asked) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_rows_query_count(django_assert_num_queries, count):
    rows = []
    for _ in range(count):
        indicator = IndicatorFactory()
        benchmark = BenchmarkFactory(terms__rule=Rule.MORE, terms__indicator=indicator)
        rows += [
            RowReference("benchmark", benchmark.pk),
            RowReference("evidence", EvidenceFactory(supports=[benchmark], verified=True).pk),
            RowReference("reading", ReadingFactory(indicator=indicator, verified=True).pk),
            RowReference("assessment", AssessmentFactory(benchmark=benchmark).pk),
            RowReference("commitment", CommitmentFactory().pk),
            RowReference("recommendation", RecommendationFactory().pk),
        ]
    reader = OfficerFactory()

    # 1 readings, 1 evidence, 1 reviews, 2 benchmarks, 1 each of the other three, and who reads: its
    # countries are part of each query
    with django_assert_num_queries(8):
        assert len(find_record_rows(reader, rows)) == 6 * count
