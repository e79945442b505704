"""Compare the API with its own documentation: every answer to any request by any reader is documented.

schemathesis makes valid and invalid requests from the OpenAPI schema, to which the tests add ids and days of the world.
Each is sent with the token of every reader, and what it wrote is rolled back. No answer may be a server error, or have
a status, type or shape that is not documented. CONTRACT_EXAMPLES sets the number of requests.
"""

import os

import pytest
import schemathesis
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.authentication import enrol_second_factor
from tests.security.access_requests import BODIES, UNKNOWN_ID, rule_url, token_header
from tests.security.test_roles import API_RULES
from tests.security.world import READERS
from tests.transactions import outer_transaction
from tiptracker.choices import TokenScope

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "2"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROWS = {
    "assessment": "assessment", "evidence_link": "evidencelink", "benchmark": "benchmark", "briefing": "briefing",
    "commitment": "commitment", "dialogue": "dialogue", "edition": "edition", "evidence": "evidence",
    "indicator": "indicator", "ministry": "ministry", "reading": "reading", "recommendation": "recommendation",
    "review": "evidencereview", "update_version": "updateversion", "update": "update",
}  # fmt: skip
"""The model whose id a field or parameter of this name holds."""
INVALID_IDS = [0, UNKNOWN_ID]
DAYS = ["2021-04-01", "2022-01-10", "2022-01-28", "0001-01-01", "9999-12-31"]
READ_ONLY, NOBODY = "officer, to read", "nobody known"
ROLES = ("officer", "ambassador", "observer", "own", "administrator", READ_ONLY, NOBODY)


def operations():
    """Every operation as the documentation names it: "POST /api/v1/updates/"."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


# --- Requests that have a chance --------------------------------------------------------------------------------------


def put_ids_into_schema(schema, world):
    """Offer ids and days of the world in the schema. Random ones would hardly ever match a row."""
    rows = world.rows.values()
    ids = {name: [row.pk for row in rows if row._meta.model_name == of] + INVALID_IDS for name, of in ROWS.items()}
    for name, component in schema["components"]["schemas"].items():
        if name.endswith("Request"):
            for field, part in component.get("properties", {}).items():
                _put_values(part, DAYS if part.get("format") == "date" else ids.get(field))
    for path, methods in schema["paths"].items():
        resource = {"ministries": "ministry", "evidence": "evidence"}.get(what := path.split("/")[3], what[:-1])
        for parameter in (each for operation in methods.values() for each in operation.get("parameters", [])):
            name = resource if parameter["in"] == "path" else parameter["name"]
            _put_values(parameter["schema"], ids.get(name))
    return schema


def _put_values(part, known):
    """Let a field have only known values. Values of another type or format are sent as invalid ones."""
    if part.get("type") == "array":
        _put_values(part["items"], known)
    elif known and part.get("type") in {"integer", "string"} and "enum" not in part:
        part["enum"] = known


@pytest.fixture(scope="module")
def token_headers(world):
    """Return the Authorization header of each reader. Two readers have none."""
    people = {reader: person for reader, person in world.people.items() if reader in READERS}
    for person in people.values():
        enrol_second_factor(person)
    heads = {reader: token_header(person, TokenScope.SUBMIT) for reader, person in people.items()}
    return heads | {READ_ONLY: token_header(people["officer"], TokenScope.READ), NOBODY: {}}


@pytest.fixture(scope="module")
def schema(world):
    loaded = schemathesis.openapi.from_dict(
        put_ids_into_schema(SchemaGenerator().get_schema(request=None, public=True), world)
    )
    loaded.app = application
    # Between two requests a server may close its connection; here the world's transaction is open on it.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield loaded
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def application(environ, start_response):
    """Call the application as a server does. Read and close each answer, because a file would stay open."""
    answer = WSGIHandler()(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def send_case(case, head):
    """Send a request, check the answer, and roll back what it wrote. Return the status."""
    cache.clear()  # how often something may be asked is not the question here
    with outer_transaction():
        response = case.call(headers=head | {"Accept-Encoding": "identity"})  # as read here: not compressed
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)
    return response.status_code


# --- Answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", operations())
def test_any_request_is_answered_as_documented(schema, token_headers, label):
    operation = schema.find_operation_by_label(label)
    modes = (GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case):
        for who in ROLES:
            send_case(case, token_headers[who])

    ask()


@pytest.mark.parametrize("line", API_RULES, ids=str)
def test_valid_requests_are_answered_as_documented(world, schema, token_headers, line):
    """Also those that the table of roles refuses to a reader."""
    url = rule_url(line, world.keys().get(line.row))
    operation = schema.find_operation_by_path(line.method, url)
    if operation is None:
        assert line.route in {"api-root", "api_schema"}
        return
    body = BODIES.get(str(line), BODIES.get(f"{line.method} {line.route}"))
    sent = {"body": body(world), "media_type": "application/json"} if body else {}
    key = {"path_parameters": {"id": world.pk(line.row)}} if "{" in operation.path else {}

    answered = {reader: str(send_case(operation.Case(**key, **sent), head)) for reader, head in token_headers.items()}

    assert {reader: status for reader, status in answered.items() if reader in READERS} == {
        reader: line.expected[reader] for reader in answered if reader in READERS
    }
    well = {"200", "201", "202"}
    assert well & set(answered.values()) or not well & set(line.expected.values())
