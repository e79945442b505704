"""Numbers with thousands of digits are not found or refused like other invalid numbers, in every place.

Python reads no number of more than 4,300 digits, and databases none of more than 19.
"""

import pytest
from django.urls import reverse

from tests.security import access_requests
from tests.security.access_requests import BODIES, send_request
from tests.security.test_ids import COMMON_PARAMETERS, IDS_IN_QUERIES, PARAMETERS_WITHOUT_IDS
from tests.security.test_roles import RULES

HUGE_NUMBERS = ("9" * 5000, "9" * 25)


def server_faults(asks):
    """Return the names of the requests in `asks` that cause a server error. Django's client lets errors through."""
    found = {}
    for name, asking_ in asks:
        try:
            status = asking_().status
        except Exception as error:  # noqa: BLE001 -- whatever it is, a person would read 500
            found[name] = repr(error)[:100]
        else:
            if status.startswith("5"):
                found[name] = status
    return found


def query_parameters():
    """Return the parameters that each address reads, by URL name (in the API only those of lists)."""
    names = {}
    for route, *words in map(str.split, PARAMETERS_WITHOUT_IDS.strip().splitlines()):
        names.setdefault(route, set()).update(words)
    for _, asked, name, _ in IDS_IN_QUERIES:
        names.setdefault(asked.split()[1], set()).add(name.rpartition("&")[2].partition("=")[0])
    return names


def test_no_address_fails_on_a_huge_number(world):
    """Addresses whose key is not matched by Django's pattern of digits, which refuses such a number."""
    keys = world.keys()
    read_by_us = [asked for asked in RULES if asked.is_api or asked.route.startswith("admin")]
    asks = {asked.route: asked for asked in read_by_us if asked.row in keys and asked.method == "GET"}
    assert len(asks) > 10

    assert (
        server_faults(
            (route, lambda asked=asked: send_request(world, asked, "officer", key=HUGE_NUMBERS[0]))
            for route, asked in asks.items()
        )
        == {}
    )


def test_no_parameter_fails_on_a_huge_number(world):
    """All parameters of an address at once, and each one that names a row alone."""
    known, keys = query_parameters(), world.keys()
    gets = [asked for asked in RULES if asked.method == "GET" and asked.row in {"-", *keys}]
    asks = {asked.route: asked for asked in gets if asked.route in known or asked.route.endswith("-list")}

    def queries():
        for route, asked in asks.items():
            names = known.get(route, set())
            if not asked.is_api:
                yield asked, dict.fromkeys(names | COMMON_PARAMETERS - {"as", "script", "format"}, HUGE_NUMBERS[0])
            elif route.endswith("-list"):
                yield asked, dict.fromkeys(names | {"page", "page_size"}, HUGE_NUMBERS[0])
        for _, line, name, _ in IDS_IN_QUERIES:
            parameter, _, leads = name.rpartition("&")[2].partition("=")
            for huge in HUGE_NUMBERS:
                yield asks[line.split()[1]], {parameter: f"{leads}{huge}"}

    assert (
        server_faults(
            (f"{asked} {list(query)}", lambda a=asked, q=query: send_request(world, a, "officer", query=q))
            for asked, query in queries()
        )
        == {}
    )


def with_huge_numbers(body, huge):
    """Return a body with a huge number in each number field."""

    def changed(value):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if isinstance(value, list):
            return [with_huge_numbers(each, huge) if isinstance(each, dict) else changed(each) for each in value]
        if isinstance(value, dict):
            return with_huge_numbers(value, huge)
        return (int(huge) if len(huge) < 4300 else huge) if is_number else huge if str(value).isdecimal() else value

    return {key: changed(value) for key, value in body.items()}


def reader_for(asked):
    if asked.route.startswith(("admin", "setup", "edition_import", "import")):
        return "administrator"
    return "own" if asked.route in {"update_send", "update_draft", "update-list"} else "officer"


@pytest.mark.parametrize("huge", [HUGE_NUMBERS[0], "9" * 4000], ids=["5000 digits", "4000 digits"])
def test_no_field_fails_on_a_huge_number(world, monkeypatch, huge):
    def asks():
        for asked in RULES:
            made = BODIES.get(str(asked), BODIES.get(f"{asked.method} {asked.route}"))
            if (
                made is not None
                and (huge == HUGE_NUMBERS[0] or asked.is_api)
                and (body := made(world)) != (changed := with_huge_numbers(body, huge))
            ):
                monkeypatch.setitem(access_requests.BODIES, str(asked), lambda _, changed=changed: changed)
                yield str(asked), lambda asked=asked: send_request(world, asked, reader_for(asked))

    assert server_faults(asks()) == {}


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("dialogue_agenda", "drop"),
        ("dialogue_agenda", "move"),
        ("benchmark_assess", "update_version"),
        ("setup_add", "level"),
        ("redaction_add", "files"),
    ],
)
def test_huge_numbers_in_the_value_of_a_button_cause_no_error(world, monkeypatch, route, name):
    asked = next(asked for asked in RULES if (asked.method, asked.route) == ("POST", route))
    made = BODIES[f"POST {route}"]
    for value in (HUGE_NUMBERS[0], f"up-{HUGE_NUMBERS[0]}"):
        monkeypatch.setitem(access_requests.BODIES, str(asked), lambda _, value=value: made(world) | {name: value})
        assert server_faults([(name, lambda: send_request(world, asked, reader_for(asked)))]) == {}


def test_a_number_that_python_does_not_read_is_no_json(world):
    client = world.client("own")

    answer = client.post("/api/v1/updates/", f'{{"commitment": {HUGE_NUMBERS[0]}}}', content_type="application/json")

    assert answer.status_code == 400


def test_a_length_of_thousands_of_digits_is_no_length(world):
    for reader, address in (
        ("administrator", reverse("edition_import", args=[world.pk("edition")])),
        ("own", "/api/v1/updates/"),
    ):
        answer = world.client(reader).post(address, {"pasted": ""}, CONTENT_LENGTH=HUGE_NUMBERS[0])
        assert answer.status_code < 500
