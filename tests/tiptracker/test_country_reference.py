"""The product's own list of countries."""

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tiptracker import country_reference
from tiptracker.choices import Paper
from tiptracker.text_rules import normalize_name

DAY = date(2022, 1, 28)


def test_lesotho_comes_with_its_ten_districts_its_zone_and_its_own_currency_first():
    lesotho = country_reference.find_country("LSO", DAY)

    assert (lesotho.name, lesotho.time_zones, lesotho.currencies) == ("Lesotho", ("Africa/Maseru",), ("LSL", "ZAR"))
    assert lesotho.paper == Paper.A4
    assert lesotho.districts.names == (
        "Berea", "Butha-Buthe", "Leribe", "Mafeteng", "Maseru", "Mohale's Hoek", "Mokhotlong", "Qacha's Nek", "Quthing",
        "Thaba-Tseka",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "kinds", "districts"),
    [
        ("MWI", ["Region", "District"], 28),  # three regions, divided into districts
        ("ZAF", ["Province"], 9),
        ("KEN", ["County"], 47),
        ("PHL", ["Region", "Province"], 17),  # nothing there is called a district: the widest parts
    ],
)
def test_districts_are_those_called_districts_or_else_the_largest_divisions(code, kinds, districts):
    found = country_reference.find_country(code, DAY)

    assert [level.kind for level in found.levels] == kinds
    assert len(found.districts.names) == districts


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("MMR", "Burma"),
        ("CIV", "Côte d’Ivoire"),
        ("SWZ", "Eswatini"),
        ("COD", "Democratic Republic of the Congo"),
        ("TTO", "Trinidad and Tobago"),
        ("VNM", "Vietnam"),
        ("XKX", "Kosovo"),
    ],
)
def test_countries_go_by_the_name_that_the_report_gives_them(code, name):
    assert country_reference.find_country(code, DAY).name == country_reference.country_names()[code] == name


def test_an_accent_moves_no_country_or_district_to_the_end():
    names = list(country_reference.country_names().values())
    ivory, aland = names.index("Côte d’Ivoire"), names.index("Åland Islands")

    assert names[ivory - 1 : ivory + 2] == ["Costa Rica", "Côte d’Ivoire", "Croatia"]
    assert names[aland - 1 : aland + 2] == ["Afghanistan", "Åland Islands", "Albania"]
    assert names[-1] == "Zimbabwe"
    assert [name for name in country_reference.find_country("CHL", DAY).districts.names if name[0] in "BÑ"] == [
        "Biobío",
        "Ñuble",
    ]
    assert country_reference.find_country("CHL", DAY).districts.names[-1] != "Ñuble"


def test_a_currency_that_was_replaced_since_is_not_filled_in_because_it_cannot_be_saved():
    assert country_reference.find_country("HRV", DAY).currencies == ("EUR",)
    assert country_reference.find_country("HRV", date(2026, 1, 1)).currencies == ("EUR",)


def test_a_country_of_several_zones_offers_each_and_prints_on_its_own_paper():
    mexico = country_reference.find_country("MEX", DAY)

    assert {"America/Mexico_City", "America/Tijuana"} <= set(mexico.time_zones)
    assert mexico.paper == Paper.LETTER


def test_an_unknown_country_code_gives_nothing():
    assert [country_reference.find_country(code, DAY) for code in ("", "XXX", "lso", "LS")] == [None] * 4


def test_whatever_is_chosen_can_be_kept():
    """No part of a country has the name of another one, none is too long; every zone is one that Python knows."""
    for code in country_reference.country_names():
        for level in country_reference.find_country(code, DAY).levels:
            often = Counter(map(normalize_name, level.names))
            assert set(often.values()) <= {1}, (code, level.kind, often.most_common(1))
            assert max(map(len, level.names)) <= 100
    assert {"Maputo", "Maputo (city)"} & set(country_reference.find_country("MOZ", DAY).districts.names) == {
        "Maputo (city)"
    }
    assert [zone for zone in country_reference.list_time_zones() if not ZoneInfo(zone).key] == []


def test_currencies_are_money_of_countries_alone():
    """No metal, no code for tests: of the codes on X those remain that several countries share."""
    offered = country_reference.list_currencies()

    assert {code for code in offered if code.startswith("X")} == {"XAF", "XCD", "XCG", "XOF", "XPF"}
    assert {"LSL", "ZAR", "EUR", "USD"} <= offered.keys()


@pytest.mark.parametrize("code", ["XKX", "CUW", "HKG"])
def test_a_country_without_known_divisions_has_everything_else(code):
    found = country_reference.find_country(code, DAY)

    assert (found.levels, found.districts) == ((), None)
    assert found.usual_time_zone
    assert found.currencies


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("BOL", "America/La_Paz"),
        ("ZAF", "Africa/Johannesburg"),
        ("SWZ", "Africa/Mbabane"),
        ("BEN", "Africa/Porto-Novo"),
    ],
)
def test_a_country_with_several_capitals_has_one_time_zone(code, zone):
    assert country_reference.find_country(code, DAY).usual_time_zone == zone


@pytest.mark.parametrize(
    ("code", "currencies"),
    [("TLS", ("USD",)), ("XKX", ("EUR",)), ("NRU", ("AUD",)), ("PAN", ("PAB", "USD")), ("BEN", ("XOF",))],
)
def test_a_country_without_a_currency_of_its_own_has_the_one_that_it_uses(code, currencies):
    assert country_reference.find_country(code, DAY).currencies == currencies
    assert currencies[0] in country_reference.list_currencies()


@pytest.mark.parametrize("day", [DAY, date(2026, 11, 30)])
def test_every_currency_that_is_filled_in_can_be_saved(day):
    countries = [country_reference.find_country(code, day) for code in country_reference.country_names()]
    used = {code for country in countries for code in country.currencies}

    assert used <= set(country_reference.list_currencies())
    assert country_reference.find_country("CUW", day).currencies


def test_each_country_with_several_time_zones_begins_with_that_of_its_capital():
    several = {
        code: found
        for code in country_reference.country_names()
        if len((found := country_reference.find_country(code, DAY)).time_zones) > 1
    }

    assert {code for code, found in several.items() if not found.usual_time_zone} == {"ATA", "PSE", "UMI"}
    chosen = [found.usual_time_zone for found in several.values() if found.usual_time_zone]
    assert sorted(chosen) == sorted(country_reference.CAPITAL_TIME_ZONES)


def test_the_kind_of_divisions_is_known_by_their_names():
    nepal = country_reference.find_country("NPL", DAY)

    assert country_reference.division_kind("NPL", nepal.districts.names) == "Province"
    assert country_reference.division_kind("NPL", [*nepal.districts.names, "Another one"]) == ""
    assert country_reference.division_kind("???", []) == ""
