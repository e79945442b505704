"""Describe in words what evidence or a figure can do for the score. No Django here."""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import NamedTuple

from dialogues.choices import GOVERNMENT_DOERS, DoneBy, SupportKind
from recommendations.choices import Rule
from tiptracker.localization import gettext, join_with_and


class ScoreEffect(Enum):
    """What a piece of evidence can do for a benchmark."""

    COUNTS = "counts"
    FIGURE_ALONE = "figure_alone"
    SHOWN = "shown"
    NOT_ASKED = "not_asked"


class BenchmarkEffect(NamedTuple):
    """A benchmark by its key ("6a"), and what the evidence can do for it."""

    key: str
    effect: ScoreEffect


def find_score_effect(shows: SupportKind, rule: Rule | None) -> ScoreEffect:
    """Return what evidence that shows `shows` can do for a benchmark with `rule` (None: the benchmark has no terms)."""
    if rule is None:
        return ScoreEffect.NOT_ASKED
    if shows is not SupportKind.ACTION:
        return ScoreEffect.SHOWN
    return ScoreEffect.COUNTS if rule is Rule.ASSESSED else ScoreEffect.FIGURE_ALONE


def describe_exclusion(done_by: DoneBy, outside: str) -> str:
    """Return why a piece of evidence can't count on any benchmark. Empty if it can.

    `outside` says why its dates don't count, or is empty.
    """
    if outside:
        return gettext("It does not count: %(reason)s.") % {"reason": outside}
    if done_by not in GOVERNMENT_DOERS:
        return gettext("It does not count: only what the government does, alone or with others, can count.")
    return ""


def describe_benchmark_effect(effect: ScoreEffect, first_on: date | None) -> str:
    """Return what unreviewed evidence does for one benchmark, if nothing else prevents it from counting."""
    match effect:
        case ScoreEffect.COUNTS if first_on is None:
            return gettext(
                "This is a claim. It cannot count until a reviewer enters the start date. The embassy must then assess "
                "the benchmark too."
            )
        case ScoreEffect.COUNTS:
            return gettext(
                "It will count as a concrete step once another person has verified it. The embassy must then assess "
                "the benchmark too."
            )
        case ScoreEffect.FIGURE_ALONE:
            return gettext("It does not change this benchmark: only figures count for it.")
        case ScoreEffect.SHOWN:
            return gettext("It is shown but adds nothing. Only a concrete action counts.")
    return gettext("It adds nothing. This benchmark has no rule yet.")


def describe_decision_effect(effect: ScoreEffect, first_on: date | None) -> str:
    """Return what a reviewer's decision on evidence can do for one benchmark, if nothing else prevents it."""
    match effect:
        case ScoreEffect.COUNTS if first_on is None:
            return gettext(
                "If you verify it and enter the start date, it counts as a concrete step. The embassy must then assess "
                "the benchmark."
            )
        case ScoreEffect.COUNTS:
            return gettext(
                "If you verify it, it counts as a concrete step. The embassy must then assess the benchmark."
            )
        case ScoreEffect.FIGURE_ALONE:
            return gettext("Your decision does not change this benchmark: only figures count for it.")
        case ScoreEffect.SHOWN:
            return gettext("Your decision adds nothing to this benchmark: only a concrete action counts.")
    return gettext("Your decision adds nothing to this benchmark: it has no rule yet.")


def describe_benchmark_effects(effects: Iterable[BenchmarkEffect], first_on: date | None) -> str:
    """Return what evidence does for the benchmarks it supports, if nothing else prevents it from counting."""
    keys: dict[ScoreEffect, list[str]] = {}
    for item in effects:
        keys.setdefault(item.effect, []).append(item.key)
    names = {effect: join_with_and(keys_of_effect) for effect, keys_of_effect in keys.items()}
    sentences = []
    if counting := names.get(ScoreEffect.COUNTS):
        sentence = (
            gettext(
                "It will count for %(benchmarks)s as a concrete step once another person has verified it. The embassy "
                "must then assess %(benchmarks)s too."
            )
            if first_on
            else gettext(
                "It is a claim for %(benchmarks)s. It cannot count until a reviewer enters the start date. The embassy "
                "must then assess %(benchmarks)s too."
            )
        )
        sentences.append(sentence % {"benchmarks": counting})
    if by_figure := names.get(ScoreEffect.FIGURE_ALONE):
        sentence = gettext("It does not change %(benchmarks)s: only figures count there.")
        sentences.append(sentence % {"benchmarks": by_figure})
    if shown := names.get(ScoreEffect.SHOWN):
        sentence = gettext("For %(benchmarks)s it is shown but adds nothing. Only a concrete action counts.")
        sentences.append(sentence % {"benchmarks": shown})
    if unasked := names.get(ScoreEffect.NOT_ASKED):
        sentence = gettext("For %(benchmarks)s it adds nothing. There is no rule yet.")
        sentences.append(sentence % {"benchmarks": unasked})
    return " ".join(sentences)


class LoggedFigure(NamedTuple):
    """A figure just logged: whether it has a figure or a direction, which year it is of, and what uses it.

    `is_of_year_before`: it belongs to the year before. `answers_question`: its indicator answers a question of
    increasing efforts. `moves_benchmark`: a benchmark is judged by it.
    """

    has_figure: bool
    has_direction: bool
    is_of_year_before: bool
    answers_question: bool
    moves_benchmark: bool


def describe_unused_figure() -> str:
    """Return what is said of a figure that nothing is judged by."""
    return gettext("The figure is kept for information. No benchmark and no question of increasing efforts uses it.")


def describe_figure_effect(figure: LoggedFigure) -> str:
    """Return what happens to a figure, a direction or "no data" that was logged with a piece of evidence."""
    if not figure.has_figure and not figure.has_direction:
        return gettext("“No data” is recorded. It adds nothing, and earlier figures stay in the record.")
    if not figure.answers_question and not figure.moves_benchmark:
        return describe_unused_figure()
    if figure.is_of_year_before:
        return gettext("This year’s figure will be compared with it.")
    if figure.has_figure:
        return gettext("The figure will count once another person has verified the evidence itself.")
    if figure.answers_question:
        return gettext(
            "The direction will count under “increasing efforts” once another person has verified the evidence itself. "
            "Everything else needs a figure."
        )
    return gettext("A direction alone adds nothing here. The benchmark needs a figure.")
