"""Which known question a question continues, and which question of the outline it is most like."""

import pytest

from recommendations.questions.draft_questions import DraftQuestion
from recommendations.questions.mapping import find_outline_question
from recommendations.questions.matching import KnownQuestion, match_questions
from recommendations.questions.outline import read_outline


def matched(known, asked):
    found = match_questions(
        [KnownQuestion(key, number, text) for key, (number, text) in enumerate(known)],
        [DraftQuestion(number, text) for number, text in asked],
    )
    return {place: match.key for place, match in found.items()}


def test_the_same_wording_decides_before_the_number():
    known = [("1", "By sex?"), ("2", "By age?"), ("3", "By sex?")]
    assert matched(known, [("3", "By sex?"), ("1", "By age?"), ("2", "By  SEX?")]) == {0: 2, 1: 1, 2: 0}


def test_a_reworded_question_is_found_by_its_number_or_by_its_words():
    known = [("4", "How many investigations did the police begin?"), ("5", "Which officials were trained?")]
    asked = [("9", "Which officials were trained, and by whom?"), ("4", "How many investigations began?")]
    assert matched(known, asked) == {0: 1, 1: 0}


def test_words_of_every_question_make_none_alike():
    known = [("4", "How many investigations did the government begin in the reporting period?")]
    assert matched(known, [("4", "How many shelters did the government pay for in the reporting period?")]) == {}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Please describe any training that officials received.", "8"),
        ("Describe efforts to identify victims proactively, and any screening procedures.", "10"),
        ("What funding did the government allocate? Give its budget.", "20"),
        ("Did the government amend its anti-trafficking law?", "3"),
        ("Were any government employees complicit?", "7"),
        ("How many traffickers were convicted, and to which sentences?", "6"),
        ("Is there a national action plan, and does the committee meet?", "13"),
        ("Did labor inspectors or hotlines find cases? Describe awareness campaigns.", "14"),
        ("Anything else?", None),
    ],
)
def test_a_question_of_another_set_finds_its_subject(text, number):
    entry = find_outline_question(text)
    assert (entry.number if entry else None) == number


def test_each_question_of_the_outline_finds_itself():
    assert [find_outline_question(entry.text) for entry in read_outline()] == list(read_outline())
