"""Corrections of commitments through the API."""

import pytest

from dialogues.choices import CommitmentReach
from dialogues.models import Commitment
from tests.factories import (
    BenchmarkFactory,
    CommitmentCorrectionFactory,
    CommitmentFactory,
    EditionFactory,
    FocalPointFactory,
    OfficerFactory,
    RecommendationFactory,
)

pytestmark = pytest.mark.django_db

MEETS, CONTRIBUTES = CommitmentReach.MEETS, CommitmentReach.CONTRIBUTES


@pytest.fixture
def benchmarks():
    recommendation = RecommendationFactory(number=4)
    return [BenchmarkFactory(recommendation=recommendation) for _ in range(3)]


@pytest.fixture
def commitment(benchmarks):
    return CommitmentFactory(text="Train 04 officers.", benchmarks=benchmarks[:1])


@pytest.fixture
def officer(client):
    user = OfficerFactory(name="Officer Orr")
    client.force_login(user)
    return user


def correct(client, commitment, **body):
    return client.post(
        f"/api/v1/commitments/{commitment.pk}/correct/",
        {"reason": "It was written down wrongly."} | body,
        content_type="application/json",
    )


def test_the_wording_is_corrected_and_the_benchmarks_stay(client, officer, commitment, benchmarks):
    response = correct(client, commitment, text="Train 40 officers.")

    assert response.status_code == 201, response.content
    row = response.json()
    assert (row["text"], row["benchmarks"]) == ("Train 40 officers.", [benchmarks[0].pk])
    [correction] = row["corrections"]
    assert (correction["replaced_text"], correction["reason"]) == ("Train 04 officers.", "It was written down wrongly.")
    assert (correction["added"], correction["removed"]) == ([], [])
    assert row == client.get(f"/api/v1/commitments/{commitment.pk}/").json()


def test_the_benchmarks_of_an_edition_are_corrected_and_the_wording_stays(client, officer, commitment, benchmarks):
    response = correct(client, commitment, links=[{"benchmark": benchmarks[1].pk, "reach": "meets"}])

    assert response.status_code == 201, response.content
    row = response.json()
    assert (row["text"], row["benchmarks"]) == ("Train 04 officers.", [benchmarks[1].pk])
    assert row["links"] == [{"benchmark": benchmarks[1].pk, "reach": "meets"}]
    [correction] = row["corrections"]
    assert correction["replaced_text"] == ""
    assert correction["added"] == [{"benchmark": benchmarks[1].pk, "reach": "meets"}]
    assert correction["removed"] == [{"benchmark": benchmarks[0].pk, "reach": "contributes"}]


def test_a_refused_correction_says_why(client, officer, commitment, benchmarks):
    later = BenchmarkFactory(recommendation=RecommendationFactory(edition=EditionFactory(year=2022)))
    mixed = [{"benchmark": row.pk, "reach": "meets"} for row in (benchmarks[0], later)]

    assert correct(client, commitment).json()["code"] == "unchanged"
    answer = correct(client, commitment, links=mixed)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "another_edition", "links")
    assert correct(client, commitment, links=[]).status_code == 400
    assert correct(client, commitment, links=[{"benchmark": 987654321, "reach": "meets"}]).status_code == 400
    assert correct(client, commitment, text="Train 40 officers.", reason="").status_code == 400
    assert Commitment.objects.get().text == "Train 04 officers."


def test_a_correction_that_is_sent_twice_with_one_key_is_recorded_once(client, officer, commitment):
    answers = [
        client.post(
            f"/api/v1/commitments/{commitment.pk}/correct/",
            {"text": "Train 40 officers.", "reason": "A slip."},
            content_type="application/json",
            headers={"Idempotency-Key": "one"},
        )
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert commitment.corrections.count() == 1


def test_a_ministry_reads_corrections_without_names_and_links(client, commitment, benchmarks):
    CommitmentCorrectionFactory(commitment=commitment, removes=benchmarks[:1], adds=benchmarks[:1], adds__reach=MEETS)
    CommitmentCorrectionFactory(commitment=commitment, text="Train 40 officers.", reason="A slip.")
    CommitmentCorrectionFactory(commitment=commitment, adds=benchmarks[1:2], reason="One was missing.")
    client.force_login(FocalPointFactory(ministry=commitment.ministry))

    [row] = client.get("/api/v1/commitments/").json()["results"]

    assert row["text"] == "Train 40 officers."
    assert [(correction["replaced_text"], correction["reason"]) for correction in row["corrections"]] == [
        ("Train 04 officers.", "A slip."),
        ("", "One was missing."),
    ]
    assert {correction["recorded_by"] for correction in row["corrections"]} == {"The embassy"}
    assert {"added", "removed"}.isdisjoint(row["corrections"][0])


def test_a_removed_benchmark_finds_no_commitment(client, officer, commitment, benchmarks):
    CommitmentCorrectionFactory(commitment=commitment, removes=benchmarks[:1], adds=benchmarks[1:2])

    def found(benchmark):
        return client.get("/api/v1/commitments/", {"benchmark": benchmark.pk}).json()["results"]

    assert [row["id"] for row in found(benchmarks[1])] == [commitment.pk]
    assert found(benchmarks[0]) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_many_corrections_as_for_one(
    client, officer, benchmarks, django_assert_num_queries, count
):
    for _ in range(count):
        commitment = CommitmentFactory(benchmarks=benchmarks[:1])
        for number in range(count):
            CommitmentCorrectionFactory(commitment=commitment, text=f"Train {number} officers.")
        CommitmentCorrectionFactory(commitment=commitment, removes=benchmarks[:1], adds=benchmarks[1:2])

    client.get("/api/v1/commitments/")  # which leaves an entry in the log
    # session, user; countries, number of rows, rows, links, events, their recorders, proposed due dates, corrections,
    # what they added and removed; the count of what was read
    with django_assert_num_queries(18):
        client.get("/api/v1/commitments/")
