"""Suggest agenda items for a dialogue: what is open, overdue or waiting, most urgent first, each with a reason."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from dialogues.score_effects import format_overdue, format_returned_on, format_with_embassy_since

DUE_SOON = timedelta(weeks=4)
"""How long after the dialogue a commitment may fall due and still be suggested for its agenda."""
RANK_OVERDUE, RANK_RETURNED, RANK_WAITING, RANK_DUE, RANK_AGREED, RANK_UNDATED, RANK_NOTHING_SHOWN = range(7)
"""Ranks of suggestions, most urgent first."""


class AgendaCommitment(NamedTuple):
    """A commitment and its standing on the day of the dialogue or of the request."""

    key: int
    standing: CommitmentStanding
    is_of_last_dialogue: bool
    is_ours: bool


class AgendaRecommendation(NamedTuple):
    """A recommendation, and the number of its benchmarks with a claimed or verified action (`shown`)."""

    key: int
    number: int
    shown: int


class AgendaSuggestion(NamedTuple):
    """A suggested agenda item: its subject, the reason, and its rank (0: most urgent).

    `about` is "commitment-5" or "recommendation-3", for example.
    """

    about: str
    reason: str
    rank: int


def suggest_agenda_items(
    promises: Iterable[AgendaCommitment], asked: Iterable[AgendaRecommendation], held_on: date
) -> list[AgendaSuggestion]:
    """Return suggestions for a dialogue on the day `held_on`, most urgent first. Settled commitments are left out."""
    found = []
    for promise in promises:
        if reasons := _list_reasons(promise, held_on):
            rank, order, _ = reasons[0]
            told = "; ".join(reason for _, _, reason in reasons)
            found.append((rank, order, promise.key, AgendaSuggestion(f"commitment-{promise.key}", told, rank)))
    for one in asked:
        if not one.shown:
            silent = AgendaSuggestion(f"recommendation-{one.key}", "nothing has been shown on it", RANK_NOTHING_SHOWN)
            found.append((RANK_NOTHING_SHOWN, one.number, one.key, silent))
    return [suggestion for *_, suggestion in sorted(found)]


def _list_reasons(promise: AgendaCommitment, held_on: date) -> list[tuple[int, int, str]]:
    """Return the reasons to raise a commitment as (rank, order within the rank, words), most urgent first.

    A less urgent reason (due soon, agreed last time, undated) is given only where no more urgent one applies.
    """
    stands = promise.standing
    if stands.is_settled:
        return []
    said = []
    if days := stands.days_overdue:
        said.append((RANK_OVERDUE, -days, f"{'our own, ' if promise.is_ours else ''}{format_overdue(days)}"))
    if on := stands.returned_on:
        said.append((RANK_RETURNED, on.toordinal(), f"their update was {format_returned_on(on)} and not sent again"))
    if on := stands.waits_since:
        said.append((RANK_WAITING, on.toordinal(), format_with_embassy_since(on)))
    elif stands.status is CommitmentStatus.REPORTED:
        said.append((RANK_WAITING, 0, "reported done, and not verified yet"))
    due_on = stands.due_on
    if said:
        return said
    if due_on and due_on <= held_on + DUE_SOON:
        return [(RANK_DUE, due_on.toordinal(), f"due {_format_short_date(due_on)}")]
    if promise.is_of_last_dialogue:
        due = f"due {_format_short_date(due_on)}" if due_on else "no date agreed"
        return [(RANK_AGREED, (due_on or date.max).toordinal(), f"agreed last time and still open, {due}")]
    return [] if due_on else [(RANK_UNDATED, 0, "open, and no date agreed")]


def _format_short_date(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
