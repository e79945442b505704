"""Former names of fields, filters and paths: valid for one release, and not together with the new name."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from dialogues.models import EvidenceReview
from tests.factories import (
    BenchmarkFactory,
    EditionFactory,
    EvidenceFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
    UpdateVersionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    client.force_login(OfficerFactory())


@pytest.fixture
def update_version():
    version = UpdateVersionFactory()
    EvidenceFactory(update_version=version, supports=[BenchmarkFactory()])
    return version


def post(client, path, said):
    return client.post(f"/api/v1/{path}/", said, content_type="application/json")


def test_answers_hold_both_names(client, officer, update_version):
    evidence = update_version.evidence.get()
    reading = ReadingFactory(update_version=update_version, evidence=evidence)

    row = client.get(f"/api/v1/evidence/{evidence.pk}/").json()
    assert row["round"] == row["update_version"] == update_version.pk
    assert row["bearings"] == row["evidence_links"] != []
    row = client.get(f"/api/v1/updates/{update_version.update_id}/").json()
    assert row["rounds"] == row["versions"] != []
    row = client.get(f"/api/v1/readings/{reading.pk}/").json()
    assert row["round"] == row["update_version"] == update_version.pk


def test_readiness_and_the_terms_of_an_edition_hold_both_names(client, officer):
    edition = EditionFactory(terms__readiness_target=50, terms__readiness_target_reason="The ambassador's.")
    RecommendationFactory(edition=edition)

    terms = client.get(f"/api/v1/editions/{edition.pk}/").json()["terms"][0]
    readiness = client.get(f"/api/v1/readiness/?edition={edition.pk}").json()

    assert terms["working_mark"] == terms["readiness_target"] == "50.0"
    assert readiness["working_mark"] == readiness["readiness_target"] == 50
    assert readiness["ceiling"] == readiness["projected"]
    assert readiness["ceiling_exact"] == readiness["projected_exact"]
    for given in (terms, readiness):
        assert given["working_mark_reason"] == given["readiness_target_reason"] == "The ambassador's."


def test_lists_are_filtered_by_either_name_and_not_by_both(client, officer, update_version):
    EvidenceFactory()

    found = [
        client.get(f"/api/v1/evidence/?{name}={update_version.pk}").json()["results"]
        for name in ("round", "update_version")
    ]
    both = client.get(f"/api/v1/evidence/?round={update_version.pk}&update_version={update_version.pk}")

    assert found[0] == found[1]
    assert [row["id"] for row in found[0]] == [update_version.evidence.get().pk]
    assert (both.status_code, both.json()) == (
        400,
        {"round": ["This is the former name of update_version. Give only one of the two."]},
    )


@pytest.mark.parametrize("name", ["bearing", "evidence_link"])
def test_a_review_names_its_link_by_either_name(client, officer, name):
    evidence = EvidenceFactory(supports=[BenchmarkFactory()])
    said = {"evidence": evidence.pk, name: evidence.evidence_links.get().pk, "decision": "verified", "reason": "Seen."}

    answer = post(client, "reviews", said)

    assert answer.status_code == 201, answer.content
    assert answer.json()["bearing"] == answer.json()["evidence_link"] == evidence.evidence_links.get().pk
    assert EvidenceReview.objects.get().evidence_link == evidence.evidence_links.get()


def test_a_review_that_uses_both_names_is_refused(client, officer, update_version):
    evidence = update_version.evidence.get()
    link = evidence.evidence_links.get().pk
    said = {"evidence": evidence.pk, "bearing": link, "evidence_link": link, "decision": "verified", "reason": "Seen."}
    refusal = {"bearing": ["This is the former name of evidence_link. Give only one of the two."]}

    alone = post(client, "reviews", said)
    accepted = post(client, f"update-versions/{update_version.pk}/accept", {"reviews": [said]})

    assert (alone.status_code, alone.json()) == (400, refusal)
    assert (accepted.status_code, accepted.json()) == (400, {"reviews": {"0": refusal}})
    assert not EvidenceReview.objects.exists()


@pytest.mark.parametrize("path", ["rounds", "update-versions"])
def test_a_version_is_read_and_accepted_at_either_path(client, officer, update_version, path):
    evidence = update_version.evidence.get()
    review = {"evidence": evidence.pk, "bearing": evidence.evidence_links.get().pk, "decision": "verified"}

    read = client.get(f"/api/v1/{path}/{update_version.pk}/")
    accepted = post(client, f"{path}/{update_version.pk}/accept", {"reviews": [review | {"reason": "Seen."}]})

    assert read.json()["id"] == update_version.pk
    assert (accepted.status_code, accepted.json()["decision"]) == (201, "accepted")


def test_the_schema_marks_former_names_as_deprecated_and_no_other(client):
    schema = SchemaGenerator().get_schema(request=None, public=True)

    fields = {
        name
        for component in schema["components"]["schemas"].values()
        for name, field in component.get("properties", {}).items()
        if field.get("deprecated")
    }
    operations = [(path, operation) for path, methods in schema["paths"].items() for operation in methods.values()]
    parameters = {
        (path, each["name"])
        for path, operation in operations
        for each in operation.get("parameters", ())
        if each.get("deprecated")
    }

    assert fields == {
        *("round", "rounds", "bearing", "bearings"),
        *("working_mark", "working_mark_reason", "ceiling", "ceiling_exact"),
    }
    assert parameters == {("/api/v1/evidence/", "round"), ("/api/v1/readings/", "round")}
    assert {path for path, operation in operations if operation.get("deprecated")} == {
        "/api/v1/rounds/{id}/",
        "/api/v1/rounds/{id}/accept/",
        "/api/v1/rounds/{id}/return/",
        "/api/v1/rounds/{id}/withdraw/",
    }
