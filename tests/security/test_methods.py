"""Other requests to an address: other methods, unknown parameters, redirects and headers."""

import re
from dataclasses import replace
from urllib.parse import unquote, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.authentication import force_sign_in
from tests.factories import PASSWORD, AdministratorFactory
from tests.security.access_requests import AccessRule, send_request, stable_body
from tests.security.test_huge_numbers import query_parameters
from tests.security.test_lists import API, PAGES
from tests.security.test_roles import RULES

GET_RULES = [line for line in RULES if line.method == "GET"]
OTHER_METHODS = {
    "own": ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"),
    "other": ("DELETE",),
    "out": ("OPTIONS", "PATCH"),
}
"""By reader. What one may not see or do differs with the reader; what a method is, does not."""


# --- Other methods ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", GET_RULES, ids=str)
def test_no_other_method_opens_or_writes_anything(world, line):
    """Other methods are answered like GET or with 405. OPTIONS may list the methods."""
    for reader, methods in OTHER_METHODS.items():
        for method in methods:
            answer = send_request(world, replace(line, method=method), reader)

            says_nothing = answer.status == "200" and answer.body == "" and method == "OPTIONS"
            assert answer.status in {line.expected[reader], "405"} or says_nothing, (reader, method)
            assert world.leaks(reader, answer.body) == [], (reader, method)
            if method in {"PUT", "PATCH", "DELETE"}:
                assert changing_statements(answer.statements) == [], (reader, method)


def changing_statements(statements):
    """Return statements that change rows, except those of sessions, the log and counts of attempts."""
    changes = [each for each in statements if each.startswith(("INSERT", "UPDATE", "DELETE"))]
    return [each for each in changes if not re.search(r'"(django_session|audit_\w+|lock_outs_\w+)"', each)]


# --- Parameters that there are not ------------------------------------------------------------------------------------

NO_PARAMETERS = ("ordering", "order_by", "sort", "o", "search", "q", "fields", "expand", "include", "limit", "all")
LISTS = sorted({route for route, _ in API.values()} | set(PAGES))
OWN_PARAMETERS = {"commitment_list": {"q", "sort"}, "evidence_list": {"q", "sort"}}
"""The parameters by which a list is searched and sorted. They concern only fields that it shows."""


@pytest.mark.parametrize("route", LISTS)
def test_no_list_can_be_ordered_searched_or_widened(world, route):
    """Sorting or searching by a hidden field would reveal its values, comparison by comparison."""
    line = AccessRule("GET", route, "-", {})
    for reader in ("own", "other"):
        usual = send_request(world, line, reader)
        for value in ("1", "-recorded_at", "recorded_by__password"):
            others = set(NO_PARAMETERS) - OWN_PARAMETERS.get(route, set())
            answer = send_request(world, line, reader, query=dict.fromkeys(sorted(others), value))

            if line.is_api:
                assert (answer.status, set(answer.json)) == ("400", others), (reader, value)
                continue
            assert (answer.status, without_query(answer)) == (usual.status, without_query(usual)), (reader, value)


def without_query(answer):
    return re.sub(r"\?[a-z_]+=[^\"]*", "", stable_body(answer))


TIME_PARAMETERS = {"as_of", "known_by", "known_on", "edition"}


def takes_time_parameters(line):
    """From the tables of `test_ids`, which name every parameter that an address reads."""
    return bool(TIME_PARAMETERS & query_parameters().get(re.sub("-(detail|file|word)$", "-list", line.route), set()))


@pytest.mark.parametrize("line", list(filter(takes_time_parameters, GET_RULES)), ids=str)
def test_no_day_moment_or_edition_opens_more_to_a_ministry(world, line):
    """Earlier facts and other editions are not for ministries either."""
    for query in (
        {"as_of": "2021-12-31", "known_by": "2021-12-31T12:00:00Z", "edition": world.pk("foreign_edition")},
        {"as_of": "2022-01-20", "known_on": "2022-01-20", "edition": world.pk("edition")},
    ):
        for reader in ("own", "other"):
            answer = send_request(world, line, reader, query=query)

            assert answer.status in {line.expected[reader], "404", "400" if line.is_api else "422"}
            assert world.leaks(reader, answer.body) == []


# --- Where signing in leads -------------------------------------------------------------------------------------------

OUTSIDE_URLS = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example/",
    "javascript:alert(1)",
    "http:evil.example",
)


@pytest.mark.django_db
@pytest.mark.parametrize("outside", OUTSIDE_URLS)
@pytest.mark.parametrize("name", ["account_login", "account_logout", "account_reauthenticate"])
def test_signing_in_and_out_leads_nowhere_outside(name, outside):
    person = AdministratorFactory()
    for is_signed_in in (False, True):
        for method in ("get", "post"):
            client = Client()
            if is_signed_in:
                force_sign_in(client, person)
            url = f"{reverse(name)}?{urlencode({'next': outside})}"
            typed = {"login": person.email, "password": PASSWORD, "next": outside} if method == "post" else None

            answer = getattr(client, method)(url, typed)

            assert "evil" not in unquote(urlsplit(answer.headers.get("Location", "")).netloc)
            assert answer.headers.get("Location", "/").startswith("/")
            assert not answer.headers.get("Location", "").startswith(("//", "/\\"))
            assert f'action="{outside}' not in answer.content.decode()
            assert f'href="{outside}' not in answer.content.decode()


# --- Counts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reader", ["officer", "second", "ambassador", "elsewhere"])
def test_the_count_beside_my_tasks_is_of_what_this_reader_finds_there(world, reader):
    context = send_request(world, AccessRule("GET", "my_tasks", "-", {}), reader).context

    told = {item.label: item.waiting for item in context["navigation"]}["My tasks"]
    versions = [waiting.update_version.pk for waiting in context["versions"]]
    tasks = [task.url for group in context["groups"] for task in group.tasks]
    assert told == len(versions) + context["logged_count"] + len(tasks) > 0
    logged = world.names("evidence", [line.evidence.pk for line in context["logged"]])
    redactions = [int(re.sub(r"\D", "", url)) for url in tasks if "/redactions/" in url]
    found = [*world.names("updateversion", versions), *logged, *world.names("redaction", redactions)]
    assert all(name.startswith("foreign") == (reader == "elsewhere") for name in found), found
