"""What loading did, as it is told afterwards, whatever an import of before has kept of it."""

import pytest

from recommendations.importing.result import Fact, facts, in_short

DID = {
    "new": [7, 11],
    "changed": {"10": 10, "3": 3, "4": 1, "6": 6, "1": 12},
    "unchanged": 2,
    "retired": [2, 9],
    "joined": {"2": 1},
    "split": {"6": [6, 7, 8]},
    "moved": 3,
    "benchmarks": {"6b": "7a", "2a": "1c", "3a": "3a"},
    "left_out": 1,
}


def test_it_is_told_what_each_number_became_and_where_benchmarks_went():
    assert facts(DID) == [
        Fact("New", 2, "numbers 7, 11"),
        Fact("Changed", 5, "1 is now 12, 4 is now 1; numbers 3, 6, 10 as before"),
        Fact("Unchanged", 2),
        Fact("No longer asked", 2, "2 went into 1, number 9"),
        Fact("Split", 1, "6 into 6, 7 and 8"),
        Fact("Benchmarks moved", 3, "2a is now 1c, 3a is 3a again, 6b is now 7a"),
        Fact("Rows left out", 1),
    ]
    assert in_short(DID) == "Loaded: 2 new, 5 changed, 2 retired, 2 unchanged."


def test_of_an_import_of_before_is_told_what_it_kept():
    did = {"new": [], "changed": {"4": 1}, "unchanged": 0, "retired": [], "moved": 1, "left_out": 0}

    assert facts(did) == [
        Fact("New", 0),
        Fact("Changed", 1, "4 is now 1"),
        Fact("Unchanged", 0),
        Fact("No longer asked", 0),
        Fact("Benchmarks moved", 1),
    ]
    assert facts({"new": [1]})[0] == Fact("New", 1, "number 1")


@pytest.mark.parametrize(("many", "end"), [(50, "number 50"), (60, "number 50 and 10 more")])
def test_a_long_list_is_told_as_far_as_a_page_holds_it(many, end):
    did = DID | {"retired": list(range(1, many + 1)), "joined": {}}

    assert {fact.what: fact.which for fact in facts(did)}["No longer asked"].endswith(end)
