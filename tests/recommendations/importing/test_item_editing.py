"""Items of a draft import are split, merged, moved, added and removed by hand."""

import pytest

from recommendations.choices import Pillar
from recommendations.importing.item_editing import (
    MAX_EDITABLE_ITEMS,
    ItemStep,
    edit_items,
    items_fingerprint,
    renumber_choices,
    set_texts,
)
from recommendations.importing.tables.rows import ImportedItem
from tests.refusals import refuses


def items(*texts, **values):
    return tuple(ImportedItem(number, text, **values) for number, text in enumerate(texts, 1))


def numbered_texts(edited):
    return [(item.number, item.text) for item in edited.items]


THREE_ITEMS = items("Fund shelters.", "Train police.", "Amend the law.")


def test_an_item_is_split_at_each_new_line():
    listed = items("Fund shelters.", "Train  police.\n\nTrain judges.\r\n", "Amend the law.", doubt="Check.")
    edited = edit_items(listed, [], ItemStep.SPLIT, 2)

    assert numbered_texts(edited) == [
        (1, "Fund shelters."),
        (2, "Train police."),
        (3, "Train judges."),
        (4, "Amend the law."),
    ]
    assert [item.doubt for item in edited.items] == ["Check.", "", "", "Check."]
    assert (edited.numbers, edited.parts, edited.focus) == ({1: 1, 2: 2, 3: 4}, {3: 2}, 2)


def test_parts_of_a_split_item_keep_its_pillar_and_ministries():
    listed = items("Train police.\nTrain judges.", pillar=Pillar.PREVENTION, lead="Police", supporting=("Justice",))

    for item in edit_items(listed, [], ItemStep.SPLIT, 1).items:
        assert (item.pillar, item.lead, item.supporting) == (Pillar.PREVENTION, "Police", ("Justice",))


def test_an_item_without_a_new_line_is_not_split():
    with refuses("no_line_break", field="text_2", sentence="Start a new line where the next item begins."):
        edit_items(THREE_ITEMS, [], ItemStep.SPLIT, 2)


def test_an_item_is_merged_with_the_one_before():
    listed = (
        ImportedItem(1, "Fund", "Cut off."),
        ImportedItem(2, "shelters.", pillar=Pillar.PROTECTION),
        THREE_ITEMS[2],
    )
    edited = edit_items(listed, [], ItemStep.MERGE, 2)

    assert numbered_texts(edited) == [(1, "Fund shelters."), (2, "Amend the law.")]
    assert (edited.items[0].doubt, edited.items[0].pillar) == ("", Pillar.PROTECTION)
    assert (edited.numbers, edited.focus) == ({1: 1, 2: 1, 3: 2}, 1)


def test_the_first_item_is_not_merged():
    with refuses("first_item", field="text_1"):
        edit_items(THREE_ITEMS, [], ItemStep.MERGE, 1)


@pytest.mark.parametrize(
    ("step", "number", "order", "focus"),
    [
        (ItemStep.UP, 3, [1, 3, 2], 2),
        (ItemStep.DOWN, 1, [2, 1, 3], 2),
        (ItemStep.UP, 1, [1, 2, 3], 1),
        (ItemStep.DOWN, 3, [1, 2, 3], 3),
    ],
)
def test_an_item_moves_by_one_place(step, number, order, focus):
    edited = edit_items(THREE_ITEMS, [], step, number)

    assert numbered_texts(edited) == [(place, THREE_ITEMS[old - 1].text) for place, old in enumerate(order, 1)]
    assert edited.numbers == {old: place for place, old in enumerate(order, 1)}
    assert edited.focus == focus


@pytest.mark.parametrize("number", [0, 1, 3])
def test_an_empty_item_is_added_below(number):
    edited = edit_items(THREE_ITEMS, [], ItemStep.ADD, number)

    assert edited.items[number] == ImportedItem(number + 1, "")
    assert (len(edited.items), edited.focus) == (4, number + 1)
    assert [edited.items[place - 1].text for place in edited.numbers.values()] == [item.text for item in THREE_ITEMS]


def test_a_removed_item_can_be_put_back():
    removed = edit_items(THREE_ITEMS, ["42"], ItemStep.REMOVE, 2)
    restored = edit_items(removed.items, removed.left_out, ItemStep.RESTORE, 2)

    assert numbered_texts(removed) == [(1, "Fund shelters."), (2, "Amend the law.")]
    assert (removed.left_out, removed.numbers) == (("42", "Train police."), {1: 1, 3: 2})
    assert numbered_texts(restored)[-1] == (3, "Train police.")
    assert restored.left_out == ("42",)


def test_steps_that_are_not_possible_are_refused():
    with refuses("last_item", field="text_1"):
        edit_items(items("Fund shelters."), [], ItemStep.REMOVE, 1)
    with refuses("no_item"):
        edit_items(THREE_ITEMS, [], ItemStep.SPLIT, 4)
    with refuses("no_item"):
        edit_items(THREE_ITEMS, [], ItemStep.RESTORE, 1)
    with refuses("too_many"):
        edit_items(items(*map(str, range(MAX_EDITABLE_ITEMS))), [], ItemStep.ADD, 1)


def test_numbers_with_gaps_become_numbers_in_order():
    listed = (ImportedItem(2, "Fund."), ImportedItem(5, "Train."))
    edited = edit_items(listed, [], ItemStep.ADD, 5)

    assert [item.number for item in edited.items] == [1, 2, 3]
    assert edited.numbers == {2: 1, 5: 2}


def test_a_text_that_the_user_changed_has_no_doubt_any_more():
    listed = items("Fund shelters.", "Train police.", doubt="Check.")
    typed = set_texts(listed, {1: "Fund \n shelters.", 2: "Train the police.", 9: "x"})

    assert [(item.text, item.doubt) for item in typed] == [
        ("Fund \n shelters.", "Check."),
        ("Train the police.", ""),
    ]


def test_choices_follow_the_items_to_their_new_numbers():
    choices = {
        "pillar_1": "protection",
        "pillar_2": "prevention",
        "pillar_3": "",
        "became_7": "2, 3",
        "became_8": "retired",
        "became_9": "perhaps 2",
        "goes_4": "3",
    }

    assert renumber_choices(choices, {2: 1, 3: 4}) == {
        "pillar_1": "prevention",
        "pillar_4": "",
        "became_7": "1, 4",
        "became_8": "retired",
        "became_9": "perhaps 2",
        "goes_4": "4",
    }


def test_each_part_of_a_split_item_gets_its_pillar():
    assert renumber_choices({"pillar_1": "protection", "pillar_2": ""}, {1: 1, 2: 3}, {2: 1}) == {
        "pillar_1": "protection",
        "pillar_2": "protection",
        "pillar_3": "",
    }


def test_the_fingerprint_changes_with_a_text_or_its_place_but_not_with_spaces():
    same = items("Fund  shelters.", "Train police.", "Amend the law.")
    moved = edit_items(THREE_ITEMS, [], ItemStep.UP, 2).items

    assert items_fingerprint(same, []) == items_fingerprint(THREE_ITEMS, [])
    assert (
        len({items_fingerprint(kept, out) for kept, out in ((THREE_ITEMS, []), (moved, []), (THREE_ITEMS, ["42"]))})
        == 3
    )
