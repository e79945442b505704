"""The version of what a ministry may read: the work of the embassy and of other ministries does not renew it."""

import pytest

from tests.factories import CountryFactory, MinistryFactory
from tests.transactions import record_log_entry
from tiptracker.audit.record_version import read_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def ministries():
    countries = CountryFactory(code="LSO"), CountryFactory(code="MWI", name="Malawi")
    return [MinistryFactory(country=country) for country in (countries[0], countries[0], countries[1])]


def renewed_for(asked, verb, **entry):
    """Which of these ministries' versions an entry on the first country renews, and whether that of the embassy."""

    def read():
        of_ministries = [read_version([one.country_id], one.pk) for one in asked]
        return [*of_ministries, read_version([asked[0].country_id])]

    before = read()
    record_log_entry(verb, by=None, country=asked[0].country, **entry)
    return [old != new for old, new in zip(before, read(), strict=True)]


@pytest.mark.parametrize(
    ("verb", "entry", "renewed"),
    [
        ("dialogue.planned", {}, [True, True, False, True]),
        ("internal_note.added", {}, [False, False, False, True]),
        ("evidence.logged", {"ministries": []}, [False, False, False, True]),
        ("evidence.viewed", {}, [False, False, False, False]),
    ],
    ids=["any ministry may read it", "internal by its verb", "internal", "nothing changed"],
)
def test_an_entry_renews_the_version_of_whoever_may_read_what_changed(ministries, verb, entry, renewed):
    assert renewed_for(ministries, verb, **entry) == renewed


def test_what_one_ministry_sends_renews_its_own_version_and_that_of_the_embassy(ministries):
    assert renewed_for(ministries, "update.sent", ministries=[ministries[0].pk]) == [True, False, False, True]


def test_what_belongs_to_no_ministry_is_read_by_the_embassy_alone(ministries):
    assert renewed_for(ministries, "update.sent", ministries=[None]) == [False, False, False, True]


def test_an_entry_of_no_country_renews_the_versions_of_all_ministries(ministries):
    before = [read_version([one.country_id], one.pk) for one in ministries]

    record_log_entry("user.changed", by=None)

    assert all(old != read_version([one.country_id], one.pk) for old, one in zip(before, ministries, strict=True))
