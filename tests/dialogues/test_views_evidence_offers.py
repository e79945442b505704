"""A form of evidence that was sent is read with the rows that it names, and judged as if it offered all."""

import pytest
from django.urls import reverse

from dialogues.actions.evidence import EvidenceSupport, evidence_audit_values, log_evidence
from dialogues.choices import DoneBy, EvidenceKind, SupportKind
from dialogues.models import Evidence
from tests.dialogues.test_views_evidence_logging import DAY, form_data, link_data
from tests.edition_urls import edition_url
from tests.factories import (
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    IndicatorFactory,
    OfficerFactory,
    PartnerFactory,
    QuestionFactory,
    at_noon,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    officer = OfficerFactory()
    client.force_login(officer)
    return officer


@pytest.mark.parametrize("count", [1, 30])
def test_logging_evidence_reads_only_the_rows_that_were_chosen(client, officer, django_assert_max_num_queries, count):
    benchmarks = [BenchmarkFactory() for _ in range(count)]
    commitments = [CommitmentFactory(benchmarks=benchmarks) for _ in range(count)]
    IndicatorFactory()
    address = edition_url("evidence_log")
    client.post(address, form_data())  # builds the queries that are built once

    # session, user, zone; editions; permission; the commitment, the benchmark and its terms; a savepoint; permission,
    # the country of the benchmark, the lock of the person, the same evidence; evidence and link; the tracked edition,
    # its job; the lock of the log (PostgreSQL), its newest entry, the entry, its values, the version; the savepoint’s
    # end.
    with django_assert_max_num_queries(24):
        client.post(address, form_data(commitment=commitments[0].pk, title="They met.", **link_data(benchmarks[0])))

    evidence = Evidence.objects.get(title="They met.")
    assert (evidence.commitment, evidence.evidence_links.get().benchmark) == (commitments[0], benchmarks[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("commitment", "0{commitment}"),
        ("commitment", "{other_commitment}"),
        ("partner", "{other_partner}"),
        ("partner", "0{partner}"),
        ("questions", "{other_question}"),
        ("questions", ""),
        ("evidence_links-0-benchmark", "{other_benchmark}"),
        ("count-indicator", "{other_indicator}"),
    ],
)
def test_a_row_that_is_not_on_offer_is_refused_beside_its_field_and_all_rows_are_offered_again(
    client, officer, name, value
):
    edition = BenchmarkFactory().recommendation.edition
    elsewhere = CountryFactory(elsewhere=True)
    rows = {
        "commitment": CommitmentFactory(text="They promised this."),
        "partner": PartnerFactory(name="The House"),
        "other_commitment": CommitmentFactory(country=elsewhere),
        "other_partner": PartnerFactory(country=elsewhere),
        "other_question": QuestionFactory(edition__country=elsewhere),
        "other_benchmark": BenchmarkFactory(recommendation__edition__country=elsewhere),
        "other_indicator": IndicatorFactory(country=elsewhere),
    }
    QuestionFactory(edition=edition, text="What did the courts do?")
    IndicatorFactory(name="Convictions")
    chosen = value.format(**{key: row.pk for key, row in rows.items()})

    response = client.post(edition_url("evidence_log"), form_data(**{name: chosen}))

    assert response.status_code == 422
    context = response.context
    field = name.rpartition("-")[2]
    errors = context["form"].errors | context["count"].errors | context["rows"].forms[0].errors
    assert field in errors
    for text in ("They promised this.", "The House", "What did the courts do?", "Convictions"):
        assert text in response.text


def test_a_benchmark_that_is_named_twice_is_refused_above_the_form_too(client, officer):
    benchmark = BenchmarkFactory()

    response = client.post(
        reverse("evidence_log"), form_data(**link_data(benchmark), **{"evidence_links-1-benchmark": benchmark.pk})
    )

    assert response.status_code == 422
    assert [form.prefix for form in response.context["refused_forms"]] == ["evidence_links-1"]


def test_a_refusal_of_the_action_stays_when_all_rows_are_offered_again(client, officer):
    benchmark = BenchmarkFactory()
    CommitmentFactory(text="They promised this.")
    sent = form_data(**link_data(benchmark))
    client.post(edition_url("evidence_log"), sent)

    response = client.post(edition_url("evidence_log"), sent)

    assert response.status_code == 422
    assert response.context["form"].refusal.code == "duplicate"
    assert response.context["recorded_before"]
    assert "They promised this." in response.text


def test_the_log_says_the_same_of_what_evidence_supports_as_the_rows(officer):
    first, second = BenchmarkFactory(), BenchmarkFactory()
    edition = first.recommendation.edition
    questions = [
        QuestionFactory(edition=edition, number=number, position=position) for number, position in (("9", 2), ("4", 1))
    ]
    support = EvidenceSupport(
        evidence_links=[(second, SupportKind.ACTION), (first, SupportKind.PLAN)],
        indicia=[(9, SupportKind.CONTEXT), (4, SupportKind.ACTION)],
        questions=questions,
    )
    evidence = log_evidence(
        country=edition.country,
        title="They met.",
        kind=EvidenceKind.SITE_VISIT,
        happened_from=DAY,
        happened_to=DAY,
        done_by=DoneBy.GOVERNMENT,
        stated_by="Embassy visit",
        source="Minutes",
        evidence_links=support.evidence_links,
        indicia=support.indicia,
        questions=support.questions,
        by=officer,
        now=at_noon(DAY),
    )

    assert evidence_audit_values(evidence, support) == evidence_audit_values(Evidence.objects.get(pk=evidence.pk))
