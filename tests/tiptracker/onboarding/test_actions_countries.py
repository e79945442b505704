"""The country of a post: entered and corrected by administrators, with entries in the log."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from tests.factories import (
    AdministratorFactory,
    AmbassadorFactory,
    CountryFactory,
    DistrictFactory,
    FocalPointFactory,
    ObserverFactory,
    OfficerFactory,
)
from tests.refusals import refuses
from tiptracker.accounts.models import Country
from tiptracker.audit.models import AuditEntry
from tiptracker.choices import Paper
from tiptracker.onboarding.actions.countries import DistrictInput, add_country, change_country, set_contact

pytestmark = pytest.mark.django_db

ZAMBIA = {
    "code": "ZMB",
    "name": "Zambia",
    "time_zone": "Africa/Lusaka",
    "currency": "ZMW",
    "paper": Paper.A4,
    "districts": [DistrictInput("Lusaka", "Lusaka"), DistrictInput("Muchinga")],
}
LESOTHO = {"name": "Lesotho", "time_zone": "Africa/Maseru", "currency": "LSL", "paper": Paper.A4, "districts": []}


def logged_values(verb):
    entry = AuditEntry.objects.select_related("detail").filter(verb=verb).get()
    return json.loads(entry.detail.before or "{}"), json.loads(entry.detail.after or "{}"), entry


def test_a_country_is_added_with_its_districts_and_logged():
    administrator = AdministratorFactory()

    country = add_country(**ZAMBIA, by=administrator)

    assert (country.code, country.name, country.time_zone, country.currency) == (
        "ZMB",
        "Zambia",
        "Africa/Lusaka",
        "ZMW",
    )
    assert list(country.districts.values_list("name", "capital")) == [("Lusaka", "Lusaka"), ("Muchinga", "")]
    before, after, entry = logged_values("country.added")
    assert (before, entry.by, entry.country) == ({}, administrator, country)
    assert after == {
        "code": "ZMB",
        "name": "Zambia",
        "time_zone": "Africa/Lusaka",
        "currency": "ZMW",
        "paper": "a4",
        "district Lusaka: name": "Lusaka",
        "district Lusaka: capital": "Lusaka",
        "district Muchinga: name": "Muchinga",
    }


@pytest.mark.parametrize(
    ("wrong", "code", "field", "sentence"),
    [
        ({"code": "LSO"}, "already_set_up", "name", "Lesotho was already added"),
        ({"name": " "}, "required", "name", "Enter the name of the country."),
        ({"name": "lesotho"}, "taken", "name", "Another country has this name"),
        ({"name": "x" * 101}, "max_length", "name", ""),
        ({"time_zone": "Africa/Nowhere"}, "no_choice", "time_zone", "Choose a time zone from the list."),
        ({"currency": "XQQ"}, "no_choice", "currency", "Choose a currency from the list."),
        (
            {"districts": [DistrictInput("Ndola"), DistrictInput("ndola")]},
            "named_twice",
            "districts",
            "Two districts have the name “ndola”.",
        ),
        ({"districts": [DistrictInput("")]}, "required", "districts", "Enter a name for each district."),
        ({"districts": [DistrictInput("x" * 101)]}, "max_length", "districts", ""),
        ({"districts": [DistrictInput("Ndola", "x" * 101)]}, "max_length", "districts", "“Ndola”: Ensure this value"),
    ],
)
def test_invalid_country_is_refused_and_nothing_is_saved(wrong, code, field, sentence):
    CountryFactory()
    administrator = AdministratorFactory()

    with refuses(code, field=field, sentence=sentence):
        add_country(**ZAMBIA | wrong, by=administrator)

    assert [country.code for country in Country.objects.all()] == ["LSO"]
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("person", [OfficerFactory, AmbassadorFactory, FocalPointFactory])
def test_only_administrators_put_down_countries(person):
    country, by = CountryFactory(), person()

    for act, said in ((add_country, ZAMBIA), (change_country, LESOTHO | {"country": country})):
        with pytest.raises(PermissionDenied):
            act(**said, by=by)
    with pytest.raises(PermissionDenied):
        set_contact(country=country, contact=None, by=by)


def test_a_country_is_corrected_and_only_what_changed_is_logged():
    country, administrator = CountryFactory(), AdministratorFactory()
    DistrictFactory(country=country, name="Qacha's Nek")

    change_country(
        **LESOTHO | {"country": country, "paper": Paper.LETTER, "districts": [DistrictInput("Berea")]}, by=administrator
    )

    before, after, _ = logged_values("country.changed")
    assert (before, after) == ({"paper": "a4"}, {"paper": "letter", "district Berea: name": "Berea"})
    assert sorted(each.name for each in country.districts.all()) == ["Berea", "Qacha's Nek"]


def test_a_district_that_is_there_is_not_added_again_whichever_apostrophe_is_typed():
    country, administrator = CountryFactory(), AdministratorFactory()
    DistrictFactory(country=country, name="Qacha's Nek")

    with refuses("named_twice", field="districts"):
        change_country(**LESOTHO | {"country": country, "districts": [DistrictInput("qacha’s nek")]}, by=administrator)


def test_a_change_that_changes_nothing_is_refused():
    with refuses("unchanged", sentence="You have not changed anything."):
        change_country(**LESOTHO, country=CountryFactory(), by=AdministratorFactory())


def test_ministries_turn_to_an_officer_of_their_own_embassy():
    country, administrator = CountryFactory(), AdministratorFactory()
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    others = (FocalPointFactory(), OfficerFactory(is_active=False), ObserverFactory(), AmbassadorFactory())
    for stranger in (elsewhere, *others, administrator):
        with refuses("no_choice", field="contact", sentence="Choose one of its officers."):
            set_contact(country=country, contact=stranger, by=administrator)

    officer = OfficerFactory(name="Lineo")
    set_contact(country=country, contact=officer, by=administrator)

    assert logged_values("country.changed")[:2] == ({"contact": None}, {"contact": "Lineo"})
    with refuses("unchanged", field="contact", sentence="This person is already the contact person."):
        set_contact(country=country, contact=officer, by=administrator)
