"""The pages of ministries and countries: what can be corrected, and what cannot change."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.authentication import force_sign_in
from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    DistrictFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficeHolderFactory,
    OfficerFactory,
)
from tests.refusals import shows_refusal
from tiptracker.accounts.models import Country, Ministry
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    administrator = AdministratorFactory()
    force_sign_in(client, administrator)
    return administrator


def logged_values(verb):
    entry = AuditEntry.objects.select_related("detail").filter(verb=verb).get()
    return json.loads(entry.detail.before or "{}"), json.loads(entry.detail.after or "{}"), entry


def formset_data(prefix, *rows):
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    return sent | {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}


def edit_ministry(client, ministry, *rows, **changed):
    names = {"name": ministry.name, "short_name": ministry.short_name, "version": ministry.version}
    return client.post(reverse("ministry_edit", args=[ministry.pk]), names | formset_data("holders", *rows) | changed)


def test_ministries_stand_with_their_country_and_who_holds_office_today(client):
    OfficeHolderFactory(ministry=MinistryFactory(short_name="Police"), name="Ms Present")
    OfficeHolderFactory(ministry=MinistryFactory(short_name="Police"), name="Mr Past", until_on="2020-01-01")
    theirs = MinistryFactory(short_name="Police", country=CountryFactory(elsewhere=True))

    page = client.get(reverse("ministry_list"))
    narrowed = client.get(reverse("ministry_list"), {"country": theirs.country.pk})

    assert "Ms Present" in page.text
    assert "Mr Past" not in page.text
    assert "Malawi" in page.text
    assert [ministry for ministry, _ in narrowed.context["lines"]] == [theirs]


def test_the_pages_of_a_country_and_of_its_ministries_name_the_contact_person_and_lead_to_the_form(client):
    ministry = MinistryFactory()
    country, focal_point = ministry.country, FocalPointFactory(ministry=ministry, name="Thabo")
    FocalPointFactory(ministry=ministry, name="Former", is_active=False)
    form = f"{reverse('setup_people', args=[country.pk])}#contact"

    def pages():
        return [
            client.get(reverse(name, args=[row.pk])).text
            for name, row in (("country_edit", country), ("ministry_edit", ministry))
        ]

    for page in pages():
        assert f'<a href="{form}">Name the contact person</a>' in page
    Country.objects.filter(pk=country.pk).update(contact=OfficerFactory(name="Lineo"))
    for page in pages():
        assert f'<a href="{form}">Change the contact person</a>' in page
        assert ">Lineo</a>" in page

    assert f'<a href="{reverse("person_detail", args=[focal_point.pk])}">Thabo</a>' in page
    assert "Former" not in page


def test_names_and_office_holders_of_a_ministry_are_corrected_and_logged(client):
    ministry = MinistryFactory(short_name="Police", name="Ministry of Police")
    holder = OfficeHolderFactory(ministry=ministry, name="Mr Past", title="Minister")
    there = {"row": holder.pk, "holder": "Mr Past", "title": "Minister", "until_on": "2021-12-31"}
    new = {"row": "", "holder": "Ms New", "title": "Minister", "from_on": "2022-01-01"}

    assert edit_ministry(client, ministry, there, new, {"row": ""}, short_name="Police force").status_code == 302

    before, after, entry = logged_values("ministry.changed")
    assert before["short_name"] == "Police"
    assert after["short_name"] == "Police force"
    assert after["office holder Mr Past, Minister: until_on"] == "2021-12-31"
    assert after["office holder Ms New, Minister: from_on"] == "2022-01-01"
    assert "name" not in after
    assert entry.country == ministry.country


@pytest.mark.parametrize(
    ("changed", "row", "told"),
    [
        ({"name": ""}, {}, "name"),
        ({"name": "Ministry of Justice"}, {}, "name"),
        ({"short_name": "Justice"}, {}, "short_name"),
        ({}, {"holder": "Mr X", "from_on": "2022-01-02", "until_on": "2022-01-01"}, "until_on"),
        ({}, {"from_on": "2022-01-02"}, "holder"),
        ({}, {}, "__all__"),
    ],
)
def test_errors_of_a_ministry_are_shown_at_their_field(client, changed, row, told):
    MinistryFactory(short_name="Justice")
    ministry = MinistryFactory(short_name="Police")

    answer = edit_ministry(client, ministry, row, **changed)

    assert answer.status_code == 422
    assert [name for form in answer.context["refused_forms"] for name in form.errors] == [told]
    assert not AuditEntry.objects.filter(verb="ministry.changed").exists()


def test_added_row_keeps_the_input(client):
    ministry = MinistryFactory()

    answer = edit_ministry(client, ministry, {"row": "", "holder": "Ms New"}, more="holders", name="Typed")

    assert answer.status_code == 200
    assert len(answer.context["rows"].forms) == 2
    assert 'value="Ms New"' in answer.text
    assert 'value="Typed"' in answer.text


@pytest.mark.parametrize("model", ["ministry", "country"])
def test_a_change_of_a_page_that_is_stale_is_refused_with_what_changed(client, model):
    district = DistrictFactory(name="Berea")
    ministry = MinistryFactory(country=district.country)

    def send(version, name):
        if model == "ministry":
            ministry.version = version
            return edit_ministry(client, ministry, name=name)
        row = {"row": district.pk, "name": name, "capital": ""}
        sent = {"version": version} | formset_data("districts", row)
        return client.post(reverse("country_edit", args=[district.country.pk]), sent)

    assert send(1, "Maseru").status_code == 302
    answer = send(1, "Leribe")

    assert answer.status_code == 422
    assert shows_refusal(answer, "edit_conflict")
    assert 'value="Leribe"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert send(2, "Leribe").status_code == 302


def test_districts_are_corrected_logged_and_unique(client):
    country = CountryFactory()
    berea, leribe = (DistrictFactory(country=country, name=name) for name in ("Berea", "Leribe"))
    address = reverse("country_edit", args=[country.pk])

    def send(first, version=1):
        rows = [
            {"row": berea.pk, "name": first, "capital": "Teyateyaneng"},
            {"row": leribe.pk, "name": "Leribe", "capital": ""},
        ]
        return client.post(address, {"version": version} | formset_data("districts", *rows))

    assert send("LERIBE").status_code == 422
    assert send("Qacha’s Nek").status_code == 302
    before, after, entry = logged_values("country.changed")
    assert after == {"district Berea: name": "Qacha's Nek", "district Berea: capital": "Teyateyaneng"}
    assert before == {"district Berea: name": "Berea", "district Berea: capital": ""}
    assert entry.country == country


@pytest.mark.parametrize("name", ["country of a ministry", "code of a country"])
def test_a_ministry_never_changes_its_country_and_a_country_never_its_code(name):
    ministry = MinistryFactory()
    elsewhere = CountryFactory(elsewhere=True)
    rows, changed = {
        "country of a ministry": (Ministry.objects.filter(pk=ministry.pk), {"country": elsewhere}),
        "code of a country": (Country.objects.filter(pk=ministry.country_id), {"code": "ZZZ"}),
    }[name]

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**changed)

    assert rows.update(name="Another name") == 1


def test_the_list_of_countries_says_what_is_kept_of_each(client):
    country = MinistryFactory().country
    DistrictFactory(country=country)

    page = client.get(reverse("country_list"))

    (row,) = page.context["countries"]
    assert (row.district_count, row.ministry_count) == (1, 1)
    assert page.context["countries"][0].contact is None
    assert client.get(reverse("country_edit", args=[country.pk])).status_code == 200


def test_a_country_can_be_added_from_the_list_of_countries(client):
    page = client.get(reverse("country_list")).text

    assert f'href="{reverse("setup_add")}">Add a country</a>' in page


def test_a_country_without_ministries_says_so_by_name(client):
    country = CountryFactory()

    assert "Lesotho has no ministries yet." in client.get(reverse("ministry_list"), {"country": country.pk}).text


def test_a_row_that_is_wrong_is_named_in_the_summary(client):
    ministry = MinistryFactory()
    good = {"holder": "Ms X"}

    answer = edit_ministry(
        client, ministry, good, {"holder": "Mr Y", "from_on": "2022-01-02", "until_on": "2022-01-01"}
    )

    assert "Office holder 2. In office until: The end date is before the start date." in answer.text
