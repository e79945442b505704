"""Describe in words where a commitment stands, and what evidence or a figure can do for the score. No Django here."""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import NamedTuple

from dialogues.choices import GOVERNMENT_DOERS, DoneBy, SupportKind
from dialogues.commitment_status import CommitmentStanding
from recommendations.choices import Rule
from tiptracker.localization import format_date, format_short_date, gettext, gettext_noop, join_with_and, ngettext


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


NO_UPDATE = gettext_noop("no update received")
"""What is said, in English, of an overdue commitment without an update. `gettext` translates it."""


def format_overdue(days: int) -> str:
    """Return a phrase such as "overdue by 12 days"."""
    return ngettext("overdue by %(number)d day", "overdue by %(number)d days", days) % {"number": days}


def format_with_embassy_since(day: date) -> str:
    """Return a phrase such as "with the embassy since 12 January 2022"."""
    return gettext("with the embassy since %(date)s") % {"date": format_date(day)}


def format_returned_on(day: date) -> str:
    """Return a phrase such as "returned on 13 January 2022"."""
    return gettext("returned on %(date)s") % {"date": format_date(day)}


def format_withdrawn_on(day: date) -> str:
    """Return a phrase such as "update withdrawn on 13 January 2022"."""
    return gettext("update withdrawn on %(date)s") % {"date": format_date(day)}


def format_status_detail(standing: CommitmentStanding) -> str:
    """Return the words to show instead of the status label: since when an update waits, or by how much it is overdue.

    Empty if the label is enough.
    """
    if standing.waits_since:
        return format_with_embassy_since(standing.waits_since)
    return format_overdue(standing.days_overdue) if standing.days_overdue else ""


def describe_last_update(standing: CommitmentStanding, *, is_ministrys: bool) -> str:
    """Return what happened to the newest update: returned, withdrawn, or none received on an overdue commitment.

    No update is expected on a commitment of the United States (`is_ministrys` is false).
    """
    if standing.withdrawn_on and not standing.returned_on:
        return format_withdrawn_on(standing.withdrawn_on)
    if standing.is_overdue_without_update and is_ministrys:
        if standing.sent_on is None:
            return gettext(NO_UPDATE)
        return gettext("no update received since %(date)s") % {"date": format_date(standing.sent_on)}
    return format_returned_on(standing.returned_on) if standing.returned_on else ""


def describe_receipt(standing: CommitmentStanding) -> str:
    """Return whether the update that waits for the embassy was received by the due date.

    Empty if none waits, or no date is agreed. This is for the embassy: its ministry is not late while an update waits.
    """
    days = standing.received_days_after_due
    if days is None:
        return ""
    if days:
        sentence = ngettext(
            "update received %(number)d day after the due date",
            "update received %(number)d days after the due date",
            days,
        )
        return sentence % {"number": days}
    return gettext("update received in time")


def describe_rescheduling(slips: int, first_due_on: date | None) -> str:
    """Return how a due date changed, such as "first due 15 Dec 2021, moved twice". Empty if it was never moved."""
    if slips == 0:
        return ""
    if first_due_on is None:
        if slips == 1:
            return gettext("no date agreed at first, set once since")
        sentence = ngettext(
            "no date agreed at first, set %(number)d time since",
            "no date agreed at first, set %(number)d times since",
            slips,
        )
        return sentence % {"number": slips}
    if slips == 1:
        sentence = gettext("first due %(date)s, moved once")
    elif slips == 2:
        sentence = gettext("first due %(date)s, moved twice")
    else:
        sentence = ngettext(
            "first due %(date)s, moved %(number)d time", "first due %(date)s, moved %(number)d times", slips
        )
    return sentence % {"date": format_short_date(first_due_on), "number": slips}


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
            return gettext("This is a claim. It cannot count until a reviewer enters the start date.")
        case ScoreEffect.COUNTS:
            return gettext("It will count once another person has verified it.")
        case ScoreEffect.FIGURE_ALONE:
            return gettext("It does not change this benchmark. Only a verified figure does.")
        case ScoreEffect.SHOWN:
            return gettext("It is shown but adds nothing. Only a concrete action counts.")
    return gettext("It adds nothing. This benchmark has no rule yet.")


def describe_benchmark_effects(effects: Iterable[BenchmarkEffect], first_on: date | None) -> str:
    """Return what evidence does for the benchmarks it supports, if nothing else prevents it from counting."""
    keys: dict[ScoreEffect, list[str]] = {}
    for item in effects:
        keys.setdefault(item.effect, []).append(item.key)
    names = {effect: join_with_and(keys_of_effect) for effect, keys_of_effect in keys.items()}
    sentences = []
    if counting := names.get(ScoreEffect.COUNTS):
        sentence = (
            gettext("It will count for %(benchmarks)s once another person has verified it.")
            if first_on
            else gettext("It is a claim for %(benchmarks)s. It cannot count until a reviewer enters the start date.")
        )
        sentences.append(sentence % {"benchmarks": counting})
    if by_figure := names.get(ScoreEffect.FIGURE_ALONE):
        sentence = gettext("It does not change %(benchmarks)s. Only a verified figure does.")
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
