"""The API as a whole: documentation, formats, and its pages in a browser."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from dialogues.choices import CommitmentEventKind
from tests.factories import (
    AgendaItemFactory,
    AssessmentFactory,
    BenchmarkFactory,
    BriefingFactory,
    CommitmentEventFactory,
    CommitmentFactory,
    DialogueFactory,
    EvidenceFactory,
    EvidenceFileFactory,
    FocalPointFactory,
    InformationRequestFactory,
    LawEntryFactory,
    MinistryFactory,
    OfficerFactory,
    ParticipantFactory,
    ReadingFactory,
    UpdateVersionFactory,
)
from tests.query_counts import FIRST_LIST_READ

LISTS = (
    "assessments", "benchmarks", "briefings", "commitments", "dialogues", "editions", "evidence", "indicators",
    "law-entries", "ministries", "readings", "recommendations", "requests", "reviews", "updates",
)  # fmt: skip
EMBASSY_ONLY_LISTS = ("assessments", "briefings", "law-entries")


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema):
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    }


# --- Documentation ----------------------------------------------------------------------------------------------------


def test_the_documentation_is_made_without_a_warning(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))

    assert (tmp_path / "schema.yml").read_text().startswith("openapi: ")


def test_every_text_and_every_list_of_a_body_has_a_length(schema):
    """A documented length: without one, one body could occupy a worker for a minute."""
    bodies = {name: each for name, each in schema["components"]["schemas"].items() if name.endswith("Request")}
    endless = {
        f"{name}.{field}"
        for name, body in bodies.items()
        for field, part in body["properties"].items()
        if (part.get("type") == "array" and "maxItems" not in part)
        or (part.get("type") == "string" and "format" not in part and "enum" not in part and "maxLength" not in part)
    }
    assert "SendWithFilesRequest" in bodies
    assert endless == set()


def test_every_operation_documents_how_it_goes_well_and_how_it_is_refused(schema):
    told = {name: " ".join(operation["responses"]) for name, operation in operations(schema).items()}

    read = "200 400 401 403 404 406 429"
    handed_out = "200 400 401 403 404 409 410 429"
    made = "201 400 401 403 404 406 409 413 415 422 429 503"
    assert told == {
        "GET /assessments/": read,
        "POST /assessments/": made,
        "GET /assessments/{id}/": read,
        "GET /benchmarks/": read,
        "GET /benchmarks/{id}/": read,
        "GET /briefings/": read,
        "POST /briefings/": made.replace("201", "202"),
        "GET /briefings/{id}/": read,
        "GET /briefings/{id}/file/": handed_out,
        "GET /briefings/{id}/word/": handed_out,
        "GET /commitments/": read,
        "GET /commitments/{id}/": read,
        "POST /commitments/{id}/correct/": made,
        "GET /dialogues/": read,
        "GET /dialogues/{id}/": read,
        "GET /editions/": read,
        "GET /editions/{id}/": read,
        "GET /evidence/": read,
        "GET /evidence/{id}/": read,
        "GET /indicators/": read,
        "GET /indicators/{id}/": read,
        "GET /law-entries/": read,
        "GET /law-entries/{id}/": read,
        "GET /ministries/": read,
        "GET /ministries/{id}/": read,
        "GET /readiness/": read,
        "GET /readings/": read,
        "GET /readings/{id}/": read,
        "GET /recommendations/": read,
        "GET /recommendations/{id}/": read,
        "GET /requests/": read,
        "GET /requests/{id}/": read,
        "GET /reviews/": read,
        "POST /reviews/": made,
        "GET /reviews/{id}/": read,
        "GET /rounds/{id}/": read,
        "POST /rounds/{id}/accept/": made,
        "POST /rounds/{id}/return/": made,
        "POST /rounds/{id}/withdraw/": made,
        "GET /update-versions/{id}/": read,
        "POST /update-versions/{id}/accept/": made,
        "POST /update-versions/{id}/return/": made,
        "POST /update-versions/{id}/withdraw/": made,
        "GET /updates/": read,
        "POST /updates/": made,
        "GET /updates/{id}/": read,
    }


def test_an_update_is_documented_with_and_without_files(schema):
    body = operations(schema)["POST /updates/"]["requestBody"]["content"]

    named = {kind: content["schema"]["$ref"].rpartition("/")[2] for kind, content in body.items()}
    assert named == {"application/json": "SendRequest", "multipart/form-data": "SendWithFilesRequest"}
    files = schema["components"]["schemas"]["SendWithFilesRequest"]["properties"]["files"]
    assert files["items"] == {"type": "string", "format": "binary"}


def as_json_schema(part):
    """Convert a schema of OpenAPI 3.0 to JSON Schema, in which null is a type."""
    if isinstance(part, list):
        return [as_json_schema(each) for each in part]
    if not isinstance(part, dict):
        return part
    rest = {key: as_json_schema(value) for key, value in part.items() if key != "nullable"}
    return {"anyOf": [rest, {"type": "null"}]} if part.get("nullable") else rest


FORMATS = FormatChecker()
FORMATS.checks("uri")(lambda value: not isinstance(value, str) or "://" in value)


@pytest.fixture
def row_in_every_list():
    police = MinistryFactory(short_name="Police")
    benchmark = BenchmarkFactory()
    dialogue = DialogueFactory()
    ParticipantFactory(dialogue=dialogue)
    AgendaItemFactory(dialogue=dialogue)
    commitment = CommitmentFactory(ministry=police, dialogue=dialogue, benchmarks=[benchmark])
    CommitmentEventFactory(commitment=commitment, kind=CommitmentEventKind.REPORTED_DONE)
    for answer in ({"returned": True}, {}):
        sent = UpdateVersionFactory(update__commitment=commitment, **answer)
        evidence = EvidenceFactory(update_version=sent, supports=[benchmark], verified=True, file=EvidenceFileFactory())
        reading = ReadingFactory(update_version=sent, evidence=evidence)
    EvidenceFactory(happened_from=None, commitment=commitment)
    AssessmentFactory(benchmark=benchmark, grounds=[evidence])
    request = InformationRequestFactory(ministry=police, lines=["The list of shelters", reading.indicator])
    UpdateVersionFactory(update__information_request=request, answers=[request.lines.first()], accepted=True)
    BriefingFactory()
    LawEntryFactory()
    return {"officer": OfficerFactory(), "focal point": FocalPointFactory(ministry=police)}


@pytest.mark.django_db
@pytest.mark.parametrize("reader", ["officer", "focal point"])
@pytest.mark.parametrize("name", [*LISTS, "readiness"])
def test_every_answer_is_as_documented(client, schema, row_in_every_list, reader, name):
    client.force_login(row_in_every_list[reader])
    documented = operations(schema)[f"GET /{name}/"]["responses"]

    response = client.get(f"/api/v1/{name}/")

    if name in LISTS and not (reader == "focal point" and name in (*EMBASSY_ONLY_LISTS, "indicators")):
        assert response.json()["results"]
    expected = documented[str(response.status_code)]["content"]["application/json"]["schema"]
    whole = as_json_schema({"components": schema["components"], **expected})
    wrong = best_match(Draft202012Validator(whole, format_checker=FORMATS).iter_errors(response.json()))
    assert wrong is None


@pytest.mark.django_db
def test_the_documentation_is_for_who_has_signed_in(client):
    assert client.get("/api/v1/schema/").status_code == 401
    assert client.get("/api/v1/docs/").headers["Location"] == "/accounts/login/?next=/api/v1/docs/"

    client.force_login(FocalPointFactory())

    assert client.get("/api/v1/schema/").status_code == 200
    assert client.get("/api/v1/docs/").status_code == 200


def test_the_documentation_page_works_in_a_browser_under_our_policy(live, page):
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    live.force_sign_in(page.context, OfficerFactory())

    page.goto(f"{live.url}/api/v1/docs/")
    page.get_by_text("/api/v1/readiness/").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    page.get_by_text("Not found.").first.wait_for()
    assert said == ["Failed to load resource: the server responded with a status of 404 (Not Found)"]


# --- What it speaks ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("is_signed_in", [True, False])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/promises/", "/api/v2/", "/api/v1/commitments.json"])
def test_unknown_api_address_is_404_as_json(client, is_signed_in, path):
    if is_signed_in:
        client.force_login(OfficerFactory())

    response = client.get(path)

    assert response.status_code == 404
    assert response.json() == {"detail": "Not found."}


@pytest.mark.django_db
def test_unknown_address_outside_the_api_is_a_404_page(client):
    response = client.get("/promises/")

    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_the_api_accepts_and_sends_only_json(client):
    client.force_login(OfficerFactory())

    answers = [
        client.get("/api/v1/commitments/", headers={"accept": "application/xml"}),
        client.post("/api/v1/reviews/", "<review/>", content_type="application/xml"),
        client.post("/api/v1/reviews/", "{", content_type="application/json"),
    ]

    assert [answer.status_code for answer in answers] == [406, 415, 400]
    assert all(answer.json()["detail"] for answer in answers)


@pytest.mark.django_db
def test_a_page_beyond_the_last_is_not_found(client):
    client.force_login(OfficerFactory())

    assert client.get("/api/v1/commitments/", {"page": 2}).status_code == 404


@pytest.mark.django_db
def test_a_write_from_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)
    client.force_login(OfficerFactory())

    response = client.post("/api/v1/briefings/", {}, content_type="application/json")

    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]


@pytest.mark.django_db
def test_ids_beyond_any_row_are_not_found(client):
    client.force_login(OfficerFactory())

    assert {client.get(f"/api/v1/{name}/{10**30}/").status_code for name in LISTS} == {404}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_ministries_count_their_queries(client, django_assert_num_queries, count):
    MinistryFactory.create_batch(count)
    client.force_login(OfficerFactory())

    with django_assert_num_queries(5 + FIRST_LIST_READ):  # session, person, zone; count, ministries
        assert len(client.get("/api/v1/ministries/").json()["results"]) == count


@pytest.mark.django_db
def test_the_api_root_lists_every_list(client):
    client.force_login(OfficerFactory())

    assert sorted(client.get(reverse("api-root")).json()) == sorted((*LISTS, "readiness"))


def test_request_without_a_token_is_told_what_to_send(client):
    answer = client.get(reverse("commitment-list"))

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Authorization: Bearer tip_" in answer.json()["detail"]
