"""Sentences about whether evidence and figures count."""

from datetime import date

import pytest

from dialogues.choices import DoneBy, SupportKind
from dialogues.score_effects import (
    BenchmarkEffect,
    LoggedFigure,
    ScoreEffect,
    describe_benchmark_effect,
    describe_benchmark_effects,
    describe_decision_effect,
    describe_exclusion,
    describe_figure_effect,
    find_score_effect,
)
from recommendations.choices import Rule
from tiptracker.localization import join_with_and

DAY = date(2022, 1, 20)


@pytest.mark.parametrize(
    ("shows", "rule", "can"),
    [
        (SupportKind.ACTION, Rule.ASSESSED, ScoreEffect.COUNTS),
        (SupportKind.ACTION, Rule.TARGET, ScoreEffect.FIGURE_ALONE),
        (SupportKind.ACTION, Rule.MORE, ScoreEffect.FIGURE_ALONE),
        (SupportKind.PLAN, Rule.ASSESSED, ScoreEffect.SHOWN),
        (SupportKind.CONTEXT, Rule.TARGET, ScoreEffect.SHOWN),
        (SupportKind.NO_ACTION, Rule.ASSESSED, ScoreEffect.SHOWN),
        (SupportKind.ACTION, None, ScoreEffect.NOT_ASKED),
    ],
)
def test_effect_follows_the_rule_of_the_terms(shows, rule, can):
    assert find_score_effect(shows, rule) is can


def test_only_an_assessed_benchmark_promises_to_count():
    promising = {
        can for can in ScoreEffect if "will count as a concrete step once" in describe_benchmark_effect(can, DAY)
    }
    assert promising == {ScoreEffect.COUNTS}
    assert describe_benchmark_effect(ScoreEffect.COUNTS, None) == (
        "This is a claim. It cannot count until a reviewer enters the start date. The embassy must then assess the "
        "benchmark too."
    )


def test_a_reviewer_reads_what_the_decision_can_do_for_a_benchmark():
    said = {effect: describe_decision_effect(effect, DAY) for effect in ScoreEffect}
    assert said[ScoreEffect.FIGURE_ALONE] == (
        "Your decision does not change this benchmark: only figures count for it."
    )
    assert said[ScoreEffect.COUNTS] == (
        "If you verify it, it counts as a concrete step. The embassy must then assess the benchmark."
    )
    assert "enter the start date" in describe_decision_effect(ScoreEffect.COUNTS, None)
    assert len(set(said.values())) == len(ScoreEffect)


def test_the_effect_on_each_benchmark_is_described():
    named = [
        BenchmarkEffect("1a", ScoreEffect.COUNTS),
        BenchmarkEffect("6b", ScoreEffect.FIGURE_ALONE),
        BenchmarkEffect("1b", ScoreEffect.COUNTS),
        BenchmarkEffect("9a", ScoreEffect.SHOWN),
    ]
    assert describe_benchmark_effects([*named, BenchmarkEffect("9b", ScoreEffect.NOT_ASKED)], DAY) == (
        "It will count for 1a and 1b as a concrete step once another person has verified it. "
        "The embassy must then assess 1a and 1b too. "
        "It does not change 6b: only figures count there. "
        "For 9a it is shown but adds nothing. Only a concrete action counts. "
        "For 9b it adds nothing. There is no rule yet."
    )
    assert describe_benchmark_effects([], DAY) == ""


def test_an_exclusion_names_the_dates_before_who_did_it():
    assert describe_exclusion(DoneBy.CIVIL_SOCIETY, "before 1 April 2021") == "It does not count: before 1 April 2021."
    assert "only what the government does" in describe_exclusion(DoneBy.UNITED_STATES, "")
    assert describe_exclusion(DoneBy.GOVERNMENT, "") == describe_exclusion(DoneBy.JOINT, "") == ""


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        (LoggedFigure(True, False, False, True, False), "The figure will count once another person has verified"),
        (LoggedFigure(True, False, False, False, True), "The figure will count once another person has verified"),
        (LoggedFigure(True, False, True, True, False), "This year’s figure will be compared with it"),
        (LoggedFigure(True, False, False, False, False), "The figure is kept for information."),
        (LoggedFigure(False, True, False, True, True), "The direction will count under “increasing efforts”"),
        (LoggedFigure(False, True, False, False, True), "A direction alone adds nothing here"),
        (LoggedFigure(False, False, False, True, True), "“No data” is recorded"),
    ],
)
def test_the_effect_of_a_figure_is_described(counted, sentence):
    assert sentence in describe_figure_effect(counted)


def test_join_with_and_reads_as_a_sentence():
    assert [join_with_and(keys) for keys in (["1a"], ["1a", "1b"], ["1a", "1b", "6a"])] == [
        "1a",
        "1a and 1b",
        "1a, 1b and 6a",
    ]
