"""Lesotho, from the public record: the country, its editions, and the recommendations of 2021. No Django here.

The recommendations are a reconstruction in our own words, put together from public sources.
"""

from datetime import date
from decimal import Decimal

from dialogues.lesotho.entries import (
    BenchmarkEntry,
    CountryEntry,
    EditionEntry,
    EditionTermsEntry,
    IndicatorEntry,
    MilestoneEntry,
    MinistryEntry,
    OfficeHolderEntry,
    RecommendationEntry,
    RecordEntry,
    known_at,
)
from recommendations.choices import EffortQuestion, MilestoneKind, Pillar, Rule, Tier

NARRATIVE_2020 = "TIP Report 2020, Lesotho narrative"
NARRATIVE_2021 = "TIP Report 2021, Lesotho narrative"
NARRATIVE_2022 = "TIP Report 2022, Lesotho narrative"
STATEMENT = "The Ambassador's statement at the bilateral dialogue, Maseru, 8 November 2021"
PRESS = "Lesotho press, November 2021"

EDITION_KNOWN_AT = {year: known_at(year, 7, 1) for year in range(2009, 2022)} | {2022: known_at(2022, 7, 21)}
"""When each edition became known.

The report comes out in June or July: 1 July stands for the day if the record names none. The 2022 edition is known from
the day on which Lesotho's press reported that it had been handed over.
"""

TERMS_RECORDED_AT = EDITION_KNOWN_AT[2021]

INVESTIGATIONS = "Investigations begun"
PROSECUTIONS = "Prosecutions"
CONVICTIONS = "Convictions"
VICTIMS = "Victims identified"
VICTIM_FUNDING = "Government money for victims"
OFFICIALS_TRAINED = "Officials trained"
DISTRICTS_WITH_FOCAL_POINT = "Districts with a police focal point"
DISTRICTS_TRAINED = "Districts whose focal point is trained"
COMMITTEE_QUARTERS = "Quarters in which the committee met"

MINISTRY_HOME, MINISTRY_POLICE, MINISTRY_JUSTICE = "Home Affairs", "Police and Public Safety", "Justice and Law"

COUNTRY = CountryEntry(
    code="LSO",
    name="Lesotho",
    time_zone="Africa/Maseru",
    currency="LSL",
    recorded_at=EDITION_KNOWN_AT[2009],
    districts=(
        ("Berea", "Teyateyaneng"),
        ("Butha-Buthe", "Butha-Buthe"),
        ("Leribe", "Hlotse"),
        ("Mafeteng", "Mafeteng"),
        ("Maseru", "Maseru"),
        ("Mohale's Hoek", "Mohale's Hoek"),
        ("Mokhotlong", "Mokhotlong"),
        ("Qacha's Nek", "Qacha's Nek"),
        ("Quthing", "Moyeni"),
        ("Thaba-Tseka", "Thaba-Tseka"),
    ),
)


def _edition(
    year: int,
    tier: Tier,
    source: str = "",
    *,
    note: str = "",
    published_on: date | None = None,
    target_tier: Tier | None = None,
) -> EditionEntry:
    """Return an edition. The editions of 2016 and 2017 are not verified and are left out."""
    return EditionEntry(
        year,
        tier,
        EDITION_KNOWN_AT[year],
        source or f"TIP Report {year}, tier placements",
        note,
        published_on,
        target_tier,
    )


EDITIONS = (
    _edition(2009, Tier.WATCH_LIST),
    _edition(2010, Tier.WATCH_LIST),
    _edition(2011, Tier.TIER_2),
    _edition(2012, Tier.TIER_2),
    _edition(2013, Tier.WATCH_LIST),
    _edition(2014, Tier.WATCH_LIST),
    _edition(2015, Tier.WATCH_LIST, note="With a waiver."),
    _edition(2018, Tier.TIER_2, "TIP Report 2019, Lesotho narrative", note="Inferred from the text of 2019."),
    _edition(2019, Tier.WATCH_LIST),
    _edition(2020, Tier.TIER_3, NARRATIVE_2020),
    _edition(2021, Tier.WATCH_LIST, NARRATIVE_2021, published_on=date(2021, 7, 1), target_tier=Tier.TIER_2),
    _edition(
        2022,
        Tier.TIER_2,
        NARRATIVE_2022,
        note="Published in July 2022: the outcome of the period that the 2021 edition is tracked in.",
    ),
)

TERMS = EditionTermsEntry(
    year=2021,
    deadline_on=date(2022, 2, 28),
    working_mark=Decimal(45),
    working_mark_reason="The post's own working mark, from the back-test; not the Department's.",
    reason=f"The deadline that the government was given. Source: {STATEMENT}.",
    recorded_at=TERMS_RECORDED_AT,
)

MILESTONES = (
    MilestoneEntry(2021, MilestoneKind.ACTION_PLAN, date(2021, 12, 28), "22 U.S.C. 7107(b)(4)", TERMS_RECORDED_AT),
    MilestoneEntry(2021, MilestoneKind.INTERIM, date(2022, 2, 1), "22 U.S.C. 7107(b)", TERMS_RECORDED_AT),
    MilestoneEntry(2021, MilestoneKind.DEADLINE, date(2022, 2, 28), STATEMENT, TERMS_RECORDED_AT),
    MilestoneEntry(2021, MilestoneKind.PERIOD_END, date(2022, 3, 31), NARRATIVE_2021, TERMS_RECORDED_AT),
)

MINISTRIES = (
    MinistryEntry(MINISTRY_HOME, "Ministry of Home Affairs", TERMS_RECORDED_AT),
    MinistryEntry(MINISTRY_POLICE, "Ministry of Police and Public Safety", TERMS_RECORDED_AT),
    MinistryEntry(MINISTRY_JUSTICE, "Ministry of Justice and Law", TERMS_RECORDED_AT),
)

OFFICE_HOLDERS = (
    OfficeHolderEntry(
        MINISTRY_HOME, "Motlalentoa Letsosa", "Minister of Home Affairs", STATEMENT, known_at(2021, 11, 8)
    ),
    OfficeHolderEntry(
        MINISTRY_POLICE, "Sekola", "Minister of Police and Public Safety", STATEMENT, known_at(2021, 11, 8)
    ),
    OfficeHolderEntry(MINISTRY_JUSTICE, "Rakuoane", "Minister of Justice and Law", STATEMENT, known_at(2021, 11, 8)),
)

# Figures go back to the year before last, so these indicators are known from the first edition that gives a figure.
_INDICATORS_KNOWN_AT = EDITION_KNOWN_AT[2020]

INDICATORS = (
    IndicatorEntry(
        INVESTIGATIONS, "investigations", Pillar.PROSECUTION, 1, _INDICATORS_KNOWN_AT, EffortQuestion.INVESTIGATIONS
    ),
    IndicatorEntry(
        PROSECUTIONS, "prosecutions", Pillar.PROSECUTION, 1, _INDICATORS_KNOWN_AT, EffortQuestion.PROSECUTIONS
    ),
    IndicatorEntry(CONVICTIONS, "convictions", Pillar.PROSECUTION, 1, _INDICATORS_KNOWN_AT, EffortQuestion.CONVICTIONS),
    IndicatorEntry(VICTIMS, "victims", Pillar.PROTECTION, 2, _INDICATORS_KNOWN_AT, EffortQuestion.VICTIMS),
    IndicatorEntry(VICTIM_FUNDING, "LSL", Pillar.PROTECTION, 2, _INDICATORS_KNOWN_AT, EffortQuestion.MONEY),
    IndicatorEntry(OFFICIALS_TRAINED, "officials", Pillar.PROSECUTION, 2, _INDICATORS_KNOWN_AT),
    IndicatorEntry(DISTRICTS_WITH_FOCAL_POINT, "districts", Pillar.PROSECUTION, 1, _INDICATORS_KNOWN_AT),
    IndicatorEntry(DISTRICTS_TRAINED, "districts", Pillar.PROSECUTION, 2, TERMS_RECORDED_AT),
    IndicatorEntry(COMMITTEE_QUARTERS, "quarters", Pillar.PREVENTION, 10, TERMS_RECORDED_AT),
)


def _recommendation(
    number: int, text: str, pillar: Pillar, indicia: tuple[int, ...], lead: str, *, years_unmet: int | None = None
) -> RecommendationEntry:
    source = NARRATIVE_2021 if years_unmet else ""
    return RecommendationEntry(2021, number, text, pillar, indicia, lead, TERMS_RECORDED_AT, years_unmet, source)


RECOMMENDATIONS = (
    _recommendation(
        1,
        "Investigate, prosecute and convict more traffickers, complicit officials among them, with sentences that are"
        " served",
        Pillar.PROSECUTION,
        (1, 7),
        MINISTRY_POLICE,
    ),
    _recommendation(
        2,
        "Give magistrates' courts the power to impose the full penalty (Subordinate Courts Act)",
        Pillar.PROSECUTION,
        (1,),
        MINISTRY_JUSTICE,
    ),
    _recommendation(
        3,
        "Fund the police unit and place a trained focal point in all ten districts",
        Pillar.PROSECUTION,
        (1, 2),
        MINISTRY_POLICE,
    ),
    _recommendation(
        4,
        "Finish and use procedures for identifying victims and referring them to care",
        Pillar.PROTECTION,
        (2,),
        MINISTRY_HOME,
        years_unmet=5,
    ),
    _recommendation(
        5,
        "Put money in the Victims of Trafficking Trust Fund and set the rules for spending it",
        Pillar.PROTECTION,
        (2,),
        MINISTRY_HOME,
        years_unmet=10,
    ),
    _recommendation(
        6, "Fund shelter and protective services beyond a single charity", Pillar.PROTECTION, (2,), MINISTRY_HOME
    ),
    _recommendation(
        7,
        "Train police, prosecutors, judges and front-line officers regularly",
        Pillar.PROSECUTION,
        (1, 2),
        MINISTRY_POLICE,
    ),
    _recommendation(
        8,
        "Pursue trafficking of Basotho in South Africa, and abuse of victims by police",
        Pillar.PROSECUTION,
        (1, 4, 7),
        MINISTRY_POLICE,
    ),
    _recommendation(
        9,
        "Raise the penalties of the Children's Protection and Welfare Act",
        Pillar.PROSECUTION,
        (1,),
        MINISTRY_JUSTICE,
    ),
    _recommendation(
        10,
        "Carry out the 2021–2026 national action plan, with a committee that meets",
        Pillar.PREVENTION,
        (3, 9, 10),
        MINISTRY_HOME,
    ),
)


def _benchmark(
    key: str,
    criterion: str,
    rule: Rule = Rule.ASSESSED,
    *,
    target: int | None = None,
    indicator: str = "",
    is_about_complicity: bool = False,
) -> BenchmarkEntry:
    return BenchmarkEntry(
        year=2021,
        key=key,
        criterion=criterion,
        reason="How the recommendation can be checked, as put together from public sources.",
        recorded_at=TERMS_RECORDED_AT,
        rule=rule,
        target=None if target is None else Decimal(target),
        indicator=indicator,
        is_about_complicity=is_about_complicity,
    )


BENCHMARKS = (
    _benchmark("1a", "More investigations than the year before", Rule.MORE, indicator=INVESTIGATIONS),
    _benchmark("1b", "More prosecutions than the year before", Rule.MORE, indicator=PROSECUTIONS),
    _benchmark("1c", "At least one conviction with a prison term served"),
    _benchmark("1d", "A case against an implicated official brought to charge", is_about_complicity=True),
    _benchmark("2a", "Amendment before Parliament"),
    _benchmark("2b", "Amendment in force"),
    _benchmark("3a", "Budget released to the unit"),
    _benchmark(
        "3b",
        'Districts with a police focal officer ("district focal point"), of 10',
        Rule.TARGET,
        target=10,
        indicator=DISTRICTS_WITH_FOCAL_POINT,
    ),
    _benchmark(
        "3c",
        "Districts whose district focal point is trained, of 10",
        Rule.TARGET,
        target=10,
        indicator=DISTRICTS_TRAINED,
    ),
    _benchmark("4a", "Procedures and referral mechanism adopted"),
    _benchmark("4b", "In use by front-line officers"),
    _benchmark("5a", "Money allocated"),
    _benchmark("5b", "Rules in force"),
    _benchmark("6a", "Government money released for shelter in the period"),
    _benchmark("6b", "Services by more than one provider"),
    _benchmark("7a", "Police trained, more than the year before (assessed while no figure is given)"),
    _benchmark("7b", "Prosecutors and judges trained, more than the year before (assessed while no figure is given)"),
    _benchmark("8a", "A joint case opened with South Africa"),
    _benchmark("8b", "The abuse allegations investigated", is_about_complicity=True),
    _benchmark("9a", "Amendment before Parliament"),
    _benchmark("9b", "Amendment in force"),
    _benchmark("10a", "Plan launched and funded"),
    _benchmark("10b", "Committee met in each quarter, of 4", Rule.TARGET, target=4, indicator=COMMITTEE_QUARTERS),
    _benchmark("10c", "Public awareness campaigns held"),
)

EDITION_ENTRIES: tuple[RecordEntry, ...] = (
    COUNTRY,
    *EDITIONS,
    *MINISTRIES,
    *OFFICE_HOLDERS,
    TERMS,
    *MILESTONES,
    *INDICATORS,
    *RECOMMENDATIONS,
    *BENCHMARKS,
)
