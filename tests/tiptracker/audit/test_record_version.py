"""The version of a country's record: every entry that changes the record renews it, and nothing else does."""

import pytest
from django.db import transaction

from tests.factories import CountryFactory, OfficerFactory
from tests.security.sql_statements import capture_statements
from tests.transactions import record_log_entry
from tiptracker.audit.actions import AuditEvent, record_all
from tiptracker.audit.record_version import read_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def countries():
    return CountryFactory(code="LSO"), CountryFactory(code="MWI", name="Malawi")


def versions(countries):
    return [read_version([country.pk]) for country in countries]


def test_an_entry_renews_the_version_of_its_country_alone(countries):
    before = versions(countries)

    record_log_entry("evidence.logged", by=None, country=countries[0])

    after = versions(countries)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_an_entry_of_no_country_renews_the_versions_of_all(countries):
    before = versions(countries)

    record_log_entry("user.changed", by=None)

    assert all(old != new for old, new in zip(before, versions(countries), strict=True))


@pytest.mark.parametrize("verb", ["evidence.viewed", "list.exported", "person.signed_in", "person.refused"])
def test_reading_and_signing_in_renew_no_version(countries, verb):
    before = versions(countries)

    record_log_entry(verb, by=OfficerFactory(), country=countries[0])

    assert versions(countries) == before


def test_many_entries_renew_each_version_in_one_statement(countries):
    before = versions(countries)
    events = [AuditEvent("evidence.logged", country=country) for country in countries for _ in range(5)]

    with transaction.atomic(), capture_statements() as statements:
        record_all(events, by=None)

    assert sum('INSERT INTO "audit_recordversion"' in sql for sql in statements) == 1
    assert all(old != new for old, new in zip(before, versions(countries), strict=True))


def test_what_is_rolled_back_leaves_the_version(countries):
    before = versions(countries)

    with transaction.atomic():
        record_log_entry("evidence.logged", by=None, country=countries[0])
        transaction.set_rollback(True)

    assert versions(countries) == before


def test_the_version_of_several_countries_changes_with_each(countries):
    keys = [country.pk for country in countries]
    seen = {read_version(keys)}
    for country in countries:
        record_log_entry("evidence.logged", by=None, country=country)
        seen.add(read_version(keys))

    assert len(seen) == 3
