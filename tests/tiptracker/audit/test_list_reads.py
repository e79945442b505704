"""Reading lists through the API is logged and limited per day."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories import (
    AdministratorFactory,
    BenchmarkFactory,
    CommitmentFactory,
    CountryFactory,
    EvidenceFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
)
from tiptracker.api import base
from tiptracker.audit.api import COUNTED_ACTIONS, ReadLoggingMixin
from tiptracker.audit.list_reads import count_read
from tiptracker.audit.models import AuditEntry, ListRead

pytestmark = pytest.mark.django_db
EVIDENCE = "/api/v1/evidence/"
NOON = datetime(2022, 1, 28, 12, tzinfo=ZoneInfo("Africa/Maseru"))
SEPARATELY_LOGGED = {"briefing-file", "briefing-word"}
"""Extra operations of the API that hand something out and leave an entry of their own: "briefing.downloaded"."""


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def logged_reads(person=None):
    """Return the lists and numbers of rows in the log, in order."""
    entries = AuditEntry.objects.filter(verb="list.read").order_by("number").select_related("detail")
    if person:
        entries = entries.filter(by=person)
    return [(said["list"], said["rows"]) for said in map(logged_values, entries)]


def logged_values(entry):
    return json.loads(entry.detail.after)


def list_operations():
    """Return name, action and view set of every GET operation of the API."""
    for pattern in base.build_router().urls:
        actions = getattr(pattern.callback, "actions", None)
        if actions and "get" in actions:
            yield pattern.name, actions["get"], pattern.callback.cls


def test_every_list_operation_is_counted_and_logged():
    uncounted = {
        name
        for name, action, view in list_operations()
        if not (issubclass(view, ReadLoggingMixin) and action in COUNTED_ACTIONS) and name not in SEPARATELY_LOGGED
    }

    assert uncounted == set()


@pytest.mark.parametrize("name", [name for name, action, _ in list_operations() if action == "list"])
def test_each_list_leaves_an_entry_at_the_first_request_of_a_day(name):
    edition = BenchmarkFactory().recommendation.edition
    asked = {"edition": edition.pk, "as_of": "2022-01-28"} if name == "readiness-list" else {"page_size": 2}
    client = signed_in(OfficerFactory())

    assert client.get(reverse(name), asked).status_code == 200
    first = logged_reads()
    assert client.get(reverse(name), asked | ({} if "edition" in asked else {"page_size": 3})).status_code == 200

    assert [said[0] for said in first] == [name.removesuffix("-list")]
    assert logged_reads() == first


def test_another_entry_is_left_once_500_more_rows_went_out():
    officer = OfficerFactory()

    for page in range(1, 8):
        count_read("evidence", rows=250, by=officer, parameters={"page": str(page)}, now=NOON)

    assert logged_reads() == [("evidence", 250), ("evidence", 750), ("evidence", 1250), ("evidence", 1750)]
    assert ListRead.objects.get().rows == 1750


def test_lists_people_and_days_are_counted_apart():
    one, other = OfficerFactory(), OfficerFactory()

    count_read("evidence", rows=300, by=one, parameters={"page": "1"}, now=NOON)
    count_read("commitment", rows=300, by=one, parameters={"page": "1"}, now=NOON)
    count_read("evidence", rows=300, by=other, parameters={"page": "1"}, now=NOON)
    count_read("evidence", rows=300, by=one, parameters={"page": "1"}, now=NOON.replace(day=29))

    assert logged_reads() == [("evidence", 300), ("commitment", 300), ("evidence", 300), ("evidence", 300)]


def test_a_page_requested_again_counts_once():
    EvidenceFactory.create_batch(3)
    client = signed_in(OfficerFactory())

    for _ in range(3):
        assert client.get(f"{EVIDENCE}?page_size=2").status_code == 200
    assert client.get(f"{EVIDENCE}?page_size=2&page=2").status_code == 200

    assert ListRead.objects.get().rows == 3


def test_single_rows_count_like_those_of_a_list():
    commitment = CommitmentFactory()

    signed_in(OfficerFactory()).get(f"/api/v1/commitments/{commitment.pk}/")

    assert logged_reads() == [("commitment", 1)]


def test_list_read_entry_has_the_parameters_and_is_logged_for_each_country():
    countries = [CountryFactory(), CountryFactory(elsewhere=True)]
    observer = ObserverFactory(countries=countries)

    signed_in(observer).get(f"{EVIDENCE}?happened_after=2021-04-01&page_size=7")

    entries = AuditEntry.objects.filter(verb="list.read").order_by("country")
    assert [entry.country for entry in entries] == sorted(countries, key=lambda country: country.pk)
    assert {str(logged_values(entry)["asked"]) for entry in entries} == {"{'happened_after': '2021-04-01'}"}


def test_an_administrators_reading_belongs_to_no_country():
    CountryFactory()

    signed_in(AdministratorFactory()).get("/api/v1/ministries/")

    assert AuditEntry.objects.get(verb="list.read").country is None


def test_refused_and_missing_rows_are_not_counted():
    client = signed_in(FocalPointFactory())

    assert client.get(f"{EVIDENCE}?nonsense=1").status_code == 400
    assert client.get(f"{EVIDENCE}999999/").status_code == 404
    assert client.get("/api/v1/readiness/").status_code == 404

    assert not ListRead.objects.exists()


def test_who_was_sent_the_days_rows_waits_until_the_next_day(settings):
    settings.LIMIT_API_ROWS = 3
    EvidenceFactory.create_batch(4)
    officer, other = OfficerFactory(), OfficerFactory()
    client = signed_in(officer)

    answers = [client.get(f"{EVIDENCE}?page_size=2&page={page}").status_code for page in (1, 2, 1)]
    refused = client.get("/api/v1/commitments/")

    assert answers == [200, 200, 429]
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 60 * 60
    assert "rows" in refused.json()["detail"]
    assert ListRead.objects.get().rows == 4
    assert signed_in(other).get(EVIDENCE).status_code == 200


def test_a_program_that_asks_300_times_a_minute_reads_a_whole_record(settings):
    """The daily limit is more than three times 300 requests of 100 rows."""
    assert settings.LIMITS["api"] == "300/m"
    assert 3 * 300 * settings.REST_FRAMEWORK["PAGE_SIZE"] <= settings.LIMIT_API_ROWS


def test_counting_sends_as_many_queries_for_500_rows_as_for_one(django_assert_num_queries):
    officer = OfficerFactory(countries=[CountryFactory(), CountryFactory(elsewhere=True)])
    count_read("evidence", rows=1, by=officer, parameters={"page": "1"}, now=NOON)

    with django_assert_num_queries(4):  # savepoint, its end; the counts, locked; the new count
        count_read("evidence", rows=400, by=officer, parameters={"page": "2"}, now=NOON)
    is_locked = connection.vendor == "postgresql"
    with django_assert_num_queries(8 + is_locked):  # … and countries, head, entries, details; the log's lock
        count_read("evidence", rows=400, by=officer, parameters={"page": "3"}, now=NOON)


def test_counts_of_past_days_go():
    officer = OfficerFactory()

    for day in (26, 27, 28):
        count_read("evidence", rows=1, by=officer, parameters={}, now=NOON.replace(day=day))

    assert [row.day.day for row in ListRead.objects.order_by("day")] == [27, 28]
