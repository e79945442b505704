"""What becomes of evidence and of figures, in sentences."""

from datetime import date

import pytest

from dialogues.choices import DoneBy, Shows
from dialogues.score_effects import Counted, Effect, On, effect, listed, on_benchmark, on_benchmarks, on_figure, why_not
from recommendations.choices import Rule

DAY = date(2022, 1, 20)


@pytest.mark.parametrize(
    ("shows", "rule", "can"),
    [
        (Shows.ACTION, Rule.ASSESSED, Effect.COUNTS),
        (Shows.ACTION, Rule.TARGET, Effect.FIGURE_ALONE),
        (Shows.ACTION, Rule.MORE, Effect.FIGURE_ALONE),
        (Shows.PLAN, Rule.ASSESSED, Effect.SHOWN),
        (Shows.CONTEXT, Rule.TARGET, Effect.SHOWN),
        (Shows.NO_ACTION, Rule.ASSESSED, Effect.SHOWN),
        (Shows.ACTION, None, Effect.NOT_ASKED),
    ],
)
def test_effect_follows_the_rule_of_the_terms(shows, rule, can):
    assert effect(shows, rule) is can


def test_only_an_assessed_benchmark_promises_to_count():
    promising = {can for can in Effect if "counts once" in on_benchmark(can, DAY)}
    assert promising == {Effect.COUNTS}
    assert on_benchmark(Effect.COUNTS, None) == "A claim, until a review states its first day."


def test_on_benchmarks_says_of_each_what_is_true():
    named = [On("1a", Effect.COUNTS), On("6b", Effect.FIGURE_ALONE), On("1b", Effect.COUNTS), On("9a", Effect.SHOWN)]
    assert on_benchmarks([*named, On("9b", Effect.NOT_ASKED)], DAY) == (
        "It counts on 1a and 1b once somebody else has verified it. "
        "It does not move 6b: there only a verified figure does. "
        "On 9a it is shown and adds nothing: only a concrete action counts. "
        "It adds nothing on 9b: no terms say how to judge that."
    )
    assert on_benchmarks([], DAY) == ""


def test_why_not_names_the_day_before_the_hand():
    assert why_not(DoneBy.CIVIL_SOCIETY, "before 1 April 2021") == "It does not count: before 1 April 2021."
    assert "only what the government does" in why_not(DoneBy.UNITED_STATES, "")
    assert why_not(DoneBy.GOVERNMENT, "") == why_not(DoneBy.JOINT, "") == ""


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (Counted(True, False, False, True, False), "Its figure counts once somebody else has verified"),
        (Counted(True, False, False, False, True), "Its figure counts once somebody else has verified"),
        (Counted(True, False, True, True, False), "This year’s figure is compared with it"),
        (Counted(True, False, False, False, False), "nothing is judged by it"),
        (Counted(False, True, False, True, True), "Its direction counts under “increasing efforts”"),
        (Counted(False, True, False, False, True), "A direction alone moves nothing here"),
        (Counted(False, False, False, True, True), "“No data” stands in the record"),
    ],
)
def test_on_figure_says_what_it_can_do(counted, sentence):
    assert sentence in on_figure(counted)


def test_listed_reads_as_a_sentence():
    assert [listed(keys) for keys in (["1a"], ["1a", "1b"], ["1a", "1b", "6a"])] == ["1a", "1a and 1b", "1a, 1b and 6a"]
