"""What an agenda should hold, of what is open, late or waiting: the most pressing first, with reasons. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from dialogues.words import Status

SOON = timedelta(weeks=4)
"""How long after the dialogue something is due so that it is still proposed for it."""
LATE, RETURNED, WAITING, DUE, AGREED, UNDATED, SILENT = range(7)
"""In the order in which they press."""


class Promise(NamedTuple):
    """A commitment as it stands on the day of asking.

    `waits_since`: the day of an update that we have not answered; `returned_on`: of one that came back, not mended.
    """

    key: int
    status: Status
    due_on: date | None
    days_late: int
    waits_since: date | None
    returned_on: date | None
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
    if promise.status in (Status.VERIFIED, Status.WITHDRAWN):
        return []
    said = []
    if promise.days_late:
        days = promise.days_late
        said.append((LATE, -days, f"{'our own, ' if promise.is_ours else ''}late by {days} day{'s' * (days != 1)}"))
    if promise.returned_on:
        on = promise.returned_on
        said.append((RETURNED, on.toordinal(), f"their update was returned on {_short(on)} and is not mended"))
    if promise.waits_since:
        on = promise.waits_since
        said.append((WAITING, on.toordinal(), f"their update of {_short(on)} waits for our answer"))
    elif promise.status is Status.REPORTED:
        said.append((WAITING, 0, "reported done, and not verified yet"))
    due_on = promise.due_on
    if said or promise.status is Status.REPORTED:
        return said
    if due_on and due_on <= held_on + SOON:
        return [(DUE, due_on.toordinal(), f"due {_short(due_on)}")]
    if promise.is_of_last_dialogue:
        due = f"due {_short(due_on)}" if due_on else "no date agreed"
        return [(AGREED, (due_on or date.max).toordinal(), f"agreed last time and still open, {due}")]
    return [] if due_on else [(UNDATED, 0, "open, and no date agreed")]


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
