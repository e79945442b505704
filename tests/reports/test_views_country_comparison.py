"""The page that compares countries: whose record it shows, and what of others."""

import csv
from datetime import date

import pytest

from dialogues.choices import ReadingDirection
from recommendations.choices import EffortQuestion, Tier
from tests.edition_urls import edition_url
from tests.factories import (
    CountryFactory,
    EditionFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    FocalPointFactory,
    IndicatorFactory,
    ObserverFactory,
    OfficerFactory,
    ReadingFactory,
    RecommendationFactory,
)

pytestmark = pytest.mark.django_db
YEAR = {"starts_on": date(2020, 4, 1), "through_on": date(2021, 3, 31)}
SECRET = 987


def add_figure(indicator, *, verified=True, **values):
    evidence = EvidenceFactory(country=indicator.country)
    if verified:
        EvidenceReviewFactory(evidence=evidence)
    return ReadingFactory(indicator=indicator, evidence=evidence, **YEAR | values)


@pytest.fixture
def lesotho():
    """An edition with a verified number of investigations, unverified prosecutions, and no data on victims."""
    EditionFactory(year=2020, tier=Tier.TIER_3)
    edition = RecommendationFactory().edition
    for question, values in {
        EffortQuestion.INVESTIGATIONS: {"figure": 12},
        EffortQuestion.PROSECUTIONS: {"figure": SECRET, "verified": False},
        EffortQuestion.VICTIMS: {"figure": None},
        EffortQuestion.MONEY: {"figure": None, "direction": ReadingDirection.UP},
    }.items():
        add_figure(IndicatorFactory(country=edition.country, question=question, name=question.label), **values)
    return edition


@pytest.fixture
def eswatini():
    """Another country with a published country-year, whose own record has other figures and another tier."""
    country = CountryFactory(code="SWZ", name="Eswatini", time_zone="Africa/Mbabane", currency="SZL")
    EditionFactory(country=country, year=2019, tier=Tier.TIER_1, note="Nobody else may read this.")
    indicator = IndicatorFactory(country=country, question=EffortQuestion.INVESTIGATIONS, name="Secret investigations")
    add_figure(indicator, figure=SECRET)
    return country


def get(client, user, **query):
    client.force_login(user)
    return client.get(edition_url("country_comparison"), query)


def figures(response, question):
    [table] = [table for table in response.context["questions"] if table.question is question]
    return {row.year: [(figure.text, figure.origin.value) for _, figure in row.cells] for row in table.rows}


def test_the_page_shows_tiers_and_verified_figures_and_says_what_is_missing(client, lesotho):
    response = get(client, OfficerFactory())

    assert [(row.year, row.cells[0][1].tier) for row in response.context["tiers"]][:2] == [
        (2021, Tier.WATCH_LIST),
        (2020, Tier.TIER_3),
    ]
    assert figures(response, EffortQuestion.INVESTIGATIONS)[2020] == [("12", "verified")]
    assert figures(response, EffortQuestion.VICTIMS)[2020] == [("no figure", "not_reported")]
    assert figures(response, EffortQuestion.MONEY)[2020] == [("More, no figure", "verified")]
    assert str(SECRET) not in response.text
    assert "Known only by its tier." in response.text
    assert "One person coded the rows" in response.text


def test_an_officer_sees_of_another_country_only_what_was_published(client, lesotho, eswatini):
    response = get(client, OfficerFactory(), with1=eswatini.code)

    assert [country.has_record for country in response.context["countries"]] == [True, False]
    for secret in (str(SECRET), "Secret investigations", "Nobody else may read this."):
        assert secret not in response.text
        assert secret not in get(client, OfficerFactory(), with1=eswatini.code, **{"as": "csv"}).content.decode()


def test_who_follows_both_countries_sees_both_records(client, lesotho, eswatini):
    observer = ObserverFactory(countries=[lesotho.country, eswatini])

    response = get(client, observer, with1=eswatini.code, with2=eswatini.code)

    assert [country.code for country in response.context["countries"]] == ["LSO", eswatini.code]
    assert figures(response, EffortQuestion.INVESTIGATIONS)[2020] == [("12", "verified"), (str(SECRET), "verified")]
    assert "Secret investigations" not in response.text


def test_a_country_that_is_neither_followed_nor_published_is_ignored_and_said_so(client, lesotho):
    response = get(client, OfficerFactory(), with1="ZZZ")

    assert len(response.context["countries"]) == 1
    assert "This choice does not exist and was ignored." in response.text


def test_a_ministry_does_not_get_the_page(client, lesotho):
    assert get(client, FocalPointFactory()).status_code == 403


def test_the_export_has_each_tier_and_figure_with_its_origin(client, lesotho):
    response = get(client, OfficerFactory(), **{"as": "csv"})

    rows = {(row[0], row[1], row[2]): row[3:5] for row in csv.reader(response.content.decode("utf-8-sig").splitlines())}
    assert rows["Lesotho", "Tier", "2020"] == ["Tier 3", "In the record"]
    assert rows["Lesotho", "Investigations begun", "Apr 2020 to Mar 2021"] == ["12", "Verified in the record"]


def test_the_number_of_queries_does_not_grow_with_indicators_and_countries(
    client, lesotho, eswatini, django_assert_num_queries
):
    observer = ObserverFactory(countries=[lesotho.country, eswatini])
    for number in range(3):
        add_figure(IndicatorFactory(country=lesotho.country, name=f"Indicator {number}"), figure=number)
    client.force_login(observer)
    with django_assert_num_queries(10):
        client.get(edition_url("country_comparison"), {"with1": eswatini.code})
