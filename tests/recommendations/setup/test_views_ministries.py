"""The page of the ministries: any number at once, none lost, and offices without a named person."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories import (
    AdministratorFactory,
    CountryFactory,
    MinistryFactory,
    OfficeHolderFactory,
    OfficerFactory,
)
from tiptracker.accounts.models import Ministry, OfficeHolder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def administrator(client):
    person = AdministratorFactory()
    client.force_login(person)
    return person


def formset_data(prefix, *rows):
    counted = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    return counted | {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def post_ministries(client, country, *new, known=(), **more):
    sent = formset_data("new", *new) | formset_data("known", *known) | more
    return client.post(reverse("setup_ministries", args=[country.pk]), sent)


def test_several_rows_are_saved_at_once_and_empty_rows_ignored(client):
    country = CountryFactory()
    home = {
        "name": "Ministry of Home Affairs",
        "short_name": "Home Affairs",
        "holder": "Lineo",
        "title": "Minister",
        "from_on": "2021-05-01",
        "source": "The gazette",
    }

    answer = post_ministries(
        client, country, home, {"title": "Minister"}, {"name": "Ministry of Works", "short_name": "Works"}
    )

    assert answer.headers["Location"] == reverse("setup_detail", args=[country.pk])
    assert [each.short_name for each in Ministry.objects.all()] == ["Home Affairs", "Works"]
    holder = OfficeHolder.objects.get()
    assert (holder.ministry.short_name, holder.name, holder.from_on) == ("Home Affairs", "Lineo", date(2021, 5, 1))


def test_added_row_keeps_the_input_without_validating_it(client):
    country = CountryFactory()

    page = post_ministries(client, country, {"name": "Ministry of Health"}, more="new")

    assert page.status_code == 200
    assert len(page.context["new"].forms) == 2
    assert 'value="Ministry of Health"' in page.text
    assert page.context["refused_forms"] == []
    assert not Ministry.objects.exists()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"short_name": "Health"}, "Write the name of the ministry, or leave the whole row empty."),
        ({"name": "x" * 61}, "Write a short name for lists"),
        ({"holder": "Lineo"}, "Write the name of the ministry"),
        ({"name": "Ministry of Health", "short_name": "Health", "source": "x"}, "Write the name of the office holder"),
        ({"name": "Ministry of Health", "short_name": "Health", "from_on": "soon"}, "Give the day as a date"),
        ({"name": "Ministry of Police", "short_name": "Health"}, "The ministry “Ministry of Police” already exists."),
        ({"name": "x" * 201, "short_name": "Health"}, "Shorten this to 200 characters"),
    ],
)
def test_errors_are_shown_at_their_row_and_nothing_is_saved(client, row, sentence):
    police = MinistryFactory(short_name="Police")

    page = post_ministries(client, police.country, {}, {"name": "Kept as typed", "short_name": "Kept"}, row)

    assert page.status_code == 422
    assert sentence in str(page.context["new"].forms[2].errors)
    assert "Kept as typed" in page.text
    assert list(Ministry.objects.all()) == [police]


def test_empty_form_is_refused(client):
    page = post_ministries(client, CountryFactory(), {}, {})

    assert page.status_code == 422
    assert "Enter a ministry, or the office holder of a ministry in the list." in page.text


@pytest.mark.day("2022-01-28")
def test_a_ministry_without_anybody_in_office_has_a_line_and_one_with_somebody_has_none(client):
    country = CountryFactory()
    police, justice = MinistryFactory(short_name="Police"), MinistryFactory(short_name="Justice")
    OfficeHolderFactory(ministry=justice, name="Palesa")
    OfficeHolderFactory(ministry=police, name="The one before", until_on=date(2022, 1, 27))
    MinistryFactory(country=CountryFactory(elsewhere=True), short_name="Theirs")

    page = client.get(reverse("setup_ministries", args=[country.pk]))
    assert [row.row_name for row in page.context["known"]] == ["Ministry of Police"]
    assert "Palesa, Minister" in page.text
    assert "Theirs" not in page.text
    answer = post_ministries(client, country, known=[{"ministry": police.pk, "holder": "Lineo"}])

    assert answer.status_code == 302
    assert list(police.office_holders.filter(until_on=None).values_list("name", flat=True)) == ["Lineo"]


def test_another_countrys_ministry_gets_nobody(client):
    country, theirs = CountryFactory(), MinistryFactory(country=CountryFactory(elsewhere=True))

    page = post_ministries(client, country, known=[{"ministry": theirs.pk, "holder": "Lineo"}])

    assert page.status_code == 422
    assert not OfficeHolder.objects.exists()


def test_a_made_up_form_without_its_count_is_refused_and_not_an_error(client):
    country = CountryFactory()

    assert client.post(reverse("setup_ministries", args=[country.pk]), {}).status_code == 422
    assert client.post(reverse("setup_ministries", args=[country.pk]), {"more": "new"}).status_code == 200


def test_ministries_are_the_administrators(client):
    country = CountryFactory()
    client.force_login(OfficerFactory())

    assert client.get(reverse("setup_ministries", args=[country.pk])).status_code == 403
    assert post_ministries(client, country, {"name": "Ministry of Health", "short_name": "Health"}).status_code == 403
    assert not Ministry.objects.exists()


@pytest.mark.parametrize(
    ("name", "short_name"),
    [
        ("Ministry of Justice", "Justice"),
        ("Ministry of the Interior", "Interior"),
        ("Department for Social  Welfare", "Social Welfare"),
        ("National Police", "National Police"),
        ("अभ्यास मन्त्रालय", "अभ्यास मन्त्रालय"),
    ],
)
def test_a_ministry_without_a_short_name_gets_one_from_its_name(client, name, short_name):
    country = CountryFactory()

    post_ministries(client, country, {"name": name})

    assert Ministry.objects.get().short_name == short_name


def test_usual_ministries_are_suggested_while_the_name_is_typed(client):
    page = client.get(reverse("setup_ministries", args=[CountryFactory().pk])).text

    assert '<option value="Ministry of Justice"></option>' in page
    assert 'list="usual-ministries"' in page
