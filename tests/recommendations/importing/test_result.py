"""The result of loading, also for imports of earlier releases."""

import pytest

from recommendations.importing.result import ImportResultRow, list_result_rows, summarize_result

RESULT = {
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


def test_the_result_says_what_each_number_became_and_where_benchmarks_went():
    assert list_result_rows(RESULT) == [
        ImportResultRow("New", 2, "recommendations 7, 11"),
        ImportResultRow("Changed", 5, "1 is now 12, 4 is now 1; same number: 3, 6, 10"),
        ImportResultRow("Unchanged", 2),
        ImportResultRow("No longer asked", 2, "recommendations 2 merged into 1, 9"),
        ImportResultRow("Split", 1, "6 into 6, 7 and 8"),
        ImportResultRow("Benchmarks moved", 3, "2a is now 1c, 3a is now 3a, 6b is now 7a"),
        ImportResultRow("Rows left out", 1),
    ]
    assert summarize_result(RESULT) == "List imported. New: 2. Changed: 5. Unchanged: 2. No longer asked: 2."


def test_an_earlier_import_shows_the_results_that_it_stored():
    did = {"new": [], "changed": {"4": 1}, "unchanged": 0, "retired": [], "moved": 1, "left_out": 0}

    assert list_result_rows(did) == [
        ImportResultRow("New", 0),
        ImportResultRow("Changed", 1, "4 is now 1"),
        ImportResultRow("Unchanged", 0),
        ImportResultRow("No longer asked", 0),
        ImportResultRow("Benchmarks moved", 1),
    ]
    assert list_result_rows({"new": [1]})[0] == ImportResultRow("New", 1, "recommendation 1")


@pytest.mark.parametrize(("many", "end"), [(50, "49, 50"), (60, "49, 50 and 10 more")])
def test_long_result_is_shortened(many, end):
    did = RESULT | {"retired": list(range(1, many + 1)), "joined": {}}

    assert {fact.label: fact.details for fact in list_result_rows(did)}["No longer asked"].endswith(end)
