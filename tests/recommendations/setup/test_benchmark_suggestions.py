"""Suggestions from the wording of a recommendation, each with the words it is based on.

The sentences are made up after the manner of such lists.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.choices import EffortQuestion, Rule
from recommendations.setup.benchmark_suggestions import suggest_benchmarks

LAW_CRITERIA = ["The amendment of the law is before Parliament", "The amendment of the law is in force"]
INCREASE_CRITERIA = {
    "investigations": "More investigations than the year before",
    "prosecutions": "More prosecutions than the year before",
    "convictions": "More convictions than the year before",
    "victims": "More victims identified than the year before",
}
SENTENCE_CRITERION = "At least one convicted trafficker serves a prison term"
CHARGE_CRITERION = "At least one implicated official is charged"
BUDGET_CRITERION = "Money was allocated and spent in the period: "
DISTRICTS_OF = "Number of districts, of "
ALL_DISTRICTS = f"{DISTRICTS_OF}10: "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Increase efforts to investigate, prosecute, and convict, also complicit officials, and seek prison terms",
            [
                INCREASE_CRITERIA["investigations"], INCREASE_CRITERIA["prosecutions"],
                INCREASE_CRITERIA["convictions"], CHARGE_CRITERION, SENTENCE_CRITERION,
            ],
        ),
        ("Vigorously investigate all reports of abuse", [INCREASE_CRITERIA["investigations"]]),
        ("Investigate the two cases of last year", ["Investigate the two cases of last year"]),
        ("Proactively identify victims at the border", [INCREASE_CRITERIA["victims"]]),
        ("Increase the number of victims identified", [INCREASE_CRITERIA["victims"]]),
        ("Amend the anti-trafficking law to remove fines in lieu of imprisonment", LAW_CRITERIA),
        ("Raise the penalties of the labour code", LAW_CRITERIA),
        ("Increase penalties for forced labour", LAW_CRITERIA),
        ("Give courts the power to impose the full penalty", LAW_CRITERIA),
        ("Repeal the provisions of the penal code that excuse it", LAW_CRITERIA),
        ("Allocate money to the fund for victims", [f"{BUDGET_CRITERION}Allocate money to the fund for victims"]),
        (
            "Fund the unit and place an officer in all ten districts",
            [f"{BUDGET_CRITERION}Fund the unit", f"{ALL_DISTRICTS}place an officer in all ten districts"],
        ),
        ("Open a shelter in every district", [f"{ALL_DISTRICTS}Open a shelter in every district"]),
        ("Open a shelter in at least 3 districts", [f"{DISTRICTS_OF}3: Open a shelter in at least 3 districts"]),
        ("Open a shelter in each of the 9 provinces", [f"{DISTRICTS_OF}9: Open a shelter in each of the 9 provinces"]),
        ("Convene the council regularly", ["The council met in the period, and its decisions are on record"]),
        ("Let the task force meet", ["The task force met in the period, and its decisions are on record"]),
        ("Hold quarterly meetings of the committee", ["The committee met in each of the 4 quarters"]),
        (
            "Finish procedures for referring them to care",
            ["The procedures are adopted", "Front-line officers use the procedures"],
        ),
        ("Carry out the national action plan", ["The plan is launched and funded"]),
        ("Train police and judges", ["Officials were trained in the period, and their number is known"]),
        ("Raise public awareness", ["Campaigns were held in the period, and their places are known"]),
        (
            "Screen migrants at border posts; sign the memorandum.",
            ["Screen migrants at border posts", "Sign the memorandum"],
        ),
        ("", []),
        (" ; . ", []),
    ],
)  # fmt: skip
def test_each_sort_of_wording_suggests_its_benchmarks_in_the_order_of_its_words(text, expected):
    assert [each.criterion for each in suggest_benchmarks(text, districts=10)] == expected


def test_a_number_of_districts_is_a_target_of_so_many_districts():
    (found,) = suggest_benchmarks("Open a shelter in all districts", districts=28)

    assert (found.rule, found.target, found.words) == (Rule.TARGET, 28, "in all districts")
    assert (found.counted.name, found.counted.unit, found.counted.question) == (
        "Districts: Open a shelter",
        "districts",
        None,
    )
    (found,) = suggest_benchmarks("Open a shelter in all districts", districts=0)
    assert (found.rule, found.target, found.counted) == (Rule.ASSESSED, None, None)


def test_more_than_the_year_before_is_counted_by_what_answers_the_question_of_the_law():
    found = {each.counted.question: each for each in suggest_benchmarks("Prosecute and convict more traffickers")}

    assert set(found) == {EffortQuestion.PROSECUTIONS, EffortQuestion.CONVICTIONS}
    assert {each.rule for each in found.values()} == {Rule.MORE}
    assert found[EffortQuestion.CONVICTIONS].counted.name == "Convictions"


def test_four_meetings_a_year_are_counted_in_quarters():
    (found,) = suggest_benchmarks("Let the committee meet each quarter")

    assert (found.rule, found.target, found.counted.unit) == (Rule.TARGET, 4, "quarters")


def test_only_what_speaks_of_officials_is_about_complicity():
    found = suggest_benchmarks("Prosecute complicit officials; train judges")

    assert {each.criterion: each.is_about_complicity for each in found} == {
        CHARGE_CRITERION: True,
        "Officials were trained in the period, and their number is known": False,
    }


def test_a_very_long_clause_is_not_repeated_in_a_criterion():
    long = "Fund " + "shelters for victims " * 20

    assert [each.criterion for each in suggest_benchmarks(long)] == [f"{BUDGET_CRITERION}Fund"]


WORDS = st.sampled_from([
    "increase efforts to", "investigate", "prosecute", "convict", "traffickers", "and", ",", ";", ".", "in all", "ten",
    "districts", "fund", "the council", "meets", "quarterly", "amend", "law", "procedures", "victims", "identified",
    "complicit", "0", "999",
])  # fmt: skip


@given(st.lists(WORDS, max_size=40).map(" ".join), st.integers(0, 50))
def test_whatever_is_suggested_rests_on_words_that_are_there_and_goes_together(text, districts):
    for found in suggest_benchmarks(text, districts=districts):
        assert found.words
        assert found.words in text
        assert found.criterion
        assert (found.rule == Rule.TARGET) is (found.target is not None and found.target > 0)
        assert (found.rule == Rule.ASSESSED) is (found.counted is None)
        assert found.counted is None or len(found.counted.name) <= 150
