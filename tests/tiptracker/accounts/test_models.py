"""People, and the people, ministries and countries that each of them sees."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.factories import (
    DialogueFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficeHolderFactory,
    OfficerFactory,
    RecorderFactory,
    UserFactory,
)
from tests.transactions import record_log_entry
from tests.visibility import EMBASSY, create_readers, same_for_each, visible_names
from tiptracker.accounts.models import Country, User, in_office
from tiptracker.choices import Role

pytestmark = pytest.mark.django_db

MINISTRIES = ("own ministry", "supporting ministry", "other ministry")
ELSEWHERE = ("officer elsewhere", "ministry elsewhere")


@pytest.fixture
def people():
    return create_readers()


def test_countries_visible_to_each_reader(people):
    rows = {
        "here": people["own ministry"].ministry.country,
        "elsewhere": people["ministry elsewhere"].ministry.country,
    }

    assert visible_names(people, rows) == {
        **same_for_each((*EMBASSY, *MINISTRIES, "post administrator"), ["here"]),
        **same_for_each((*ELSEWHERE, "post administrator elsewhere"), ["elsewhere"]),
        "administrator": ["elsewhere", "here"],
    }


def test_ministries_visible_to_each_reader(people):
    rows = {name: people[name].ministry for name in (*MINISTRIES, "ministry elsewhere")}
    here = sorted(MINISTRIES)

    assert visible_names(people, rows) == {
        **same_for_each((*EMBASSY, "post administrator"), here),
        **{name: [name] for name in (*MINISTRIES, "ministry elsewhere")},
        **same_for_each(("officer elsewhere", "post administrator elsewhere"), ["ministry elsewhere"]),
        "administrator": ["ministry elsewhere", *here],
    }


def test_people_visible_to_each_reader(people):
    rows = {name: user for name, user in people.items() if name != "anonymous"}
    colleagues = ["deactivated focal point", "own ministry"]
    here = sorted([*EMBASSY, *MINISTRIES, "deactivated focal point", "deactivated officer", "post administrator"])
    elsewhere = (*ELSEWHERE, "post administrator elsewhere")

    assert visible_names(people, rows) == {
        **same_for_each((*EMBASSY, "post administrator"), here),
        "own ministry": colleagues,
        "supporting ministry": ["supporting ministry"],
        "other ministry": ["other ministry"],
        **same_for_each(elsewhere, sorted(elsewhere)),
        "ministry elsewhere": ["ministry elsewhere"],
        "administrator": sorted(rows),
    }


def test_person_of_two_countries_is_seen_once(people):
    both = [people["own ministry"].ministry.country, people["ministry elsewhere"].ministry.country]
    of_both, another = OfficerFactory(countries=both), OfficerFactory(countries=both)

    assert list(User.objects.visible_to(of_both).filter(pk=another.pk)) == [another]


def test_entries_of_the_log_visible_to_each_reader(people):
    here, elsewhere = people["own ministry"].ministry.country, people["ministry elsewhere"].ministry.country
    rows = {
        "here": record_log_entry("thing.done", by=people["officer"], country=here),
        "elsewhere": record_log_entry("thing.done", by=people["officer elsewhere"], country=elsewhere),
        "nowhere": record_log_entry("person.added", by=people["administrator"]),
    }

    assert visible_names(people, rows) == {
        "officer": ["here"],
        "ambassador": ["here"],
        "officer elsewhere": ["elsewhere"],
        "administrator": ["elsewhere", "here", "nowhere"],
    }


def test_values_before_and_after_visible_to_each_reader(people):
    """Administrators see entries about accounts, and those of the installation without a row and a country."""
    here, elsewhere = people["own ministry"].ministry, people["ministry elsewhere"].ministry
    rows = {
        "fact": record_log_entry("thing.done", by=None, row=DialogueFactory(), country=here.country, after={"a": 1}),
        "nameless": record_log_entry("thing.done", by=None, country=here.country, after={"a": 1}),
        "elsewhere": record_log_entry("thing.done", by=None, row=elsewhere, country=elsewhere.country, after={"a": 1}),
        "reference": record_log_entry("ministry.changed", by=None, row=here, country=here.country, after={"a": 1}),
        "person": record_log_entry("user.changed", by=None, row=people["officer"], after={"a": 1}),
        "nowhere": record_log_entry("person.sign_in_refused", by=None, after={"a": 1}),
    }

    assert visible_names(people, {name: entry.detail for name, entry in rows.items()}) == {
        "officer": ["fact", "nameless", "reference"],
        "ambassador": ["fact", "nameless", "reference"],
        "officer elsewhere": ["elsewhere"],
        "post administrator": ["person", "reference"],
        "post administrator elsewhere": ["elsewhere"],
        "administrator": ["elsewhere", "nowhere", "person", "reference"],
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"role": Role.FOCAL_POINT},
        {"role": Role.OFFICER, "ministry": True},
        {"role": "clerk"},
    ],
    ids=["focal point of none", "officer of a ministry", "unknown role"],
)
def test_database_refuses_people_who_fit_no_role(fields):
    if "ministry" in fields:
        fields = {**fields, "ministry": MinistryFactory()}
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(**fields)


def test_address_belongs_to_one_person_in_capitals_too():
    OfficerFactory(email="thabo@post.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        OfficerFactory(email="Thabo@post.example")


def test_person_is_created_and_found_by_address():
    user = User.objects.create_user(" Thabo@Post.example ", "a long enough password", name="Thabo", role=Role.OFFICER)

    assert user.email == "thabo@post.example"
    assert user.check_password("a long enough password")
    assert User.objects.get_by_natural_key("THABO@post.example") == user


def test_time_zone_is_that_of_ones_country(people):
    zones = {name: user.locale().time_zone for name, user in people.items() if name != "anonymous"}

    assert zones["officer"] == zones["own ministry"] == "Africa/Maseru"
    assert zones["officer elsewhere"] == "Africa/Blantyre"
    assert zones["administrator"] == zones["officer of nowhere"] == ""


def test_language_is_ones_own_or_else_that_of_ones_country(people):
    Country.objects.filter(code="LSO").update(language="st")
    for name in ("officer", "administrator"):
        people[name].language = "fr"

    languages = {name: user.locale().language for name, user in people.items() if name != "anonymous"}

    assert languages["officer"] == languages["administrator"] == "fr"
    assert languages["own ministry"] == "st"
    assert languages["officer elsewhere"] == ""


def test_office_holders_on_a_day_as_far_as_dates_are_known():
    ministry = MinistryFactory()
    OfficeHolderFactory(ministry=ministry, name="Before", until_on=date(2021, 6, 30))
    OfficeHolderFactory(ministry=ministry, name="Then", from_on=date(2021, 7, 1), until_on=date(2021, 11, 8))
    OfficeHolderFactory(ministry=ministry, name="Unknown")
    OfficeHolderFactory(ministry=ministry, name="After", from_on=date(2021, 11, 9))

    assert {holder.name for holder in in_office(ministry.office_holders, date(2021, 11, 8))} == {"Then", "Unknown"}


def test_names_of_ministries_are_told_apart_without_regard_to_capitals():
    MinistryFactory(short_name="Police")

    with pytest.raises(IntegrityError), transaction.atomic():
        MinistryFactory(short_name="POLICE", name="Another name")


def test_focal_point_belongs_to_its_ministry():
    ministry = MinistryFactory()

    assert FocalPointFactory(ministry=ministry).ministry == ministry
    assert RecorderFactory().ministry is None
