"""What an agenda should hold, of what is open, overdue or waiting: the most pressing first, with reasons. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from dialogues.choices import Status
from dialogues.score_effects import overdue_by, returned_on, with_embassy_since
from dialogues.status import Standing

SOON = timedelta(weeks=4)
"""How long after the dialogue something is due so that it is still proposed for it."""
OVERDUE, RETURNED, WAITING, DUE, AGREED, UNDATED, SILENT = range(7)
"""In the order in which they press."""


class Promise(NamedTuple):
    """A commitment as it stands on the day of asking."""

    key: int
    standing: Standing
    is_of_last_dialogue: bool
    is_ours: bool


class Asked(NamedTuple):
    """A recommendation, and on how many of its benchmarks an action is claimed or verified."""

    key: int
    number: int
    shown: int


class Suggestion(NamedTuple):
    """What is proposed (`about` is "commitment-5" or "recommendation-3"), why, and how much it presses (0: most)."""

    about: str
    reason: str
    rank: int


def suggest(promises: Iterable[Promise], asked: Iterable[Asked], held_on: date) -> list[Suggestion]:
    """Proposals for a dialogue on the day `held_on`; nothing that is settled."""
    found = []
    for promise in promises:
        if reasons := _reasons(promise, held_on):
            rank, order, _ = reasons[0]
            told = "; ".join(reason for _, _, reason in reasons)
            found.append((rank, order, promise.key, Suggestion(f"commitment-{promise.key}", told, rank)))
    for one in asked:
        if not one.shown:
            silent = Suggestion(f"recommendation-{one.key}", "nothing has been shown on it", SILENT)
            found.append((SILENT, one.number, one.key, silent))
    return [suggestion for *_, suggestion in sorted(found)]


def _reasons(promise: Promise, held_on: date) -> list[tuple[int, int, str]]:
    """Rank, order within it, and words; the most pressing first, of which a vaguer one adds nothing."""
    stands = promise.standing
    if stands.is_settled:
        return []
    said = []
    if days := stands.days_overdue:
        said.append((OVERDUE, -days, f"{'our own, ' if promise.is_ours else ''}{overdue_by(days)}"))
    if on := stands.returned_on:
        said.append((RETURNED, on.toordinal(), f"their update was {returned_on(on)} and not sent again"))
    if on := stands.waits_since:
        said.append((WAITING, on.toordinal(), with_embassy_since(on)))
    elif stands.status is Status.REPORTED:
        said.append((WAITING, 0, "reported done, and not verified yet"))
    due_on = stands.due_on
    if said:
        return said
    if due_on and due_on <= held_on + SOON:
        return [(DUE, due_on.toordinal(), f"due {_short(due_on)}")]
    if promise.is_of_last_dialogue:
        due = f"due {_short(due_on)}" if due_on else "no date agreed"
        return [(AGREED, (due_on or date.max).toordinal(), f"agreed last time and still open, {due}")]
    return [] if due_on else [(UNDATED, 0, "open, and no date agreed")]


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
