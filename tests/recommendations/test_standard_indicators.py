"""The catalogue of standard indicators is complete, and a fault in its file is found when it is read."""

import pytest

from recommendations.choices import INDICIA_SUMMARIES, Better, BreakdownDimension, EffortQuestion, Pillar
from recommendations.models import Indicator
from recommendations.standard_indicators import (
    ReportingBody,
    StandardIndicator,
    YearlyQuestion,
    propose_ministry,
    read_catalogue,
)
from tiptracker.data_files import DataFileError, DataReader

CATALOGUE = read_catalogue().values()

ASKED = {
    YearlyQuestion.INVESTIGATIONS: {"investigations_begun", "investigations_continued"},
    YearlyQuestion.PROSECUTIONS: {"prosecutions_begun", "prosecutions_continued"},
    YearlyQuestion.CONVICTIONS: {
        "convictions", "convictions_new", "convictions_continued", "acquittals", "prosecutions_pending", "sentences",
        "sentences_suspended", "sentences_served", "restitution_victims", "restitution_money",
    },
    YearlyQuestion.COMPLICITY: {
        "complicity_allegations", "officials_investigated", "officials_prosecuted", "officials_convicted",
    },
    YearlyQuestion.TRAINING: {"officials_trained"},
    YearlyQuestion.IDENTIFIED: {"victims_identified"},
    YearlyQuestion.ASSISTED: {"victims_referred", "victims_assisted"},
    YearlyQuestion.AWARENESS: {"campaigns", "hotline_calls", "labour_inspections", "recruiters_inspected"},
    YearlyQuestion.MONEY: {
        "money_prosecution_government", "money_prosecution_others", "money_victims_government",
        "money_victims_others", "money_prevention_government", "money_prevention_others",
    },
}  # fmt: skip
"""What each yearly question asks to say in figures."""


@pytest.mark.parametrize("question", YearlyQuestion)
def test_each_yearly_question_that_figures_answer_has_its_indicators(question):
    assert ASKED[question] <= {entry.key for entry in CATALOGUE if entry.yearly_question is question}


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.key)
def test_each_entry_says_all_that_its_indicator_needs(entry):
    assert entry.pillar in Pillar
    assert entry.indicium in INDICIA_SUMMARIES
    assert entry.better in Better
    assert entry.unit_in("LSL")
    assert entry.includes.endswith(".")
    assert entry.note == "" or entry.note.endswith(".")
    assert len(entry.key) <= Indicator._meta.get_field("catalogue_key").max_length
    assert len(f"{entry.name} (standard)") <= Indicator._meta.get_field("name").max_length
    assert len(entry.unit) <= Indicator._meta.get_field("unit").max_length


def test_each_figure_that_the_law_compares_is_in_the_catalogue_once():
    answered = [entry.effort_question for entry in CATALOGUE if entry.effort_question]

    # benchmarks answer the question on complicit officials
    assert sorted(answered) == sorted(set(EffortQuestion) - {EffortQuestion.COMPLICITY})


def test_victims_are_broken_down_by_form_sex_age_and_origin_and_small_counts_held_back():
    of_victims = [entry for entry in CATALOGUE if entry.unit == "victims"]

    asked = {BreakdownDimension.FORM, BreakdownDimension.SEX, BreakdownDimension.AGE, BreakdownDimension.ORIGIN}
    assert len(of_victims) >= 3
    assert [entry.key for entry in of_victims if not entry.counts_victims or set(entry.breakdowns) != asked] == []


def test_investigations_prosecutions_and_convictions_are_broken_down_by_form():
    counted = [entry for entry in CATALOGUE if entry.unit in ("investigations", "prosecutions", "convictions")]

    assert len(counted) == 8
    assert [entry.key for entry in counted if BreakdownDimension.FORM not in entry.breakdowns] == []


@pytest.mark.parametrize("part", ["investigations_continued", "prosecutions_continued", "convictions_continued"])
def test_a_part_says_in_words_what_it_adds_up_to(part):
    includes = read_catalogue()[part].includes

    assert "part of “" in includes
    assert "all " in includes


def test_money_has_the_currency_of_the_country_for_its_unit():
    assert read_catalogue()["restitution_money"].unit_in("MWK") == "MWK"
    assert read_catalogue()["acquittals"].unit_in("MWK") == "acquittals"


ENTRY = """
[[indicator]]
key = "raids"
name = "Raids"
yearly_question = "4"
pillar = "prosecution"
indicium = 1
better = "up"
reported_by = "police"
includes = "Raids in the period."
unit = "raids"
"""


@pytest.mark.parametrize(
    ("was", "becomes", "sentence"),
    [
        ('unit = "raids"', 'unit = "raids"\ncolour = "red"', "“colour” is an unknown key"),
        ("indicium = 1", "indicium = 13", "has no number 13"),
        ('unit = "raids"', "", "Give a unit, or say that it is money, and not both."),
        ('unit = "raids"', 'unit = "raids"\nis_money = true', "Give a unit, or say that it is money, and not both."),
        ("Raids in the period.", "", "Say what a figure includes."),
        ('unit = "raids"', 'unit = "raids"\nbreakdowns = ["district"]', "Leave “district” out."),
        ('better = "up"', 'better = "sideways"', "“sideways” is not one of: up, down."),
        ('yearly_question = "4"', 'yearly_question = "99"', "“99” is not one of:"),
    ],
)
def test_a_fault_in_the_file_is_found_when_it_is_read(tmp_path, was, becomes, sentence):
    file = tmp_path / "catalogue.toml"
    file.write_text(ENTRY.replace(was, becomes))

    with pytest.raises(DataFileError, match="raids") as fault:
        DataReader().read(file, {"indicator": StandardIndicator})

    assert sentence in str(fault.value)


def test_a_ministry_is_proposed_only_if_exactly_one_name_fits():
    police, justice, other = (
        (1, "Ministry of Police and Public Safety"),
        (2, "Ministry of Justice and Law"),
        (3, "Gender"),
    )

    assert propose_ministry(ReportingBody.POLICE, dict([police, justice, other])) == 1
    assert propose_ministry(ReportingBody.JUSTICE, dict([police, justice, other])) == 2
    assert propose_ministry(ReportingBody.LABOUR, dict([police, justice, other])) is None
    assert propose_ministry(ReportingBody.POLICE, dict([police, (4, "Police Academy")])) is None
    assert propose_ministry(ReportingBody.POLICE, {5: "Ministry of Policed Waters"}) is None
