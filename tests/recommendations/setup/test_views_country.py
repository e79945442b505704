"""Choose a country from the list, and correct its details."""

import pytest
from django.urls import reverse

from recommendations.setup.steps import StepState
from tests.factories import AdministratorFactory, CountryFactory, DistrictFactory, OfficerFactory
from tiptracker.accounts.models import Country
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    person = AdministratorFactory()
    client.force_login(person)
    return person


def form_data(**changed):
    return {
        "country": "LSO",
        "name": "Lesotho",
        "time_zone": "Africa/Maseru",
        "currency": "LSL",
        "paper": "a4",
        "districts": "Berea: Teyateyaneng\n\n Butha-Buthe \nQacha’s Nek:",
    } | changed


def test_choosing_lesotho_fills_in_its_zone_its_currency_and_its_ten_districts(client):
    page = client.get(reverse("setup_add"), {"country": "LSO"})

    form = page.context["form"]
    values = {name: form[name].value() for name in ("name", "time_zone", "currency", "paper")}
    assert values == {"name": "Lesotho", "time_zone": "Africa/Maseru", "currency": "LSL", "paper": "a4"}
    assert form["districts"].value().splitlines() == [
        "Berea", "Butha-Buthe", "Leribe", "Mafeteng", "Maseru", "Mohale's Hoek", "Mokhotlong", "Qacha's Nek", "Quthing",
        "Thaba-Tseka",
    ]  # fmt: skip


def test_of_several_zones_that_of_the_capital_is_chosen_and_of_several_divisions_one_can_be(client):
    for code, zone in (("MEX", "America/Mexico_City"), ("MNG", "Asia/Ulaanbaatar"), ("PSE", "")):
        assert client.get(reverse("setup_add"), {"country": code}).context["form"]["time_zone"].value() == zone

    page = client.get(reverse("setup_add"), {"country": "MWI"})
    assert len(page.context["form"]["districts"].value().splitlines()) == 28
    assert "?country=MWI&amp;level=0" in page.text
    page = client.get(reverse("setup_add"), {"country": "MWI", "level": "0"})
    assert page.context["form"]["districts"].value().splitlines() == [
        "Central Region",
        "Northern Region",
        "Southern Region",
    ]


@pytest.mark.parametrize("level", ["9", "-1", "x", "²", "9" * 30])
def test_an_unknown_kind_of_division_falls_back_to_the_usual_one(client, level):
    page = client.get(reverse("setup_add"), {"country": "MWI", "level": level})

    assert len(page.context["form"]["districts"].value().splitlines()) == 28


@pytest.mark.parametrize("code", ["", "XXX", "lso", "LSO\0"])
def test_what_is_no_country_of_the_list_is_asked_again(client, code):
    page = client.get(reverse("setup_add"), {"country": code})

    assert page.status_code == 422
    assert "Choose" in page.context["choosing"].errors["country"][0]


def test_a_country_that_is_set_up_already_is_not_offered(client):
    CountryFactory()

    assert ">Lesotho</option>" not in client.get(reverse("setup_add")).text
    assert client.get(reverse("setup_add"), {"country": "LSO"}).status_code == 422
    assert client.post(reverse("setup_add"), form_data()).status_code == 422
    assert Country.objects.count() == 1


def test_the_stored_text_is_the_typed_text(client):
    answer = client.post(reverse("setup_add"), form_data(name="The Kingdom of Lesotho", currency="ZAR"))

    country = Country.objects.get()
    assert answer.headers["Location"] == reverse("setup_detail", args=[country.pk])
    assert (country.code, country.name, country.currency) == ("LSO", "The Kingdom of Lesotho", "ZAR")
    assert list(country.districts.values_list("name", "capital")) == [
        ("Berea", "Teyateyaneng"),
        ("Butha-Buthe", ""),
        ("Qacha's Nek", ""),
    ]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Fill this in."),
        ({"time_zone": ""}, "time_zone", "Choose one."),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Choose one from the list."),
        ({"currency": "XQQ"}, "currency", "Choose one from the list."),
        ({"paper": "a5"}, "paper", "Choose one from the list."),
        ({"districts": "Berea\nberea"}, "districts", "Two districts have the name “berea”."),
        ({"districts": "x" * 101}, "districts", "at most 100 characters"),
        ({"districts": ": Maseru"}, "districts", "Enter a name for each district."),
        ({"districts": "x" * 20_001}, "districts", "Shorten this to 20000 characters"),
    ],
)
def test_errors_are_shown_at_their_field_and_the_other_input_stays(client, changed, field, sentence):
    page = client.post(reverse("setup_add"), form_data(name="Kept as typed") | changed)

    assert page.status_code == 422
    assert sentence in page.context["form"].errors[field][0]
    assert "name" in changed or "Kept as typed" in page.text
    assert not Country.objects.exists()


def test_a_country_is_corrected_and_its_districts_stay(client):
    country = CountryFactory()
    DistrictFactory(country=country, name="Berea", capital="Teyateyaneng")
    address = reverse("setup_country", args=[country.pk])

    page = client.get(address)
    assert "Berea (Teyateyaneng)" in page.text
    assert page.context["form"]["districts"].value() is None
    answer = client.post(address, form_data(paper="letter", districts="Leribe: Hlotse"))

    assert answer.status_code == 302
    country.refresh_from_db()
    assert (country.paper, sorted(each.name for each in country.districts.all())) == ("letter", ["Berea", "Leribe"])
    assert AuditEntry.objects.get().verb == "country.changed"
    page = client.post(address, form_data(paper="letter", districts=""))
    assert "You have not changed anything." in page.context["form"].non_field_errors()[0]


@pytest.mark.parametrize("name", ["setup_add", "setup_country"])
def test_countries_are_the_administrators(client, name):
    country = CountryFactory()
    client.force_login(OfficerFactory())
    address = reverse(name, args=[country.pk] if name == "setup_country" else [])

    assert (client.get(address).status_code, client.post(address, form_data()).status_code) == (403, 403)


@pytest.mark.parametrize(
    ("code", "zone", "currency"),
    [("XKX", "Europe/Belgrade", "EUR"), ("BOL", "America/La_Paz", "BOB"), ("TLS", "Asia/Dili", "USD")],
    ids=["without districts", "with two capitals", "without a currency of its own"],
)
def test_an_unusual_country_is_added_as_it_is_filled_in(client, code, zone, currency):
    page = client.get(reverse("setup_add"), {"country": code})
    filled = {name: page.context["form"][name].value() for name in page.context["form"].fields}

    answer = client.post(f"{reverse('setup_add')}?country={code}", filled | {"country": code})

    country = Country.objects.get(code=code)
    assert answer.headers["Location"] == reverse("setup_detail", args=[country.pk])
    assert (country.time_zone, country.currency) == (zone, currency)
    assert country.districts.count() == len(filled["districts"].splitlines())
    step = client.get(reverse("setup_detail", args=[country.pk])).context["lines"][0].status
    assert (step.state, step.owner) == (StepState.DONE, None)
