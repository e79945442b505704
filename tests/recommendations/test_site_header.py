"""The header that people share: each gets their own name and token, and everybody what they would get alone."""

import re

import pytest
from django.test import Client

from recommendations import site_header
from tests.factories import CountryFactory, OfficerFactory, RecommendationFactory

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@pytest.fixture
def edition():
    return RecommendationFactory(edition__country=CountryFactory(name="Lesotho")).edition


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def test_officers_share_a_header_but_for_name_and_token(edition):
    names = ["Exercise: <b>Mpho</b>", "Exercise: Thabo"]
    people = [OfficerFactory(name=name, countries=[edition.country]) for name in names]
    site_header._render.cache_clear()

    first, second = (signed_in(person).get("/glossary/").text for person in people)

    assert site_header._render.cache_info().misses == 1
    assert "<strong>Exercise: &lt;b&gt;Mpho&lt;/b&gt;</strong>" in first
    assert "<strong>Exercise: Thabo</strong>" in second
    assert "Mpho" not in second
    assert set(TOKEN.findall(first)).isdisjoint(TOKEN.findall(second))


def test_a_header_follows_the_name_of_its_country(edition):
    client = signed_in(OfficerFactory(countries=[edition.country]))
    assert "Lesotho, 20" in client.get("/glossary/").text

    edition.country.name = "Exercise: renamed"
    edition.country.save()

    assert "Exercise: renamed, 20" in client.get("/glossary/").text


def test_nobody_has_a_header_without_a_form(client):
    text = client.get("/accounts/login/").text

    assert "TIP Tracker" in text
    assert "data-signs-out" not in text
