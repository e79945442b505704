"""Proposed repeats in a new list: equal and similar wordings are chosen, others are only listed."""

from recommendations.rollover.proposals import propose_repeats
from tests.recommendations.replacement_list import REPLACEMENT_LIST

OLD_TEXTS = {
    11: "Fund the police unit and place a trained focal point in all ten districts",
    12: "Finish and use procedures for identifying victims and referring them to care",
    13: "Put money in the Victims of Trafficking Trust Fund and set the rules for spending it",
}


def test_the_same_words_are_chosen_whatever_their_number():
    found = propose_repeats(OLD_TEXTS, {1: OLD_TEXTS[13], 2: f"  {OLD_TEXTS[11].upper()}"})

    assert {key: proposal.chosen for key, proposal in found.items()} == {1: 13, 2: 11}


def test_little_similar_item_is_offered_but_not_preselected():
    found = propose_repeats(OLD_TEXTS, {1: "Open shelters for children in all districts"})

    assert found[1].chosen is None
    assert found[1].candidates


def test_no_old_item_is_preselected_twice():
    found = propose_repeats(OLD_TEXTS, {1: OLD_TEXTS[11], 2: f"{OLD_TEXTS[11]} of Lesotho"})

    assert [proposal.chosen for proposal in found.values()] == [11, None]
    assert found[2].candidates[0].old == 11


def test_nothing_is_proposed_where_nothing_is_alike():
    assert propose_repeats(OLD_TEXTS, {1: "Ratify the protocol"})[1] == (None, ())


def test_a_list_in_other_words_is_matched_to_itself_under_other_numbers():
    old = dict(REPLACEMENT_LIST)
    new = {number + 20: text for number, text in reversed(old.items())}

    assert {key: repeat.chosen for key, repeat in propose_repeats(old, new).items()} == {key: key - 20 for key in new}
