"""Figures by district, with their decision and evidence."""

import csv
from datetime import date

import pytest
from django.urls import reverse

from dialogues.choices import EvidenceDecision
from dialogues.models import Evidence
from recommendations.choices import Rule
from reports.choices import DistrictStatus
from tests.edition_urls import edition_url
from tests.factories import (
    BenchmarkFactory,
    DistrictFactory,
    EvidenceFactory,
    EvidenceReviewFactory,
    IndicatorFactory,
    ObserverFactory,
    ReadingFactory,
    ReadingPartFactory,
)

pytestmark = pytest.mark.django_db
DISTRICTS = ("Berea", "Leribe", "Mohale's Hoek", "Qacha's Nek")


@pytest.fixture
def district_benchmark(client):
    """A benchmark that counts districts, and the four districts of the country."""
    client.force_login(ObserverFactory())
    indicator = IndicatorFactory(unit="districts")
    for name in DISTRICTS:
        DistrictFactory(country=indicator.country, name=name)
    return BenchmarkFactory(terms__rule=Rule.TARGET, terms__target=4, terms__indicator=indicator)


def add_district_figure(benchmark, names, *, word=EvidenceDecision.VERIFIED, **of_reading):
    """Record a figure with districts, and the embassy's decision on its evidence (None: not reviewed)."""
    evidence = EvidenceFactory(country=benchmark.current_terms.indicator.country)
    if word:
        EvidenceReviewFactory(evidence=evidence, evidence_link=None, decision=word)
    reading = ReadingFactory(
        indicator=benchmark.current_terms.indicator, evidence=evidence, **({"figure": len(names)} | of_reading)
    )
    for name in names:
        ReadingPartFactory(reading=reading, dimension="district", category=name, figure=1)
    return evidence.pk


def districts_on_page(client):
    (counted,) = client.get(reverse("district_list")).context["benchmarks"]
    return {
        district.name: (district.status, [piece.pk for piece in district.evidence]) for district in counted.districts
    }


def test_district_list_tells_where_it_is_so_and_on_which_evidence(client, district_benchmark):
    earlier = add_district_figure(district_benchmark, ["Berea"], through_on=date(2021, 9, 30))
    later = add_district_figure(district_benchmark, ["Berea", "Qacha's Nek"], through_on=date(2021, 12, 31))
    claimed = add_district_figure(district_benchmark, ["Berea", "Leribe"], word=None)
    add_district_figure(district_benchmark, ["Mohale's Hoek"], word=EvidenceDecision.REJECTED)

    response = client.get(reverse("district_list"))

    assert districts_on_page(client) == {
        "Berea": (DistrictStatus.VERIFIED, [later, earlier]),
        "Leribe": (DistrictStatus.CLAIMED, [claimed]),
        "Mohale's Hoek": (DistrictStatus.NOTHING, []),
        "Qacha's Nek": (DistrictStatus.VERIFIED, [later]),
    }
    assert "2 of 4 districts verified, 1 claimed" in response.text


def test_district_list_leaves_out_another_year_and_revised_evidence(client, district_benchmark):
    add_district_figure(district_benchmark, ["Berea"], starts_on=date(2020, 4, 1), through_on=date(2021, 3, 31))
    wrong = add_district_figure(district_benchmark, ["Leribe"])
    EvidenceFactory(revises=Evidence.objects.get(pk=wrong))

    assert {told for told, _ in districts_on_page(client).values()} == {DistrictStatus.NOTHING}


def test_district_list_asks_which_they_are_where_a_figure_names_none(client, district_benchmark):
    evidence = add_district_figure(district_benchmark, [], figure=3)

    response = client.get(reverse("district_list"))

    assert "This figure does not name its districts." in response.text
    assert reverse("evidence_detail", args=[evidence]) in response.text


def test_the_exported_district_list_keeps_its_apostrophes(client, district_benchmark):
    add_district_figure(district_benchmark, ["Qacha’s Nek"])  # as a telephone types it

    rows = csv.reader(client.get(reverse("district_list"), {"as": "csv"}).text.splitlines())

    assert [row[2:4] for row in rows][1:] == [
        ["Berea", "No data"],
        ["Leribe", "No data"],
        ["Mohale's Hoek", "No data"],
        ["Qacha's Nek", "Verified"],
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_district_list_query_count(client, district_benchmark, django_assert_num_queries, count):
    for _ in range(count):
        add_district_figure(district_benchmark, ["Berea"])

    with django_assert_num_queries(10):
        client.get(edition_url("district_list"))
