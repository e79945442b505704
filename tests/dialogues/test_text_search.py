"""Find words in a text in any spelling."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.text_search import (
    EXCERPT_CONTEXT,
    contains_each_word,
    contains_words,
    excerpt,
    find_in_json,
    normalize_for_search,
    repeats_words,
)

NAME = "Palesa Mokoéna"


@pytest.mark.parametrize(
    "text",
    [
        "Palesa Mokoéna was heard.",
        "PALESA  MOKOÉNA",
        "palesa mokoena",
        "Palesa\n    Mokoéna",
        "Pale\u00adsa Moko-\néna",
        "palesa_mokoena.pdf",
        unicodedata.normalize("NFD", "(Palesa Mokoéna’s sister)"),
        "Palesa\u00a0Mokoéna",
    ],
)
def test_a_name_is_found_however_it_is_written(text):
    assert contains_words(text, NAME)


@pytest.mark.parametrize("text", ["", "[redacted]", "Mokoéna Palesa", "Palesa M.", "Palesa and Mokoéna"])
def test_a_different_text_does_not_match(text):
    assert not contains_words(text, NAME)


def test_words_without_letters_or_digits_match_nothing():
    assert not contains_words("… – …", "… –")
    assert not contains_each_word("… – …", "… –")


@given(st.text(), st.text(min_size=1), st.text())
def test_words_are_found_between_any_others(before, words, behind):
    assert contains_words(f"{before} {words} {behind}", words) == bool(normalize_for_search(words))


@given(st.text())
def test_normalizing_by_character_equals_normalizing_the_whole_text(text):
    assert sorted(normalize_for_search(text)) == sorted("".join(map(normalize_for_search, text)))


def test_each_word_is_found_though_a_page_ends_between_them():
    assert contains_each_word("… heard Palesa\nSENSITIVE BUT UNCLASSIFIED\nMo\u00adkoena, of Mafeteng", NAME)
    assert not contains_each_word("… heard Palesa", NAME)


def test_a_search_in_json_ignores_syntax():
    kept = json.dumps({"participants": [["Palesa\nMokoena", "witness"]], "n": 3, "none": None})

    assert find_in_json(kept, NAME) == ["Palesa\nMokoena"]
    assert find_in_json(kept, "Witness") == ["witness"]
    assert not find_in_json(kept, "null")
    assert not find_in_json("", NAME)


@pytest.mark.parametrize(
    "words",
    [
        "participants",  # a key
        "accepted", "ports done", "reported_done", "telephone",  # the domain's words
        "2022-01-28", "1200",  # a day, a moment
        "abcd",  # a hash
        "narrative", "dialogues",  # the key of a place
    ],
)  # fmt: skip
def test_a_search_in_json_ignores_machine_written_texts(words):
    """Otherwise the text of a proposal could remove how something was decided."""
    kept = {
        "participants": [],
        "status": ["accepted", "reported_done"],
        "confirmed_no_personal_data": ["telephone number"],
        "on": ["2022-01-28", "2022-01-28T12:00:00Z", "2022-01-28T12:00:00.123+02:00"],
        "sha256": "abcd" * 16,
        "places": ["dialogues.updateversion:12:narrative"],
    }

    assert not find_in_json(json.dumps(kept), words)
    assert find_in_json(json.dumps({"reason": f"It was {words}."}), words)


@pytest.mark.parametrize("reason", ["It names Palesa Mokoena.", "It names Mokoéna, who is a child.", "palesa"])
def test_a_reason_that_repeats_the_name_is_detected(reason):
    assert repeats_words(reason, NAME)


def test_a_reason_may_use_small_words_of_the_redacted_text():
    assert not repeats_words("It says from where the girl is.", "the girl from Mafeteng")


def test_an_excerpt_shows_the_words_and_what_is_around_them():
    text = f"{'Before it. ' * 30}Pale\u00adsa\n Mokoena was heard.{' Behind it.' * 30}"

    shown = excerpt(text, NAME)

    assert "Pale\u00adsa\n Mokoena was heard." in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= len("Pale\u00adsa\n Mokoena") + 2 * EXCERPT_CONTEXT + 2
    assert excerpt("Palesa Mokoena", NAME) == "Palesa Mokoena"
    assert excerpt("Nothing of it", NAME) == "Nothing of it"
