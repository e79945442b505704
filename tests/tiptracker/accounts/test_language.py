"""The language of pages and mails: the person's choice, otherwise that of the country."""

import pytest
from django.urls import reverse

from tests.factories import AdministratorFactory, CountryFactory, OfficerFactory
from tests.pseudo_languages import LEFT_TO_RIGHT, RIGHT_TO_LEFT, pseudo_languages, pseudo_translate
from tests.undo_buttons import press_undo, undo_forms
from tiptracker.audit.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def _languages():
    with pseudo_languages():
        yield


def test_the_page_is_linked_only_where_there_is_more_than_one_language(client):
    client.force_login(OfficerFactory())

    assert reverse("account_language") not in client.get(reverse("mfa_index")).text
    with pseudo_languages():
        assert reverse("account_language") in client.get(reverse("mfa_index")).text


@pytest.mark.usefixtures("_languages")
def test_a_person_chooses_a_language_and_takes_the_choice_back(client):
    person = OfficerFactory(countries=[CountryFactory(language=RIGHT_TO_LEFT)])
    client.force_login(person)
    page = client.get(reverse("account_language"))
    offered = [value for value, _ in page.context["form"].fields["language"].choices]
    assert offered == ["", "en-gb", LEFT_TO_RIGHT, RIGHT_TO_LEFT]

    answer = client.post(reverse("account_language"), {"language": LEFT_TO_RIGHT}, follow=True)

    person.refresh_from_db()
    assert person.language == LEFT_TO_RIGHT
    assert f'<html lang="{LEFT_TO_RIGHT}">' in answer.text
    assert pseudo_translate("Your language was saved.") in answer.text
    assert AuditEntry.objects.for_rows(person).filter(verb="user.changed", by=person).count() == 1

    answer = press_undo(client, answer)

    person.refresh_from_db()
    assert person.language == ""
    assert f'<html lang="{RIGHT_TO_LEFT}" dir="rtl">' in answer.text
    same = client.post(reverse("account_language"), {"language": ""}, follow=True)
    assert undo_forms(same) == []  # nothing has changed


@pytest.mark.usefixtures("_languages")
def test_a_language_that_is_not_installed_is_refused(client):
    person = OfficerFactory()
    client.force_login(person)

    answer = client.post(reverse("account_language"), {"language": "xx"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["language"]


@pytest.mark.usefixtures("_languages")
def test_an_administrator_sets_the_language_of_a_country(client):
    country = CountryFactory()
    client.force_login(AdministratorFactory())
    page = reverse("country_edit", args=[country.pk])
    assert 'name="do" value="language"' in client.get(page).text

    answer = client.post(page, {"do": "language", "language": LEFT_TO_RIGHT})

    assert answer.headers["Location"] == page
    before, country = country.version, type(country).objects.get(pk=country.pk)
    assert (country.language, country.version) == (LEFT_TO_RIGHT, before + 1)
    assert AuditEntry.objects.for_rows(country).filter(verb="country.changed").count() == 1
    assert client.post(page, {"do": "language", "language": "xx"}).status_code == 422
