"""Tier, country and year of a narrative; a doubt if one is missing or stated in two ways."""

import pytest

from recommendations.choices import Tier
from recommendations.importing.report_parser import countries, parse_narrative
from tests.recommendations.importing.report_parser.sample_narratives import ITEMS, LAYOUTS, OPENING, narrative

LIST = LAYOUTS["a bullet a line"](ITEMS)
OPENING_WITHOUT_TIER = OPENING.replace("; therefore Lesotho remained on Tier 2", "")
TIER_CHARTS = [
    "",
    "TIER RANKING BY YEAR\nTIER 1\nTIER 2\nTIER 2WL\nTIER 3\n2014 2015 2016 2017 2018 2019 2020 2021",
    "Tier ranking history: 2019 Tier 2, 2020 Tier 3, 2021 Tier 2 Watch List",
    "Tier history\n2018: Tier 1\n2019: Tier 3\n2020: Tier 2 Watch List",
]


@pytest.mark.parametrize(
    ("title", "tier"),
    [
        ("LESOTHO (Tier 1)", Tier.TIER_1),
        ("LESOTHO (Tier 2 Watch List)", Tier.WATCH_LIST),
        ("Lesotho (Tier 2 WL)", Tier.WATCH_LIST),
        ("LESOTHO: Tier 3", Tier.TIER_3),
        ("LESOTHO: TIER 2 WATCH LIST", Tier.WATCH_LIST),
        ("LESOTHO – Tier 2", Tier.TIER_2),
        ("LESOTHO LESOTHO: TIER 3", Tier.TIER_3),
        ("LESOTHO\n\nTier 2 Watch List", Tier.WATCH_LIST),
        ("LESOTHO\nTIER 3", Tier.TIER_3),
        ("Tier 3\n\nLESOTHO", Tier.TIER_3),
        ("# Lesotho (Tier 2)", Tier.TIER_2),
        ("LESOTHO (Tier 2 Watch\nList)", Tier.WATCH_LIST),
        ("LESOTHO: TIER 2 WATCH\nLIST", Tier.WATCH_LIST),
        ("LESOTHO\nTier 2 Watch", Tier.WATCH_LIST),
        ("LESOTHO (Tier 2-Watch List)", Tier.WATCH_LIST),
        ("LESOTHO (Tier 2WL)", Tier.WATCH_LIST),
        ("2013 TIP Report: Lesotho (Tier II)", Tier.TIER_2),
        ("Country: Lesotho\nTier: 3", Tier.TIER_3),
    ],
)
def test_tier_by_the_title(title, tier):
    found = parse_narrative(narrative(LIST, before=title, opening=OPENING_WITHOUT_TIER))

    assert (found.tier, found.country) == (tier, "LSO")


@pytest.mark.parametrize(
    ("placed", "tier"),
    [
        ("Lesotho remained on Tier 3", Tier.TIER_3),
        ("Lesotho was upgraded to Tier 2", Tier.TIER_2),
        ("Lesotho is placed on Tier 2 Watch List for the second consecutive year", Tier.WATCH_LIST),
        ("Lesotho was downgraded from Tier 2 to Tier 2 Watch List", Tier.WATCH_LIST),
        ("Lesotho was upgraded from Tier 3 to Tier 2 Watch List", Tier.WATCH_LIST),
        ("Lesotho was automatically downgraded to Tier 3", Tier.TIER_3),
        ("Lesotho is placed on the Tier 2 Watch List", Tier.WATCH_LIST),
        ("Lesotho was upgraded from the Tier 2 Watch List to Tier 2", Tier.TIER_2),
        ("Lesotho moved from Tier 3 to Tier 2 Watch\nList", Tier.WATCH_LIST),
        ("Lesotho fell to Tier 3", Tier.TIER_3),
        ("Lesotho is a Tier 1 country", Tier.TIER_1),
        (
            "Lesotho was on Tier 2 for two years. Lesotho is deemed not to do enough and is placed on Tier 3",
            Tier.TIER_3,
        ),
        ("Lesotho would be placed on Tier 3, but remained on Tier 2 Watch List", Tier.WATCH_LIST),
        ("Lesotho, which was placed on Tier 2 in 2012 and on Tier 3 in 2013, remained on Tier 1", Tier.TIER_1),
        ("In the 2019 report, Lesotho was ranked Tier 2. Now Lesotho was downgraded to Tier 3", Tier.TIER_3),
        (
            "Lesotho had a waiver from an otherwise required downgrade to Tier 3 and remained on Tier 2 Watch List",
            Tier.WATCH_LIST,
        ),
    ],
)
@pytest.mark.parametrize("chart", TIER_CHARTS)
def test_tier_by_the_opening_whatever_a_chart_of_other_years_says(placed, tier, chart):
    opening = OPENING.replace("Lesotho remained on Tier 2", placed)

    found = parse_narrative(
        narrative(LIST, before=f"2021 Trafficking in Persons Report\n\nLESOTHO\n\n{chart}", opening=opening)
    )

    assert (found.tier, found.country, found.year) == (tier, "LSO", 2021)


def test_a_tier_in_what_follows_the_list_is_none_of_the_opening():
    said = narrative(LIST, before="LESOTHO", following="PROSECUTION\n\nIn the end Lesotho remained on Tier 3.")

    assert parse_narrative(said).tier == Tier.TIER_2


@pytest.mark.parametrize(
    ("standards", "tier"),
    [
        ("fully meets the minimum standards for the elimination of trafficking.", Tier.TIER_1),
        ("fully complies with the minimum standards for the elimination of trafficking.", Tier.TIER_1),
        ("does not fully meet the minimum standards and is not making significant efforts to do so.", Tier.TIER_3),
        ("does not fully meet the minimum standards, but is making significant efforts to do so.", None),
    ],
)
def test_where_no_tier_is_named_the_law_tells_what_the_standards_leave_and_it_is_doubted(standards, tier):
    found = parse_narrative(narrative(LIST, before="LESOTHO", opening=f"The Government of Lesotho {standards}"))

    assert found.tier == tier
    assert any("tier" in str(doubt) for doubt in found.doubts)


@pytest.mark.parametrize(
    "title", ["SOMALIA (Special Case)", "SOMALIA: SPECIAL CASE", "SOMALIA\n\nSpecial Case", "SOMALIA"]
)
def test_a_special_case_has_no_tier(title):
    opening = "Somalia remains a special case. It was on Tier 3 in 2002; the government hardly governs."
    found = parse_narrative(narrative(LIST, before=title, opening=opening))

    assert (found.tier, found.country) == (None, "SOM")
    assert "special case" in str(found.doubts[-1])


def test_missing_or_ambiguous_tier_is_doubtful():
    untold = parse_narrative(narrative(LIST, before="LESOTHO", opening=OPENING_WITHOUT_TIER))
    twice = parse_narrative(narrative(LIST, before="LESOTHO (Tier 3)"))

    assert untold.tier is None
    assert str(untold.doubts[-1]) == "The narrative does not state the tier clearly. Check the tier of the edition."
    assert twice.tier == Tier.TIER_3
    assert str(twice.doubts[-1]) == (
        "The title of the narrative says Tier 3, but its text says Tier 2. Check the tier."
    )


@pytest.mark.parametrize(
    ("head", "year"),
    [
        ("2021 Trafficking in Persons Report: Lesotho", 2021),
        ("Trafficking in Persons Report 2011", 2011),
        ("Trafficking in Persons Report, June 2011", 2011),
        ("TRAFFICKING IN PERSONS REPORT\nJUNE 2019", 2019),
        ("2010 TIP Report: Lesotho", 2010),
        ("https://www.state.gov/reports/2022-trafficking-in-persons-report/lesotho/", 2022),
        ("U.S. Department of State\nTrafficking in Persons Report - Lesotho (2015)", 2015),
        ("Trafficking in Persons Report\nOffice To Monitor and Combat Trafficking in Persons\nJune 20, 2014", 2014),
        ("2017 Trafficking in Persons (TIP) Report: Lesotho", 2017),
        ("Trafficking in Persons Report\n20 June 2017", 2017),
        ("Country: Lesotho\nYear: 2018", 2018),
        ("Lesotho 2016", 2016),
        ("Lesotho (2016): Tier 2", 2016),
        ("Lesotho’s Act of 2011", None),
        ("", None),
    ],
)
def test_year_by_the_head_alone(head, year):
    opening = f"{OPENING} Since the 2008 TIP Report, little was done."

    found = parse_narrative(narrative(LIST, before=f"{head}\n\nLESOTHO (Tier 2)", opening=opening))

    assert (found.year, found.country) == (year, "LSO")
    assert bool(found.doubts) == (year is None)


def test_two_different_years_at_the_head_give_no_year():
    found = parse_narrative(
        narrative(
            LIST, before="2020 Trafficking in Persons Report\n2021 Trafficking in Persons Report\n\nLESOTHO (Tier 2)"
        )
    )

    assert found.year is None
    assert [str(doubt) for doubt in found.doubts] == [
        "The narrative names more than one year at its beginning (2020, 2021). Check that it is from the right report."
    ]


@pytest.mark.parametrize(
    ("before", "heading", "opening", "code"),
    [
        ("CÔTE D’IVOIRE (Tier 2)", "PRIORITIZED RECOMMENDATIONS:", OPENING, "CIV"),
        ("", "RECOMMENDATIONS FOR THE DEMOCRATIC REPUBLIC OF THE CONGO:", OPENING, "COD"),
        ("", "Recommendations for Burma", OPENING, "MMR"),
        ("2021 Trafficking in Persons Report: Cabo Verde - United States Department of State", "", OPENING, "CPV"),
        ("Trafficking in Persons Report 2021 | Eswatini", "", OPENING, "SWZ"),
        ("", "", OPENING, "LSO"),
        ("2014 Trafficking in Persons Report: China (including Hong Kong and Macau)", "", OPENING, "CHN"),
        ("Zambia - United States Department of State", "", OPENING, "ZMB"),
        ("", "RECOMMENDATIONS FOR TURKEY (TÜRKIYE):", OPENING, "TUR"),
        ("", "RECOMMENDATIONS FOR ST. MAARTEN:", OPENING, "SXM"),
        ("", "", OPENING.replace("the elimination", "elimination").replace("Lesotho", "The Gambia"), "GMB"),
        ("ATLANTIS (Tier 2)", "", OPENING.replace("Lesotho", "Atlantis"), None),
    ],
)
def test_country_by_its_title_its_heading_or_its_opening(before, heading, opening, code):
    found = parse_narrative(narrative(LIST, before=before, heading=heading, opening=opening))

    assert found.country == code
    assert any("names no country that we know" in str(doubt) for doubt in found.doubts) == (code is None)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Bahamas, The", "BHS"), ("THE BAHAMAS", "BHS"), ("Congo, Republic of the", "COG"), ("Cote d'Ivoire", "CIV"),
        ("Antigua & Barbuda", "ATG"), ("St. Lucia", "LCA"), ("Korea, Republic of", "KOR"), ("North Korea", "PRK"),
        ("Kingdom of Lesotho", "LSO"), ("Kosovo", "XKX"), ("Turkey", "TUR"), ("Türkiye", "TUR"), ("Macau", "MAC"),
        ("Swaziland", "SWZ"), ("Kyrgyz Republic", "KGZ"), ("Micronesia", "FSM"), ("Guinea-Bissau", "GNB"),
        ("Turkey (Türkiye)", "TUR"), ("Burma (Myanmar)", "MMR"), ("St. Maarten", "SXM"), ("Congo (DRC)", "COD"),
        ("Congo", None), ("Train", None), ("", None),
    ],
)  # fmt: skip
def test_names_of_countries(name, code):
    assert countries.find_country_code(name) == code
    assert name == "" or (
        (found := countries.match_leading_country(f"{name}: Train police")) == found and (found and found.code) == code
    )


def test_countries_have_their_usual_names():
    assert [countries.country_name_of(code) for code in ("LSO", "BOL", "XKX", "QQQ")] == [
        "Lesotho",
        "Bolivia",
        "Kosovo",
        "QQQ",
    ]
