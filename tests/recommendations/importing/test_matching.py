"""A person's pairing: which items continue, begin or end, and where their benchmarks go."""

import pytest

from recommendations.choices import TextStatus
from recommendations.importing.comparison import ExistingItem
from recommendations.importing.matching import NewItem, Pairing, plan_import
from recommendations.importing.tables.rows import ImportedItem
from tests.refusals import refuses

A, B, C = (ExistingItem(key, number, text, TextStatus.RECONSTRUCTION) for key, number, text in (
    (101, 1, "Fund the shelter and train its staff."), (102, 2, "Convict traffickers."), (103, 3, "Keep this."),
))  # fmt: skip
ONE, TWO, THREE = (
    ImportedItem(1, "Convict them all."),
    ImportedItem(2, "Fund the shelter."),
    ImportedItem(3, "Train the staff."),
)
BENCHMARKS = {101: (11, 12), 102: (21,)}


def plan_sample(old, rows, became, benchmarks=None):
    return plan_import(old, rows, Pairing(became, benchmarks or {}), BENCHMARKS)


def test_a_pair_goes_on_with_all_that_hangs_on_it():
    found = plan_sample([A, B], [ONE, TWO], {101: (2,), 102: (1,)})

    assert found == ({101: TWO, 102: ONE}, [], {}, {}, {})


def test_a_split_goes_on_as_the_first_and_its_benchmarks_go_where_they_are_sent():
    found = plan_sample([A, B], [ONE, TWO, THREE], {101: (2, 3), 102: (1,)}, {11: 2, 12: 3})

    assert found.continued == {102: ONE, 101: TWO}
    assert found.new_items == [NewItem(THREE, existing_key=101)]
    assert (found.retired, found.moved, found.split) == ({}, {12: 3}, {101: (2, 3)})


def test_a_split_whose_benchmarks_are_not_sent_anywhere_is_refused():
    with refuses(
        "no_choice",
        field="goes_12",
        sentence="Write to which item this benchmark belongs: 2, 3.",
    ):
        plan_sample([A, B], [ONE, TWO, THREE], {101: (2, 3), 102: (1,)}, {11: 2})
    with refuses("no_choice", field="goes_12"):
        plan_sample([A, B], [ONE, TWO, THREE], {101: (2, 3), 102: (1,)}, {11: 2, 12: 1})


def test_what_is_retired_keeps_its_benchmarks():
    found = plan_sample([A, B], [ONE], {101: (), 102: (1,)})

    assert found == ({102: ONE}, [], {101: None}, {}, {})


def test_two_that_became_one_bring_their_benchmarks_together():
    found = plan_sample([A, B], [ONE], {101: (1,), 102: (1,)})

    assert found == ({101: ONE}, [], {102: 1}, {21: 1}, {})


def test_of_a_split_and_a_pair_for_one_number_the_pair_goes_on_there():
    found = plan_sample([A, B], [ONE, TWO], {101: (1, 2), 102: (1,)}, {11: 1, 12: 2})

    assert found == ({102: ONE, 101: TWO}, [], {}, {11: 1}, {101: (1, 2)})


def test_identical_items_are_paired_without_a_decision():
    found = plan_sample([C], [ImportedItem(9, "Keep  this.")], {})

    assert found.continued == {103: ImportedItem(9, "Keep  this.")}


def test_an_item_without_a_pair_is_new():
    assert plan_sample([C], [ImportedItem(1, "Keep this."), ImportedItem(2, "New.")], {}).new_items == [
        NewItem(ImportedItem(2, "New."))
    ]


@pytest.mark.parametrize(
    ("became", "code", "sentence"),
    [
        ({}, "required", "Write the new number of recommendation 1, or that it is retired."),
        ({101: (7,)}, "not_in_list", "The new list has no item 7."),
    ],
)
def test_missing_or_unknown_decisions_are_refused(became, code, sentence):
    with refuses(code, field="became_101", sentence=sentence):
        plan_sample([A], [ONE], became)
