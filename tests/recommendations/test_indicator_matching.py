"""Which indicators of a country are standard ones already: sure matches, and those that a person is asked about."""

import pytest

from recommendations.choices import EffortQuestion
from recommendations.indicator_matching import CountedIndicator, MatchKind, can_link, match_indicators
from recommendations.standard_indicators import read_catalogue

CATALOGUE = read_catalogue()


def found(*counted):
    """Return the kind and the key of each match, by the key of the standard indicator."""
    matches = match_indicators(CATALOGUE.values(), counted)
    return {key: (match.kind, match.counted.pk) for key, match in matches.items()}


def counted(pk, name, question="", catalogue_key=""):
    return CountedIndicator(pk, name, question, catalogue_key)


def test_the_key_of_the_catalogue_decides_whatever_the_name():
    assert found(counted(1, "Campaigns", catalogue_key="acquittals")) == {"acquittals": (MatchKind.LINKED, 1)}


def test_what_answers_the_same_question_of_the_law_is_the_same():
    answers = counted(7, "Cases opened", EffortQuestion.INVESTIGATIONS)

    assert found(answers) == {"investigations_begun": (MatchKind.SAME, 7)}


@pytest.mark.parametrize("name", ["Officials trained", "  officials   TRAINED "])
def test_the_same_name_is_the_same_in_spite_of_spaces_and_capitals(name):
    assert found(counted(2, name)) == {"officials_trained": (MatchKind.SAME, 2)}


def test_a_similar_name_is_only_asked_about():
    assert found(counted(3, "Labour inspections in factories")) == {"labour_inspections": (MatchKind.SIMILAR, 3)}


@pytest.mark.parametrize(
    "name",
    [
        "Districts with a police focal point",
        "Districts whose focal point is trained",
        "Quarters in which the committee met",
    ],
)
def test_what_has_nothing_to_do_with_the_catalogue_matches_nothing(name):
    assert found(counted(4, name)) == {}


def test_no_indicator_matches_twice_and_the_surest_match_wins():
    named = counted(1, "Prosecutions begun")
    answers = counted(2, "Prosecutions", EffortQuestion.PROSECUTIONS)

    matches = found(named, answers)

    assert matches["prosecutions_begun"] == (MatchKind.SAME, 2)
    assert sorted(pk for _, pk in matches.values()) == [1, 2]


def test_only_an_indicator_that_answers_the_question_can_become_the_standard_one():
    entry = CATALOGUE["convictions"]

    assert can_link(entry, counted(1, "Convictions", EffortQuestion.CONVICTIONS))
    assert not can_link(entry, counted(1, "Convictions"))
    assert can_link(CATALOGUE["acquittals"], counted(1, "Convictions"))
    assert not can_link(CATALOGUE["acquittals"], counted(1, "Acquittals", catalogue_key="campaigns"))
