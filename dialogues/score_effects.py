"""Describe in words where a commitment stands, and what evidence or a figure can do for the score. No Django here."""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import NamedTuple

from dialogues.choices import GOVERNMENT_DOERS, DoneBy, SupportKind
from dialogues.commitment_status import CommitmentStanding
from recommendations.choices import Rule
from tiptracker.localization import format_date, format_short_date, join_with_and


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


NO_UPDATE = "no update received"


def format_overdue(days: int) -> str:
    """Return a phrase such as "overdue by 12 days"."""
    return f"overdue by {days} day{'' if days == 1 else 's'}"


def format_with_embassy_since(day: date) -> str:
    """Return a phrase such as "with the embassy since 12 January 2022"."""
    return f"with the embassy since {format_date(day)}"


def format_returned_on(day: date) -> str:
    """Return a phrase such as "returned on 13 January 2022"."""
    return f"returned on {format_date(day)}"


def format_status_detail(standing: CommitmentStanding) -> str:
    """Return the words to show instead of the status label: since when an update waits, or by how much it is overdue.

    Empty if the label is enough.
    """
    if standing.waits_since:
        return format_with_embassy_since(standing.waits_since)
    return format_overdue(standing.days_overdue) if standing.days_overdue else ""


def describe_last_update(standing: CommitmentStanding, *, is_ministrys: bool) -> str:
    """Return what happened to the newest update: returned, or no update received on an overdue commitment.

    No update is expected on a commitment of the United States (`is_ministrys` is false).
    """
    if standing.is_overdue_without_update and is_ministrys:
        return f"{NO_UPDATE} since {format_date(standing.sent_on)}" if standing.sent_on else NO_UPDATE
    return format_returned_on(standing.returned_on) if standing.returned_on else ""


def describe_rescheduling(slips: int, first_due_on: date | None) -> str:
    """Return how a due date changed, such as "first due 15 Dec 2021, moved twice". Empty if it was never moved."""
    if slips == 0:
        return ""
    times = {1: "once", 2: "twice"}.get(slips, f"{slips} times")
    if first_due_on is None:
        return f"no date agreed at first, set {times} since"
    return f"first due {format_short_date(first_due_on)}, moved {times}"


def describe_exclusion(done_by: DoneBy, outside: str) -> str:
    """Return why a piece of evidence can't count on any benchmark. Empty if it can.

    `outside` says why its dates don't count, or is empty.
    """
    if outside:
        return f"It does not count: {outside}."
    if done_by not in GOVERNMENT_DOERS:
        return "It does not count: only what the government does, alone or jointly, can."
    return ""


def describe_benchmark_effect(effect: ScoreEffect, first_on: date | None) -> str:
    """Return what unreviewed evidence does for one benchmark, if nothing else prevents it from counting."""
    match effect:
        case ScoreEffect.COUNTS if first_on is None:
            return "A claim, until a review states its first day."
        case ScoreEffect.COUNTS:
            return "It counts once somebody else has verified it."
        case ScoreEffect.FIGURE_ALONE:
            return "This benchmark is judged by its figures: what happened does not move it, a verified figure does."
        case ScoreEffect.SHOWN:
            return "It is shown and adds nothing: only a concrete action counts."
    return "It adds nothing: this benchmark has no terms to judge it by."


def describe_benchmark_effects(effects: Iterable[BenchmarkEffect], first_on: date | None) -> str:
    """Return what evidence does for the benchmarks it supports, if nothing else prevents it from counting."""
    keys: dict[ScoreEffect, list[str]] = {}
    for item in effects:
        keys.setdefault(item.effect, []).append(item.key)
    names = {effect: join_with_and(keys_of_effect) for effect, keys_of_effect in keys.items()}
    sentences = []
    if counting := names.get(ScoreEffect.COUNTS):
        sentences.append(
            f"It counts on {counting} once somebody else has verified it."
            if first_on
            else f"It stays a claim on {counting} until a review states its first day."
        )
    if by_figure := names.get(ScoreEffect.FIGURE_ALONE):
        sentences.append(f"It does not move {by_figure}: there only a verified figure does.")
    if shown := names.get(ScoreEffect.SHOWN):
        sentences.append(f"On {shown} it is shown and adds nothing: only a concrete action counts.")
    if unasked := names.get(ScoreEffect.NOT_ASKED):
        sentences.append(f"It adds nothing on {unasked}: no terms say how to judge that.")
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


def describe_figure_effect(figure: LoggedFigure) -> str:
    """Return what happens to a figure, a direction or "no data" that was logged with a piece of evidence."""
    if not figure.has_figure and not figure.has_direction:
        return "“No data” stands in the record: it adds nothing, and no figure given before is lost."
    if not figure.answers_question and not figure.moves_benchmark:
        return "Its figure is kept; nothing is judged by it."
    if figure.is_of_year_before:
        return "This year’s figure is compared with it from now on."
    if figure.has_figure:
        return "Its figure counts once somebody else has verified the evidence itself."
    if figure.answers_question:
        return (
            "Its direction counts under “increasing efforts” once somebody else has verified the evidence itself; "
            "everything else wants a figure."
        )
    return "A direction alone moves nothing here: the benchmark wants a figure."
