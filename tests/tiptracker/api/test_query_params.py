"""Each address of the API accepts only documented parameters, each once and with a value."""

import pytest
from django.db import connection
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from drf_spectacular.generators import SchemaGenerator

from tests.factories import CountryFactory, MinistryFactory, OfficerFactory, RecommendationFactory
from tests.security.access_requests import UNKNOWN_ID
from tiptracker.accounts.models import Ministry

pytestmark = pytest.mark.django_db

NON_API_PAGES = {"api_docs"}
"""Below /api/, and read by people in a browser."""


def api_urls():
    """Return every address below /api/ with its methods, from the URL configuration."""

    def walk(patterns, above):
        for pattern in patterns:
            whole = above + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, whole)
            elif whole.startswith("api/") and hasattr(pattern.callback, "cls") and pattern.name not in NON_API_PAGES:
                yield pattern.name, getattr(pattern.callback, "actions", None) or {"get": ""}

    found = [(name, method) for name, methods in walk(get_resolver().url_patterns, "") for method in methods]
    return sorted({(name, method) for name, method in found if method != "head"})


def url_of(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=[UNKNOWN_ID])


@pytest.fixture
def officer(client):
    user = OfficerFactory()
    client.force_login(user)
    return user


@pytest.fixture(scope="module")
def documented_parameters():
    """Return, by method and address, the documented parameters."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {
        (method, path): {each["name"] for each in operation.get("parameters", []) if each["in"] == "query"}
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def test_the_walk_finds_every_sort_of_address():
    assert {
        ("api-root", "get"), ("api_schema", "get"), ("commitment-list", "get"), ("commitment-detail", "get"),
        ("readiness-list", "get"), ("update-version-accept", "post"), ("briefing-file", "get"),
    } <= set(api_urls())  # fmt: skip


@pytest.mark.parametrize(("name", "method"), api_urls())
def test_every_address_refuses_a_parameter_that_it_does_not_take(client, officer, name, method):
    response = getattr(client, method)(
        f"{url_of(name)}?since=2022-01-01&decision=accepted&format=json", headers={"accept": "application/json"}
    )

    assert response.status_code == 400
    assert sorted(response.json()) == ["decision", "format", "since"]
    ((sentence,),) = {tuple(sentences) for sentences in response.json().values()}
    assert sentence.startswith("Unknown parameter. This address accepts")


def test_the_documentation_names_exactly_the_parameters_that_are_taken(client, officer, documented_parameters):
    taken = {}
    for method, path in documented_parameters:
        ((sentence,),) = getattr(client, method)(f"{path.replace('{id}', str(UNKNOWN_ID))}?since=1").json().values()
        _, _, names = sentence.rstrip(".").partition("accepts: ")
        taken[method, path] = set(names.split(", ")) if names else set()

    assert taken == documented_parameters
    assert documented_parameters["get", "/api/v1/readiness/"] == {"edition", "as_of", "known_by"}
    assert documented_parameters["get", "/api/v1/ministries/"] == {"page", "page_size"}


@pytest.mark.parametrize("query", ["{0}=", "{0}=%20", "{0}=1&{0}=1", "{0}=such%20a%20thing"])
def test_a_parameter_given_twice_left_empty_or_malformed_is_refused_by_its_name(
    client, officer, documented_parameters, query
):
    RecommendationFactory()  # what readiness is asked of
    refused = {
        (path, name): (response.status_code, list(response.json()))
        for (method, path), names in documented_parameters.items()
        for name in names
        for response in [getattr(client, method)(f"{path}?{query.format(name)}")]
    }

    assert len(refused) > 40
    assert {key: told for key, told in refused.items() if told != (400, [key[1]])} == {}


def test_the_documentation_says_of_each_list_what_counts_as_new():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    told = {
        path.removeprefix("/api/v1/").rstrip("/"): parameter.get("description", "")
        for path, operations in paths.items()
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["name"] == "recorded_since"
    }

    assert set(told) == {
        "assessments",
        "commitments",
        "dialogues",
        "evidence",
        "law-entries",
        "readings",
        "requests",
        "reviews",
        "updates",
    }
    assert all("A date and time with its time zone" in sentence for sentence in told.values())
    assert {path for path, sentence in told.items() if "count" in sentence} == {
        "commitments", "dialogues", "evidence", "requests", "updates",
    }  # fmt: skip


def test_forbidden_request_is_not_told_the_parameters(client):
    assert client.get("/api/v1/commitments/?since=1").status_code == 401


# --- Pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def many_ministries():
    country = CountryFactory()
    Ministry.objects.bulk_create(
        Ministry(country=country, name=f"Ministry {number}", short_name=f"M {number}") for number in range(501)
    )


@pytest.mark.usefixtures("many_ministries")
@pytest.mark.parametrize(("asked", "rows"), [("1", 1), ("500", 500), (None, 100)])
def test_a_page_has_as_many_rows_as_asked_for_by_as_many_queries(
    client, officer, django_assert_num_queries, asked, rows
):
    client.get("/api/v1/ministries/", {"page_size": 2})  # the log is told of a list once a day
    # session, person, zone; count, ministries; how many rows went out today; and the log is told of 500 more
    told = 0 if rows < 500 else 5 if connection.vendor == "postgresql" else 4
    with django_assert_num_queries(10 + told):
        answer = client.get("/api/v1/ministries/", {"page_size": asked} if asked else {}).json()

    assert len(answer["results"]) == rows
    assert answer["count"] == 501
    following = client.get(answer["next"]).json()
    assert following["results"][0]["id"] > answer["results"][-1]["id"]


@pytest.mark.parametrize("asked", ["0", "501", "-1", "1.5", "ten", "9" * 5000, "٣"])
def test_a_page_of_another_size_is_refused(client, officer, asked):
    MinistryFactory()

    response = client.get("/api/v1/ministries/", {"page_size": asked})

    assert response.status_code == 400
    assert response.json() == {"page_size": ["Give a whole number from 1 to 500."]}


@pytest.mark.parametrize("asked", ["0", "2"])
def test_a_page_that_is_not_there_is_not_found(client, officer, asked):
    MinistryFactory()

    assert client.get("/api/v1/ministries/", {"page": asked}).status_code == 404
