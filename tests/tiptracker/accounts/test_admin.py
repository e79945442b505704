"""What an administrator changes is in the log, before and after, and never a password."""

import json
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    DistrictFactory,
    FocalPointFactory,
    MinistryFactory,
    OfficerFactory,
)
from tests.signing_in import enter
from tiptracker.accounts.models import User
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    administrator = AdministratorFactory()
    enter(client, administrator)
    return administrator


def person(**changed):
    return {
        "name": "Lineo",
        "email": "lineo@post.example",
        "role": "officer",
        "countries": [CountryFactory().pk],
        "is_active": "on",
        "valid_until_on": "2099-12-31",
    } | changed


def inline(prefix, *lines):
    rows = {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": sum("id" in line for line in lines)}
    return rows | {f"{prefix}-{n}-{name}": value for n, line in enumerate(lines) for name, value in line.items()}


def logged(verb):
    entry = AuditEntry.objects.select_related("detail").filter(verb=verb).get()
    return json.loads(entry.detail.before or "{}"), json.loads(entry.detail.after or "{}"), entry


def test_an_added_person_is_told_whole(client, administrator):
    assert client.post(reverse("admin:accounts_user_add"), person()).status_code == 302

    before, after, entry = logged("user.added")
    assert before == {}
    assert after == {
        "name": "Lineo",
        "email": "lineo@post.example",
        "role": "officer",
        "ministry": None,
        "countries": ["Lesotho"],
        "is_active": True,
        "valid_until_on": "2099-12-31",
    }
    assert (entry.by, entry.country) == (administrator, None)


def test_a_changed_person_is_told_before_and_after_and_nothing_else(client):
    elsewhere = CountryFactory(elsewhere=True)
    officer = OfficerFactory(
        name="Lineo", email="lineo@post.example", valid_until_on="2099-12-31", countries=[CountryFactory()]
    )

    sent = person(name="Lineo M.", countries=[CountryFactory().pk, elsewhere.pk])
    assert client.post(reverse("admin:accounts_user_change", args=[officer.pk]), sent).status_code == 302

    before, after, _ = logged("user.changed")
    assert before == {"name": "Lineo", "countries": ["Lesotho"]}
    assert after == {"name": "Lineo M.", "countries": sorted(["Lesotho", elsewhere.name])}


def test_a_focal_points_ministry_is_told_by_its_name(client):
    ministry, other = MinistryFactory(name="Police"), MinistryFactory(name="Justice")
    User.objects.create_user(
        "lineo@post.example", name="Lineo", role="focal_point", ministry=ministry, valid_until_on="2099-12-31"
    )
    someone = User.objects.get_queryset().get(email="lineo@post.example")

    sent = person(role="focal_point", ministry=other.pk, countries=[])
    assert client.post(reverse("admin:accounts_user_change", args=[someone.pk]), sent).status_code == 302

    before, after, _ = logged("user.changed")
    assert (before, after) == ({"ministry": "Police"}, {"ministry": "Justice"})


def test_what_is_changed_beside_a_country_is_told_and_belongs_to_the_country(client):
    country = CountryFactory()
    berea = DistrictFactory(country=country, name="Berea", capital="Nowhere")
    lines = [
        {"id": berea.pk, "country": country.pk, "name": "Berea", "capital": "Teyateyaneng"},
        {"country": country.pk, "name": "Leribe", "capital": "Hlotse"},
    ]
    sent = {
        "code": country.code,
        "name": country.name,
        "time_zone": country.time_zone,
        "currency": "ZAR",
        "paper": "a4",
    }
    sent |= inline("districts", *lines)

    assert client.post(reverse("admin:accounts_country_change", args=[country.pk]), sent).status_code == 302

    before, after, entry = logged("country.changed")
    assert before == {"currency": country.currency, "district Berea: capital": "Nowhere"}
    assert after == {
        "currency": "ZAR",
        "district Berea: capital": "Teyateyaneng",
        "district Leribe: name": "Leribe",
        "district Leribe: capital": "Hlotse",
    }
    assert entry.country == country


def test_a_district_is_named_once_whichever_apostrophe_is_typed(client):
    country = CountryFactory()
    sent = {name: getattr(country, name) for name in ("code", "name", "time_zone", "currency", "paper")}

    def add(name):
        line = {"country": country.pk, "name": name, "capital": ""}
        return client.post(
            reverse("admin:accounts_country_change", args=[country.pk]), sent | inline("districts", line)
        )

    assert [add(name).status_code for name in ("Qacha’s Nek", "Qacha's Nek")] == [302, 200]
    assert country.districts.get().name == "Qacha's Nek"


def test_the_admins_pages_carry_the_marking_and_say_that_it_is_a_demonstration(client, settings):
    page = client.get(reverse("admin:index")).text
    assert page.count("UNCLASSIFIED</p>") == 2
    assert "Demonstration:" not in page
    assert ">People</a>" in page
    assert "Users" not in page

    settings.DEMONSTRATION = True
    assert "<strong>Demonstration:</strong> the clock says" in client.get(reverse("admin:index")).text


def test_the_list_of_people_says_first_who_may_sign_in_until_when_and_leaves_out_sources(client, settings):
    settings.DEMO_CLOCK = ""
    source = OfficerFactory(name="Public record (not a person)", email="public.record@tip-tracker.invalid")
    last_login = datetime(2022, 9, 28, 9, 5, tzinfo=UTC)
    OfficerFactory(name="Lineo", valid_until_on=date(2023, 1, 28), last_login=last_login)

    page = client.get(reverse("admin:accounts_user_changelist")).text

    assert "Select person to change" in page
    order = [page.index(f'column-{name}"') for name in ("is_active", "valid_until_on", "role", "signed_in")]
    assert order == sorted(order)
    assert "28 Jan 2023" in page
    assert "28 Sep 2022, 09:05" in page
    assert "Lineo" in page
    assert "Public record" not in page
    assert client.get(reverse("admin:accounts_user_change", args=[source.pk])).status_code == 200


def test_the_admin_leads_to_the_log_and_to_ones_own_sign_ins(client):
    page = client.get(reverse("admin:index")).text

    assert reverse("log_list") in page
    assert reverse("sign_in_list") in page


def test_whom_ministries_turn_to_is_somebody_of_the_embassy_who_may_sign_in(client):
    officer = OfficerFactory(name="Ms Contact")
    country = officer.countries.get()
    address = reverse("admin:accounts_country_change", args=[country.pk])
    form = {"code": "LSO", "name": "Lesotho", "time_zone": "Africa/Maseru", "currency": "LSL"}
    form |= {"paper": "a4"} | inline("districts")
    elsewhere = OfficerFactory(countries=[CountryFactory(elsewhere=True)])
    for stranger in (FocalPointFactory(), OfficerFactory(is_active=False), elsewhere):
        assert "Select a valid choice" in client.post(address, form | {"contact": stranger.pk}).text

    client.post(address, form | {"contact": officer.pk})

    country.refresh_from_db()
    assert country.contact == officer
    assert logged("country.changed")[1] == {"contact": "Ms Contact"}
