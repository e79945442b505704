"""Languages: which one a page speaks, and to whom."""

import pytest
from django.urls import reverse

from tests.factories import CountryFactory, OfficerFactory
from tests.pseudo_languages import LEFT_TO_RIGHT, RIGHT_TO_LEFT, pseudo_languages, pseudo_translate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def languages():
    with pseudo_languages():
        yield


def test_a_page_speaks_the_language_that_a_person_chose(client):
    country = CountryFactory(language=RIGHT_TO_LEFT)
    client.force_login(OfficerFactory(language=LEFT_TO_RIGHT, countries=[country]))

    text = client.get(reverse("how_this_works")).text

    assert f'<html lang="{LEFT_TO_RIGHT}">' in text
    assert pseudo_translate("How this works") in text


def test_without_a_chosen_language_pages_use_that_of_the_country(client):
    client.force_login(OfficerFactory(countries=[CountryFactory(language=RIGHT_TO_LEFT)]))

    text = client.get(reverse("how_this_works")).text

    assert f'<html lang="{RIGHT_TO_LEFT}" dir="rtl">' in text
    assert pseudo_translate("How this works", RIGHT_TO_LEFT) in text


def test_a_language_that_is_not_installed_falls_back_to_english(client):
    client.force_login(OfficerFactory(language="st"))

    assert '<html lang="en-gb">' in client.get(reverse("how_this_works")).text


def test_before_sign_in_the_browser_says_the_language(client):
    page = client.get(reverse("account_login"), headers={"accept-language": f"{LEFT_TO_RIGHT}, en;q=0.5"})

    assert f'<html lang="{LEFT_TO_RIGHT}">' in page.text
    assert "Accept-Language" in page.headers["Vary"]
