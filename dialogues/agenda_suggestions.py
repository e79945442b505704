"""Suggest agenda items for a dialogue: what is open, overdue or waiting, most urgent first, each with a reason."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from dialogues.choices import CommitmentStatus
from dialogues.commitment_status import CommitmentStanding
from dialogues.score_effects import format_overdue, format_returned_on, format_with_embassy_since
from tiptracker.localization import format_short_date

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
    commitments: Iterable[AgendaCommitment], recommendations: Iterable[AgendaRecommendation], held_on: date
) -> list[AgendaSuggestion]:
    """Return suggestions for a dialogue on the day `held_on`, most urgent first. Settled commitments are left out."""
    ranked = []
    for commitment in commitments:
        if reasons := _list_reasons(commitment, held_on):
            rank, order, _ = reasons[0]
            reason = "; ".join(reason for _, _, reason in reasons)
            ranked.append((rank, order, commitment.key, AgendaSuggestion(f"commitment-{commitment.key}", reason, rank)))
    for recommendation in recommendations:
        if not recommendation.shown:
            suggestion = AgendaSuggestion(
                f"recommendation-{recommendation.key}", "nothing has been shown on it", RANK_NOTHING_SHOWN
            )
            ranked.append((RANK_NOTHING_SHOWN, recommendation.number, recommendation.key, suggestion))
    return [suggestion for *_, suggestion in sorted(ranked)]


def _list_reasons(commitment: AgendaCommitment, held_on: date) -> list[tuple[int, int, str]]:
    """Return the reasons to raise a commitment as (rank, order within the rank, words), most urgent first.

    A less urgent reason (due soon, agreed last time, undated) is given only where no more urgent one applies.
    """
    standing = commitment.standing
    if standing.is_settled:
        return []
    urgent = []
    if days := standing.days_overdue:
        urgent.append((RANK_OVERDUE, -days, f"{'our own, ' if commitment.is_ours else ''}{format_overdue(days)}"))
    if on := standing.returned_on:
        urgent.append((RANK_RETURNED, on.toordinal(), f"their update was {format_returned_on(on)} and not sent again"))
    if on := standing.waits_since:
        urgent.append((RANK_WAITING, on.toordinal(), format_with_embassy_since(on)))
    elif standing.status is CommitmentStatus.REPORTED:
        urgent.append((RANK_WAITING, 0, "reported done, and not verified yet"))
    due_on = standing.due_on
    if urgent:
        return urgent
    if due_on and due_on <= held_on + DUE_SOON:
        return [(RANK_DUE, due_on.toordinal(), f"due {format_short_date(due_on)}")]
    if commitment.is_of_last_dialogue:
        due = f"due {format_short_date(due_on)}" if due_on else "no date agreed"
        return [(RANK_AGREED, (due_on or date.max).toordinal(), f"agreed last time and still open, {due}")]
    return [] if due_on else [(RANK_UNDATED, 0, "open, and no date agreed")]
